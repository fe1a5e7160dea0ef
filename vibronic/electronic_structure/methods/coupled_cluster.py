"""The neutral's coupled cluster, which equations of motion start from."""

from __future__ import annotations

from typing import Any

from ...checks import CalculationError
from ..scf import core_orbitals


def coupled_cluster(mf: Any) -> Any:
    """Converged CCSD, frozen core."""
    from pyscf import cc

    solver = cc.RCCSD(mf, frozen=core_orbitals(mf.mol) or None)
    solver.conv_tol = 1e-10
    solver.conv_tol_normt = 1e-8
    solver.max_cycle = 200
    solver.kernel()

    if not solver.converged:
        raise CalculationError(
            "The CCSD of the ground state did not converge. It may be no closed-shell molecule; "
            "try adc2."
        )

    return solver
