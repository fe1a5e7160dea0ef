"""One screen of a comparison: the states, the bands beside experiment, the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..tables import Table
from .band_tables import brief_band_table
from .energy_tables import brief_energy_table, excitation_table
from .glossary import glossary
from .light import absolute_told, emission_told
from .observed import observed_mysteries
from .text import heading, joined, percent, wrapped
from .verdict import verdict

if TYPE_CHECKING:
    from .absorption import AbsorptionComparison
    from .comparison import PhotoelectronComparison
    from .rungs import Comparison


def summary(found: PhotoelectronComparison) -> str:
    """States, bands and verdict of a photoelectron spectrum, with the words explained."""
    return _screen(found, "PHOTOELECTRON SPECTRUM", brief_energy_table(found), [])


def absorption_summary(found: AbsorptionComparison) -> str:
    """The same of an absorption spectrum."""
    more = [absolute_told(found), emission_told(found)]
    return _screen(found, "ABSORPTION SPECTRUM", excitation_table(found), more)


def _screen(found: Comparison, title: str, states: Table, more: list[str]) -> str:
    tables = [str(states), str(brief_band_table(found))]
    return joined(
        [
            heading(title, found),
            *tables,
            wrapped(verdict(found, observed_mysteries(found))),
            *more,
            found.match or "",
            glossary("\n".join(tables)),
            _reached(found),
        ]
    )


def _reached(found: Comparison) -> str:
    """How well the vibronic curve is converged, in a sentence."""
    about = [lines.certificate for lines in found.vibronic]
    known = [c for c in about if c is not None]
    if len(known) < len(about) or not known:
        return "How well the vibronic spectrum is converged is not known."

    left = max(c.reached for c in known)
    asked = f"{100 * found.tolerance:.2g} % was asked"
    if all(c.converged for c in known):
        return f"Converged: the vibronic curve is good to {percent(left)} of its peak ({asked})."
    if not np.isfinite(left):
        return f"NOT CONVERGED: the error of the vibronic curve is not known ({asked})."
    return (
        f"NOT CONVERGED: an error of {percent(left)} of the peak is left in the vibronic curve "
        f"({asked})."
    )
