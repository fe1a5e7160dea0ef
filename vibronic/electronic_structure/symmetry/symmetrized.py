"""A geometry made exactly symmetric, in a standard orientation that no input changes."""

from __future__ import annotations

import numpy as np

from ...checks import InputError
from .operations import centred, clean, exact_operations, is_linear, linear_operations
from .orientation import standard_frame
from .point_group import PointGroup


def symmetrized(
    symbols: tuple[str, ...], coordinates: np.ndarray, tolerance: float = 0.02
) -> tuple[np.ndarray, PointGroup]:
    """Coordinates (angstrom) made exactly symmetric in standard orientation, and their point
    group.

    Operations that hold to `tolerance` (angstrom) count. z is the principal axis; where no axis is
    higher than twofold, x is normal to the plane of a planar molecule and z the axis through most
    atoms. Where symmetry leaves a choice, moments of the nuclear charges decide, so that neither
    the orientation nor the order of the atoms in the input matters.
    """
    if len(symbols) < 2:
        raise InputError("An atom has no vibrations: give a molecule of two atoms or more.")

    x = centred(symbols, coordinates)
    if is_linear(x):
        x, matrices, images = linear_operations(symbols, x, tolerance)
        return x, PointGroup(matrices, images, linear=True)

    x, matrices, images = exact_operations(symbols, x, tolerance)
    frame = standard_frame(symbols, x, matrices)
    group = PointGroup(clean(frame @ matrices @ frame.T), images)
    return x @ frame.T + 0.0, group
