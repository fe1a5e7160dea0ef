"""Tables of what a model is made of: the energies of each level of theory, and its couplings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..checks import CalculationError
from ..hamiltonian import VibronicHamiltonian
from ..molecule import Band
from ..spectra import origin, oscillator_strengths
from ..tables import Column, Table
from ..units import CM
from .observed import observed_bands

if TYPE_CHECKING:
    from .absorption import AbsorptionComparison
    from .comparison import PhotoelectronComparison
    from .rungs import Comparison

DARK = 1e-8  # strength of a state that light does not enter
SHOWN = 5e-4  # eV; smaller couplings are a dot
ENERGY_COLUMNS = (
    Column("state", left=True, width=8),
    Column("Koopmans", ".2f"),
    Column("vertical", ".2f"),
    Column("0-0 alone", ".2f"),
    Column("first line", ".2f"),
    Column("mean", ".2f"),
    Column("strength", ".3f"),
    Column("observed", ".2f"),
)
ENERGY_NOTES = (
    "0-0 alone: lowest level of the state without coupling; first line: the first vibronic one "
    "above 0.2 % of its band; mean: centroid;",
    "observed: maximum of the band of this symmetry.",
)


def energy_table(found: PhotoelectronComparison) -> Table:
    """The energy of every state at each level of theory, beside its observed band."""
    model = found.model
    seen = observed_bands(found)
    orbital = model.orbital_energies
    entered = {int(door.states[0]): k for k, door in enumerate(found.ladder.doorways)}

    rows = []
    for i, (label, irrep) in enumerate(zip(model.state_labels, model.state_irreps, strict=True)):
        koopmans = None if orbital is None else orbital[i]
        band = seen[i]
        rows.append(
            [
                f"{label} {irrep}",
                koopmans,
                model.constant[i, i],
                *_lines_of(found, entered.get(i)),
                _seen(band),
            ]
        )

    notes = (*ENERGY_NOTES, *_about(found, seen), *_offsets(found))
    return Table(ENERGY_COLUMNS, rows, title="ENERGIES OF EACH LEVEL OF THEORY (eV)", notes=notes)


def brief_energy_table(found: PhotoelectronComparison) -> Table:
    """Koopmans', vertical and 0-0 energies of every state, beside its observed band."""
    columns = [Column("state", left=True, width=8)]
    columns += [Column(head, ".2f") for head in ("Koopmans", "vertical", "0-0 alone", "observed")]
    full = energy_table(found)
    rows = [[*row[:4], row[-1]] for row in full.rows]

    notes = [*_about(found, observed_bands(found)), *_offsets(found)]
    return Table(columns, rows, title="STATES (eV)", notes=notes)


def _seen(band: Band | None) -> str | float | None:
    """The maximum of an observed band, with a ≈ where its source was not checked."""
    if band is None or not band.is_approximate:
        return None if band is None else band.vertical
    return f"≈{band.vertical:.2f}"


def _about(found: PhotoelectronComparison, seen: list[Band | None]) -> list[str]:
    """Whose orbitals Koopmans' energies are, and which observed figures are approximate."""
    orbitals = found.model.provenance.get("orbitals")
    notes = [f"Koopmans: minus the orbital energies of {orbitals}."] if orbitals else []
    if any(band is not None and band.is_approximate for band in seen):
        notes.append("≈: approximate; the source of this figure was not checked.")
    return notes


def excitation_table(found: AbsorptionComparison) -> Table:
    """The vertical energy of every excited state, its 0-0 alone, and how strongly light enters
    it.
    """
    model = found.model
    strengths = (model.transition_amplitudes**2).tolist()
    oscillators: list[float | None] = [None] * model.n_states
    if model.transition_dipoles is not None:
        strengths = (model.transition_dipoles**2).sum(axis=1).tolist()
        if model.has_absolute_energies:
            oscillators = oscillator_strengths(model).tolist()

    sloped = np.any(model.transition_slopes != 0, axis=0)
    rows = []
    for i, (label, irrep) in enumerate(zip(model.state_labels, model.state_irreps, strict=True)):
        name = label if irrep in ("", label) else f"{label} {irrep}"
        light = "enters it" if strengths[i] > DARK else "dark: only coupling lends it strength"
        if strengths[i] <= DARK and sloped[i]:
            light = "enters it through the slope of its amplitude"
        rows.append(
            [name, model.constant[i, i], _origin(model, i), strengths[i], oscillators[i], light]
        )

    unit = "(e a0)^2" if model.transition_dipoles is not None else "relative"
    columns = [
        Column("state", left=True, width=8),
        Column("vertical/eV", ".3f"),
        Column("0-0 alone/eV", ".3f"),
        Column(f"strength, {unit}", ".3g"),
        Column("f", ".3g"),
        Column("light", left=True),
    ]
    return Table(
        columns,
        rows,
        title="EXCITED STATES at the geometry of the ground state",
        notes=[
            "0-0 alone: lowest level of the state without coupling; f: oscillator strength, "
            "2/3 E |mu|^2 in atomic units (no unit)."
        ],
    )


def _origin(model: VibronicHamiltonian, i: int) -> float | None:
    try:
        return origin(model, i)
    except CalculationError:
        return None


def _lines_of(found: PhotoelectronComparison, k: int | None) -> list[float | None]:
    """First line alone and coupled, mean and strength of transition k; nothing without one."""
    if k is None:
        return [None, None, None, 0.0]
    why = found.diagnoses[k]
    sticks = found.vibronic[k]
    first = None if np.isnan(why.first) else why.first
    return [why.first_alone, first, sticks.moment(1), sticks.strength]


def _offsets(found: PhotoelectronComparison) -> list[str]:
    """How far the computed energies lie from observed bands, on average without sign."""
    model = found.model
    of_band = {id(band): (i, band) for i, band in enumerate(observed_bands(found)) if band}
    pairs = list(of_band.values())  # components of a degenerate state count once
    if not pairs:
        return []

    vertical = np.mean([abs(band.vertical - model.constant[i, i]) for i, band in pairs])
    text = f"Mean distance from the observed bands: vertical {vertical:.2f} eV"
    if model.orbital_energies is not None:
        orbital = np.mean([abs(band.vertical - model.orbital_energies[i]) for i, band in pairs])
        text += f", Koopmans {orbital:.2f} eV"
    return [f"{text}. Nothing here is shifted to fit."]


def coupling_table(found: Comparison, koopmans: VibronicHamiltonian | None = None) -> Table:
    """Linear couplings in the modes kept, with Koopmans' beside them where they are known."""
    model = found.model
    pairs = [
        (i, j)
        for i in range(model.n_states)
        for j in range(i, model.n_states)
        if np.any(model.linear[:, i, j])
    ]
    heads = [_coupling(model, i, j) for i, j in pairs]
    columns = [Column("mode", left=True, width=10), Column("w/cm-1", ".0f")]
    columns += [Column(head, width=9) for head in heads]

    rows = []
    for m, label in enumerate(model.mode_labels):
        frequency = model.frequencies[m] / CM
        cells = [_shown(model.linear[m, i, j]) for i, j in pairs]
        rows.append([f"{label} {model.mode_irreps[m]}", frequency, *cells])
        if koopmans is not None and label in koopmans.mode_labels:
            own = koopmans.linear[koopmans.mode_labels.index(label)]
            rows.append(["  Koopmans", "", *(_shown(own[i, j]) for i, j in pairs)])

    title = "COUPLINGS IN THE MODES KEPT (eV)"
    if koopmans is not None:
        title += "; second row of a mode: Koopmans' analytic values"
    return Table(columns, rows, title=title)


def _coupling(model: VibronicHamiltonian, i: int, j: int) -> str:
    labels = model.state_labels
    return f"kappa {labels[i]}" if i == j else f"lambda {labels[i]}{labels[j]}"


def _shown(value: float) -> str:
    return f"{value:.3f}" if abs(value) >= SHOWN else "."
