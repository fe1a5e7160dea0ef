"""VibronicHamiltonian <-> its TOML file: a table of couplings per pair of states, units in the
keys.

`[linear_eV.X]` holds kappa of state X by mode, `[linear_eV."X|A"]` lambda; modes of products are
joined as "v1|v2". `[linear_error_eV.X]` and `[quadratic_error_eV.X]` hold the estimated errors of
a computed model. `[transition_slopes.X]` holds the derivatives of the amplitude into X,
`transition_dipole_ea0` of a state its three components.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..energy_origin import EnergyOrigin
from ..hamiltonian import VibronicHamiltonian
from ..terms import Monomial, Pairs, quadratic_array
from ..toml_document import TOML_FORMS, Document, TomlForm
from ..units import CM
from .hamiltonian_table import ORDERS, hamiltonian_table

STATE_KEYS = {
    "label",
    "irrep",
    "energy_eV",
    "transition_amplitude",
    "orbital_energy_eV",
    "transition_dipole_ea0",
}
MODE_KEYS = {"label", "irrep", "frequency_eV", "frequency_cm"}
HIGHEST = 20.0  # eV; a larger frequency is in another unit
TOP_KEYS = {
    "format",
    "title",
    "process",
    "energy_origin",
    "states",
    "modes",
    "constant_eV",
    "provenance",
    *ORDERS,
}


def _read(document: Document) -> VibronicHamiltonian:
    table = document.table
    document.check_keys(table, TOP_KEYS, {"states", "modes", "energy_origin"})

    states = _listed(document, "states", STATE_KEYS, {"label", "energy_eV"})
    modes = _listed(document, "modes", MODE_KEYS, {"label"})
    for item in modes:
        _check_unit(document, item)

    reader = _Reader(document, [str(x["label"]) for x in states], [str(x["label"]) for x in modes])
    key = "transition_amplitude"
    amplitudes = [reader.number(x.get(key, 1.0), key) for x in states]
    orbitals = [x["orbital_energy_eV"] for x in states if "orbital_energy_eV" in x]

    return VibronicHamiltonian(
        frequencies=np.array([_frequency(reader, x) for x in modes]),
        constant=_constant(reader, states),
        linear=reader.first_order("linear_eV"),
        quadratic=reader.pairs("quadratic_eV"),
        higher=reader.higher(),
        state_labels=tuple(reader.states),
        mode_labels=tuple(reader.modes),
        state_irreps=tuple(x.get("irrep", "") for x in states),
        mode_irreps=tuple(x.get("irrep", "") for x in modes),
        transition_amplitudes=np.array(amplitudes),
        orbital_energies=np.array(orbitals) if len(orbitals) == len(states) else None,
        transition_slopes=_slopes(reader),
        transition_dipoles=_dipoles(reader, states),
        linear_errors=_linear_errors(reader),
        quadratic_errors=_quadratic_errors(reader),
        title=table.get("title", ""),
        process=table.get("process", ""),
        energy_origin=EnergyOrigin(table["energy_origin"]),
        provenance=table.get("provenance", {}),
    )


def _check_unit(document: Document, mode: dict[str, Any]) -> None:
    label = str(mode["label"])
    if ("frequency_eV" in mode) == ("frequency_cm" in mode):
        raise document.error(
            f"mode {mode['label']!r} needs one of `frequency_eV` and `frequency_cm`.", label
        )

    value = mode.get("frequency_eV")
    if isinstance(value, (int, float)) and value > HIGHEST:
        raise document.error(
            f"mode {mode['label']!r} has `frequency_eV` = {value:g}, too high for a "
            "vibration. If it is in cm^-1, name the key `frequency_cm`.",
            label,
        )


def _frequency(reader: _Reader, mode: dict[str, Any]) -> float:
    if "frequency_eV" in mode:
        return reader.number(mode["frequency_eV"], "frequency_eV")
    return reader.number(mode["frequency_cm"], "frequency_cm") * CM


def _constant(reader: _Reader, states: list[dict[str, Any]]) -> np.ndarray:
    energies = [reader.number(x["energy_eV"], "energy_eV") for x in states]
    constant: np.ndarray = np.diag(energies)

    for name, value in reader.document.table.get("constant_eV", {}).items():
        i, j = reader.pair(name)
        if i == j:
            raise reader.document.error(
                f"`constant_eV` couples two states, but names {name!r}; energies stand in "
                "`states`.",
                name,
            )
        constant[i, j] = reader.number(value, name)
        constant[j, i] = constant[i, j]

    return constant


def _slopes(reader: _Reader) -> np.ndarray:
    slopes = np.zeros((len(reader.modes), len(reader.states)))
    for i, j, (k,), value in reader.entries("transition_slopes"):
        if i != j:
            raise reader.document.error(
                "`transition_slopes` belong to one state each, not to a pair.", "transition_slopes"
            )
        slopes[k, i] = value
    return slopes


def _linear_errors(reader: _Reader) -> np.ndarray | None:
    key = "linear_error_eV"
    return reader.first_order(key) if key in reader.document.table else None


def _quadratic_errors(reader: _Reader) -> np.ndarray | None:
    if "quadratic_error_eV" not in reader.document.table:
        return None
    pairs = reader.pairs("quadratic_error_eV")
    return quadratic_array(pairs, len(reader.modes), len(reader.states))


def _dipoles(reader: _Reader, states: list[dict[str, Any]]) -> np.ndarray | None:
    key = "transition_dipole_ea0"
    given = [x[key] for x in states if key in x]
    if not given:
        return None
    if len(given) < len(states) or any(not isinstance(d, list) or len(d) != 3 for d in given):
        raise reader.document.error(
            f"`{key}` must give three components for every state, or for none.", key
        )
    return np.array([[reader.number(component, key) for component in d] for d in given])


def _listed(
    document: Document, key: str, known: set[str], required: set[str]
) -> list[dict[str, Any]]:
    items = document.table[key]
    if (
        not isinstance(items, list)
        or not items
        or not all(isinstance(item, dict) for item in items)
    ):
        raise document.error(
            f"key `{key}` must list tables with the keys {', '.join(sorted(required))}.", key
        )
    for item in items:
        document.check_keys(item, known, required, key)
        if sum(other.get("label") == item["label"] for other in items) > 1:
            raise document.error(
                f"`{key}` must not repeat a name, but {item['label']!r} stands twice.", key
            )

    return items


class _Reader:
    """Looks up labels and numbers, and blames the right line."""

    def __init__(self, document: Document, states: list[str], modes: list[str]) -> None:
        self.document = document
        self.states = states
        self.modes = modes

    def number(self, value: Any, key: str) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.document.error(f"key `{key}` must be a number, but is {value!r}.", key)
        return float(value)

    def indices(self, name: str, known: list[str], what: str) -> list[int]:
        for label in name.split("|"):
            if label not in known:
                raise self.document.error(
                    f"unknown {what} {label!r}. Known: {', '.join(known)}.", name
                )
        return [known.index(label) for label in name.split("|")]

    def pair(self, name: str) -> tuple[int, int]:
        found = self.indices(name, self.states, "state")
        if len(found) > 2:
            raise self.document.error(f"{name!r} must name one state, or two joined by |.", name)
        return found[0], found[-1]

    def entries(self, key: str) -> Iterator[tuple[int, int, tuple[int, ...], float]]:
        order = ORDERS[key]
        seen = set()
        for name, values in self.document.table.get(key, {}).items():
            i, j = sorted(self.pair(name))
            if not isinstance(values, dict):
                raise self.document.error(
                    f"`{key}.{name}` must be a table of modes and values.", name
                )

            for modes, value in values.items():
                place = tuple(sorted(self.indices(modes, self.modes, "mode")))
                if len(place) < 3 if order is None else len(place) != order:
                    raise self.document.error(
                        f"`{key}.{name}` must name {order or 'three or more'} modes joined by "
                        f"|, but names {modes!r}.",
                        modes,
                    )
                if (i, j, place) in seen:
                    raise self.document.error(
                        f"`{key}` gives {name!r}, {modes!r} twice (in another order).", modes
                    )
                seen.add((i, j, place))
                yield i, j, place, self.number(value, modes)

    def first_order(self, key: str) -> np.ndarray:
        found = np.zeros((len(self.modes), len(self.states), len(self.states)))
        for i, j, (k,), value in self.entries(key):
            found[k, i, j] = value
            found[k, j, i] = value
        return found

    def pairs(self, key: str) -> Pairs:
        found: Pairs = {}
        for i, j, (m, n), value in self.entries(key):
            matrix = found.setdefault((m, n), np.zeros((len(self.states),) * 2))
            matrix[i, j] = value
            matrix[j, i] = value
        return found

    def higher(self) -> tuple[Monomial, ...]:
        found: dict[tuple[int, ...], np.ndarray] = {}
        for i, j, place, value in self.entries("higher_eV"):
            count = Counter(place)
            powers = tuple(count[k] for k in range(len(self.modes)))
            matrix = found.setdefault(powers, np.zeros((len(self.states),) * 2))
            matrix[i, j] = value
            matrix[j, i] = value
        return tuple(Monomial(powers, matrix) for powers, matrix in found.items())


TOML_FORMS["VibronicHamiltonian"] = TomlForm(hamiltonian_table, _read)
