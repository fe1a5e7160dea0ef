"""Solutions of tutorial 08. The docstrings answer the questions that ask why."""

from functools import cache

import numpy as np

KEYWORD = "stabilisation"


@cache
def numbers(stabilisation, size=300):
    """Levels of j = 1/2 and 3/2 by radial chains: states |n, l> with j = l +- 1/2 couple to their
    neighbours alone, so that every j is one tridiagonal matrix (Longuet-Higgins).
    """
    k = np.sqrt(2 * stabilisation)
    found = []
    for j in (0, 1):  # j = 1/2, 3/2: chains starting from l = j - 1/2
        n = np.arange(size)
        diagonal = j + n
        steps = np.where(n % 2 == 0, n // 2 + 1 + j, n // 2 + 1)
        matrix = np.diag(diagonal.astype(float))
        off = k * np.sqrt(steps[:-1])
        matrix += np.diag(off, 1) + np.diag(off, -1)
        found.append(np.linalg.eigvalsh(matrix)[0])
    return found


def radius(stabilisation):
    """Minimum of rho^2/2 - k rho, k = sqrt(2 E_JT): rho = k.

    Why the trough is round: the linear coupling has no preferred direction; quadratic terms give
    it three wells.
    """
    rho = np.linspace(0, 10, 1_000_001)
    return rho[np.argmin(rho**2 / 2 - np.sqrt(2 * stabilisation) * rho)]


def ground_level(stabilisation):
    """The lowest eigenvalue of the chain of j = 1/2.

    Why below -E_JT: without coupling two modes have zero-point energy w; in the trough one of them
    has become a rotation, and half of it is free.
    """
    return numbers(stabilisation)[0]


def gap(stabilisation):
    """j = 3/2 less j = 1/2.

    Why every level comes twice: j and -j turn in opposite senses. Time reversal joins them.
    """
    half, three_halves = numbers(stabilisation)
    return three_halves - half


def rotor(stabilisation):
    """(9/4 - 1/4)/(2 rho^2) = 1/rho^2 = 1/(2 E_JT), with w = 1 eV.

    Why half-integer: the electronic state comes back as minus itself, so that the vibrational
    factor must change sign, too: exp(i j 2 pi) = -1.
    """
    return 1 / (2 * stabilisation)


SUBMITTED = [
    ("check_radius", radius, {}, [(lambda x: x**2, "square"), (lambda x: x / 2, "half")]),
    (
        "check_ground_level",
        ground_level,
        {},
        [(lambda x: -1.0, "trough"), (lambda x: x + 1, "zero of energy"), (lambda x: -x, "sign")],
    ),
    ("check_gap", gap, {}, [(lambda x: 0.0, "different"), (lambda x: 1 / 16, "integer")]),
    ("check_rotor", rotor, {}, [(lambda x: x / 2, "half-integer"), (lambda x: 2 * x, "twice")]),
]


def usual(checks):
    """E_JT (eV) of every exercise."""
    weak = {"check_radius": 1.0, "check_ground_level": 1.0}
    return {**weak, "check_gap": 4.0, "check_rotor": 4.0}


def altered(stabilisation):
    """Three other stabilisation energies."""
    yield from (0.5, 2.0, 3.0)
