"""The photoelectron spectrum in rising order of truth, on one energy axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..door import public
from .ladder import ladder_figure

if TYPE_CHECKING:
    from ..photoelectron import PhotoelectronComparison


@public
def photoelectron_figure(
    found: PhotoelectronComparison, window: tuple[float, float] | None = None
) -> Any:
    """The rungs asked for: orbitals and vertical lines, Franck-Condon, adiabatic, vibronic,
    observed, between the energies of a `window` (eV); returns the matplotlib Figure.
    """
    title = found.model.title or "photoelectron spectrum"
    start = "orbital" if "koopmans" in found.levels else "state"
    title = f"{title}: from one {start}, one line to mixed vibronic states"
    if found.ladder.temperature:
        title += f", {found.ladder.temperature:g} K"
    return ladder_figure(found, title, window)
