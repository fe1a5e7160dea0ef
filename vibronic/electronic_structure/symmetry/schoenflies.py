"""Names of point groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .rotations import Operation, highest_of, operations, principal_axis


def schoenflies(matrices: np.ndarray, linear: bool = False) -> str:
    """The symbol of the group."""
    kinds = operations(matrices)
    inversion = any(op.is_inversion for op in kinds)
    if linear:
        return "D∞h" if inversion else "C∞v"

    fold, axes = highest_of(kinds)
    if fold > 2 and len(axes) > 1:
        return _cubic(len(kinds), fold, inversion)
    if fold > 1:
        return _axial(kinds, fold)

    if any(op.is_mirror for op in kinds):
        return "Cs"

    return "Ci" if inversion else "C1"


def _cubic(order: int, fold: int, inversion: bool) -> str:
    if order == 24 and inversion:
        return "Th"
    if order == 24 and fold == 3:
        return "Td"
    return {12: "T", 24: "O", 48: "Oh", 60: "I", 120: "Ih"}[order]


def _axial(kinds: Sequence[Operation], fold: int) -> str:
    z = principal_axis(kinds)
    mirrors = [op for op in kinds if op.is_mirror]
    across = any(op.is_rotation and op.fold == 2 and op.is_across(z) for op in kinds)
    horizontal = any(op.is_along(z) for op in mirrors)
    vertical = any(op.is_across(z) for op in mirrors)

    family = "D" if across else "C"
    if horizontal:
        return f"{family}{fold}h"
    if vertical:
        return f"D{fold}d" if across else f"C{fold}v"
    if not across and len(kinds) == 2 * fold:
        return f"S{2 * fold}"

    return f"{family}{fold}"
