"""Checks of tutorial 08."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import vibronic as vb

from .judging import Slip, Verdict, judged


@cache
def ring(stabilisation: float = 1.0) -> vb.VibronicHamiltonian:
    """The linear E x e model with a frequency of 1 eV and the stabilisation E_JT (eV)."""
    k = np.sqrt(2 * stabilisation)
    x = np.diag([1.0, -1.0])
    y = np.array([[0.0, 1.0], [1.0, 0.0]])
    return vb.VibronicHamiltonian([1.0, 1.0], np.zeros((2, 2)), [k * x, k * y])


@cache
def levels(stabilisation: float, count: int = 6) -> np.ndarray:
    """The lowest levels, from the ground level without coupling (eV)."""
    size = int(25 + 10 * stabilisation)
    basis = vb.VibronicBasis(2, (size, size))
    return np.asarray(vb.spectra.eigenstates(ring(stabilisation), basis, count).energies)


def check_radius(answer: Any = None, stabilisation: float = 1.0) -> Verdict:
    """Distance of the trough from the point of symmetry, in q."""
    low = vb.surfaces.surface_minimum(ring(stabilisation), 0)
    right = np.linalg.norm(low.position)
    slips = [Slip(right**2, "This is the square of the radius.")]
    return judged(answer, right, slips=slips)


def check_ground_level(answer: Any = None, stabilisation: float = 1.0) -> Verdict:
    """The lowest vibronic level, from the ground level without coupling."""
    right = levels(stabilisation)[0]
    slips = [
        Slip(-stabilisation, "This is the bottom of the trough: zero-point motion is missing."),
        Slip(right + 1, "The zero of energy is the level without coupling, at w of two modes."),
        Slip(levels(stabilisation)[2] - right, "This is a gap; asked is the level itself."),
    ]
    return judged(answer, right, "eV", tolerance=0.002, slips=slips)


def check_gap(answer: Any = None, stabilisation: float = 4.0) -> Verdict:
    """From the ground level to the next one that is different."""
    found = levels(stabilisation)
    right = found[2] - found[0]

    rotor = 1 / (4 * stabilisation)
    slips = [
        Slip(0.0, "Both ground levels have the same energy: take the next different one."),
        Slip(rotor, "This is a rotor with *integer* j, from 0 to 1. Which j has this one?"),
        Slip(found[2], "This is a level; asked is the gap between two."),
    ]
    return judged(answer, right, "eV", slips=slips)


def check_rotor(answer: Any = None, stabilisation: float = 4.0) -> Verdict:
    """The same gap, of a rigid rotor with j = 1/2 and 3/2 on the trough."""
    radius = np.linalg.norm(vb.surfaces.surface_minimum(ring(stabilisation), 0).position)
    half, next_one = np.array([1, 3]) / 2
    right = (next_one**2 - half**2) / (2 * radius**2)

    slips = [
        Slip(
            right / 2, "With j = 0 and 1 it would be this. The phase of pi makes j half-integer."
        ),
        Slip(right * 3 / 2, "This is j = 1 to 2. The lowest j is 1/2."),
    ]
    return judged(answer, right, "eV", slips=slips)
