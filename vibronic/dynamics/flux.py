"""How fast probability passes from state to state, and through a line in coordinate space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..basis import VibronicBasis
from ..checks import frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..operators.sparse import sparse_hamiltonian
from ..storage import noun
from ..units import HBAR
from .densities import mode_indices
from .observing import Meter, Observable
from .unfolding import Unfolding, hermite


@noun
@dataclass(frozen=True, eq=False)
class Fluxes:
    """Rates at `times` (fs), per fs.

    `transfer` (n_t, n_states, n_states): probability that enters diabatic state i from j, (2/hbar)
    Im <psi_i|W_ij psi_j>, antisymmetric; its sum over j is dP_i/dt. `through` (n_t, n_states):
    probability of each state that passes q of `mode` = `at` towards larger q.
    """

    times: np.ndarray
    transfer: np.ndarray
    through: np.ndarray
    mode: str
    at: float
    state_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("times", "transfer", "through"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    @property
    def passed(self) -> np.ndarray:
        """Net probability of each state that has passed the line since the start, (n_t, n_states),
        by the trapezoid rule.
        """
        steps = np.diff(self.times)[:, None] * (self.through[1:] + self.through[:-1]) / 2
        return np.concatenate([np.zeros((1, self.through.shape[1])), np.cumsum(steps, axis=0)])

    def __str__(self) -> str:
        k, i, j = np.unravel_index(int(self.transfer.argmax()), self.transfer.shape)
        passed = ", ".join(
            f"{label} {p:+.3f}"
            for label, p in zip(self.state_labels, self.passed[-1], strict=True)
        )
        return (
            f"Fluxes  {self.times[0]:g}-{self.times[-1]:g} fs; fastest transfer "
            f"{self.state_labels[j]} -> {self.state_labels[i]} "
            f"{self.transfer[k, i, j]:.3f}/fs at {self.times[k]:.1f} fs; passed {self.mode} = "
            f"{self.at:+.2f} in all: {passed}"
        )


@dataclass(frozen=True)
class Flux(Observable):
    """Transfer between the diabatic states and flux through q = `at` of one mode (label or index):
    gives Fluxes.

    The flux of state i is w Im <psi_i|delta(q - at) d/dq psi_i>, that of the operator w (p delta +
    delta p)/2; choose the mode along which an intersection lies, and its position there. Densities
    of diabatic states and this flux obey the equation of continuity d/dt int_at^inf = flux +
    transfer there.
    """

    mode: Any
    at: float = 0.0

    def meter(
        self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray
    ) -> Meter:
        """Meter of a sector."""
        return _Meter(self, model, basis, functions)


class _Meter(Meter):
    def __init__(
        self, asked: Flux, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray
    ) -> None:
        self.model = model
        self.at = float(asked.at)
        (self.mode,) = mode_indices(model, (asked.mode,))
        self.unfolding = Unfolding(basis, functions)
        whole = sparse_hamiltonian(
            model, basis, None if functions.size == basis.size else functions
        ).tocsr()
        bounds = np.searchsorted(functions // basis.n_vibrational, np.arange(basis.n_states + 1))
        self.parts = [slice(a, b) for a, b in pairwise(bounds)]
        self.blocks = {
            (i, j): whole[a][:, b]
            for i, a in enumerate(self.parts)
            for j, b in enumerate(self.parts)
            if i < j
        }
        n = basis.levels[self.mode]
        values = hermite(n + 1, np.array([self.at]))[0]
        lowered = np.concatenate([[0.0], np.sqrt(np.arange(1, n) / 2) * values[: n - 1]])
        self.value = values[:n]
        self.slope = lowered - np.sqrt(np.arange(1, n + 1) / 2) * values[1:]

    def measured(self, psi: np.ndarray, k: int) -> tuple[np.ndarray, ...]:
        """Transfer (n_states, n_states) and flux through the line (n_states,)."""
        transfer = np.zeros((self.model.n_states,) * 2)
        for (i, j), block in self.blocks.items():
            rate = 2 / HBAR * float(np.vdot(psi[self.parts[i]], block @ psi[self.parts[j]]).imag)
            transfer[i, j] = rate
            transfer[j, i] = -rate
        value, slope, states = self.unfolding.contracted(psi, self.mode, (self.value, self.slope))
        through = np.bincount(states, (value.conj() * slope).imag, minlength=self.model.n_states)
        return transfer, through * self.model.frequencies[self.mode] / HBAR

    def outcome(self, times: np.ndarray, columns: Sequence[np.ndarray]) -> Fluxes:
        """The readings, as Fluxes."""
        return Fluxes(
            times,
            columns[0],
            columns[1],
            self.model.mode_labels[self.mode],
            self.at,
            self.model.state_labels,
        )
