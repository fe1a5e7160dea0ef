"""Hierarchical equations of motion."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import scipy.sparse as sp

from ...certificate import Certificate, Limit
from ...checks import InputError
from ...progress import report
from .open_method import OpenMethod, OpenReadings
from .open_system import SOLVER, OpenSystem, as_qobj, check_room, populations_of

SHARE = 0.1  # of the tolerance, which the last change may be


@dataclass(frozen=True)
class Hierarchy(OpenMethod):
    """Hierarchical equations of motion for baths with memory, by QuTiP: deeper, and with more
    exponents, until nothing changes.

    Y. Tanimura, J. Chem. Phys. 153, 020901 (2020), doi:10.1063/5.0011599
    """

    deepest: int = 8
    most_exponents: int = 10

    def readings(
        self, system: OpenSystem, times: np.ndarray, tolerance: float, room: float
    ) -> OpenReadings:
        """Deeper until the populations change by less than a tenth of the tolerance, then with
        more exponents until that changes them no more.
        """
        enough = SHARE * tolerance
        tried = _Tried(system, times, room)
        deeper = np.inf

        while deeper > enough and tried.depth < self.deepest:
            report(f"Hierarchy: depth {tried.depth + 1}", 0.1 * (tried.depth + 1))
            deeper = tried.changed(tried.depth + 1, tried.exponents)

        finer = np.inf
        while finer > enough and tried.exponents < self.most_exponents:
            report(f"Hierarchy: {tried.exponents + 2} exponents a bath", 0.9)
            finer = tried.changed(tried.depth, tried.exponents + 2)

        certificate = Certificate(
            tolerance,
            max(deeper, finer),
            tried.matrices,
            Limit.HIERARCHY,
            found="last change of the populations",
        )
        about = f"hierarchy of depth {tried.depth} with {tried.exponents} exponents a bath"

        return OpenReadings(tried.values, about, certificate)


class _Tried:
    """The hierarchy that was solved last."""

    def __init__(self, system: OpenSystem, times: np.ndarray, room: float) -> None:
        self.system = system
        self.times = times
        self.room = room
        self.depth = 2
        self.exponents = 4
        self.matrices = 0
        self.values = self._solved()

    def changed(self, depth: int, exponents: int) -> float:
        """Solve another, and tell how much it changes the populations."""
        before = self.values
        self.depth = depth
        self.exponents = exponents
        self.values = self._solved()
        n = self.system.basis.n_states
        change = populations_of(self.values, n) - populations_of(before, n)
        return float(np.abs(change).max())

    def _solved(self) -> np.ndarray:
        """Readings (n_t, n_observables)."""
        import qutip
        from qutip.solver.heom import HEOMSolver

        system = self.system
        couplings = [self._coupling(bath) for bath in system.memory_baths]
        self._check(sum(len(environment.exponents) for environment, _ in couplings))

        liouvillian = qutip.liouvillian(system.hamiltonian, system.jumps)
        solver = HEOMSolver(liouvillian, couplings, self.depth, options=dict(SOLVER))
        run = solver.run(system.density_matrix(), self.times, e_ops=system.observables())
        return np.array(run.expect).T

    def _coupling(self, bath: Any) -> tuple[Any, Any]:
        """A bath as QuTiP takes it."""
        n = self.system.basis.n_states
        if len(bath.operator) != n:
            raise InputError(
                f"Argument `operator` of the bath must have shape ({n}, {n}), but has shape "
                f"{bath.operator.shape}."
            )
        unit = sp.eye_array(self.system.basis.n_vibrational)
        operator = as_qobj(sp.kron(sp.csr_array(bath.operator), unit), True)
        return bath.environment(self.exponents), operator

    def _check(self, count: int) -> None:
        """Raise where so many exponents make a hierarchy that memory does not hold."""
        size = self.system.basis.size
        self.matrices = comb(count + self.depth, self.depth)
        filled = self.system.hamiltonian.data_as("csr_matrix").nnz / size
        need = 16.0 * self.matrices * size**2 * (14 + 2 * filled + 3 * count)
        what = f"A hierarchy of {self.matrices:,} density matrices of {size:,} functions"
        advice = "Use fewer modes, a smaller basis, or put modes in a Markovian bath"
        check_room(need, self.room, what, advice)
