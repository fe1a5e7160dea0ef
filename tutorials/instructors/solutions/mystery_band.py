"""Solutions of tutorial 06. The docstrings answer the questions that ask why."""

from functools import cache

import numpy as np

import vibronic as vb

LOW, HIGH = 9.53, 9.82


@cache
def in_time(model, state):
    """Strength between the limits, from C(t) of a moving packet instead of lines."""
    energies = np.linspace(LOW, HIGH, 300)
    run = vb.dynamics.propagate(model, state, np.linspace(0, 60, 121))
    curve = vb.spectra.autocorrelation_spectrum(run, energies, fwhm=0.1)
    return np.trapezoid(curve.values, energies)


def strength(model):
    """Both states are entered; their spectra add, as the electron comes from one orbital or the
    other.

    Why there is a band where no state lies: the two states exchange strength all the way between
    them; what is left there belongs to both.
    """
    return in_time(model, 0) + in_time(model, 1)


def removed(model):
    """The same for the model without lambda, subtracted. The sum over all energies cannot change.

    Why the coupling removes strength: levels of X and A with the same symmetry repel each other,
    and are pushed out of the region between the bands, where they were closest.
    """
    without = model.with_coupling("v5", ("X", "A"), 0.0)
    return strength(model) - strength(without)


def width(model):
    """sqrt(sum kappa^2/2 + sum lambda^2/2): both kinds of slope act on the same ground level.

    Why the mean does not move: <0|kappa q|0> and <0|lambda q|0> are zero.
    """
    return np.sqrt((model.linear[:, 1, :] ** 2).sum() / 2)


SUBMITTED = [
    ("check_strength", strength, {}, [(lambda x: x / 2, "average"), (lambda x: 2 * x, "twice")]),
    ("check_removed", removed, {}, [(lambda x: -x, "sign"), (lambda x: x / 2, "half")]),
    (
        "check_width",
        width,
        {},
        [(lambda x: x**2, "variance"), (lambda x: x * 2**0.5, "1/2")],
    ),
]


def usual(checks):
    """The model the students work with."""
    return checks.butatriene()


def altered(model):
    """A weaker coupling, a stronger one, another slope."""
    yield model.with_coupling("v5", ("X", "A"), 0.15)
    yield model.with_coupling("v5", ("X", "A"), 0.35)
    yield model.with_coupling("v14", "A", -0.2)
