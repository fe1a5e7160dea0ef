"""Vertical ionization energies of the shipped molecules and of some that are not shipped, by every
method, beside experiment: molecules/IONIZATION_ENERGIES.md.
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
    Composite,
    Koopmans,
    StatesMethod,
    vertical_states,
)

from .blind import BLIND
from .rules import leave_one_out

METHODS = (Koopmans(), ADC2(), ADC3(), EOMIPCCSD(), Composite())
STRENGTHS = 2  # whose pole strengths are told
# Near-exact vertical energies (eV), selected CI in augmented quadruple-zeta basis sets: A. Marie,
# P.-F. Loos, J. Chem. Theory Comput. 2024,
# doi:10.1021/acs.jctc.4c00216 (QUEST database, CC BY-SA 4.0)
NEAR_EXACT = {
    "water": {"2B1": 12.737, "2A1": 14.962, "2B2": 19.063},
    "ammonia": {"2A1": 10.945, "2E": 16.639},
    "methane": {"2T2": 14.407},
    "nitrogen": {"2Σ+g": 15.541, "2Πu": 16.981, "2Σ+u": 18.742},
    "formaldehyde": {"2B2": 10.954, "2B1": 14.618, "2A1": 16.161, "2B2'": 17.156},
    "carbon-monoxide": {"2Σ+": 13.975, "2Π": 17.020, "2Σ+'": 19.699},
    "hydrogen-fluoride": {"2Π": 16.214, "2Σ+": 20.102},
}
HEAD = """# Vertical ionization energies

Every method at the {reference} geometry, frozen core, in {basis}; Koopmans' energies are minus
those of RHF's orbitals. *composite* is the mean of EOM-IP-CCSD, EOM-IP-CCSD* and ADC(3) in
{basis}, plus what ADC(2) adds from there to the limit of cc-pVTZ and cc-pVQZ: the default of
`vibronic photoelectron` from atoms, the same for every molecule, with nothing fitted. *near-exact*
are vertical energies by selected CI in augmented quadruple-zeta basis sets (A. Marie, P.-F. Loos,
J. Chem. Theory Comput. 2024, doi:10.1021/acs.jctc.4c00216). *observed* are maxima of bands, which
differ from vertical energies where nuclei move far (methane, ammonia, water's third band); those
with a ≈ are approximate: their source is not checked. The sources are in each `molecule.toml`;
molecules in italics do not ship with vibronic. Energies in eV; the
pole strength is ADC(3)'s. Written by `python -m tests.benchmarks ionization`.
"""


@dataclass(frozen=True)
class Row:
    """One band of one molecule: energies by method (NaN where a method finds no such main line),
    observed (and whether approximately) and near-exact ones.
    """

    molecule: str
    band: str
    energies: tuple[float, ...]
    strength: float
    observed: float
    approximate: bool
    near_exact: float
    blind: bool


def run() -> dict:
    """Compute, print and write the table."""
    rows = []
    seconds = np.zeros(len(METHODS))
    with local_processes() as executor:
        campaign = Campaign(executor)
        molecules = (*_shipped(), *BLIND)
        for molecule in molecules:
            rows += _rows(molecule, campaign, seconds)
        left_out = leave_one_out(molecules, NEAR_EXACT, campaign)

    basis = BLIND[0].basis_set
    text = HEAD.format(basis=basis, reference=BLIND[0].mean_field) + _table(rows) + left_out
    Path(vb.library.folder(), "IONIZATION_ENERGIES.md").write_text(text)
    print(text)
    return {
        "rows": [r.__dict__ for r in rows],
        "seconds": dict(zip([m.title for m in METHODS], seconds.tolist(), strict=True)),
    }


def _shipped() -> list[vb.Molecule]:
    return [vb.library.molecule(name) for name in vb.library.names()]


def _rows(molecule: vb.Molecule, campaign: Campaign, seconds: np.ndarray) -> list[Row]:
    """The bands of one molecule; the time that each method takes is added to `seconds`."""
    bands = [b for b in molecule.bands if b.label.startswith("2")]
    modes = vb.electronic_structure.normal_modes(molecule, executor=campaign)
    lines = []
    for k, method in enumerate(METHODS):
        start = time.perf_counter()
        lines.append(_lines(molecule, modes.coordinates, method, campaign, 2 * len(bands)))
        seconds[k] += time.perf_counter() - start

    rows = []
    seen: dict[str, int] = {}
    for band in bands:
        species = band.label[1:]
        number = seen[species] = seen.get(species, -1) + 1
        found = [by.get((species, number), (np.nan, np.nan)) for by in lines]
        exact = NEAR_EXACT.get(molecule.name, {}).get(band.label + "'" * number, np.nan)
        rows.append(
            Row(
                molecule.name,
                band.label,
                tuple(e for e, _ in found),
                found[STRENGTHS][1],
                band.vertical,
                band.is_approximate,
                exact,
                molecule in BLIND,
            )
        )
        print(molecule.name, band.label, *(f"{e:.2f}" for e in rows[-1].energies), flush=True)
    return rows


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
    names = [m.title for m in METHODS]
    head = ["molecule", "band", *names, "pole strength", "near-exact", "observed"]
    lines = ["| " + " | ".join(head) + " |", "|---|---|" + "---:|" * (len(METHODS) + 3)]
    for row in rows:
        cells = [
            f"{e:.2f}" if np.isfinite(e) else "-"
            for e in (*row.energies, row.strength, row.near_exact, row.observed)
        ]
        cells[-1] = ("≈" if row.approximate else "") + cells[-1]
        name = f"*{row.molecule}*" if row.blind else row.molecule
        lines.append("| " + " | ".join([name, row.band, *cells]) + " |")

    shipped = [r for r in rows if not r.blind]
    blind = [r for r in rows if r.blind]
    checked = [r for r in rows if not r.approximate]
    for what, chosen, exact in (
        ("observed, shipped", shipped, False),
        ("observed, not shipped", blind, False),
        ("observed, source checked", checked, False),
        ("near-exact, shipped", shipped, True),
        ("near-exact, not shipped", blind, True),
    ):
        lines += _errors(what, chosen, exact)
    return "\n" + "\n".join(lines) + "\n"


def _errors(what: str, rows: list[Row], exact: bool) -> list[str]:
    values = np.array([r.energies for r in rows])
    against = np.array([r.near_exact if exact else r.observed for r in rows])
    errors = values - against[:, None]
    errors = errors[np.isfinite(errors).all(axis=1)]

    lines = []
    for kind, found in (
        ("mean error", errors.mean(axis=0)),
        ("mean absolute error", np.abs(errors).mean(axis=0)),
        ("largest error", np.abs(errors).max(axis=0)),
    ):
        cells = [f"**{e:.2f}**" for e in found]
        place = f"against {what}, {len(errors)} bands"
        lines.append(f"| **{kind}** | {place} | " + " | ".join([*cells, "", "", ""]) + " |")
    return lines
