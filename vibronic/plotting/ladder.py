"""The rungs of a ladder on one energy axis, and what is measured beside the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..door import public
from .energy_axis import EnergyAxis
from .ladder_panels import draw_adiabatic, draw_alone, draw_electrons, draw_vibronic
from .observed_panels import draw_observed, draw_residual
from .style import is_wide, new_figure, style

if TYPE_CHECKING:
    from ..photoelectron.rungs import Comparison

MYSTERY = "#F0E442"
PANELS = (
    (draw_electrons, 0.9, ("koopmans", "vertical")),
    (draw_alone, 1.3, ("displaced", "distorted")),
    (draw_adiabatic, 1.3, ("adiabatic",)),
    (draw_vibronic, 1.6, ("vibronic",)),
)
NARROW = 0.13  # of the axis; a label in a narrower box is turned


@public
def ladder_figure(found: Comparison, title: str, window: tuple[float, float] | None = None) -> Any:
    """One panel a step of truth: electrons, single states, adiabatic, vibronic with the measured
    curve on it, and what is observed; between the energies of a `window` (eV). Returns the
    matplotlib Figure.
    """
    panels = _panels(found)
    heights = [height for _, height in panels]
    axis = EnergyAxis.of(found)

    with style():
        figure = new_figure(7.4, 0.9 + 1.1 * sum(heights))
        axes = np.atleast_1d(figure.subplots(len(panels), 1, sharex=True, height_ratios=heights))
        for k, ((draw, _), ax) in enumerate(zip(panels, axes, strict=True)):
            ax.set_title(rf"$\bf{{{'abcdefg'[k]}}}$  {draw(ax, found, axis)}", loc="left", pad=3)
            axis.zoom(ax, found, window)
            if draw in (draw_adiabatic, draw_alone, draw_electrons, draw_vibronic):
                _mark_mysteries(ax, found, axis, named=draw is draw_vibronic)
            if is_wide():
                _simplify(ax)

        axis.add_wavelengths(axes[0])
        axes[-1].set_xlabel(axis.label)
        remark = f"\n{axis.remark}" if axis.remark else ""
        figure.suptitle(found.model.title if is_wide() else f"{title}{remark}")
        figure.align_ylabels()

    return figure


def _panels(found: Comparison) -> list[tuple[Any, float]]:
    """What is drawn, from above, and how high."""
    panels = [(draw, height) for draw, height, levels in PANELS if set(levels) & set(found.levels)]
    if found.match is not None:
        return [*panels, (draw_residual, 0.6)]
    if found.experiment:
        return [*panels, (draw_observed, 0.6)]
    return panels


def _mark_mysteries(ax: Any, found: Comparison, axis: EnergyAxis, *, named: bool) -> None:
    """Boxes of the bands that are no state's, those that touch as one, with their name inside
    what is seen of them.
    """
    low, high = ax.get_xlim()
    for left, right, count in _boxes(found, axis):
        ax.axvspan(left, right, color=MYSTERY, alpha=0.35, linewidth=0, zorder=0)
        left = max(left, low)
        right = min(right, high)
        if not named or right <= left:
            continue
        is_narrow = right - left < NARROW * (high - low)
        name = "mystery band" if count == 1 else "mystery bands"
        ax.text(
            (left + right) / 2,
            0.97 * ax.get_ylim()[1],
            name if is_narrow else name.replace(" ", "\n"),
            rotation=90 if is_narrow else 0,
            ha="center",
            va="top",
            fontsize="small",
            clip_on=True,
        )


def _boxes(found: Comparison, axis: EnergyAxis) -> list[tuple[float, float, int]]:
    """Ends of the boxes on the axis, and how many bands are in each."""
    boxes: list[tuple[float, float, int]] = []
    for band in sorted((b for b in found.bands if b.is_mystery), key=lambda b: b.low):
        left, right = (float(x) for x in axis.of_energies(np.array([band.low, band.high])))
        if boxes and left <= boxes[-1][1]:
            first, end, count = boxes.pop()
            boxes.append((first, max(end, right), count + 1))
        else:
            boxes.append((left, right, 1))
    return boxes


def _simplify(ax: Any) -> None:
    """What a slide can do without: numbers of an intensity."""
    ax.set(yticks=[], ylabel="")
    ax.spines["left"].set_visible(False)
