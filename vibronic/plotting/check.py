"""A model's surfaces with ab initio points on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..door import public
from ..surface_names import surface_names
from .style import colour, new_figure, style

POINTS: dict[str, Any] = {
    "linestyle": "",
    "marker": "o",
    "markersize": 4,
    "markerfacecolor": "white",
}

if TYPE_CHECKING:
    from ..intersections import SurfaceCheck, SurfaceCut


@public
def check_figure(check: SurfaceCheck) -> Any:
    """A panel for every cut: the model's surfaces as lines, ab initio energies as points; the
    matplotlib Figure.
    """
    with style():
        figure = new_figure(2.4 * len(check.cuts) + 0.6, 2.7)
        axes = figure.subplots(1, len(check.cuts), sharey=True, squeeze=False)[0]
        for ax, cut in zip(axes, check.cuts, strict=True):
            _draw_cut(ax, check, cut)

        first = axes[0]
        first.plot([], [], color="0.3", label="ab initio", **POINTS)
        met = float(np.linalg.norm(check.point.position))
        first.axvline(met, color="0.7", linewidth=0.8, linestyle=(0, (3, 1.5)))
        first.set_ylabel("energy (eV)")
        first.legend(loc="best", fontsize="small")
        figure.suptitle(f"{check.model.title} beside {check.level_of_theory}")

    return figure


def _draw_cut(ax: Any, check: SurfaceCheck, cut: SurfaceCut) -> None:
    """The surfaces along one cut, and the points on them."""
    from ..surfaces import adiabatic_energies

    is_first = cut is check.cuts[0]
    fine = np.linspace(cut.lengths[0], cut.lengths[-1], 121)
    columns = [np.interp(fine, cut.lengths, column) for column in cut.positions.T]
    surfaces = adiabatic_energies(check.model, np.array(columns).T).T

    names = surface_names(check.model)
    for a, energies in enumerate(surfaces):
        ax.plot(fine, energies, color=colour(a), label=names[a] if is_first else None)
        ax.plot(cut.lengths, cut.energies[:, a], color=colour(a), **POINTS)

    along = cut.name.rsplit(" ", 1)[-1]
    ax.set_xlabel("to the intersection (q)" if is_first else f"along {along} (q)")
