"""Populations against time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..door import public
from ..propagation import Propagation
from .style import WARNING, colour, new_axes, new_figure, style


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
    with style():
        figure = new_figure(max(3.4, 2.6 * len(runs)), 2.6)
        axes = figure.subplots(1, len(runs), sharey=True, squeeze=False)[0]

        for k, (run, ax) in enumerate(zip(runs, axes, strict=True)):
            plot_populations(run, ax, legend=k == len(runs) - 1)
            ax.set_title(f"start: {run.initial}, vertical", loc="left")
            _note_above(ax, run)
            if k:
                ax.set_ylabel("")

        if title:
            figure.suptitle(title)

    return figure


def _note_above(ax: Any, run: Propagation) -> None:
    """Above the panel, where no curve is, that a propagation did not reach its tolerance."""
    if run.certificate and not run.certificate.converged:
        error = f"NOT CONVERGED: error up to {min(run.certificate.reached, 1.0):.0e}"
        ax.set_title(f"{ax.get_title(loc='left')}\n{error}", loc="left", color=WARNING)
