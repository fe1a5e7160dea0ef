"""How spectroscopists number normal modes, and what the components of a degenerate state are
called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

COMPONENTS = "xyzuw"
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


def mode_labels(dimensions: Sequence[int]) -> tuple[str, ...]:
    """v1, v2, ... for modes in order; the components of a degenerate one are v4x and v4y."""
    names = [f"v{k + 1}" for k in range(len(dimensions))]
    members = np.split(np.arange(sum(dimensions)), np.cumsum(dimensions)[:-1])
    return component_labels(names, members if dimensions else [])


def component_labels(names: Sequence[str], sets: Sequence[np.ndarray]) -> tuple[str, ...]:
    """The label of every component of the states or modes with `names`, whose indices the `sets`
    hold: Ex and Ey for a twofold degenerate E.
    """
    found: dict[int, str] = {}
    for name, members in zip(names, sets, strict=True):
        letters = COMPONENTS if len(members) > 1 else [""]
        found |= {int(k): f"{name}{letter}" for k, letter in zip(members, letters, strict=False)}
    return tuple(found[k] for k in sorted(found))


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
