"""Tables of transitions and lines: what the coupling does to each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..spectra import nonadiabatic_lines
from ..spectrum import StickSpectrum
from ..tables import Column, Table

if TYPE_CHECKING:
    from .rungs import Comparison

LINES = 10  # that are shown
NEAR = 500  # meV; the line of a state alone from which a shift is told
STRONG = 0.01  # of the strongest line of a state alone


def breaking_table(found: Comparison) -> Table:
    """Per transition: sum rules, shifts, and where the intensity ends."""
    columns = [Column("entered", left=True)]
    columns += [Column(head, ".3f") for head in ("first a", "first v")]
    columns += [Column(head, ".3f") for head in ("mean a", "mean v", "exact")]
    columns += [Column(head, ".3f") for head in ("width a", "width v", "exact")]
    columns += [Column(head, ".2f") for head in ("skew a", "skew v", "exact")]
    columns += [Column(f"% in {label}", ".0f") for label in found.model.state_labels]
    columns.append(Column("new %", ".0f"))

    rows = []
    for d in found.diagnoses:
        moments = [x[k] for k in range(3) for x in (d.alone, d.found, d.exact)]
        carried = [100 * x for x in d.carried]
        rows.append(
            [d.label, d.first_alone, d.first, *moments, *carried, 100 * d.nonadiabatic],
        )

    return Table(
        columns,
        rows,
        title="WHAT THE COUPLING DOES TO EACH STATE ENTERED (a: the state alone; v: vibronic; "
        "exact: analytic sum rule)",
        notes=[
            "% in a state: intensity in lines of that character; where lines are resolved, the "
            "state's population averaged over all times."
        ],
    )


def line_table(found: Comparison) -> Table:
    """The ten strongest lines, their character, and how far they lie from the nearest line of
    their leading state alone.
    """
    sticks = found.vibronic_lines
    ratios = sticks.participation_ratios
    entropies = sticks.entanglement_entropies
    weights = sticks.state_weights
    assert ratios is not None
    assert entropies is not None
    assert weights is not None

    entered = _entered(found)
    alone = found.ladder.alone.total
    new = nonadiabatic_lines(sticks, alone, found.vibronic_curve.fwhm)

    rows = []
    for k in np.sort(sticks.strongest(LINES)):
        leading = int(np.argmax(weights[k]))
        shift = "new" if new[k] else _shift(sticks.energies[k], alone, leading)
        rows.append(
            [
                sticks.energies[k],
                sticks.intensities[k],
                found.diagnoses[entered[k]].label,
                *(100 * weights[k]),
                ratios[k],
                entropies[k],
                shift,
            ]
        )

    return Table(
        _line_columns(found.model.state_labels),
        rows,
        title="TEN STRONGEST VIBRONIC LINES",
        notes=[
            "shift: from the nearest line of the leading state alone; new: no single-state "
            "spectrum has a line there."
        ],
    )


def _line_columns(state_labels: tuple[str, ...]) -> list[Column]:
    return [
        Column("energy/eV", ".4f", left=True),
        Column("strength", ".4f"),
        Column("entered", left=True),
        *(Column(f"% {label}", ".0f", width=5) for label in state_labels),
        Column("states", ".2f"),
        Column("entropy", ".2f"),
        Column("shift/meV"),
    ]


def _entered(found: Comparison) -> np.ndarray:
    """Which transition made every line, in order of energy."""
    origin = [np.full(s.energies.size, k) for k, s in enumerate(found.vibronic)]
    energies = [s.energies for s in found.vibronic]
    order = np.argsort(np.concatenate(energies), kind="stable")
    return np.concatenate(origin)[order]


def _shift(energy: float, alone: StickSpectrum, state: int) -> str:
    """Distance (meV) from the nearest strong line of a state alone."""
    assert alone.state_weights is not None
    own = alone.state_weights[:, state] > 0.5
    strong = own & (alone.intensities > STRONG * alone.intensities[own].max(initial=0.0))
    if not strong.any():
        return "-"
    shifts = 1000 * (energy - alone.energies[strong])
    nearest = shifts[int(np.argmin(np.abs(shifts)))]
    return f"{nearest:+.0f}" if abs(nearest) < NEAR else "-"
