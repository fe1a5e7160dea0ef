"""Checks of tutorial 06."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import vibronic as vb

from .judging import Slip, Verdict, judged

GAP = (9.53, 9.82)  # eV, between the bands of X and A


@cache
def butatriene() -> vb.VibronicHamiltonian:
    """The published model of the butatriene cation with five modes."""
    return vb.library.hamiltonian("butatriene", "published")


@cache
def strengths(model: vb.VibronicHamiltonian) -> tuple[np.ndarray, np.ndarray]:
    """Strength between the limits of `GAP`, by state entered: coupled, and each state alone."""
    energies = np.linspace(*GAP, 300)

    def inside(lines: vb.StickSpectrum) -> float:
        curve = lines.broadened(energies, fwhm=0.1).values
        return float(np.trapezoid(curve, energies))

    states = range(model.n_states)
    coupled = [inside(vb.spectra.lanczos_spectrum(model, i, fwhm=0.1)) for i in states]
    alone = [inside(vb.spectra.franck_condon_spectrum(model, i)) for i in states]
    return np.array(coupled), np.array(alone)


def check_strength(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """The strength between X and A that the coupled states give, at 0.1 eV resolution."""
    coupled, alone = strengths(model or butatriene())

    slips = [
        Slip(
            coupled[0], "This is what entering X gives. The electron may leave A's orbital, too."
        ),
        Slip(
            coupled[1], "This is what entering A gives. The electron may leave X's orbital, too."
        ),
        Slip(alone.sum(), "This is the strength of the states alone: switch the coupling on."),
        Slip(coupled.mean(), "Both doors are open at the same time: add, do not average."),
    ]
    return judged(answer, coupled.sum(), tolerance=0.02, slips=slips)


def check_removed(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """How much strength the coupling adds there (negative: removes)."""
    coupled, alone = strengths(model or butatriene())
    right = coupled.sum() - alone.sum()

    ratio = coupled.sum() / alone.sum()
    slips = [Slip(ratio, "This is a ratio; asked is a difference.")]
    return judged(answer, right, tolerance=0.02, slips=slips)


def check_width(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """Standard deviation of the whole spectrum from A."""
    model = model or butatriene()
    variance = vb.spectra.spectral_moments(model, 1)[2]
    uncoupled = vb.spectra.spectral_moments(model.subset(states=(1,)), 0)[2]

    slips = [
        Slip(uncoupled**0.5, "This is the width of A alone: lambda widens it as kappa does."),
        Slip(variance, "This is the variance: take its root."),
        Slip((2 * variance) ** 0.5, "In the ground level <q^2> is 1/2, not 1."),
    ]
    return judged(answer, variance**0.5, "eV", slips=slips)
