"""Populations against time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..door import public
from ..propagation import Propagation
from .style import colour, new_axes, style


@public
def plot_populations(run: Propagation, ax: Any = None, *, legend: bool = True) -> Any:
    """Diabatic populations of every state against time; returns the axes."""
    with style():
        ax = new_axes(ax)
        for i, label in enumerate(run.state_labels):
            ax.plot(run.times, run.populations[:, i], color=colour(i), label=label)
        ax.set(
            xlim=(run.times[0], run.times[-1]),
            ylim=(-0.02, 1.04),
            xlabel="time (fs)",
            ylabel="diabatic population",
        )
        if legend:
            ax.legend(ncols=min(4, len(run.state_labels)), title="state", loc="best")

    return ax


@public
def populations_figure(runs: Sequence[Propagation], title: str = "") -> Any:
    """One panel per initial state, side by side; returns the matplotlib Figure."""
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(max(3.4, 2.6 * len(runs)), 2.6))
        axes = figure.subplots(1, len(runs), sharey=True, squeeze=False)[0]

        for k, (run, ax) in enumerate(zip(runs, axes, strict=True)):
            plot_populations(run, ax, legend=k == len(runs) - 1)
            ax.set_title(f"start: {run.initial}, vertical", loc="left")
            if k:
                ax.set_ylabel("")
            if run.certificate and not run.certificate.converged:
                ax.text(
                    0.02,
                    0.02,
                    "basis not converged",
                    transform=ax.transAxes,
                    color="#B00020",
                    fontsize="medium",
                )

        if title:
            figure.suptitle(title)

    return figure
