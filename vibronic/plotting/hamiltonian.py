"""The couplings of a model at a glance."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..hamiltonian import VibronicHamiltonian
from .style import colour, new_axes, pretty, style


def plot_couplings(model: VibronicHamiltonian, ax: Any = None) -> Any:
    """Linear couplings kappa (filled) and lambda (one state's colour hatched with the other's) of every mode; returns the axes."""
    with style():
        ax = new_axes(ax, 3.4 + 0.12 * model.n_modes, 2.8)
        pairs = [(i, j) for i in range(model.n_states) for j in range(i, model.n_states) if np.any(model.linear[:, i, j])]
        width = 0.8 / max(1, len(pairs))
        for k, (i, j) in enumerate(pairs):
            name = rf"$\kappa$ {model.state_labels[i]}" if i == j else rf"$\lambda$ {model.state_labels[i]}/{model.state_labels[j]}"
            place = np.arange(model.n_modes) + (k - (len(pairs) - 1) / 2) * width
            some = np.abs(model.linear[:, i, j]) > 0
            ax.bar(place[some], model.linear[some, i, j], width, label=name, facecolor=colour(i) + ("" if i == j else "50"),
                   edgecolor=colour(j), linewidth=0.8, hatch=None if i == j else "////")
        ax.axhline(0, color="black", linewidth=0.6)
        names = [f"{label}\n{pretty(irrep)}" for label, irrep in zip(model.mode_labels, model.mode_irreps, strict=True)]
        ax.set_xticks(np.arange(model.n_modes), names)
        ax.set(xlim=(-0.6, model.n_modes - 0.4), xlabel="mode", ylabel="linear coupling (eV)")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax
