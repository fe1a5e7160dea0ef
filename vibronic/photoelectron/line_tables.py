"""Tables of transitions and maxima: what the coupling does to each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..line_shape import Gaussian
from ..resolved_density import entropies
from ..spectrum import Spectrum
from ..tables import Column, Table

if TYPE_CHECKING:
    from .rungs import Comparison

MOST = 10  # maxima that are shown
LEAST = 0.01  # of the highest
FINER = 8  # points of the curve between two of the grid


def breaking_table(found: Comparison) -> Table:
    """Per transition: sum rules, shifts, and where the intensity ends."""
    columns = [Column("entered", left=True)]
    columns += [Column(head, ".3f") for head in ("0-0 a", "first v")]
    columns += [Column(head, ".3f") for head in ("mean a", "mean v", "exact")]
    columns += [Column(head, ".3f") for head in ("width a", "width v", "exact")]
    columns += [Column(head, ".2f") for head in ("skew a", "skew v", "exact")]
    columns += [Column(f"% {label}", ".0f") for label in found.model.state_labels]
    columns += [Column("moved %", ".0f"), Column("states", ".2f"), Column("entropy", ".2f")]

    rows: list[list[Any]] = []
    for d in found.diagnoses:
        moments = [x[k] for k in range(3) for x in (d.alone, d.found, d.exact)]
        carried = [100 * x for x in d.carried]
        first = None if np.isnan(d.first) else d.first
        moved = 100 * d.redistributed
        end = [moved, d.participation, d.entropy]
        rows.append([d.label, d.first_alone, first, *moments, *carried, *end])

    return Table(
        columns,
        rows,
        title="WHAT THE COUPLING DOES TO EACH STATE ENTERED (a: the state alone; v: vibronic; "
        "exact: analytic sum rule)",
        notes=[
            "% of a state: strength with its character, which is its mean population over the "
            "time that the resolution sees;",
            "moved: strength at energies where the states alone have less; states: that share an "
            "energy; entropy: entanglement of",
            f"electrons and vibrations. All {resolution_told(found)}, whatever the width of the "
            "curves.",
        ],
    )


def resolution_told(found: Comparison) -> str:
    """At which resolution the electronic character was resolved, in words."""
    seen = found.ladder.resolution
    if seen is None:
        return "at the resolution of the lines"
    mode = f", half the frequency of {seen.mode}" if seen.mode else ""
    return f"at {1000 * seen.fine:.0f} meV resolution{mode}"


def maxima_table(found: Comparison) -> Table | None:
    """The highest maxima of the spectrum at the resolution of its characters, and what they are
    made of; None for a comparison of an earlier version.
    """
    resolved = found.vibronic_lines.resolved
    if resolved is None:
        return None

    labels = found.model.state_labels
    shape = Gaussian(resolved.fwhm)
    grid = np.linspace(resolved.grid[0], resolved.grid[-1], FINER * resolved.grid.size)
    curve = found.vibronic_lines.broadened(grid, shape=shape)
    alone = found.ladder.alone.total.broadened(grid, shape=shape)
    energies = _highest(curve)
    densities = resolved.at(energies)
    entropy = entropies(densities)

    rows = []
    for k, energy in enumerate(energies):
        weights = np.clip(np.diag(densities[k]), 0.0, 1.0)
        heights = [float(np.interp(energy, grid, c.values)) for c in (curve, alone)]
        shares = [100 * w for w in weights]
        rows.append([energy, *heights, *shares, 1 / (weights**2).sum(), entropy[k]])

    columns = [
        Column("energy/eV", ".3f", left=True),
        Column("height", ".3f"),
        Column("alone", ".3f"),
        *(Column(f"% {label}", ".0f", width=5) for label in labels),
        Column("states", ".2f"),
        Column("entropy", ".2f"),
    ]
    return Table(
        columns,
        rows,
        title=f"HIGHEST MAXIMA {resolution_told(found)}",
        notes=[
            "height, alone: of the vibronic curve there and of that of the states alone, 1/eV; "
            "character: of all that was entered, summed."
        ],
    )


def _highest(curve: Spectrum) -> np.ndarray:
    """Energies of the highest maxima, in rising order."""
    maxima = curve.maxima(LEAST)
    heights = np.interp(maxima, curve.grid, curve.values)
    return np.sort(maxima[np.argsort(-heights)[:MOST]])
