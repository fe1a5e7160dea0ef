"""A VibronicHamiltonian as the table of its TOML file."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..hamiltonian import VibronicHamiltonian
from ..terms import Powers

# tables of coefficients, and how many modes each takes (None: any number)
ORDERS = {
    "linear_eV": 1,
    "quadratic_eV": 2,
    "higher_eV": None,
    "transition_slopes": 1,
    "linear_error_eV": 1,
    "quadratic_error_eV": 2,
}


def hamiltonian_table(model: VibronicHamiltonian) -> dict[str, Any]:
    """Every number that is not zero, by state and mode."""
    head = {
        "title": model.title,
        "process": model.process,
        "energy_origin": model.energy_origin.sentence,
    }
    body = {"states": _states(model), "modes": _modes(model)}
    return {**head, **body, **_coefficients(model), "provenance": dict(model.provenance)}


def _states(model: VibronicHamiltonian) -> list[dict[str, Any]]:
    reached = model.transitions
    states: list[dict[str, Any]] = []
    for i, label in enumerate(model.state_labels):
        state: dict[str, Any] = {"label": label, "irrep": model.state_irreps[i]}
        state["energy_eV"] = float(model.constant[i, i])
        state["transition_amplitude"] = float(reached.amplitudes[i])
        if model.orbital_energies is not None:
            state["orbital_energy_eV"] = float(model.orbital_energies[i])
        if reached.dipoles is not None:
            state["transition_dipole_ea0"] = reached.dipoles[i].tolist()
        states.append(state)

    return states


def _modes(model: VibronicHamiltonian) -> list[dict[str, Any]]:
    return [
        {"label": label, "irrep": irrep, "frequency_eV": float(w)}
        for label, irrep, w in zip(
            model.mode_labels, model.mode_irreps, model.frequencies, strict=True
        )
    ]


def _coefficients(model: VibronicHamiltonian) -> dict[str, dict[str, Any]]:
    """Tables of all numbers that are not zero, in the order of the keys."""
    places: list[tuple[str, int, int, str, float]] = []
    second = model.quadratic_pairs

    orders: dict[str, list[tuple[tuple[int, ...], np.ndarray]]] = {
        "linear_eV": [((m,), matrix) for m, matrix in enumerate(model.linear)],
        "quadratic_eV": [(pair, second[pair]) for pair in sorted(second)],
        "higher_eV": [(_repeated(t.by_mode), t.matrix) for t in model.higher],
        "transition_slopes": [
            ((m,), np.diag(row)) for m, row in enumerate(model.transitions.slopes)
        ],
        **_errors(model),
    }
    for key in ORDERS:
        for modes, matrix in orders.get(key, []):
            label = "|".join(model.mode_labels[m] for m in modes)
            for i, j in np.argwhere(np.triu(matrix)):
                places.append((key, int(i), int(j), label, float(matrix[i, j])))

    found: dict[str, dict[str, Any]] = {}
    for i, j in np.argwhere(np.triu(model.constant, 1)):
        names = found.setdefault("constant_eV", {})
        names[_pair(model, int(i), int(j))] = float(model.constant[i, j])

    for key, i, j, label, value in sorted(places, key=lambda place: place[1:3]):
        table = found.setdefault(key, {}).setdefault(_pair(model, i, j), {})
        table[label] = value

    return {key: found[key] for key in ("constant_eV", *ORDERS) if key in found}


def _pair(model: VibronicHamiltonian, i: int, j: int) -> str:
    labels = model.state_labels
    return labels[i] if i == j else f"{labels[i]}|{labels[j]}"


def _repeated(powers: Powers) -> tuple[int, ...]:
    return tuple(m for m, p in powers.items() for _ in range(p))


def _errors(model: VibronicHamiltonian) -> dict[str, list[tuple[tuple[int, ...], np.ndarray]]]:
    """Estimated errors of the coefficients, where there are any."""
    found: dict[str, list[tuple[tuple[int, ...], np.ndarray]]] = {}
    if model.linear_errors is not None:
        found["linear_error_eV"] = [((m,), e) for m, e in enumerate(model.linear_errors)]
    if model.quadratic_errors is not None:
        modes = range(model.n_modes)
        pairs = [(m, n) for m in modes for n in modes if m <= n]
        found["quadratic_error_eV"] = [((m, n), model.quadratic_errors[m, n]) for m, n in pairs]
    return found
