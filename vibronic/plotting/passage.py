"""A passage in panels: populations of states and surfaces, mean positions, and how far electrons
and nuclei are entangled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import index_of
from ..door import public
from .style import colour, new_axes, new_figure, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dynamics import AdiabaticPopulations
    from ..passage import Passage
    from ..propagation import Propagation

SHOWN = 3  # modes in the panel of positions


@public
def plot_adiabatic_populations(found: AdiabaticPopulations, ax: Any = None) -> Any:
    """Adiabatic populations against time, their standard errors as bands; returns the axes."""
    with style():
        ax = new_axes(ax)
        for a, p in enumerate(found.populations.T):
            ax.plot(found.times, p, color=colour(a), label=found.labels[a])
            ax.fill_between(
                found.times,
                p - found.errors[:, a],
                p + found.errors[:, a],
                color=colour(a),
                alpha=0.25,
                linewidth=0,
            )

        ax.set(
            xlim=(found.times[0], found.times[-1]),
            ylim=(-0.02, 1.04),
            xlabel="time (fs)",
            ylabel="adiabatic population",
        )
        ax.legend(loc="best", title="surface")

    return ax


@public
def passage_figure(passage: Passage) -> Any:
    """Diabatic and adiabatic populations, <q> of the modes that move most with their widths, and
    purity; the matplotlib Figure.
    """
    from .populations import plot_populations

    means = passage.means
    labels = passage.model.mode_labels

    with style():
        figure = new_figure(6.8, 4.6)
        (first, second), (third, fourth) = figure.subplots(2, 2, sharex=True)
        plot_populations(passage.run, first)
        plot_adiabatic_populations(passage.adiabatic, second)
        spread = np.ptp(means.positions, axis=0) + np.ptp(means.position_widths, axis=0)

        for c, m in enumerate(np.argsort(-spread)[:SHOWN]):
            q = means.positions[:, m]
            width = means.position_widths[:, m]
            third.plot(means.times, q, color=colour(c + 2), label=labels[m])
            third.fill_between(
                means.times, q - width, q + width, color=colour(c + 2), alpha=0.15, linewidth=0
            )

        third.set(xlabel="time (fs)", ylabel=r"$\langle q \rangle \pm$ width")
        third.legend(ncols=SHOWN, loc="best")
        fourth.plot(means.times, means.purity, color="k", label="purity")
        fourth.axhline(
            1 / passage.model.n_states,
            color="0.6",
            linewidth=0.8,
            linestyle=(0, (3, 1.5)),
            label="least possible",
        )
        fourth.set(xlabel="time (fs)", ylabel="electronic purity", ylim=(0, 1.04))
        fourth.legend(loc="best")
        for ax in (first, second):
            ax.set_xlabel("")
        text = f"{passage.model.title}, from {passage.run.initial}"
        if passage.run.certificate and not passage.run.certificate.converged:
            text = f"{text} (basis not converged)"
        figure.suptitle(text)

    return figure


@public
def comparison_figure(
    run: Propagation, state: int | str, others: Sequence[tuple[str, Any]]
) -> Any:
    """Diabatic population of one state: exact, and by other roads (anything with `times`,
    `populations` and `errors`), whose errors are bands; the matplotlib Figure.
    """
    state = index_of("state", state, run.state_labels)
    with style():
        figure = new_figure(3.6, 2.8)
        ax = figure.add_subplot()
        ax.plot(run.times, run.populations[:, state], color="k", label="exact")

        for c, (name, other) in enumerate(others):
            p = other.populations[:, state]
            error = other.errors[:, state]
            ax.plot(other.times, p, color=colour(c), label=name)
            ax.fill_between(
                other.times, p - error, p + error, color=colour(c), alpha=0.2, linewidth=0
            )

        ax.set(
            xlim=(run.times[0], run.times[-1]),
            ylim=(-0.02, 1.04),
            xlabel="time (fs)",
            ylabel=f"population of {run.state_labels[state]}",
        )
        ax.legend(loc="best")

    return figure
