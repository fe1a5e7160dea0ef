"""Checks of tutorial 02."""

from __future__ import annotations

from functools import cache
from typing import Any

import vibronic as vb

from .judging import Slip, Verdict, judged


@cache
def one_mode() -> vb.VibronicHamiltonian:
    """State S2 of pyrazine with the ring mode v6a alone."""
    whole = vb.library.hamiltonian("pyrazine", "published")
    return whole.subset(states=("S2",), modes=("v6a",))


def check_huang_rhys(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """The Huang-Rhys factor of v6a."""
    model = model or one_mode()
    right = model.huang_rhys_factors(0)[0]

    shift = abs(model.linear[0, 0, 0]) / model.frequencies[0]
    slips = [
        Slip(shift, "This is the displacement in q, kappa/w. S is half its square."),
        Slip(-shift, "This is the new minimum, at q = -kappa/w. S is half its square."),
    ]
    return judged(answer, right, slips=slips)


def check_ratio(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """Intensity of the line with one quantum over that with none."""
    model = model or one_mode()
    lines = vb.spectra.franck_condon_spectrum(model, 0).intensities
    right = lines[1] / lines[0]

    slips = [
        Slip(1 / right, "This is I0/I1, the other way round."),
        Slip(right**2, "This is the square: FC integrals are squared once, S appears once."),
        Slip(lines[1], "This is I1 itself; asked is I1/I0."),
    ]
    return judged(answer, right, slips=slips)


def check_origin(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """Energy of the 0-0 line, counted from the vertical energy."""
    model = model or one_mode()
    line = vb.spectra.franck_condon_spectrum(model, 0).energies[0]
    right = line - model.constant[0, 0]
    return judged(answer, right, "eV")


def check_width(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """Standard deviation of the band."""
    model = model or one_mode()
    variance = vb.spectra.spectral_moments(model, 0)[2]

    slips = [
        Slip(variance, "This is the variance: take its root."),
        Slip(abs(model.linear[0, 0, 0]), "In the ground level <q^2> is 1/2, not 1."),
    ]
    return judged(answer, variance**0.5, "eV", slips=slips)
