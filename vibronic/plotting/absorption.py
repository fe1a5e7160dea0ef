"""The absorption spectrum in rising order of truth, and the emission that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..door import public
from .energy_axis import EnergyAxis
from .ladder import ladder_figure
from .style import new_axes, style

if TYPE_CHECKING:
    from ..photoelectron import AbsorptionComparison


@public
def absorption_figure(
    found: AbsorptionComparison, window: tuple[float, float] | None = None
) -> Any:
    """The rungs asked for: vertical lines, Franck-Condon, adiabatic, vibronic, measured, between
    the energies of a `window` (eV); returns the matplotlib Figure.
    """
    title = (
        f"{found.model.title or 'absorption'}: from one state, one band to mixed vibronic states"
    )
    if found.ladder.temperature:
        title += f", {found.ladder.temperature:g} K"
    return ladder_figure(found, title, window)


@public
def plot_emission(
    found: AbsorptionComparison, ax: Any = None, window: tuple[float, float] | None = None
) -> Any:
    """Absorption and emission, each scaled to its maximum, on one energy axis, between the
    energies of a `window` (eV); returns the axes.
    """
    import numpy as np

    with style():
        ax = new_axes(ax, 4.4)
        if found.emission is None:
            return ax

        shape = found.ladder.shape
        up = found.vibronic_curve
        strong = found.emission.energies[
            found.emission.intensities > 1e-4 * found.emission.intensities.max()
        ]
        grid = np.arange(
            strong.min() - 3 * shape.fwhm, strong.max() + 3 * shape.fwhm, shape.fwhm / 8
        )
        down = found.emission.broadened(grid, shape=shape).values
        axis = EnergyAxis.of(found)
        x = axis.of_energies(grid)
        ax.plot(x, down / down.max(), color="#D55E00", label="emission")
        x = axis.of_energies(up.grid)
        ax.plot(x, up.values / up.values.max(), color="#0072B2", label="absorption")
        ax.set(
            ylim=(0, 1.12),
            xlabel=axis.label.replace("excitation energy", "photon energy"),
            ylabel="intensity / maximum",
        )
        if window is not None:
            axis.zoom(ax, found, window)
        ax.legend(loc="upper left")
        ax.set_title(f"{found.model.title}, {found.ladder.temperature:g} K", loc="left")

    return ax
