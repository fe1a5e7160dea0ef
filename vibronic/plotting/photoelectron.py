"""The photoelectron spectrum in rising order of truth, on one energy axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .style import colour, pretty, style

if TYPE_CHECKING:
    from ..photoelectron import PhotoelectronComparison

MYSTERY = "#F0E442"


def photoelectron_figure(found: PhotoelectronComparison) -> Any:
    """Koopmans and vertical lines, Franck-Condon bands, vibronic spectrum, observed bands; returns the matplotlib Figure."""
    from matplotlib.figure import Figure

    low, high = _window(found)
    with style():
        figure = Figure(figsize=(6.8, 6.0))
        axes = figure.subplots(4 if found.experiment else 3, 1, sharex=True,
                               height_ratios=[1, 1.5, 1.8, 0.55][: 4 if found.experiment else 3])
        _electrons(axes[0], found)
        _alone(axes[1], found)
        _vibronic(axes[2], found)
        if found.experiment:
            _observed(axes[3], found)
        for k, ax in enumerate(axes):
            ax.set_xlim(low, high)
            for band in found.bands:
                if band.is_mystery and k < 3:
                    ax.axvspan(band.low, band.high, color=MYSTERY, alpha=0.35, linewidth=0, zorder=0)
        axes[-1].set_xlabel("ionization energy (eV)")
        figure.suptitle(f"{found.model.title or 'photoelectron spectrum'}: from one orbital, one line to mixed vibronic states", fontsize=10)
        figure.align_ylabels()
    return figure


def _window(found: PhotoelectronComparison) -> tuple[float, float]:
    curve = found.vibronic_curve
    seen = curve.grid[curve.values > 0.01 * curve.values.max()]
    points = [seen.min(), seen.max(), *found.vertical.energies, *(b.vertical for b in found.experiment)]
    if found.koopmans is not None:
        points += list(found.koopmans.energies)
    margin = 0.04 * (max(points) - min(points))
    return min(points) - margin, max(points) + margin


def _state_names(found: PhotoelectronComparison) -> list[str]:
    return [f"{label} {pretty(irrep)}" for label, irrep in zip(found.model.state_labels, found.model.state_irreps, strict=True)]


def _caption(ax: Any, letter: str, text: str) -> None:
    ax.set_title(rf"$\bf{{{letter}}}$  {text}", loc="left", pad=3)


def _electrons(ax: Any, found: PhotoelectronComparison) -> None:
    names = _state_names(found)
    if found.koopmans is not None:
        for i, energy in enumerate(found.koopmans.energies):
            ax.vlines(energy, 0, 1, color=colour(i), linewidth=1.4, linestyle=(0, (2, 1.5)))
    for i, (energy, strength) in enumerate(zip(found.vertical.energies, found.vertical.intensities, strict=True)):
        ax.vlines(energy, 0, strength, color=colour(i), linewidth=2.6, label=names[i])
    what = "Koopmans (dashed) and correlated vertical (solid): electrons only" if found.koopmans is not None else "vertical: electrons only"
    _caption(ax, "a", what)
    ax.set(ylim=(0, 1.15), ylabel="pole strength")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="state")


def _alone(ax: Any, found: PhotoelectronComparison) -> None:
    curve = found.franck_condon_curve
    for i, sticks in enumerate(found.franck_condon):
        values = sticks.broadened(curve.grid, fwhm=curve.fwhm).values
        ax.fill_between(curve.grid, values, color=colour(i), alpha=0.25, linewidth=0)
        ax.plot(curve.grid, values, color=colour(i))
    _caption(ax, "b", "Franck-Condon: every state alone, nuclei move on one surface")
    ax.set(ylim=(0, 1.08 * curve.values.max()), ylabel="intensity (1/eV)")


def _vibronic(ax: Any, found: PhotoelectronComparison) -> None:
    curve, sticks = found.vibronic_curve, found.vibronic_lines
    resolution = curve.grid[1] - curve.grid[0]
    bins = np.clip(((sticks.energies - curve.grid[0]) / resolution).astype(int), 0, curve.grid.size - 1)
    base = np.zeros(curve.grid.size)
    spread = curve.fwhm / np.sqrt(8 * np.log(2))
    kernel = np.exp(-0.5 * (np.arange(-5 * spread, 5 * spread, resolution) / spread) ** 2)
    kernel /= kernel.sum() * resolution
    for i in range(found.model.n_states):
        part = np.bincount(bins, sticks.intensities * sticks.state_weights[:, i], minlength=curve.grid.size)  # type: ignore[index]
        smooth = np.convolve(part, kernel, mode="same")
        ax.fill_between(curve.grid, base, base + smooth, color=colour(i), alpha=0.45, linewidth=0)
        base = base + smooth
    ax.plot(curve.grid, curve.values, color="black", linewidth=1.2, label="vibronic lines, broadened")
    time = found.autocorrelation_curve
    ax.plot(time.grid[::6], time.values[::6], linestyle="none", marker="o", markersize=1.6, color="black", markerfacecolor="white",
            markeredgewidth=0.5, label="from the wavepacket (QuTiP)")
    _caption(ax, "c", "vibronic: all states and their coupling; fill = electronic character")
    ax.set(ylim=(0, 1.18 * curve.values.max()), ylabel="intensity (1/eV)")
    ax.legend(loc="upper right", handlelength=1.4)
    mystery = [b for b in found.bands if b.is_mystery]
    if mystery:
        centre = (mystery[0].low + mystery[-1].high) / 2
        ax.annotate("mystery band:\nno state of its own", (centre, 0.38 * curve.values.max()), ha="center", va="bottom", fontsize=8)


def _observed(ax: Any, found: PhotoelectronComparison) -> None:
    for band in found.experiment:
        ax.vlines(band.vertical, 0, 0.45, color="black", linewidth=1.6)
        name = band.label if "band" in band.label else pretty(band.label.lstrip("2 "))
        ax.text(band.vertical, 0.5, f"{name}\n{band.vertical:.2f}", ha="center", va="bottom", fontsize=7.5)
    approximate = " (approximate)" if any("approximate" in b.note for b in found.experiment) else ""
    _caption(ax, "d", f"observed band maxima{approximate}; nothing computed is shifted to fit")
    ax.set(ylim=(0, 1.5), yticks=[])
    ax.spines["left"].set_visible(False)
