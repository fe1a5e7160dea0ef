"""The tasks that find the geometry and the force constants of the neutral."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..campaign import Result
from ..checks import CalculationError
from .scf import converged_scf, mole, quiet

MAX_STEPS = 100
TIGHT = {
    "convergence_energy": 1e-8,
    "convergence_grms": 1e-5,
    "convergence_gmax": 2e-5,
    "convergence_drms": 5e-5,
    "convergence_dmax": 1e-4,
}

ON_A_GRID = {
    "convergence_energy": 1e-7,
    "convergence_grms": 5e-5,
    "convergence_gmax": 1e-4,
    "convergence_drms": 2e-4,
    "convergence_dmax": 4e-4,
}  # of a functional, whose forces a grid makes uneven


def relaxed_geometry(functional: str, **geometry: Any) -> Result:
    """Coordinates (angstrom) of the minimum, by geomeTRIC (L.-P. Wang, C. Song, 2016,
    doi:10.1063/1.4952956).
    """
    from pyscf.geomopt.geometric_solver import kernel

    with quiet():
        start = converged_scf(mole(geometry), functional)
        thresholds = ON_A_GRID if functional else TIGHT
        converged, found = kernel(start, maxsteps=MAX_STEPS, **thresholds)

    if not converged:
        raise CalculationError(
            f"The geometry optimisation did not converge in {MAX_STEPS} steps. Start from a "
            "better geometry."
        )

    return {"coordinates": found.atom_coords(unit="Angstrom")}


def hessian(functional: str, **geometry: Any) -> Result:
    """Analytic Hessian (n_atoms, n_atoms, 3, 3), hartree/bohr^2, gradient and energy."""
    with quiet():
        mf = converged_scf(mole(geometry), functional)
        return {
            "hessian": mf.Hessian().kernel(),
            "gradient": mf.nuc_grad_method().kernel(),
            "energy": np.array(mf.e_tot),
        }
