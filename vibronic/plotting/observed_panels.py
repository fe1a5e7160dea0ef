"""What is measured: the curve over a computed one, their difference, or the band maxima."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .energy_axis import EnergyAxis
from .style import WARNING, pretty

if TYPE_CHECKING:
    from ..photoelectron.rungs import Comparison

CLOSE = 0.09  # of the axis; names closer than this stand at two heights


def draw_measured(ax: Any, found: Comparison, axis: EnergyAxis) -> float:
    """The measured curve, scaled to the computed one by least squares; returns its maximum."""
    match = found.match
    assert match is not None
    scale = match.scale if match.scale_unshifted is None else match.scale_unshifted
    if scale <= 0:  # the curves do not overlap
        scale = match.measured.values.max() / found.vibronic_curve.values.max()
    values = match.measured.values / scale
    x = axis.of_measured(match.measured.grid)
    ax.plot(x, values, color=WARNING, linewidth=1.3, label="measured (scaled)")
    return float(values.max())


def draw_residual(ax: Any, found: Comparison, axis: EnergyAxis) -> str:
    """Measured minus computed curve: as computed where the model's energies are absolute, after
    the best rigid shift otherwise.
    """
    match = found.match
    assert match is not None
    highest = match.measured.values.max()
    residual = match.residual
    rms = match.rms
    how = f"computed curve moved by {match.shift:+.3f} eV"
    if match.rms_unshifted is not None:
        computed = (match.scale_unshifted or 0.0) * match.computed
        residual = (match.measured.values - computed) / highest
        rms = match.rms_unshifted
        how = f"nothing moved (moved by {match.shift:+.3f} eV: {100 * match.rms:.1f} %)"

    ax.axhline(0, color="0.6", linewidth=0.6)
    ax.plot(axis.of_measured(match.measured.grid), 100 * residual, color=WARNING, linewidth=0.9)
    reach = 1.2 * max(5.0, float(np.abs(100 * residual).max()))
    ax.set(ylim=(-reach, reach), ylabel="residual\n(%)")
    return f"measured minus computed: rms {100 * rms:.1f} % of the maximum, {how}"


def draw_observed(ax: Any, found: Comparison, axis: EnergyAxis) -> str:
    """A line a band at its observed maximum, dashed and with ≈ where it is approximate."""
    span = np.ptp([band.vertical for band in found.experiment]) or 1.0
    last = -np.inf
    raised = False
    for band in sorted(found.experiment, key=lambda band: band.vertical):
        x = float(axis.of_energies(np.array(band.vertical)))
        raised = not raised and x - last < CLOSE * span
        last = x
        dashes: Any = (0, (2, 1)) if band.note else "solid"
        ax.vlines(x, 0, 0.4, color="black", linewidth=1.6, linestyle=dashes)
        about = "≈ " if band.note else ""
        ax.text(
            x,
            0.95 if raised else 0.45,
            f"{pretty(band.irrep) or band.label}  {about}{band.vertical:.2f}",
            ha="center",
            va="bottom",
            fontsize="small",
        )

    notes = ", ".join(dict.fromkeys(band.note for band in found.experiment if band.note))
    ax.set(ylim=(0, 1.35), yticks=[])
    ax.spines["left"].set_visible(False)
    how = f" (dashed: {notes})" if notes else ""
    return f"observed band maxima{how}; nothing computed is shifted to fit"
