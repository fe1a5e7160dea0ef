"""The seam of an intersection, followed where it rises least."""

from __future__ import annotations

import numpy as np

from ..checks import CalculationError, InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..surfaces import ConicalIntersection, SeamPath, seam_path


@public
def lowest_seam(
    model: VibronicHamiltonian,
    point: ConicalIntersection,
    *,
    length: float = 2.0,
    n_points: int = 21,
) -> SeamPath | None:
    """The seam through `point` along the direction of the strongest mean force in W, for `length`
    (q) both ways; None where there is no seam, or where it ends nearby.
    """
    if not point.is_conical or point.seam_dimension == 0:
        return None
    try:
        along = _direction(model, point)
        return seam_path(model, point, along, length=length, n_points=n_points)
    except (CalculationError, InputError):
        return None


def _direction(model: VibronicHamiltonian, point: ConicalIntersection) -> np.ndarray:
    """The unit vector in the seam along which the mean energy rises least for a step of one q."""
    plane = np.linalg.svd(np.stack([point.g, point.h]), full_matrices=False)[2]
    forces = np.abs(model.linear).max(axis=(1, 2))
    direction: np.ndarray = forces - plane.T @ (plane @ forces)
    values: np.ndarray = direction / np.linalg.norm(direction)
    return values
