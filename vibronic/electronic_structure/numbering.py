"""How spectroscopists number normal modes, and what the components of a degenerate state are
called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

COMPONENTS = "xyzuw"
SAME = 1e-6  # of matrix elements
MIXED = 0.05  # a component whose character is further from 1 or -1 is no pure one
ROTATIONS = ((1, -1, -1), (-1, 1, -1), (-1, -1, 1))
# what the even and the odd component are, under the two reflections and rotations that tell
PLANES = (("xy", (1, -1, 1)), ("yx", (-1, 1, 1)), ("xy", (1, -1, -1)), ("yx", (-1, 1, -1)))
LETTERS = "ABETGHΣΠΔΦ"  # of species, in the order of character tables


def spectroscopic_order(
    irreps: Sequence[str],
    frequencies: np.ndarray,
    sets: Sequence[np.ndarray],
    *,
    linear_triatomic: bool = False,
) -> list[np.ndarray]:
    """The `sets` of degenerate modes in the order of their numbers: by species as character tables
    have them (the totally symmetric one first), by falling frequency within each. The bend of a
    linear triatomic molecule is second, as it has always been.

    R. S. Mulliken, J. Chem. Phys. 23, 1997 (1955), doi:10.1063/1.1740655
    """

    def place(members: np.ndarray) -> tuple[object, ...]:
        first = int(members[0])
        return (*_place_of_species(irreps[first]), -float(frequencies[first]))

    ordered = sorted(sets, key=place)
    if linear_triatomic and len(ordered) == 3:
        bend = next(k for k, members in enumerate(ordered) if len(members) == 2)
        ordered.insert(1, ordered.pop(bend))
    return ordered


def component_labels(
    names: Sequence[str], sets: Sequence[np.ndarray], letters: Sequence[str]
) -> tuple[str, ...]:
    """The label of every component of the states or modes with `names`, whose indices the `sets`
    hold: Ex and Ey for a twofold degenerate E. `letters` are those of `component_letters`.
    """
    found: dict[int, str] = {}
    for name, members in zip(names, sets, strict=True):
        found |= {int(k): f"{name}{letters[k]}" for k in members}
    return tuple(found[k] for k in sorted(found))


def component_letters(
    operations: np.ndarray, matrices: np.ndarray, sets: Sequence[np.ndarray]
) -> tuple[str, ...]:
    """A letter for each of n states or modes: x, y or z for the component of a degenerate one that
    turns like this axis under the `operations` (order, 3, 3), represented by `matrices` (order, n,
    n); none for others.

    Of two, x is even where y -> -y is an operation, of three it is even under the rotation about
    x; where no operation tells, they are named in order.
    """
    found = [""] * matrices.shape[1]
    for members in sets:
        if len(members) < 2:
            continue
        chosen = _letters_told(operations, matrices, members) or COMPONENTS
        for k, letter in zip(members, chosen, strict=False):
            found[int(k)] = letter
    return tuple(found)


def _letters_told(operations: np.ndarray, matrices: np.ndarray, members: np.ndarray) -> str:
    """The letters of the components of one set, from what they do under changes of signs."""
    if len(members) == 3:
        each = np.array([_even(operations, matrices, members, signs) for signs in ROTATIONS])
        is_told = bool((each.sum(axis=0) == 1).all() and (each.sum(axis=1) == 1).all())
        return "".join("xyz"[int(axis)] for axis in each.argmax(axis=0)) if is_told else ""

    for names, signs in PLANES if len(members) == 2 else ():
        even = _even(operations, matrices, members, signs)
        if even.sum() == 1:
            return names if even[0] else names[::-1]
    return ""


def _even(
    operations: np.ndarray, matrices: np.ndarray, members: np.ndarray, signs: Sequence[int]
) -> np.ndarray:
    """Which components (n,) an operation that changes these signs leaves as they are; none where
    it is no operation of the group or mixes them.
    """
    for operation, matrix in zip(operations, matrices, strict=True):
        if np.abs(operation - np.diag(signs)).max() < SAME:
            own = np.diag(matrix)[members]
            pure = bool((np.abs(np.abs(own) - 1) < MIXED).all())
            return np.array(own > 0) & pure
    return np.zeros(len(members), dtype=bool)


def _place_of_species(irrep: str) -> tuple[int, int, int, int, int]:
    """Where a species stands in a character table: by letter, index, sign, primes, parity."""
    index = re.search(r"\d", irrep)
    return (
        LETTERS.find(irrep[:1]),
        int(index[0]) if index else 0,
        int("-" in irrep),
        irrep.count("'"),
        int(irrep.endswith("u")),
    )
