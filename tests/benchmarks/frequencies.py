"""Harmonic frequencies of the default reference, and of RHF, beside observed fundamentals:
molecules/FREQUENCIES.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import vibronic as vb
from vibronic.campaign import Campaign, local_processes
from vibronic.units import CM

from .blind import BLIND

# fundamentals (cm-1) by species in the orientation of vibronic: x normal to a planar molecule, z
# along its main axis. T. Shimanouchi, Tables of Molecular Vibrational Frequencies, Consolidated
# Volume I, NSRDS-NBS 39 (1972), as in the NIST Chemistry WebBook, SRD 69
CHECKED = {
    "water": {"A1": (1595, 3657), "B2": (3756,)},
    "ammonia": {"A1": (950, 3337), "E": (1627, 3444)},
    "methane": {"T2": (1306, 3019), "E": (1534,), "A1": (2917,)},
    "ethylene": {
        "Ag": (1342, 1623, 3026),
        "Au": (1023,),
        "B3g": (1236, 3103),
        "B3u": (949,),
        "B2g": (943,),
        "B2u": (826, 3106),
        "B1u": (1444, 2989),
    },
    "formaldehyde": {"A1": (1500, 1746, 2783), "B2": (1249, 2843), "B1": (1167,)},
    "hydrogen-cyanide": {"Π": (712,), "Σ+": (2097, 3311)},
    "furan": {
        "A1": (871, 995, 1066, 1140, 1384, 1491, 3140, 3154),
        "A2": (613, 728, 863),
        "B2": (873, 1040, 1180, 1267, 1556, 3129, 3161),
        "B1": (603, 745, 838),
    },
    "hydrogen-sulfide": {"A1": (1183, 2615), "B2": (2626,)},
    "acetylene": {"Σ+g": (1974, 3374), "Σ+u": (3289,), "Πg": (612,), "Πu": (730,)},
}
# from memory: shown, and not counted
APPROXIMATE = {
    "nitrogen": {"Σ+g": (2330,)},
    "carbon-monoxide": {"Σ+": (2143,)},
    "sulfur-dioxide": {"A1": (518, 1151), "B2": (1362,)},
}
HEAD = """# Vibrational frequencies

Unscaled harmonic frequencies at the minimum of each level, beside observed fundamentals (cm-1),
which are lower than harmonic frequencies by what anharmonicity takes from them (C-H, N-H and O-H
stretches 3-5 %, others 1-2 %). Fundamentals: T. Shimanouchi, NSRDS-NBS 39 (1972), as in the NIST
Chemistry WebBook; those with a ≈ are approximate (their source is not checked) and not counted.
x is normal to a planar molecule. Written by `python -m tests.benchmarks frequencies`.
"""


@dataclass(frozen=True)
class Row:
    """One vibration: computed by every level, and observed."""

    molecule: str
    species: str
    computed: tuple[float, ...]
    observed: float
    approximate: bool


def run() -> dict:
    """Compute, print and write the table."""
    shipped = [vb.library.molecule(name) for name in vb.library.names()]
    molecules = {molecule.name: molecule for molecule in (*shipped, *BLIND)}
    levels = (BLIND[0].reference, "hf/cc-pvdz")

    rows = []
    with local_processes() as executor:
        campaign = Campaign(executor)
        for seen, approximate in ((CHECKED, False), (APPROXIMATE, True)):
            for name, species in seen.items():
                found = [_frequencies(molecules[name], level, campaign) for level in levels]
                rows += _rows(name, species, found, approximate)
                print(name, flush=True)

    titles = [str(replace(BLIND[0], reference=level).mean_field) for level in levels]
    text = HEAD + _table(rows, titles)
    Path(vb.library.folder(), "FREQUENCIES.md").write_text(text)
    print(text)
    return {"rows": [row.__dict__ for row in rows]}


def _frequencies(molecule: vb.Molecule, level: str, campaign: Campaign) -> dict[str, list[float]]:
    """Frequencies (cm-1) by species, rising, one for each degenerate set."""
    level_of = replace(molecule, reference=level)
    modes = vb.electronic_structure.normal_modes(level_of, executor=campaign)
    by_species: dict[str, list[float]] = {}
    for irrep, frequency in zip(modes.irreps, modes.frequencies / CM, strict=True):
        found = by_species.setdefault(irrep, [])
        if not any(abs(frequency - other) < 1e-3 for other in found):
            found.append(float(frequency))
    return {irrep: sorted(values) for irrep, values in by_species.items()}


def _rows(
    name: str,
    species: dict[str, tuple[int, ...]],
    found: list[dict[str, list[float]]],
    approximate: bool,
) -> list[Row]:
    for by_species in found:
        computed = {irrep: len(values) for irrep, values in by_species.items()}
        assert computed == {irrep: len(values) for irrep, values in species.items()}, name

    rows = []
    for irrep, observed in species.items():
        for k, value in enumerate(observed):
            computed_here = tuple(by_species[irrep][k] for by_species in found)
            rows.append(Row(name, irrep, computed_here, value, approximate))
    return rows


def _table(rows: list[Row], titles: list[str]) -> str:
    head = ["molecule", "species"]
    for title in titles:
        head += [title, "error"]
    lines = ["| " + " | ".join([*head, "observed"]) + " |"]
    lines.append("|---|---|" + "---:|" * (2 * len(titles) + 1))
    for row in rows:
        cells = []
        for value in row.computed:
            cells += [f"{value:.0f}", f"{100 * (value / row.observed - 1):+.1f} %"]
        seen = ("≈" if row.approximate else "") + f"{row.observed:.0f}"
        lines.append("| " + " | ".join([row.molecule, row.species, *cells, seen]) + " |")

    counted = [row for row in rows if not row.approximate]
    errors = np.array([[v / row.observed - 1 for v in row.computed] for row in counted])
    for kind, values in (
        ("mean error", errors.mean(axis=0)),
        ("mean absolute error", np.abs(errors).mean(axis=0)),
        ("largest error", np.abs(errors).max(axis=0)),
    ):
        cells = []
        for value in values:
            cells += ["", f"**{100 * value:.1f} %**"]
        lines.append(
            f"| **{kind}** | {len(counted)} vibrations | " + " | ".join([*cells, ""]) + " |"
        )
    return "\n" + "\n".join(lines) + "\n"
