"""A model's surfaces with ab initio points on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .style import colour, style

if TYPE_CHECKING:
    from ..intersections import SurfaceCheck


def check_figure(check: SurfaceCheck) -> Any:
    """A panel for every cut: the model's surfaces as lines, ab initio energies as points; the
    matplotlib Figure.
    """
    from matplotlib.figure import Figure

    from ..surfaces import adiabatic_energies

    with style():
        figure = Figure(figsize=(2.4 * len(check.cuts) + 0.6, 2.7))
        axes = figure.subplots(1, len(check.cuts), sharey=True, squeeze=False)[0]
        for ax, cut in zip(axes, check.cuts, strict=True):
            fine = np.linspace(cut.lengths[0], cut.lengths[-1], 121)
            positions = np.array(
                [np.interp(fine, cut.lengths, column) for column in cut.positions.T]
            ).T
            for a, energies in enumerate(adiabatic_energies(check.model, positions).T):
                ax.plot(
                    fine,
                    energies,
                    color=colour(a),
                    label=f"surface {a}" if cut is check.cuts[0] else None,
                )
                ax.plot(
                    cut.lengths,
                    cut.energies[:, a],
                    linestyle="",
                    marker="o",
                    markersize=4,
                    markerfacecolor="white",
                    color=colour(a),
                )
            along = cut.name.rsplit(" ", 1)[-1]
            ax.set(
                xlabel="to the intersection (q)" if cut is check.cuts[0] else f"along {along} (q)"
            )
        axes[0].plot(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=4,
            markerfacecolor="white",
            color="0.3",
            label="ab initio",
        )
        axes[0].axvline(
            float(np.linalg.norm(check.point.position)),
            color="0.7",
            linewidth=0.8,
            linestyle=(0, (3, 1.5)),
        )
        axes[0].set_ylabel("energy (eV)")
        axes[0].legend(loc="best", fontsize=7)
        figure.suptitle(f"{check.model.title} beside {check.level_of_theory}", fontsize=10)
    return figure
