"""The Lindblad equation for the density matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...progress import report
from .open_method import OpenMethod, OpenReadings
from .open_system import SOLVER, OpenSystem, check_room


@dataclass(frozen=True)
class MasterEquation(OpenMethod):
    """The Lindblad equation for the density matrix, by `qutip.mesolve`: exact, to some hundreds of
    functions. `rtol` of the integrator.
    """

    rtol: float = 1e-5

    def readings(
        self, system: OpenSystem, times: np.ndarray, tolerance: float, room: float
    ) -> OpenReadings:
        """The observables at `times` (fs)."""
        import qutip

        size = system.basis.size
        what = f"The density matrix of {size:,} functions"
        advice = "Use `method=QuantumJumps()`, fewer modes or a smaller basis"
        check_room(16.0 * 24 * size**2, room, what, advice)

        operators = system.observables()
        jumps = system.jumps

        def tell(t: float, state: Any) -> float:
            report(f"Master equation: {size:,} functions", t / times[-1])
            return 0.0

        options = {"matrix_form": True, "rtol": self.rtol, "atol": 1e-7}
        found = qutip.mesolve(
            system.hamiltonian,
            system.density_matrix(),
            times,
            jumps or [0 * operators[0]],
            e_ops=[*operators, tell],
            options={**SOLVER, **options, "normalize_output": False},
        )
        values = np.array(found.expect[:-1]).T

        return OpenReadings(values, f"Lindblad equation ({len(jumps)} operators)")
