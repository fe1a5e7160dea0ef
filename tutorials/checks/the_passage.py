"""Checks of tutorial 05."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import vibronic as vb

from .judging import Slip, Verdict, judged

END = 120.0  # fs


@cache
def pyrazine() -> vb.VibronicHamiltonian:
    """S1 and S2 of pyrazine with three modes."""
    return vb.library.hamiltonian("pyrazine", "linear-1988")


@cache
def population(model: vb.VibronicHamiltonian) -> tuple[np.ndarray, np.ndarray]:
    """Times (fs) and the population of the state entered, the upper one."""
    run = vb.dynamics.propagate(model, 1, np.linspace(0, END, 241))
    return run.times, run.populations[:, 1]


def check_half_time(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """The time at which the population of S2 is one half for the first time."""
    times, share = population(model or pyrazine())
    k = int(np.flatnonzero(share < 0.5)[0])
    right = np.interp(0.5, share[[k, k - 1]], times[[k, k - 1]])

    last = times[int(np.flatnonzero(share > 0.5)[-1])]
    slips = [
        Slip(k, "This is the number of a point; asked is its time."),
        Slip(last, "This is the *last* time it is above one half; asked is the first below."),
    ]
    return judged(answer, right, "fs", tolerance=0.02, slips=slips)


def check_mean(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """Mean population of S2 over the second half of the run."""
    times, share = population(model or pyrazine())
    late = times >= END / 2
    right = share[late].mean()

    slips = [
        Slip(1 - right, "This is the population of S1."),
        Slip(share.mean(), "This is the mean over the whole run; leave the first half out."),
        Slip(share[-1], "This is the last value; asked is a mean."),
    ]
    return judged(answer, right, tolerance=0.02, slips=slips)


def check_period(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """The period of v6a."""
    model = model or pyrazine()
    frequency = model.frequencies[model.mode_labels.index("v6a")]
    right = 2 * np.pi * vb.units.HBAR / frequency

    slips = [
        Slip(right / (2 * np.pi), "This is hbar/w; a period is h/w, with h = 2 pi hbar."),
        Slip(frequency / vb.units.HBAR, "This is the angular frequency, in 1/fs."),
    ]
    return judged(answer, right, "fs", slips=slips)
