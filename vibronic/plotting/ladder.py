"""The rungs of a ladder on one energy axis, and a measured spectrum beside the last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import colour, pretty, style

if TYPE_CHECKING:
    from ..photoelectron.rungs import Comparison
    from ..spectra import Match, Rung

MYSTERY = "#F0E442"
MEASURED = "#B00020"


def ladder_figure(found: Comparison, title: str, xlabel: str) -> Any:
    """One panel a step of truth: electrons, single states, adiabatic, vibronic, and what is
    observed; returns the matplotlib Figure.
    """
    from matplotlib.figure import Figure

    panels = [(draw, height) for draw, height, levels in PANELS if set(levels) & set(found.levels)]
    if found.match is not None:
        panels += [(_matched, 1.3), (_residual, 0.6)]
    elif found.experiment:
        panels.append((_observed, 0.55))

    low, high = _window(found)
    heights = [height for _, height in panels]

    with style():
        figure = Figure(figsize=(6.8, 0.9 + 1.1 * sum(heights)))
        axes = np.atleast_1d(figure.subplots(len(panels), 1, sharex=True, height_ratios=heights))
        for k, ((draw, _), ax) in enumerate(zip(panels, axes, strict=True)):
            draw(ax, found, "abcdefg"[k])
            ax.set_xlim(low, high)
            for band in found.bands:
                if band.is_mystery and draw not in (_observed, _matched, _residual):
                    ax.axvspan(
                        band.low, band.high, color=MYSTERY, alpha=0.35, linewidth=0, zorder=0
                    )
        axes[-1].set_xlabel(xlabel)
        figure.suptitle(title, fontsize=10)
        figure.align_ylabels()

    return figure


def _window(found: Comparison) -> tuple[float, float]:
    curve = found.ladder.rung(found.levels[-1]).curve
    seen = curve.grid[curve.values > 0.01 * curve.values.max()]
    points = [seen.min(), seen.max(), *(b.vertical for b in found.experiment if not found.match)]
    if "vertical" in found.levels:
        points += list(found.vertical.energies)
    if "koopmans" in found.levels and found.koopmans is not None:
        points += list(found.koopmans.energies)
    if found.match is not None and found.match.rms_unshifted is not None:
        points += [found.match.measured.grid[0], found.match.measured.grid[-1]]
    margin = 0.04 * (max(points) - min(points))
    return min(points) - margin, max(points) + margin


def _caption(ax: Any, letter: str, text: str) -> None:
    ax.set_title(rf"$\bf{{{letter}}}$  {text}", loc="left", pad=3)


def _state_of(lines: Any) -> int:
    return int(np.argmax(lines.state_weights[0]))


def _electrons(ax: Any, found: Comparison, letter: str) -> None:
    pairs = zip(found.model.state_labels, found.model.state_irreps, strict=True)
    names = [
        pretty(irrep) if label == irrep else f"{label} {pretty(irrep)}" for label, irrep in pairs
    ]

    words = []
    if "koopmans" in found.levels:
        words.append("Koopmans (dashed)")
        for s in found.ladder.rung("koopmans").lines:
            ax.vlines(
                s.energies,
                0,
                s.intensities,
                color=colour(_state_of(s)),
                linewidth=1.4,
                linestyle=(0, (2, 1.5)),
            )

    if "vertical" in found.levels:
        words.append("correlated vertical (solid)" if "koopmans" in found.levels else "vertical")
        for s in found.ladder.rung("vertical").lines:
            ax.vlines(s.energies, 0, s.intensities, color=colour(_state_of(s)), linewidth=2.6)

    for i, name in enumerate(names):
        ax.plot([], [], color=colour(i), linewidth=2.6, label=name)
    _caption(ax, letter, f"{' and '.join(words)}: electrons only")
    ax.set(
        ylim=(
            0,
            1.15
            * max(
                s.intensities.max()
                for r in found.ladder.rungs[:2]
                for s in r.lines
                if r.level in ("koopmans", "vertical")
            ),
        ),
        ylabel="strength",
    )
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="state")


def _alone(ax: Any, found: Comparison, letter: str) -> None:
    words = []
    top = 0.0
    for level, how in (
        ("displaced", {"linestyle": (0, (3, 1.5)), "linewidth": 0.9}),
        ("distorted", {}),
    ):
        if level not in found.levels:
            continue
        rung = found.ladder.rung(level)
        solid = level == "distorted" or "distorted" not in found.levels
        words.append(f"{level} oscillators" + ("" if solid else " (dashed)"))
        for s in rung.lines:
            values = s.broadened(rung.curve.grid, shape=found.ladder.shape).values
            top = max(top, values.max())
            ax.plot(rung.curve.grid, values, color=colour(_state_of(s)), **({} if solid else how))
            if solid:
                ax.fill_between(
                    rung.curve.grid, values, color=colour(_state_of(s)), alpha=0.25, linewidth=0
                )

    _caption(ax, letter, f"Franck-Condon, every state alone: {', '.join(words)}")
    ax.set(ylim=(0, 1.08 * top), ylabel="intensity (1/eV)")


def _by_character(ax: Any, found: Comparison, rung: Rung) -> None:
    """The curve, filled by electronic character."""
    sticks = rung.total
    curve = rung.curve
    base = np.zeros(curve.grid.size)
    for i in range(found.model.n_states):
        share = replace(sticks, intensities=sticks.intensities * sticks.state_weights[:, i])  # type: ignore[index]
        part = share.broadened(curve.grid, shape=found.ladder.shape).values
        ax.fill_between(curve.grid, base, base + part, color=colour(i), alpha=0.45, linewidth=0)
        base = base + part


def _adiabatic(ax: Any, found: Comparison, letter: str) -> None:
    rung = found.ladder.rung("adiabatic")
    _by_character(ax, found, rung)
    ax.plot(rung.curve.grid, rung.curve.values, color="black", linewidth=1.2)
    _caption(ax, letter, "adiabatic: one coupled surface at a time (Born-Oppenheimer)")
    _flag(ax, rung)
    ax.set(ylim=(0, 1.1 * rung.curve.values.max()), ylabel="intensity (1/eV)")


def _flag(ax: Any, rung: Rung) -> None:
    """Say so where a spectrum did not reach its tolerance."""
    known = [s.certificate for s in rung.lines if s.certificate is not None]
    errors = [certificate.reached for certificate in known if not certificate.converged]

    if errors:
        ax.text(
            0.005,
            0.95,
            f"not converged: error up to {100 * min(max(errors), 1.0):.0f} % of the peak",
            transform=ax.transAxes,
            va="top",
            color=MEASURED,
            fontsize=7.5,
        )


def _vibronic(ax: Any, found: Comparison, letter: str) -> None:
    rung = found.ladder.rung("vibronic")
    curve = rung.curve
    _by_character(ax, found, rung)
    ax.plot(
        curve.grid, curve.values, color="black", linewidth=1.2, label="vibronic lines, broadened"
    )
    time = getattr(found, "autocorrelation_curve", None)

    if time is not None:
        ax.plot(
            time.grid[::6],
            time.values[::6],
            linestyle="none",
            marker="o",
            markersize=1.6,
            color="black",
            markerfacecolor="white",
            markeredgewidth=0.5,
            label="from the wavepacket (QuTiP)",
        )
        ax.legend(loc="upper right", handlelength=1.4)

    _caption(ax, letter, "vibronic: all states and their coupling; fill = electronic character")
    ax.set(ylim=(0, 1.18 * curve.values.max()), ylabel="intensity (1/eV)")
    _flag(ax, rung)
    mystery = [b for b in found.bands if b.is_mystery]

    if mystery:
        centre = (mystery[0].low + mystery[-1].high) / 2
        ax.annotate(
            "mystery band:\nno state of its own",
            (centre, 0.38 * curve.values.max()),
            ha="center",
            va="bottom",
            fontsize=8,
        )


def _observed(ax: Any, found: Comparison, letter: str) -> None:
    for band in found.experiment:
        ax.vlines(band.vertical, 0, 0.45, color="black", linewidth=1.6)
        name = pretty(band.irrep) or band.label
        ax.text(
            band.vertical,
            0.5,
            f"{name}\n{band.vertical:.2f}",
            ha="center",
            va="bottom",
            fontsize=7.5,
        )

    notes = ", ".join(dict.fromkeys(b.note for b in found.experiment if b.note))
    how = f" ({notes})" if notes else ""
    _caption(ax, letter, f"observed band maxima{how}; nothing computed is shifted to fit")
    ax.set(ylim=(0, 1.5), yticks=[])
    ax.spines["left"].set_visible(False)


def _place(found: Comparison) -> tuple[Match, float, str]:
    """The match, by how much its measured spectrum is moved to be drawn on the computed axis, and
    how that is said.
    """
    match = found.match
    assert match is not None
    if match.rms_unshifted is not None:
        return match, 0.0, f"computed curve also shifted by {match.shift:+.3f} eV"
    return (
        match,
        match.shift,
        f"measured energies minus {match.shift:.3f} eV: the model has no absolute origin",
    )


def _matched(ax: Any, found: Comparison, letter: str) -> None:
    match, offset, how = _place(found)
    top = match.measured.values.max()
    ax.plot(
        match.measured.grid - offset,
        match.measured.values / top,
        color=MEASURED,
        linewidth=1.3,
        label="measured",
    )

    if offset == 0:
        ax.plot(
            match.measured.grid,
            match.computed * (match.scale_unshifted or 0.0) / top,
            color="0.5",
            linewidth=0.9,
            label="as computed",
        )

    ax.plot(
        match.measured.grid - offset,
        match.shifted / top,
        color="black",
        linewidth=1.1,
        linestyle=(0, (3, 1.5)),
        label="best rigid shift" if offset == 0 else "computed",
    )
    ax.legend(loc="upper right")
    _caption(ax, letter, f"beside experiment; {how}")
    ax.set(ylim=(0, 1.15), ylabel="relative\nintensity")


def _residual(ax: Any, found: Comparison, letter: str) -> None:
    match, offset, _ = _place(found)
    ax.axhline(0, color="0.6", linewidth=0.6)
    ax.plot(match.measured.grid - offset, 100 * match.residual, color="black", linewidth=0.9)
    reach = 1.2 * max(5.0, float(np.abs(100 * match.residual).max()))
    _caption(
        ax,
        letter,
        f"measured minus {'shifted' if offset == 0 else 'computed'} curve, rms "
        f"{100 * match.rms:.1f} % of the maximum",
    )
    ax.set(ylim=(-reach, reach), ylabel="residual\n(%)")


PANELS = (
    (_electrons, 0.9, ("koopmans", "vertical")),
    (_alone, 1.3, ("displaced", "distorted")),
    (_adiabatic, 1.3, ("adiabatic",)),
    (_vibronic, 1.6, ("vibronic",)),
)
