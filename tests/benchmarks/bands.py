"""Maxima of computed vibronic bands beside observed ones, and what every shipped model says of the
single-state picture: molecules/BANDS.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

import vibronic as vb
from vibronic.ab_initio import hamiltonian
from vibronic.campaign import Campaign, local_processes
from vibronic.photoelectron.observed import observed_bands, observed_mysteries
from vibronic.photoelectron.rungs import Comparison
from vibronic.photoelectron.verdict import verdict

from .blind import BLIND

FROM_ATOMS = "from atoms"
WORDS = {
    "NO VERDICT": "NO VERDICT",
    "MYSTERY BAND": "MYSTERY BAND",
    "The single-state picture fails": "fails",
    "The single-state picture is approximate": "approximate",
    "The single-state picture holds": "holds",
    "The model has one state only": "one state",
}
HEAD = """# Maxima of vibronic bands

The vibronic spectrum at the resolution of the model, from atoms by the default ({level};
{reference}), beside the maxima of the observed bands. *vertical* is the composite energy of the
state at the neutral's geometry; *band* the maximum of the band of that state (of a mystery band
for an observed one; - where no band is that state's own, which mystery bands are not); *nearest*
the maximum of the spectrum that an observer without a theory would take for it: maxima and
observed bands of a molecule are paired one to one so that their distances are smallest, and
*error* is that of this pair. Observed maxima with a ≈ are approximate: their source is not
checked. Molecules in italics do not ship with vibronic.
Energies in eV. Written by `python -m tests.benchmarks bands`.
"""
VERDICTS = """
# What the models say

*holds*, *approximate* and *fails* are what the verdict of `vibronic photoelectron` and `vibronic
absorption` says of the single-state picture; a MYSTERY BAND is a maximum that no state makes.

| molecule | model | verdict | mystery bands/eV | bands/eV |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """One observed band, the maximum of the band of its state, and of the spectrum the one paired
    with it (NaN: there is none).
    """

    molecule: str
    model: str
    band: str
    vertical: float
    maximum: float
    nearest: float
    observed: float
    approximate: bool
    blind: bool


@dataclass(frozen=True)
class Told:
    """What the spectrum of one model says: the verdict's word, its bands (eV) and which of them
    are mysteries, the CPU seconds of the spectrum, and the whole report.
    """

    molecule: str
    model: str
    word: str
    bands: tuple[float, ...]
    mysteries: tuple[float, ...]
    seconds: float
    report: str


def run() -> dict:
    """Compute, print and write the tables."""
    rows: list[Row] = []
    told: list[Told] = []
    with local_processes() as executor:
        campaign = Campaign(executor)
        shipped = [vb.library.molecule(name) for name in vb.library.names()]
        for molecule in (*shipped, *BLIND):
            for which, model in _models(molecule, campaign):
                start = time.process_time()
                found = _comparison(molecule, model)
                seconds = time.process_time() - start
                rows += _rows(molecule, which, found)
                told.append(_told(molecule.name, which, found, seconds))
                print(*told[-1].__dict__.values(), sep="\n", flush=True)

    level = vb.electronic_structure.Composite().level(BLIND[0].basis_set)
    text = HEAD.format(level=level, reference=f"geometry and modes {BLIND[0].mean_field}")
    text += _table([row for row in rows if row.model == FROM_ATOMS]) + VERDICTS + _verdicts(told)
    Path(vb.library.folder(), "BANDS.md").write_text(text)
    print(text)
    return {"rows": [r.__dict__ for r in rows], "told": [t.__dict__ for t in told]}


def _models(
    molecule: vb.Molecule, campaign: Campaign
) -> Iterator[tuple[str, vb.VibronicHamiltonian]]:
    """The default model from atoms, and those that ship."""
    yield FROM_ATOMS, hamiltonian(molecule, campaign=campaign).model
    if molecule in BLIND:
        return
    for which in vb.library.hamiltonian_names(molecule.name):
        yield which, vb.library.hamiltonian(molecule.name, which)


def _comparison(molecule: vb.Molecule, model: vb.VibronicHamiltonian) -> Comparison:
    kept = vb.models.reduction(model, max_modes=molecule.max_modes)
    shape = vb.Gaussian(molecule.fwhm)
    if model.process == "excitation":
        return vb.photoelectron.absorption(kept, shape=shape)

    seen = vb.photoelectron.Experiment(bands=molecule.bands)
    return vb.photoelectron.comparison(kept, shape=shape, experiment=seen)


def _rows(molecule: vb.Molecule, which: str, found: Comparison) -> list[Row]:
    """Observed bands of the states of the model, degenerate ones once, and mysteries."""
    seen, vertical, maxima = _observed(found)
    nearest = _paired(found, [band.vertical for band in seen])
    return [
        Row(
            molecule.name,
            which,
            band.label,
            vertical[k],
            min(maxima[k], key=lambda e: abs(e - band.vertical), default=np.nan),
            nearest[k],
            band.vertical,
            band.is_approximate,
            molecule in BLIND,
        )
        for k, band in enumerate(seen)
    ]


def _observed(found: Comparison) -> tuple[list[vb.Band], list[float], list[list[float]]]:
    """Observed bands, the vertical energies of their states, and the maxima of their bands."""
    seen = []
    vertical = []
    maxima = []
    energies = np.diag(found.model.constant)
    for i, band in enumerate(observed_bands(found)):
        if band is None or band in seen:
            continue
        label = found.model.state_labels[i]
        seen.append(band)
        vertical.append(float(energies[i]))
        maxima.append([b.energy for b in found.bands if label in b.parents])

    for band in observed_mysteries(found):
        seen.append(band)
        vertical.append(np.nan)
        maxima.append([b.energy for b in found.bands if b.is_mystery])
    return seen, vertical, maxima


def _paired(found: Comparison, observed: list[float]) -> list[float]:
    """For every observed energy a maximum of the spectrum, each once (NaN where there are none
    left), so that the sum of the distances is smallest.
    """
    maxima = np.array([e for band in found.bands for e in band.maxima])
    distances = np.abs(np.array(observed)[:, None] - maxima)
    paired = [np.nan] * len(observed)
    for k, m in zip(*linear_sum_assignment(distances), strict=True):
        paired[k] = float(maxima[m])
    return paired


def _told(name: str, which: str, found: Comparison, seconds: float) -> Told:
    text = verdict(found, observed_mysteries(found))
    word = next(short for phrase, short in WORDS.items() if phrase in text)
    return Told(
        name,
        which,
        word,
        tuple(band.energy for band in found.bands),
        tuple(band.energy for band in found.bands if band.is_mystery),
        seconds,
        f"{found}\n\n{'=' * 70}\n\n{found.report()}",
    )


def _table(rows: list[Row]) -> str:
    lines = ["| molecule | observed band | vertical | band | nearest | observed | error |"]
    lines.append("|---|---|---:|---:|---:|---:|---:|")
    for row in rows:
        name = f"*{row.molecule}*" if row.blind else row.molecule
        observed = ("≈" if row.approximate else "") + f"{row.observed:.2f}"
        numbers = [_number(x) for x in (row.vertical, row.maximum, row.nearest)]
        error = _number(row.nearest - row.observed, "+.2f")
        lines.append("| " + " | ".join([name, row.band, *numbers, observed, error]) + " |")

    for what, chosen in (
        ("all", rows),
        ("shipped", [r for r in rows if not r.blind]),
        ("not shipped", [r for r in rows if r.blind]),
        ("source checked", [r for r in rows if not r.approximate]),
    ):
        lines.append(_errors(what, chosen))
    return "\n" + "\n".join(lines) + "\n"


def _number(value: float, form: str = ".2f") -> str:
    return format(value, form) if np.isfinite(value) else "-"


def _errors(what: str, rows: list[Row]) -> str:
    """Mean absolute errors, each over the bands that have the number."""
    cells = []
    for computed in ("vertical", "maximum", "nearest"):
        errors = np.array([getattr(row, computed) - row.observed for row in rows])
        known = errors[np.isfinite(errors)]
        cells.append(f"**{np.abs(known).mean():.2f}** ({known.size})")
    place = f"**mean absolute error** (of how many bands) | {what}"
    return f"| {place} | " + " | ".join([*cells, "", ""]) + " |"


def _verdicts(told: list[Told]) -> str:
    lines = []
    for t in told:
        mysteries = ", ".join(f"{e:.2f}" for e in t.mysteries) or "-"
        bands = ", ".join(f"{e:.2f}" for e in t.bands)
        lines.append(f"| {t.molecule} | {t.model} | {t.word} | {mysteries} | {bands} |")
    return "\n".join(lines) + "\n"
