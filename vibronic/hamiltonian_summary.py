"""A Hamiltonian in a few lines: states, modes, linear couplings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .notebook import parts_html
from .tables import Column, Table
from .units import CM

if TYPE_CHECKING:
    from .hamiltonian import VibronicHamiltonian


MOST_ROWS = 40  # of modes in a notebook


def hamiltonian_summary(model: VibronicHamiltonian) -> str:
    """Title, origin, a row for every state and every mode, and where the numbers come from."""
    return "\n".join(str(part) for part in _parts(model, range(model.n_modes)))


def hamiltonian_html(model: VibronicHamiltonian) -> str:
    """The same for a notebook, of many modes the ones that couple most."""
    if model.n_modes <= MOST_ROWS:
        return parts_html(_parts(model, range(model.n_modes)))

    strength = np.abs(model.linear).max(axis=(1, 2), initial=0.0) / model.frequencies
    kept = sorted(np.argsort(-strength, kind="stable")[:MOST_ROWS].tolist())
    note = f"  the {MOST_ROWS} modes that couple most; `print(model)` shows all {model.n_modes}"
    return parts_html([*_parts(model, kept), note])


def _parts(model: VibronicHamiltonian, modes: Sequence[int]) -> list[str | Table]:
    """Texts and tables, the second with rows for some of the modes."""
    order = "linear and quadratic" if model.quadratic_pairs else "linear"
    higher = f", {len(model.higher)} higher terms" if model.higher else ""
    head = (
        f"VibronicHamiltonian  {model.title or 'untitled'}: {model.n_states} states, "
        f"{model.n_modes} modes, {order}{higher}\n  energies in eV from {model.energy_origin}"
    )
    strength = "dipole^2/a.u." if model.process == "excitation" else "pole strength"
    columns = [Column("state", left=True), Column("vertical/eV", ".4f"), Column(strength, ".3f")]
    names = _with_irreps(model.state_labels, model.state_irreps)
    energies = np.diag(model.constant)
    states = Table(columns, list(zip(names, energies, model.pole_strengths, strict=True)), "  ")
    told = [
        f"  {key}: {value}"
        for key, value in model.provenance.items()
        if key in ("level_of_theory", "citation")
    ]
    told += [f"  changed: {change}" for change in model.provenance.get("changes", ())]

    return [head, states, _couplings(model, modes), *told]


def _couplings(model: VibronicHamiltonian, modes: Sequence[int]) -> Table:
    """Frequencies and linear couplings of modes, of all pairs of states that any mode couples."""
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

    for m in modes:
        w = float(model.frequencies[m])
        matrix = model.linear[m]
        values = [matrix[i, j] if abs(matrix[i, j]) >= 5e-5 else None for i, j in pairs]
        rows.append([names[m], w, w / CM, *values])

    return Table(columns, rows, "  ")


def _with_irreps(labels: Sequence[str], irreps: Sequence[str]) -> list[str]:
    return [f"{a} {b}".strip() for a, b in zip(labels, irreps, strict=True)]
