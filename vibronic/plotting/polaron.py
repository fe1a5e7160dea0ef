"""A charge in its heavy coat: mass and weight against the coupling, and its band."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..door import public
from ..polaron import (
    Dressing,
    Lattice,
    Polaron,
    PolaronBand,
    PolaronOverview,
    lang_firsov,
    weak_coupling,
)
from ..polaron.overview import TRUSTED
from .style import colour, new_figure, style

HEAVIEST = 300.0  # of the axis of masses
FAINTEST = 0.003  # of the map, of its largest value


@public
def polaron_figure(found: PolaronOverview) -> Any:
    """Mass and weight against lambda with both limits dashed, and the band on A(k, E); returns
    the matplotlib Figure.
    """
    with style():
        if found.dressing is None:
            figure = new_figure(4.2, 3.2)
            plot_polaron_band(found.band, figure.add_subplot())
            return figure

        figure = new_figure(7.4, 2.9)
        mass, weight, band = figure.subplots(1, 3, width_ratios=(1, 1, 1.35))
        _curves(found, mass, weight)
        plot_polaron_band(found.band, band)
        return figure


def _curves(found: PolaronOverview, mass: Any, weight: Any) -> None:
    """Curves of every dimension, the limits of the lattice's own, and where it stands."""
    curves = found.dressing
    assert curves is not None
    lattice = found.polaron.lattice
    for row, dimension in enumerate(curves.dimensions):
        shown = np.where(curves.errors[row] < TRUSTED, 1.0, np.nan)
        label = f"{dimension} D"
        x = curves.effective_couplings
        mass.plot(x, curves.masses[row] * shown, color=colour(row), label=label)
        weight.plot(x, curves.weights[row] * shown, color=colour(row), label=label)

    _limits(curves, lattice, mass, weight)
    own = (lattice.effective_coupling, colour(lattice.dimension - 1))
    mass.plot(own[0], found.polaron.mass, "o", color=own[1], markersize=5)
    weight.plot(own[0], found.polaron.quasiparticle_weight, "o", color=own[1], markersize=5)

    top = min(HEAVIEST, 2 * max(found.polaron.mass, np.nanmax(curves.masses)))
    mass.set(yscale="log", ylim=(0.9, max(top, 10)), ylabel="effective mass  $m^*/m_0$")
    weight.set(ylim=(0, 1.03), ylabel="bare charge's part  $Z$")
    for ax in (mass, weight):
        ax.set(xlim=(0, curves.effective_couplings[-1]), xlabel="coupling  $\\lambda$")
    mass.set_title(f"The heavy coat, $\\omega/t$ = {lattice.adiabatic_ratio:.3g}", loc="left")
    weight.set_title(
        f"dashed: weak coupling, {lattice.dimension} D,\ndotted: Lang-Firsov", loc="left"
    )
    mass.legend(loc="upper left", handlelength=1.4)
    _cloud(found.polaron, weight)


def _limits(curves: Dressing, lattice: Lattice, mass: Any, weight: Any) -> None:
    """Weak coupling and Lang-Firsov in the lattice's own dimension."""
    x = np.linspace(0, curves.effective_couplings[-1], 60)
    scale = 2 * lattice.dimension * lattice.hopping / lattice.frequency
    for limit, dashes in ((weak_coupling, (0, (4, 2))), (lang_firsov, (0, (1, 1.5)))):
        values = [limit(replace(lattice, coupling=float(np.sqrt(s * scale)))) for s in x]
        look = {"color": "0.35", "linestyle": dashes, "linewidth": 1.0}
        mass.plot(x, [v.mass for v in values], **look)
        weight.plot(x, [v.quasiparticle_weight for v in values], **look)


def _cloud(found: Polaron, ax: Any) -> None:
    """The cloud as an inset: how far from the charge the lattice is distorted."""
    inset = ax.inset_axes((0.52, 0.56, 0.46, 0.40))
    both = np.concatenate([found.cloud[:0:-1], found.cloud])[1:-1]
    x = np.arange(both.size) - both.size // 2
    inset.bar(x, np.abs(both), color=colour(found.lattice.dimension - 1), width=0.7)
    inset.set(xticks=(x[0], 0, x[-1]), yticks=())
    inset.tick_params(labelsize="x-small", length=2)
    inset.set_title("cloud, sites", fontsize="small", pad=2)


@public
def plot_polaron_band(band: PolaronBand, ax: Any) -> Any:
    """The dressed band on the map of A(k, E), with the bare band and the one-phonon threshold;
    returns the axes.
    """
    from matplotlib.colors import LogNorm

    lattice = band.lattice
    k = band.momenta / np.pi
    top = band.spectral_functions.max()
    shaded = np.maximum(band.spectral_functions.T, FAINTEST * top)
    ax.pcolormesh(
        k,
        band.grid,
        shaded,
        norm=LogNorm(FAINTEST * top, top),
        cmap="Greys",
        shading="gouraud",
        rasterized=True,
    )
    fine = np.linspace(0, 1, 100)
    bottom = -2 * (lattice.dimension - 1) * lattice.hopping
    bare = bottom - 2 * lattice.hopping * np.cos(np.pi * fine)
    threshold = band.energies.min() + lattice.frequency

    ax.plot(fine, bare, color=colour(4), linestyle=(0, (4, 2)), label="bare band")
    ax.plot(k, band.energies, color=colour(1), label="polaron")
    ax.axhline(threshold, color=colour(0), linewidth=0.9, linestyle=(0, (1, 1.5)))
    ax.text(0.98, threshold, "polaron + 1 phonon", color=colour(0), va="bottom", ha="right")
    ax.set(
        xlim=(0, 1),
        ylim=(band.grid[0], band.grid[-1]),
        xlabel="momentum  $k/\\pi$",
        ylabel="energy (eV)",
    )
    ax.set_title("Band on the map of $A(k, E)$", loc="left")
    ax.legend(loc="lower right", handlelength=1.6)
    return ax
