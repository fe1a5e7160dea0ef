"""Which modes of two models of one molecule are the same."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..door import public
from ..hamiltonian import VibronicHamiltonian

FURTHEST = 0.2  # largest difference of frequencies that two levels of theory make, of the mean


@public
def corresponding_modes(model: VibronicHamiltonian, other: VibronicHamiltonian) -> dict[str, str]:
    """The label in `other` of each mode of `model` that it has: of the same species and, where
    several are, as near in frequency (in all) as can be, within a fifth.

    Species are compared by name, so both models must have their axes alike; modes without species
    correspond to none.
    """
    found: dict[str, str] = {}
    for irrep in {name.lower() for name in model.mode_irreps if name}:
        own = _members(model, irrep)
        theirs = _members(other, irrep)
        gaps = np.abs(np.log(_ratios(model, own, other, theirs)))
        for a, b in zip(*linear_sum_assignment(gaps), strict=True):
            if gaps[a, b] < FURTHEST:
                found[model.mode_labels[own[a]]] = other.mode_labels[theirs[b]]
    return found


def _members(model: VibronicHamiltonian, irrep: str) -> list[int]:
    return [m for m, name in enumerate(model.mode_irreps) if name.lower() == irrep]


def _ratios(
    model: VibronicHamiltonian, own: list[int], other: VibronicHamiltonian, theirs: list[int]
) -> np.ndarray:
    ratios: np.ndarray = model.frequencies[own][:, None] / other.frequencies[theirs]
    return ratios
