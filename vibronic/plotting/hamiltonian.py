"""The couplings of a model at a glance."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..hamiltonian import VibronicHamiltonian
from .style import colour, new_axes, pretty, style


def plot_couplings(model: VibronicHamiltonian, ax: Any = None) -> Any:
    """Linear couplings kappa (filled) and lambda (one state's colour hatched with the other's) of
    every mode that has any; returns the axes.
    """
    shown = [m for m in range(model.n_modes) if np.any(model.linear[m])] or list(
        range(model.n_modes)
    )
    linear = model.linear[shown]
    others = model.n_modes - len(shown)
    with style():
        ax = new_axes(ax, 3.2 + 0.17 * len(shown), 2.8)
        pairs = [
            (i, j)
            for i in range(model.n_states)
            for j in range(i, model.n_states)
            if np.any(linear[:, i, j])
        ]
        width = 0.8 / max(1, len(pairs))
        for k, (i, j) in enumerate(pairs):
            name = (
                rf"$\kappa$ {model.state_labels[i]}"
                if i == j
                else rf"$\lambda$ {model.state_labels[i]}/{model.state_labels[j]}"
            )
            place = np.arange(len(shown)) + (k - (len(pairs) - 1) / 2) * width
            some = np.abs(linear[:, i, j]) > 0
            ax.bar(
                place[some],
                linear[some, i, j],
                width,
                label=name,
                facecolor=colour(i) + ("" if i == j else "50"),
                edgecolor=colour(j),
                linewidth=0.8,
                hatch=None if i == j else "////",
            )
        ax.axhline(0, color="black", linewidth=0.6)
        ax.set_xticks(
            np.arange(len(shown)),
            [f"{model.mode_labels[m]}\n{pretty(model.mode_irreps[m])}" for m in shown],
            fontsize=8 if len(shown) < 16 else 7,
        )
        without = f" ({others} without linear coupling not shown)" if others else ""
        ax.set(
            xlim=(-0.6, len(shown) - 0.4), xlabel="mode" + without, ylabel="linear coupling (eV)"
        )
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax
