"""The standard orientation of a molecule, and the canonical order of its atoms."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np

from .operations import nuclear_charges
from .rotations import axes_as_in_tables, elements, highest_rotation

POWERS = [
    p for degree in range(1, 6) for p in product(range(degree + 1), repeat=3) if sum(p) == degree
]
ON = 1e-3  # angstrom; an atom nearer to an axis or plane is on it
Order = tuple[int, ...]


def canonical_order(symbols: tuple[str, ...], coordinates: np.ndarray) -> np.ndarray:
    """Indices that sort the atoms by element and place in the standard orientation, whatever their
    order in the input.
    """
    x = np.round(coordinates, 3) + 0.0
    return np.lexsort((x[:, 2], x[:, 1], x[:, 0], -nuclear_charges(symbols)))


def standard_frame(symbols: tuple[str, ...], x: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """Rows are the axes of the standard orientation of a molecule with these operations: the
    candidate with the best score.
    """
    weights = nuclear_charges(symbols)
    frames = _frames(x, weights, matrices)
    axial = highest_rotation(matrices)[0] > 2

    best = frames[0]
    highest = _score(x @ best.T, weights, best @ matrices @ best.T, axial)

    for frame in frames[1:]:
        score = _score(x @ frame.T, weights, frame @ matrices @ frame.T, axial)
        if _exceeds(score, highest):
            best = frame
            highest = score

    return best


def _score(y: np.ndarray, weights: np.ndarray, matrices: np.ndarray, axial: bool) -> np.ndarray:
    """What tells orientations apart, the most important first; `axial` where an axis is higher
    than twofold.
    """
    traces = np.abs(np.einsum("kii->ki", matrices)).sum(axis=1)
    diagonal = (np.abs(traces - 3) < 1e-6).sum()

    if axial:  # x through atoms, or the plane xz
        in_plane = (np.abs(y[:, 1:]).max(axis=1) < ON).sum()
        on_axis = (np.abs(y[:, 1]) < ON).sum()
        length = 0.0
    else:
        in_plane = (np.abs(y[:, 0]) < ON).sum()
        on_axis = (np.abs(y[:, :2]).max(axis=1) < ON).sum()
        length = weights @ y[:, 2] ** 2

    known = axes_as_in_tables(matrices)
    moments = [weights @ np.prod(y**p, axis=1) for p in POWERS]
    return np.array([known, diagonal, in_plane, on_axis, length, *moments])


def _exceeds(score: np.ndarray, other: np.ndarray) -> bool:
    differing = np.flatnonzero(np.abs(score - other) > 1e-5 * (1 + np.abs(other)))
    return bool(differing.size and score[differing[0]] > other[differing[0]])


def _frames(x: np.ndarray, weights: np.ndarray, matrices: np.ndarray) -> list[np.ndarray]:
    """Orientations whose axes are symmetry elements where there are any, principal axes of the
    nuclear charges elsewhere.
    """
    fold, axes = highest_rotation(matrices)
    if fold > 2 and len(axes) == 1:
        bases = _about(axes[0], x, matrices)
        orders: list[Order] = [(0, 1, 2), (1, 0, 2)]
    else:
        bases = _along_elements(x, weights, matrices, cubic=fold > 2)
        orders = list(permutations(range(3)))

    signs = [np.array(s) for s in product((1, -1), repeat=3)]
    frames = [
        base[list(order)] * sign[:, None] for base in bases for order in orders for sign in signs
    ]

    return [frame for frame in frames if np.linalg.det(frame) > 0]


def _about(z: np.ndarray, x: np.ndarray, matrices: np.ndarray) -> list[np.ndarray]:
    """Axes with a given z and another normal to it: a symmetry element, or through an atom."""
    across = [v for v in elements(matrices) if abs(v @ z) < 1e-6]
    if not across:
        across = [v - (v @ z) * z for v in x if np.linalg.norm(np.cross(v, z)) > 0.1]
    units = [w / np.linalg.norm(w) for w in across]
    return [np.array([np.cross(w, z), w, z]) for w in units]


def _along_elements(
    x: np.ndarray, weights: np.ndarray, matrices: np.ndarray, cubic: bool
) -> list[np.ndarray]:
    """Axes along symmetry elements (of cubic groups, fourfold or twofold axes), and normal to
    them.
    """
    inertia = np.einsum("a,ai,aj->ij", weights, x, x)
    lines = elements(matrices)

    if cubic:
        fourfold = highest_rotation(matrices, among=(4,))[1]
        lines = fourfold or highest_rotation(matrices, among=(2,))[1]

    if not lines:
        return [np.linalg.eigh(inertia)[1].T]

    bases = []
    for first in lines[:9]:
        second = next((v for v in lines if abs(v @ first) < 1e-6), None)
        if second is None:
            second = np.linalg.eigh(_projected(inertia, first))[1][:, -1]
        bases.append(np.array([first, second, np.cross(first, second)]))

    return bases


def _projected(matrix: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The matrix in the plane normal to `axis`; the axis itself gets the lowest eigenvalue."""
    plane = np.eye(3) - np.outer(axis, axis)
    found: np.ndarray = plane @ matrix @ plane - np.outer(axis, axis)
    return found
