"""A molecule in its baths, as QuTiP takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from ...basis import VibronicBasis
from ...checks import InputError
from ...hamiltonian import VibronicHamiltonian
from ...operators.sparse import sparse_hamiltonian
from ...units import BOLTZMANN, HBAR
from .baths import Bath, MarkovianBath, MemoryBath

SOLVER = {"progress_bar": "", "nsteps": 1_000_000, "store_states": False}


@dataclass(frozen=True, eq=False)
class OpenSystem:
    """Sparse operators of a molecule in its baths, per fs, and its start: probabilities of the
    levels on one state.
    """

    model: VibronicHamiltonian
    basis: VibronicBasis
    baths: tuple[Bath, ...]
    state: int
    temperature: float

    @property
    def hamiltonian(self) -> Any:
        """H/hbar, as a Qobj."""
        return as_qobj(sparse_hamiltonian(self.model, self.basis) / HBAR, True)

    @property
    def jumps(self) -> list[Any]:
        """Lindblad operators of the baths without memory."""
        markovian = [bath for bath in self.baths if isinstance(bath, MarkovianBath)]
        return [as_qobj(c) for bath in markovian for c in bath.jumps(self.model, self.basis)]

    @property
    def memory_baths(self) -> list[MemoryBath]:
        """The baths with memory."""
        return [bath for bath in self.baths if isinstance(bath, MemoryBath)]

    @property
    def probabilities(self) -> np.ndarray:
        """Of the basis functions at the start; what thermal levels beyond the basis would hold is
        missing.
        """
        n = self.basis.n_vibrational
        found = np.zeros((self.basis.n_states, n))
        if self.temperature <= 0:
            found[self.state, 0] = 1.0
        else:
            x = self.model.frequencies / (BOLTZMANN * self.temperature)
            found[self.state] = np.exp(-(self.basis.quanta @ x)) * np.prod(-np.expm1(-x))
        return found.ravel()

    def density_matrix(self) -> Any:
        """The start, as a Qobj."""
        import qutip

        p = self.probabilities
        return qutip.Qobj(np.diag(p / p.sum()).astype(complex))

    def observables(self) -> list[Any]:
        """Of each pair i <= j of states |j><i|, then the quanta of every mode."""
        n = self.basis.n_states
        unit = sp.eye_array(self.basis.n_vibrational)
        pairs = []
        for i, j in state_pairs(n):
            transition = sp.csr_array(([1.0], ([j], [i])), shape=(n, n))
            pairs.append(as_qobj(sp.kron(transition, unit), i == j))
        columns = self.basis.quanta.T.astype(float)
        quanta = [as_qobj(sp.diags_array(np.tile(column, n)), True) for column in columns]
        return pairs + quanta


def as_qobj(matrix: Any, hermitian: bool = False) -> Any:
    """A sparse matrix as a Qobj."""
    import qutip

    return qutip.Qobj(sp.csr_matrix(matrix, dtype=complex), isherm=hermitian or None)


def state_pairs(n: int) -> list[tuple[int, int]]:
    """Pairs i <= j of states, in the order of the observables."""
    return [(i, j) for i in range(n) for j in range(i, n)]


def populations_of(readings: np.ndarray, n: int) -> np.ndarray:
    """Diabatic populations (n_t, n_states) among the readings of the observables."""
    diagonal = [k for k, (i, j) in enumerate(state_pairs(n)) if i == j]
    values: np.ndarray = readings[:, diagonal].real
    return values


def check_room(need: float, room: float, what: str, advice: str) -> None:
    """Raise InputError for what needs more memory (bytes) than there is."""
    if need > room:
        raise InputError(
            f"{what} needs about {need / 1e9:.2g} GB, more than the {room / 1e9:.2g} GB "
            f"allowed. {advice}."
        )
