"""The same wavepacket with and without the geometric phase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..door import public
from .style import new_figure, style

if TYPE_CHECKING:
    from ..dynamics import SurfacePropagation

EDGE = 0.997  # of the probability lies inside the picture


@public
def geometric_phase_figure(runs: Sequence[SurfacePropagation], count: int = 4) -> Any:
    """One row a run, `count` moments from first to last: probability densities on one colour scale
    a column; the matplotlib Figure.
    """
    moments = np.linspace(0, len(runs[0].times) - 1, count).round().astype(int)
    reach = max(_reach(run) for run in runs)

    with style():
        figure = new_figure(1.7 * count + 0.4, 1.75 * len(runs) + 0.5)
        axes = figure.subplots(len(runs), count, sharex=True, sharey=True, squeeze=False)

        for first, (row, run) in enumerate(zip(axes, runs, strict=True)):
            for ax, k in zip(row, moments, strict=True):
                top = max(other.densities[k].max() for other in runs)
                ax.contourf(
                    run.x,
                    run.y,
                    run.densities[k].T,
                    levels=np.linspace(0.02, 1, 12) * top,
                    cmap="viridis",
                )
                ax.plot(0, 0, marker="+", color="0.4", markersize=5)
                ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
                if first == 0:
                    ax.set_title(f"{run.times[k]:.0f} fs")

            row[0].set_ylabel(f"{'with' if run.with_phase else 'without'} phase\n{_label(run, 1)}")

        for ax in axes[-1]:
            ax.set_xlabel(_label(runs[0], 0))

    return figure


def _label(run: SurfacePropagation, axis: int) -> str:
    return f"{run.mode_labels[axis]} (q)" if run.mode_labels else "q"


def _reach(run: SurfacePropagation) -> float:
    """Half the width that holds nearly all of the packet at all times."""
    x, y = np.meshgrid(run.x, run.y, indexing="ij")
    far = np.maximum(np.abs(x), np.abs(y)).ravel()
    share = run.densities.max(axis=0).ravel()
    order = np.argsort(far)
    return float(far[order][np.searchsorted(np.cumsum(share[order]) / share.sum(), EDGE)])
