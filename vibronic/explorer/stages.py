"""What follows the first answer while the sliders rest: all frames, the certificate, hot bands,
and the adiabatic rung.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..certificate import Certificate
from ..checks import InputError
from ..doorway import Doorway
from ..limits import Limits
from ..spectra import adiabatic_spectrum
from ..spectra.line_methods import VibronicLines
from ..spectra.thermal import thermal_lines
from ..spectrum import summed
from .crossing import crossing
from .engine import MOST
from .explored_model import ExploredModel
from .packets import Packets, certified_change
from .settings import Settings
from .views import curve, energies, frames, plane, views

ASKED = 1e-2  # of populations, and of the peak of a curve
ADIABATIC = 3e-2
EVERY = 2  # outputs from one frame to the next
MOST_POINTS = 60_000  # of an adiabatic grid


def all_frames(explored: ExploredModel, packets: Packets) -> dict[str, Any]:
    """The density at every second output."""
    axis = plane(explored, packets, crossing(explored, packets.model))
    outputs = list(range(0, packets.watched.times.size, EVERY))
    return {"density": frames(explored, packets, axis, outputs)}


def certified(
    explored: ExploredModel, settings: Settings, packets: Packets, check: Callable[[], None]
) -> tuple[Packets, Certificate]:
    """Packets in larger bases until populations and curve are certain to 1e-2, and how certain
    they are; `check` is called between two bases and may raise.
    """
    grid = energies(packets, settings.fwhm)
    while True:
        check()
        larger = packets.larger()
        reached = certified_change(packets, larger, grid, settings.fwhm)
        packets = larger
        if reached < ASKED or packets.size > MOST:
            return packets, Certificate(ASKED, reached, packets.size)


def checked(
    explored: ExploredModel, settings: Settings, packets: Packets, found: Certificate
) -> dict[str, Any]:
    """What the page is told of a certificate, and the views from the larger bases."""
    told = (
        f"Checked: populations and spectrum are certain to {found.reached:.0e} (asked "
        f"{found.asked:.0e}), with {found.size:,} functions."
    )
    if not found.converged:
        told = (
            f"Not certain: {found.size:,} functions leave an error of up to {found.reached:.0e} "
            f"(asked {found.asked:.0e}). Stiffer modes or weaker couplings need fewer."
        )
    return {
        "certificate": {"text": told, "reached": found.reached, "converged": found.converged},
        "views": views(explored, settings, packets),
    }


def hot_bands(settings: Settings, packets: Packets) -> dict[str, Any]:
    """The vibronic rung from thermally populated levels, on the energies of the first answer."""
    lines = VibronicLines(settings.fwhm, character=False)
    model = packets.model
    parts = [
        thermal_lines(model, door, settings.temperature, lines, ASKED) for door in _doors(packets)
    ]
    grid = energies(packets, settings.fwhm)
    return {"rungs": {"vibronic": curve(summed(parts), grid, settings.fwhm)}}


def adiabatic(settings: Settings, packets: Packets) -> dict[str, Any]:
    """The Born-Oppenheimer rung at 0 K, or why there is none."""
    grid = energies(packets, settings.fwhm)
    try:
        parts = [
            adiabatic_spectrum(
                packets.model,
                door,
                tolerance=ADIABATIC,
                fwhm=settings.fwhm,
                character=False,
                limits=Limits(max_size=MOST_POINTS),
            )
            for door in _doors(packets)
        ]
    except InputError as error:
        return {"remark": f"No adiabatic rung: {error}"}

    return {"rungs": {"adiabatic": curve(summed(parts), grid, settings.fwhm)}}


def _doors(packets: Packets) -> list[Doorway]:
    entered = np.flatnonzero(packets.model.transition_amplitudes)
    return [Doorway.transition(packets.model, [int(i)]) for i in entered]
