"""The photoelectron spectrum in rising order of truth, on one energy axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ladder import ladder_figure

if TYPE_CHECKING:
    from ..photoelectron import PhotoelectronComparison


def photoelectron_figure(found: PhotoelectronComparison) -> Any:
    """The rungs asked for: orbitals and vertical lines, Franck-Condon, adiabatic, vibronic,
    observed; returns the matplotlib Figure.
    """
    title = (
        f"{found.model.title or 'photoelectron spectrum'}: from one orbital, one line to "
        "mixed vibronic states"
    )
    if found.ladder.temperature:
        title += f", {found.ladder.temperature:g} K"
    return ladder_figure(found, title, "ionization energy (eV)")
