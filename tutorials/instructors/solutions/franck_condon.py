"""Solutions of tutorial 02. The docstrings answer the questions that ask why."""

from dataclasses import replace

import numpy as np


def huang_rhys(model):
    """S = kappa^2/(2 w^2).

    Why the square: a shift to the left gives the same lines as one to the right.
    """
    return model.linear[0, 0, 0] ** 2 / (2 * model.frequencies[0] ** 2)


def overlaps(model, points=4001):
    """<n|0> on a grid, by Hermite functions: no formula of Poisson in it."""
    q = np.linspace(-15, 15, points)
    ground = np.pi**-0.25 * np.exp(-(q**2) / 2)
    shifted = q + model.linear[0, 0, 0] / model.frequencies[0]
    zero = np.pi**-0.25 * np.exp(-(shifted**2) / 2)
    one = np.sqrt(2) * shifted * zero
    return np.trapezoid(ground * zero, q), np.trapezoid(ground * one, q)


def ratio(model):
    """(<1|0>/<0|0>)^2, which is S.

    Why I1 > I0 here: S > 1; the packet starts up the wall, more than one quantum above the bottom.
    """
    zero, one = overlaps(model)
    return (one / zero) ** 2


def origin(model):
    """The lowest point of E + kappa q + w q^2/2 on a fine grid, from E. Both levels have the same
    zero-point energy, as the frequency is the same.

    Why negative: the molecule relaxes. It is minus the reorganization energy, -S w.
    """
    q = np.linspace(-20, 20, 400_001)
    return (model.linear[0, 0, 0] * q + model.frequencies[0] * q**2 / 2).min()


def width(model):
    """Variance of kappa q in the ground level, kappa^2 <q^2> = kappa^2/2.

    Why no frequency of the excited state is in it: the packet has had no time to move. It is
    the slope of the potential times the spread of the start (reflection).
    """
    q = np.linspace(-10, 10, 4001)
    density = np.exp(-(q**2)) / np.sqrt(np.pi)
    return abs(model.linear[0, 0, 0]) * np.sqrt(np.trapezoid(q**2 * density, q))


SUBMITTED = [
    (
        "check_huang_rhys",
        huang_rhys,
        {},
        [(lambda s: np.sqrt(2 * s), "displacement"), (lambda s: 2 * s, "twice")],
    ),
    ("check_ratio", ratio, {}, [(lambda x: 1 / x, "other way"), (lambda x: x**2, "square")]),
    ("check_origin", origin, {}, [(lambda x: -x, "sign"), (lambda x: x * 8065.544, "cm^-1")]),
    ("check_width", width, {}, [(lambda x: x**2, "variance"), (lambda x: x * 2**0.5, "1/2")]),
]


def usual(checks):
    """The model the students work with."""
    return checks.one_mode()


def altered(model):
    """A larger coupling, one of the other sign, a stiffer mode with another energy."""
    yield model.with_coupling("v6a", "S2", 0.2)
    yield model.with_coupling("v6a", "S2", 0.08)
    yield replace(model, frequencies=model.frequencies * 1.3, constant=model.constant + 0.5)
