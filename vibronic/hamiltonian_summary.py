"""A Hamiltonian in a few lines: states, modes, linear couplings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .tables import Column, Table
from .units import CM

if TYPE_CHECKING:
    from .hamiltonian import VibronicHamiltonian


def hamiltonian_summary(model: VibronicHamiltonian) -> str:
    """Title, origin, a row for every state and every mode, and where the numbers come from."""
    order = "linear and quadratic" if model.quadratic_pairs else "linear"
    higher = f", {len(model.higher)} higher terms" if model.higher else ""
    head = (
        f"VibronicHamiltonian  {model.title or 'untitled'}: {model.n_states} states, "
        f"{model.n_modes} modes, {order}{higher}\n  energies in eV from {model.energy_origin}"
    )
    strength = "dipole^2/a.u." if model.process == "excitation" else "pole strength"
    columns = [Column("state", left=True), Column("vertical", ".4f"), Column(strength, ".3f")]
    names = _with_irreps(model.state_labels, model.state_irreps)
    energies = np.diag(model.constant)
    states = Table(columns, list(zip(names, energies, model.pole_strengths, strict=True)), "  ")
    told = [
        f"  {key}: {value}"
        for key, value in model.provenance.items()
        if key in ("level_of_theory", "citation")
    ]
    told += [f"  changed: {change}" for change in model.provenance.get("changes", ())]

    return "\n".join([head, str(states), str(_couplings(model)), *told])


def _couplings(model: VibronicHamiltonian) -> Table:
    """Frequencies and linear couplings of every mode, of all pairs that any mode couples."""
    labels = model.state_labels
    every = [(i, j) for i in range(model.n_states) for j in range(i, model.n_states)]
    pairs = [(i, j) for i, j in every if i == j or np.any(model.linear[:, i, j])]
    pairs.sort(key=lambda pair: pair[0] != pair[1])

    columns = [Column("mode", left=True), Column("w/eV", ".4f"), Column("w/cm-1", ".0f")]
    for i, j in pairs:
        name = f"kappa {labels[i]}" if i == j else f"lambda {labels[i]}/{labels[j]}"
        columns.append(Column(name, ".4f", missing="."))

    rows = []
    names = _with_irreps(model.mode_labels, model.mode_irreps)

    for name, w, matrix in zip(names, model.frequencies, model.linear, strict=True):
        values = [matrix[i, j] if abs(matrix[i, j]) >= 5e-5 else None for i, j in pairs]
        rows.append([name, w, w / CM, *values])

    return Table(columns, rows, "  ")


def _with_irreps(labels: Sequence[str], irreps: Sequence[str]) -> list[str]:
    return [f"{a} {b}".strip() for a, b in zip(labels, irreps, strict=True)]
