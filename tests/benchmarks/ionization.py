"""Vertical ionization energies of the shipped molecules by every method, beside experiment:
molecules/IONIZATION_ENERGIES.md.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import vibronic as vb
from vibronic.campaign import Campaign, local_processes
from vibronic.electronic_structure import (
    ADC2,
    ADC3,
    EOMIPCCSD,
    ADC2x,
    Koopmans,
    StatesMethod,
    vertical_states,
)

BASIS = "cc-pvdz"
METHODS = (Koopmans(), ADC2(), ADC2x(), ADC3(), EOMIPCCSD())
# Near-exact vertical energies (eV), selected CI in augmented quadruple-zeta basis sets: A. Marie,
# P.-F. Loos, J. Chem. Theory Comput. 2024,
# doi:10.1021/acs.jctc.4c00216 (QUEST database, CC BY-SA 4.0)
NEAR_EXACT = {
    "water": {"2B1": 12.737, "2A1": 14.962, "2B2": 19.063},
    "ammonia": {"2A1": 10.945, "2E": 16.639},
    "methane": {"2T2": 14.407},
    "nitrogen": {"2Σ+g": 15.541, "2Πu": 16.981, "2Σ+u": 18.742},
}
HEAD = """# Vertical ionization energies

Every method in {basis} at the RHF/{basis} geometry, frozen core, beside the maxima of the
observed bands (their sources are in each `molecule.toml`; most are approximate) and, where there
are any, near-exact vertical energies (selected CI, augmented quadruple-zeta basis sets: A.
Marie, P.-F. Loos, J. Chem. Theory Comput. 2024, doi:10.1021/acs.jctc.4c00216). Energies in eV;
the pole strength is ADC(3)'s.
Written by `python -m tests.benchmarks ionization`.
"""


@dataclass(frozen=True)
class Row:
    """One band of one molecule: energies by method (NaN where a method finds no such main line),
    observed and near-exact ones.
    """

    molecule: str
    band: str
    energies: tuple[float, ...]
    strength: float
    observed: float
    near_exact: float


def run() -> dict:
    """Compute, print and write the table."""
    folder = Path(vb.library.folder())
    rows = []
    seconds = np.zeros(len(METHODS))
    with local_processes() as executor:
        campaign = Campaign(executor)
        for name in vb.library.names():
            molecule = vb.Molecule.load(folder / name / "molecule.toml")
            bands = [b for b in molecule.bands if b.label.startswith("2")]
            molecule = vb.Molecule(name, molecule.symbols, molecule.coordinates, basis_set=BASIS)
            modes = vb.electronic_structure.normal_modes(molecule, executor=campaign)
            lines = []
            for k, method in enumerate(METHODS):
                start = time.perf_counter()
                lines.append(_lines(molecule, modes.coordinates, method, campaign, 2 * len(bands)))
                seconds[k] += time.perf_counter() - start
            seen: dict[str, int] = {}
            for band in bands:
                species = band.label[1:]
                number = seen[species] = seen.get(species, -1) + 1
                found = [by.get((species, number), (np.nan, np.nan)) for by in lines]
                rows.append(
                    Row(
                        name,
                        band.label,
                        tuple(e for e, _ in found),
                        found[3][1],
                        band.vertical,
                        NEAR_EXACT.get(name, {}).get(band.label, np.nan),
                    )
                )
                print(
                    name,
                    band.label,
                    *(f"{e:.2f}" for e in rows[-1].energies),
                    band.vertical,
                    flush=True,
                )
    text = HEAD.format(basis=BASIS) + _table(rows)
    (folder / "IONIZATION_ENERGIES.md").write_text(text)
    print(text)
    return {
        "rows": [r.__dict__ for r in rows],
        "seconds": dict(zip([m.title for m in METHODS], seconds.tolist(), strict=True)),
    }


def _lines(
    molecule: vb.Molecule,
    coordinates: np.ndarray,
    method: StatesMethod,
    campaign: Campaign,
    states: int,
) -> dict[tuple[str, int], tuple[float, float]]:
    """(energy, pole strength) of the k-th main line of every species, k from 0."""
    found = vertical_states(
        molecule, method=method, states=states, coordinates=coordinates, executor=campaign
    )
    result: dict[tuple[str, int], tuple[float, float]] = {}
    done: dict[str, list[float]] = {}
    for energy, strength, irrep in zip(found.energies, found.strengths, found.irreps, strict=True):
        if not any(abs(energy - other) < 1e-4 for other in done.setdefault(irrep, [])):
            result[irrep, len(done[irrep])] = (float(energy), float(strength))
            done[irrep].append(energy)
    return result


def _table(rows: list[Row]) -> str:
    head = [
        "molecule",
        "band",
        *(m.title for m in METHODS),
        "pole strength",
        "near-exact",
        "observed",
    ]
    lines = ["| " + " | ".join(head) + " |", "|---|---|" + "---:|" * (len(METHODS) + 3)]
    for row in rows:
        cells = [
            f"{e:.2f}" if np.isfinite(e) else "-"
            for e in (*row.energies, row.strength, row.near_exact, row.observed)
        ]
        lines.append("| " + " | ".join([row.molecule, row.band, *cells]) + " |")
    values = np.array([r.energies for r in rows])
    seen = np.array([r.observed for r in rows])
    exact = np.array([r.near_exact for r in rows])
    for what, against in (("observed", seen), ("near-exact", exact)):
        errors = values - against[:, None]
        both = np.isfinite(errors).all(axis=1)
        for kind, found in (
            ("mean error", errors[both].mean(axis=0)),
            ("mean absolute error", np.abs(errors[both]).mean(axis=0)),
        ):
            cells = [f"**{e:.2f}**" for e in found]
            lines.append(
                f"| **{kind}** | against {what}, {both.sum()} bands | "
                + " | ".join([*cells, "", "", ""])
                + " |"
            )
    return "\n" + "\n".join(lines) + "\n"
