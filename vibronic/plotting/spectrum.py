"""A spectrum by itself: a curve, or lines with the states they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..door import public
from .style import colour, new_axes, style

if TYPE_CHECKING:
    from ..spectrum import Spectrum, StickSpectrum

WEAKEST = 1e-3  # of the strongest; weaker lines are not drawn


@public
def plot_spectrum(curve: Spectrum, ax: Any = None) -> Any:
    """The values of a curve against energy; returns the axes."""
    with style():
        ax = new_axes(ax, 4.4)
        ax.plot(curve.grid, curve.values, color="black", linewidth=1.2)
        ax.set(xlim=(curve.grid[0], curve.grid[-1]), xlabel="energy (eV)")
        ax.set_ylabel(f"intensity ({curve.unit})" if curve.unit else "intensity")
        if curve.values.min() >= 0:
            ax.set_ylim(bottom=0)
    return ax


@public
def plot_lines(sticks: StickSpectrum, ax: Any = None) -> Any:
    """Lines as sticks, each in parts as large as its weights of the diabatic states, where these
    are known; returns the axes.
    """
    with style():
        ax = new_axes(ax, 4.4)
        seen = np.flatnonzero(sticks.intensities > WEAKEST * sticks.intensities.max(initial=0.0))
        energies = sticks.energies[seen]
        strengths = sticks.intensities[seen]
        if sticks.state_weights is None:
            ax.vlines(energies, 0, strengths, color="black", linewidth=1.0)
        else:
            _draw_parts(ax, energies, strengths[:, None] * sticks.state_weights[seen], sticks)

        ax.set(xlabel="energy (eV)", ylim=(0, None))
        ax.set_ylabel(f"strength ({sticks.unit})" if sticks.unit else "strength")
    return ax


def _draw_parts(ax: Any, energies: np.ndarray, parts: np.ndarray, sticks: StickSpectrum) -> None:
    """Parts (n_lines, n_states) of every stick, one above the other."""
    tops = np.cumsum(parts, axis=1)
    for i in range(parts.shape[1]):
        label = sticks.state_labels[i] if i < len(sticks.state_labels) else str(i + 1)
        bottoms = tops[:, i] - parts[:, i]
        ax.vlines(energies, bottoms, tops[:, i], color=colour(i), linewidth=1.4, label=label)
    ax.legend(title="state", loc="best")
