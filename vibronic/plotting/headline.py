"""The figure to show first: one line a state, the fully vibronic spectrum, and what is observed,
on one axis.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ..surface_names import shared_name
from .energy_axis import EnergyAxis
from .style import WIDE, pretty, style

if TYPE_CHECKING:
    from ..photoelectron.rungs import Comparison
    from ..spectrum import StickSpectrum

SINGLE = "#E69F00"  # Okabe-Ito: told apart by colour-blind readers, and in grey
NAME = "#8A5F00"  # the same, dark enough to read
VIBRONIC = "#0072B2"
OBSERVED = "#000000"
LETTERS = 76  # of a line of the sentence
NO_BREAK = "\u00a0%\u00a0"
SAME = 1e-3  # eV; lines closer than this are one
STICK = 0.86  # height of the highest line of one state, of the vibronic maximum
TOP = 1.06  # where names of observed bands stand
HALF_NAME = 0.03  # of the axis; half as wide as the name of a line
HIGHEST_NAME = 1.01  # where the highest name of a line stands
APART = 0.075  # of the axis; names closer than this stand at two heights


def headline_figure(found: Comparison, window: tuple[float, float] | None = None) -> Any:
    """One line an orbital (Koopmans; without orbital energies one line a state), the vibronic
    spectrum, and the observed bands or the measured curve, each scaled to its maximum, under one
    sentence made of the results. `window` zooms between two energies in eV.

    Returns the matplotlib Figure, 16:9 in every style.
    """
    from matplotlib.figure import Figure

    axis = EnergyAxis.of(found)
    with style("slides"):
        figure = Figure(figsize=WIDE)
        ax = figure.add_subplot()
        names = _draw_single(ax, found, axis)
        _draw_vibronic(ax, found, axis)
        _draw_observed(ax, found, axis)

        axis.zoom(ax, found, window)
        ax.set(ylim=(0, 1.2), yticks=[], xlabel=axis.label, ylabel="intensity")
        _name_single(ax, names)
        _name_observed(ax, found, axis)
        ax.set_title(" ", fontsize="large")  # room for the legend
        legend = ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.1)
        legend.set_in_layout(False)
        sentence = textwrap.fill(found.takeaway.replace(" % ", NO_BREAK), LETTERS)
        figure.suptitle(sentence, x=0.02, ha="left", fontweight="bold", linespacing=1.25)
        figure.supxlabel(
            _small_print(found, axis), x=0.98, ha="right", fontsize="x-small", color="0.4"
        )

    return figure


def _draw_vibronic(ax: Any, found: Comparison, axis: EnergyAxis) -> None:
    curve = found.vibronic_curve
    x = axis.of_energies(curve.grid)
    values = curve.values / curve.values.max()
    ax.fill_between(x, values, color=VIBRONIC, alpha=0.22, linewidth=0)
    ax.plot(x, values, color=VIBRONIC, label="vibronic: all states, coupled")


def _draw_single(ax: Any, found: Comparison, axis: EnergyAxis) -> list[tuple[float, float, str]]:
    """One line a state; place and height of each, and the name of its orbital with its energy."""
    lines = found.koopmans if found.koopmans is not None else found.vertical
    is_koopmans = found.koopmans is not None
    merged = _merged(lines, found.model.state_irreps if is_koopmans else found.model.state_labels)
    highest = max(strength for _, strength, _ in merged)
    text = "Koopmans: one orbital, one line" if is_koopmans else "one state, one line (vertical)"

    named = []
    for energy, strength, name in merged:
        x = float(axis.of_energies(np.array(energy)))
        height = STICK * strength / highest
        ax.vlines(x, 0, height, color=SINGLE, linewidth=4, label=text)
        text = ""
        shown = f"{_orbital(name) if is_koopmans else name}\n{energy + axis.offset:.2f}"
        named.append((x, height, shown))
    return named


def _name_single(ax: Any, named: list[tuple[float, float, str]]) -> None:
    """The names over their lines and what curves are there, where observed bands leave room."""
    from matplotlib.patheffects import withStroke

    low, high = ax.get_xlim()
    for x, height, text in named:
        if not low <= x <= high:
            continue
        near = [height]
        for line in ax.lines:
            there = np.abs(line.get_xdata() - x) < HALF_NAME * (high - low)
            near += np.asarray(line.get_ydata())[there].tolist()
        free = max(near) if max(near) <= HIGHEST_NAME else height
        name = ax.text(x, free + 0.012, text, ha="center", va="bottom", color=NAME)
        name.set_path_effects([withStroke(linewidth=3, foreground="white")])


def _merged(lines: StickSpectrum, names: tuple[str, ...]) -> list[tuple[float, float, str]]:
    """Energy, strength and name of every line, those of degenerate states as one."""
    weights = lines.state_weights
    assert weights is not None
    found: list[tuple[float, float, str]] = []
    for k in np.argsort(lines.energies, kind="stable"):
        energy = float(lines.energies[k])
        strength = float(lines.intensities[k])
        if found and energy - found[-1][0] < SAME:
            first = found.pop()
            shared = shared_name([first[2], names[int(np.argmax(weights[k]))]])
            found.append((first[0], first[1] + strength, shared))
        else:
            found.append((energy, strength, names[int(np.argmax(weights[k]))]))
    return found


def _orbital(irrep: str) -> str:
    """The species of an orbital, in lower case."""
    return pretty(irrep[:1].lower() + irrep[1:])


def _draw_observed(ax: Any, found: Comparison, axis: EnergyAxis) -> None:
    if found.match is not None:
        measured = found.match.measured
        x = axis.of_measured(measured.grid)
        ax.plot(x, measured.values / measured.values.max(), color=OBSERVED, label="measured")
        return

    notes = ", ".join(dict.fromkeys(band.note for band in found.experiment if band.note))
    text = f"observed{f' ({notes})' if notes else ''}"
    for band in found.experiment:
        place = float(axis.of_energies(np.array(band.vertical)))
        dashes: Any = (0, (4, 2)) if band.note else "solid"
        ax.vlines(
            place, 0, TOP - 0.02, color=OBSERVED, linewidth=1.2, linestyle=dashes, label=text
        )
        text = ""


def _name_observed(ax: Any, found: Comparison, axis: EnergyAxis) -> None:
    """Names above the observed bands; where two are close, at two heights."""
    if found.match is not None:
        return
    low, high = ax.get_xlim()
    last = -np.inf
    raised = False
    for band in sorted(found.experiment, key=lambda band: band.vertical):
        x = float(axis.of_energies(np.array(band.vertical)))
        if not low <= x <= high:
            continue
        place = (x - low) / (high - low)
        raised = not raised and place - last < APART
        last = place
        about = "≈ " if band.note else ""
        name = f"{band.label}\n" if band.is_mystery else ""
        ax.text(
            x,
            TOP + (0.07 if raised else 0.0),
            f"{name}{about}{band.vertical:.2f}",
            ha="center",
            va="bottom",
            color=OBSERVED,
            linespacing=1.0,
        )


def _small_print(found: Comparison, axis: EnergyAxis) -> str:
    """What was computed, and that it lies where it was computed."""
    moved = axis.remark or "nothing is shifted to fit"
    hot = f", {found.ladder.temperature:g} K" if found.ladder.temperature else ""
    return f"{found.model.title}{hot}; {found.ladder.shape}; {moved}"
