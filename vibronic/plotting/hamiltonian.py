"""The couplings of a model at a glance."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..door import public
from ..hamiltonian import VibronicHamiltonian
from .style import colour, new_axes, pretty, style


@public
def plot_couplings(model: VibronicHamiltonian, ax: Any = None) -> Any:
    """Linear couplings kappa (filled) and lambda (one state's colour hatched with the other's) of
    every mode that has any; returns the axes.
    """
    shown = [m for m in range(model.n_modes) if np.any(model.linear[m])]
    shown = shown or list(range(model.n_modes))
    linear = model.linear[shown]
    states = range(model.n_states)
    pairs = [(i, j) for i in states for j in states if i <= j and np.any(linear[:, i, j])]
    width = 0.8 / max(1, len(pairs))

    with style():
        ax = new_axes(ax, 3.2 + 0.17 * len(shown), 2.8)
        for k, pair in enumerate(pairs):
            places = np.arange(len(shown)) + (k - (len(pairs) - 1) / 2) * width
            _draw_bars(ax, model, linear, pair, places, width)

        ax.axhline(0, color="black", linewidth=0.6)
        names = [f"{model.mode_labels[m]}\n{pretty(model.mode_irreps[m])}" for m in shown]
        ax.set_xticks(
            np.arange(len(shown)), names, fontsize="medium" if len(shown) < 16 else "small"
        )
        others = model.n_modes - len(shown)
        without = f" ({others} without linear coupling not shown)" if others else ""
        ax.set(xlim=(-0.6, len(shown) - 0.4), xlabel=f"mode{without}")
        ax.set_ylabel("linear coupling (eV)")
        ax.set_title(f"{model.title}\n{_what(pairs)}", loc="left")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

    return ax


def _what(pairs: list[tuple[int, int]]) -> str:
    """What the bars are, in words."""
    kinds = []
    if any(i == j for i, j in pairs):
        kinds.append(r"$\kappa$ (filled) moves a state")
    if any(i != j for i, j in pairs):
        kinds.append(r"$\lambda$ (hatched) mixes two")
    return ", ".join(kinds) if kinds else "no linear couplings"


def _draw_bars(
    ax: Any,
    model: VibronicHamiltonian,
    linear: np.ndarray,
    pair: tuple[int, int],
    places: np.ndarray,
    width: float,
) -> None:
    """Bars of kappa of a state, or of lambda of two."""
    i, j = pair
    labels = model.state_labels
    is_kappa = i == j
    name = rf"$\kappa$ {labels[i]}" if is_kappa else rf"$\lambda$ {labels[i]}/{labels[j]}"
    some = np.abs(linear[:, i, j]) > 0
    ax.bar(
        places[some],
        linear[some, i, j],
        width,
        label=name,
        facecolor=colour(i) + ("" if is_kappa else "50"),
        edgecolor=colour(j),
        linewidth=0.8,
        hatch=None if is_kappa else "////",
    )
