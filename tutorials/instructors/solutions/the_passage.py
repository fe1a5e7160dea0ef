"""Solutions of tutorial 05. The docstrings answer the questions that ask why."""

from dataclasses import replace
from functools import cache

import numpy as np

import by_hand

LEVELS = (22, 22, 22)


@cache
def share(model):
    """S2's population, by a direct product of oscillator functions."""
    times, populations = by_hand.populations(model, 1, LEVELS, 120.0, 121)
    return times, populations[:, 1]


def half_time(model):
    """First time below one half.

    Why not at once: at t = 0 nothing couples the states, as <q10a> is 0; the packet must first
    move to the crossing along the tuning modes, and the coupling grows with the width of q10a.
    """
    times, value = share(model)
    k = np.argmax(value < 0.5)
    slope = (value[k] - value[k - 1]) / (times[k] - times[k - 1])
    return times[k - 1] + (0.5 - value[k - 1]) / slope


def mean(model):
    """Mean over the second half.

    Why not zero: these are *diabatic* populations. Even on the lower surface the packet lies where
    that surface has the character of S2 here and there.
    """
    times, value = share(model)
    return np.mean(value[times >= 60])


def period(model):
    """h/w.

    Why the half-time is shorter than a period: the packet crosses on its first way down, and does
    not come back as it was: three modes of different periods take part.
    """
    return 4.135667696 / model.frequencies[1]


SUBMITTED = [
    (
        "check_half_time",
        half_time,
        {},
        [(lambda t: t / 2, "half"), (lambda t: 2 * t, "number of a point")],
    ),
    ("check_mean", mean, {}, [(lambda x: 1 - x, "S1"), (lambda x: 2 * x, "twice")]),
    (
        "check_period",
        period,
        {},
        [(lambda t: t / (2 * np.pi), "2 pi hbar"), (lambda t: t / 2, "half")],
    ),
]


def usual(checks):
    """The model the students work with."""
    return checks.pyrazine()


def altered(model):
    """A weaker coupling, a smaller gap, stiffer modes."""
    yield model.with_coupling("v10a", ("S1", "S2"), 0.2)
    yield replace(model, constant=model.constant - np.diag([0.0, 0.15]))
    yield replace(model, frequencies=model.frequencies * 1.1)
