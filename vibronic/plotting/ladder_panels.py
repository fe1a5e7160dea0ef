"""The panels of computed rungs: each draws itself and returns its caption."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .energy_axis import EnergyAxis
from .observed_panels import draw_measured
from .style import WARNING, colour, is_wide, pretty, tint

if TYPE_CHECKING:
    from ..photoelectron.rungs import Comparison
    from ..spectra import Rung
    from ..spectrum import StickSpectrum

SAME = 1e-3  # eV; lines closer than this lie on each other
DASHES: Any = (0, (3, 1.5))
FILL = 0.45  # of a state's colour in a fill, the rest white: boxes behind it do not tint it


def draw_electrons(ax: Any, found: Comparison, axis: EnergyAxis) -> str:
    """Koopmans' and vertical lines, one a state; those of degenerate states stand on each
    other.
    """
    words = []
    if "koopmans" in found.levels:
        words.append("Koopmans (dashed)")
        look: dict[str, Any] = {"linewidth": 1.8, "linestyle": (0, (2, 1))}
        _draw_stacked(ax, found.ladder.rung("koopmans"), axis, look)
    if "vertical" in found.levels:
        words.append("correlated vertical (solid)" if words else "vertical")
        _draw_stacked(ax, found.ladder.rung("vertical"), axis, {"linewidth": 2.6})

    model = found.model
    for i, (label, irrep) in enumerate(zip(model.state_labels, model.state_irreps, strict=True)):
        name = pretty(irrep) if label == irrep else f"{label} {pretty(irrep)}"
        ax.plot([], [], color=colour(i), linewidth=2.6, label=name)
    _legend_beside(ax, "" if is_wide() else "state")
    ax.set(ylim=(0, 1.15 * ax.dataLim.ymax), ylabel="strength")
    return f"{' and '.join(words)}: electrons only"


def _draw_stacked(ax: Any, rung: Rung, axis: EnergyAxis, look: dict[str, Any]) -> None:
    """A line a state, on top of one at the same energy."""
    tops: list[tuple[float, float]] = []
    for lines in rung.lines:
        energy = float(lines.energies[0])
        height = float(lines.intensities.sum())
        base = max((top for e, top in tops if abs(e - energy) < SAME), default=0.0)
        tops.append((energy, base + height))
        x = axis.of_energies(lines.energies[:1])
        ax.vlines(x, base, base + height, color=colour(_state_of(lines)), **look)


def _state_of(lines: StickSpectrum) -> int:
    weights = lines.state_weights
    assert weights is not None
    return int(np.argmax(weights[0]))


def draw_alone(ax: Any, found: Comparison, axis: EnergyAxis) -> str:
    """Every state alone, filled; curves of degenerate states stand on each other."""
    words = []
    if "displaced" in found.levels:
        alone = "distorted" not in found.levels
        words.append("displaced oscillators" + ("" if alone else " (dashed)"))
        _draw_curves(ax, found, axis, "displaced", filled=alone)
    if "distorted" in found.levels:
        words.append("distorted oscillators")
        _draw_curves(ax, found, axis, "distorted", filled=True)

    ax.set(ylim=(0, 1.08 * ax.dataLim.ymax), ylabel="intensity (1/eV)")
    return f"Franck-Condon, every state alone: {', '.join(words)}"


def _draw_curves(
    ax: Any, found: Comparison, axis: EnergyAxis, level: str, *, filled: bool
) -> None:
    rung = found.ladder.rung(level)
    grid = rung.curve.grid
    x = axis.of_energies(grid)
    below: list[tuple[float, np.ndarray]] = []

    for lines in rung.lines:
        values = lines.broadened(grid, shape=found.ladder.shape).values
        mean = lines.moment(1)
        base = next((top for e, top in below[::-1] if abs(e - mean) < SAME), 0 * grid)
        below.append((mean, base + values))
        shade = colour(_state_of(lines))
        if filled:
            ax.fill_between(x, base, base + values, color=shade, alpha=0.25, linewidth=0)
            ax.plot(x, base + values, color=shade)
        else:
            ax.plot(x, base + values, color=shade, linestyle=DASHES, linewidth=0.9)


def draw_adiabatic(ax: Any, found: Comparison, axis: EnergyAxis) -> str:
    """Every coupled surface alone, by character."""
    rung = found.ladder.rung("adiabatic")
    _draw_by_character(ax, found, rung, axis)
    _draw_curve(ax, rung, axis, "Born-Oppenheimer")
    if not is_wide():
        _legend_beside(ax)
    _note_beside(ax, rung)
    ax.set(ylim=(0, 1.1 * rung.curve.values.max()), ylabel="intensity (1/eV)")
    return "adiabatic: one coupled surface at a time (Born-Oppenheimer)"


def draw_vibronic(ax: Any, found: Comparison, axis: EnergyAxis) -> str:
    """Everything, by character; the same from the wavepacket, and the measured curve."""
    rung = found.ladder.rung("vibronic")
    _draw_by_character(ax, found, rung, axis)
    _draw_curve(ax, rung, axis, "vibronic")
    time = getattr(found, "autocorrelation_curve", None)

    if time is not None:
        ax.plot(
            axis.of_energies(time.grid[::6]),
            time.values[::6],
            linestyle="none",
            marker="o",
            markersize=1.6,
            color="black",
            markerfacecolor="white",
            markeredgewidth=0.5,
            label="wavepacket (QuTiP)",
        )

    highest = float(rung.curve.values.max())
    if found.match is not None:
        highest = max(highest, draw_measured(ax, found, axis))
    _legend_beside(ax)
    _note_beside(ax, rung)
    ax.set(ylim=(0, 1.1 * highest), ylabel="intensity (1/eV)")
    return "vibronic: all states and their coupling"


def _draw_curve(ax: Any, rung: Rung, axis: EnergyAxis, label: str) -> None:
    x = axis.of_energies(rung.curve.grid)
    ax.plot(x, rung.curve.values, color="black", linewidth=1.2, label=label)


def _draw_by_character(ax: Any, found: Comparison, rung: Rung, axis: EnergyAxis) -> None:
    """The area under the curve, divided by electronic character."""
    grid = rung.curve.grid
    base = np.zeros(grid.size)
    parts = _parts(found, rung)
    for i, (label, part) in enumerate(zip(found.model.state_labels, parts, strict=True)):
        ax.fill_between(
            axis.of_energies(grid),
            base,
            base + part,
            color=tint(colour(i), FILL),
            linewidth=0,
            label=f"character {label}",
        )
        base = base + part


def _parts(found: Comparison, rung: Rung) -> list[np.ndarray]:
    """The curve divided by character, (n_grid,) for every state: by that of the energy-filtered
    state, which does not depend on the lines' width, or where it is not known line by line.
    """
    grid = rung.curve.grid
    sticks = rung.total
    states = range(found.model.n_states)
    if sticks.resolved is not None:
        weights = np.einsum("nii->ni", sticks.resolved.at(grid)).real.clip(0, 1)
        return [rung.curve.values * weights[:, i] for i in states]

    own = sticks.state_weights
    assert own is not None
    shares = [replace(sticks, intensities=sticks.intensities * own[:, i]) for i in states]
    return [share.broadened(grid, shape=found.ladder.shape).values for share in shares]


def _legend_beside(ax: Any, title: str = "") -> None:
    """The legend to the right of the panel, where no curve is."""
    ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.0, 1.06),
        title=title or None,
        handlelength=1.3,
        labelspacing=0.25,
        borderaxespad=0.2,
    )


def _note_beside(ax: Any, rung: Rung) -> None:
    """To the right of the panel, that a spectrum did not reach its tolerance."""
    known = [s.certificate for s in rung.lines if s.certificate is not None]
    errors = [certificate.reached for certificate in known if not certificate.converged]
    if errors:
        ax.text(
            1.012,
            0.0,
            f"NOT CONVERGED: error\nup to {100 * min(max(errors), 1.0):.0f} % of the peak",
            transform=ax.transAxes,
            va="bottom",
            color=WARNING,
            fontsize="small",
        )
