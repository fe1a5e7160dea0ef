"""Checks of tutorial 04."""

from __future__ import annotations

from typing import Any

import numpy as np

import vibronic as vb

from .judging import Slip, Verdict, judged


def two_modes() -> vb.VibronicHamiltonian:
    """The published model of the butatriene cation with its torsion v5 and stretch v14."""
    return vb.library.hamiltonian("butatriene", "published").subset(modes=("v5", "v14"))


def check_crossing(answer: Any = None, model: vb.VibronicHamiltonian | None = None) -> Verdict:
    """Where along v14, at q5 = 0, the two states have one energy."""
    model = model or two_modes()
    right = vb.surfaces.conical_intersection(model).position[1]

    first, second = np.diag(model.linear[1])
    gap = np.diff(np.diag(model.constant))[0]
    slips = [
        Slip(gap / (first + second), "The slopes differ by kappa_X - kappa_A: mind their signs."),
        Slip(gap, "This is the gap at q = 0, an energy: how far must q14 go to close it?"),
    ]
    return judged(answer, right, slips=slips)


def check_crossing_energy(
    answer: Any = None, model: vb.VibronicHamiltonian | None = None
) -> Verdict:
    """Energy of the lowest point where the surfaces meet, from the neutral's ground level."""
    model = model or two_modes()
    point = vb.surfaces.conical_intersection(model)

    harmonic = model.frequencies @ point.position**2 / 2
    slips = [
        Slip(point.energy - harmonic, "The harmonic part w q^2/2 of both states is missing."),
        Slip(point.energy + harmonic, "The harmonic part is w q^2/2, not w q^2."),
        Slip(point.gap, "This is the gap between the states; asked is the energy they share."),
    ]
    return judged(answer, point.energy, "eV", tolerance=0.002, slips=slips)


def check_gap(
    answer: Any = None, model: vb.VibronicHamiltonian | None = None, q5: float = 0.1
) -> Verdict:
    """The gap between the surfaces at the crossing's q14, when v5 is displaced by q5."""
    model = model or two_modes()
    place = vb.surfaces.conical_intersection(model).position + [q5, 0.0]
    lower, upper = vb.surfaces.adiabatic_energies(model, place)

    slips = [
        Slip((upper - lower) / 2, "This is lambda q5, the distance of one surface from the mean."),
        Slip((upper - lower) / q5, "This is 2 lambda, the slope of the gap: multiply by q5."),
        Slip(upper, "This is an energy, of the upper surface; asked is the gap."),
    ]
    return judged(answer, upper - lower, "eV", slips=slips)


def check_phase(
    answer: Any = None,
    centre: Any = None,
    radius: float = 0.3,
    model: vb.VibronicHamiltonian | None = None,
) -> Verdict:
    """The phase, 0 or pi, that the lower state gathers on a circle about `centre`; without a
    centre the circle is drawn about the crossing.
    """
    model = model or two_modes()
    point = vb.surfaces.conical_intersection(model)
    circle = vb.surfaces.loop_around(point, radius)
    if centre is not None:
        circle = circle + np.asarray(centre, dtype=float) - point.position
    right = vb.surfaces.geometric_phase(model, circle).phase

    if right:
        other = Slip(0.0, "Follow the state all the way: is its sign the same after one turn?")
    else:
        other = Slip(np.pi, "Is the crossing inside this circle? Follow the sign again.")
    slips = [
        other,
        Slip(-1.0, "This is the sign, exp(i phase); asked is the phase itself."),
        Slip(2 * np.pi, "A phase of 2 pi is none. The *mixing angle* turns by half the angle."),
    ]
    return judged(answer, right, slips=slips)
