"""Where the axes of a standard orientation point, in words."""

from __future__ import annotations

import numpy as np

from .rotations import highest_of, operations

FLAT = 1e-3  # angstrom; an atom nearer to a plane or axis is in it
FOLDS = {2: "twofold", 3: "threefold", 4: "fourfold", 5: "fivefold", 6: "sixfold"}


def axes_told(coordinates: np.ndarray, matrices: np.ndarray, linear: bool = False) -> str:
    """What x, y and z are to a molecule with these operations, in the orientation it has: the
    convention that names such as B1 and B2 depend on.
    """
    if linear:
        return "z along the molecule"

    x = coordinates - coordinates.mean(axis=0)
    rotation = _axis_of_rotation(x, matrices)
    told = [rotation] if rotation else []
    for k in np.flatnonzero(np.abs(x).max(axis=0) < FLAT):
        name = "" if k == 2 and rotation else f"{'xyz'[k]} "
        told.append(f"{name}normal to the molecular plane")
    return ", ".join(told) or "x, y and z along principal axes"


def _axis_of_rotation(x: np.ndarray, matrices: np.ndarray) -> str:
    """What z is to the rotations, and why it is this one where there are several."""
    kinds = operations(matrices)
    fold = max((op.fold for op in kinds if op.is_rotation and abs(op.axis[2]) > 0.999), default=1)
    if fold == 1:
        return ""

    highest, axes = highest_of(kinds)
    name = FOLDS.get(fold, f"{fold}-fold")
    if highest > 2 and len(axes) > 1:
        return f"x, y and z along {name} axes"
    if len(axes) == 1:
        return f"z along the {name} axis"

    through = int((np.abs(x[:, :2]).max(axis=1) < FLAT).sum())
    return f"z along the {name} axis" + (" through most atoms" if through else "")
