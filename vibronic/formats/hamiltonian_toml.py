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

from ..hamiltonian import Monomial, VibronicHamiltonian
from ..storage import TOML_FORMS, Document, TomlForm
from ..units import CM

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
ORDERS = {
    "linear_eV": 1,
    "quadratic_eV": 2,
    "higher_eV": None,
    "transition_slopes": 1,
    "linear_error_eV": 1,
    "quadratic_error_eV": 2,
}
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


def _table(model: VibronicHamiltonian) -> dict:
    s = model.state_labels
    v = model.mode_labels
    pairs = [(i, j) for i in range(model.n_states) for j in range(i, model.n_states)]
    states: list[dict[str, Any]] = []
    for i in range(model.n_states):
        states.append(
            {
                "label": s[i],
                "irrep": model.state_irreps[i],
                "energy_eV": float(model.constant[i, i]),
                "transition_amplitude": float(model.transition_amplitudes[i]),
            }
        )
        if model.orbital_energies is not None:
            states[-1]["orbital_energy_eV"] = float(model.orbital_energies[i])
        if model.transition_dipoles is not None:
            states[-1]["transition_dipole_ea0"] = model.transition_dipoles[i].tolist()
    modes = [
        {"label": v[m], "irrep": model.mode_irreps[m], "frequency_eV": float(w)}
        for m, w in enumerate(model.frequencies)
    ]
    terms: dict[str, dict[str, Any]] = {key: {} for key in ("constant_eV", *ORDERS)}
    for i, j in pairs:
        name = s[i] if i == j else f"{s[i]}|{s[j]}"
        if i != j and model.constant[i, j]:
            terms["constant_eV"][name] = float(model.constant[i, j])
        found = {
            "linear_eV": {v[m]: model.linear[m, i, j] for m in range(len(v))},
            "quadratic_eV": {
                f"{v[m]}|{v[n]}": model.quadratic[m, n, i, j]
                for m in range(len(v))
                for n in range(m, len(v))
            },
            "transition_slopes": {
                v[m]: model.transition_slopes[m, i] for m in range(len(v)) if i == j
            },
            **_errors(model, i, j),
            "higher_eV": {
                "|".join(v[m] for m, p in enumerate(t.powers) for _ in range(p)): t.matrix[i, j]
                for t in model.higher
            },
        }
        for key, values in found.items():
            if any(values.values()):
                terms[key][name] = {
                    label: float(value) for label, value in values.items() if value
                }
    head = {"title": model.title, "process": model.process, "energy_origin": model.energy_origin}
    return {
        **head,
        "states": states,
        "modes": modes,
        **{k: e for k, e in terms.items() if e},
        "provenance": dict(model.provenance),
    }


def _errors(model: VibronicHamiltonian, i: int, j: int) -> dict[str, dict[str, float]]:
    """Estimated errors of the coefficients of states i and j, where there are any."""
    v = model.mode_labels
    one = model.linear_errors
    two = model.quadratic_errors
    found = {}
    if one is not None:
        found["linear_error_eV"] = {v[m]: one[m, i, j] for m in range(len(v))}
    if two is not None:
        found["quadratic_error_eV"] = {
            f"{v[m]}|{v[n]}": two[m, n, i, j] for m in range(len(v)) for n in range(m, len(v))
        }
    return found


def _read(document: Document) -> VibronicHamiltonian:
    table = document.table
    document.check_keys(table, TOP_KEYS, {"states", "modes", "energy_origin"})
    states = _listed(document, "states", STATE_KEYS, {"label", "energy_eV"})
    modes = _listed(document, "modes", MODE_KEYS, {"label"})
    for item in modes:
        if ("frequency_eV" in item) == ("frequency_cm" in item):
            raise document.error(
                f"mode {item['label']!r} needs one of `frequency_eV` and `frequency_cm`.",
                str(item["label"]),
            )
        if isinstance(value := item.get("frequency_eV"), (int, float)) and value > HIGHEST:
            raise document.error(
                f"mode {item['label']!r} has `frequency_eV` = {value:g}, too high for a "
                "vibration. If it is in cm^-1, name the "
                "key `frequency_cm`.",
                str(item["label"]),
            )
    reader = _Reader(document, [str(x["label"]) for x in states], [str(x["label"]) for x in modes])
    s = len(states)
    m = len(modes)
    constant = np.diag([reader.number(x["energy_eV"], "energy_eV") for x in states])
    for name, value in table.get("constant_eV", {}).items():
        i, j = reader.pair(name)
        if i == j:
            raise document.error(
                f"`constant_eV` couples two states, but names {name!r}; energies stand in "
                "`states`.",
                name,
            )
        constant[i, j] = constant[j, i] = reader.number(value, name)
    linear, linear_errors = (
        reader.first_order(key, (m, s, s)) for key in ("linear_eV", "linear_error_eV")
    )
    quadratic, quadratic_errors = (
        reader.second_order(key, (m, m, s, s)) for key in ("quadratic_eV", "quadratic_error_eV")
    )
    orbitals = [x["orbital_energy_eV"] for x in states if "orbital_energy_eV" in x]
    slopes = np.zeros((m, s))
    for i, j, (k,), value in reader.entries("transition_slopes"):
        if i != j:
            raise document.error(
                "`transition_slopes` belong to one state each, not to a pair.", "transition_slopes"
            )
        slopes[k, i] = value
    return VibronicHamiltonian(
        frequencies=np.array(
            [
                reader.number(x["frequency_eV"], "frequency_eV")
                if "frequency_eV" in x
                else reader.number(x["frequency_cm"], "frequency_cm") * CM
                for x in modes
            ]
        ),
        constant=constant,
        linear=linear,
        quadratic=quadratic,
        higher=reader.higher(),
        state_labels=tuple(reader.states),
        mode_labels=tuple(reader.modes),
        state_irreps=tuple(x.get("irrep", "") for x in states),
        mode_irreps=tuple(x.get("irrep", "") for x in modes),
        transition_amplitudes=np.array(
            [
                reader.number(x.get("transition_amplitude", 1.0), "transition_amplitude")
                for x in states
            ]
        ),
        orbital_energies=np.array(orbitals) if len(orbitals) == s else None,
        transition_slopes=slopes,
        transition_dipoles=_dipoles(reader, states),
        linear_errors=linear_errors if "linear_error_eV" in table else None,
        quadratic_errors=quadratic_errors if "quadratic_error_eV" in table else None,
        title=table.get("title", ""),
        process=table.get("process", ""),
        energy_origin=table["energy_origin"],
        provenance=table.get("provenance", {}),
    )


def _dipoles(reader: _Reader, states: list[dict]) -> np.ndarray | None:
    key = "transition_dipole_ea0"
    given = [x[key] for x in states if key in x]
    if not given:
        return None
    if len(given) < len(states) or any(not isinstance(d, list) or len(d) != 3 for d in given):
        raise reader.document.error(
            f"`{key}` must give three components for every state, or for none.", key
        )
    return np.array([[reader.number(component, key) for component in d] for d in given])


def _listed(document: Document, key: str, known: set[str], required: set[str]) -> list[dict]:
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

    def first_order(self, key: str, shape: tuple[int, int, int]) -> np.ndarray:
        found = np.zeros(shape)
        for i, j, (k,), value in self.entries(key):
            found[k, i, j] = found[k, j, i] = value
        return found

    def second_order(self, key: str, shape: tuple[int, int, int, int]) -> np.ndarray:
        found = np.zeros(shape)
        for i, j, (k, n), value in self.entries(key):
            for a, b in ((k, n), (n, k)):
                found[a, b, i, j] = found[a, b, j, i] = value
        return found

    def higher(self) -> tuple[Monomial, ...]:
        found: dict[tuple[int, ...], np.ndarray] = {}
        for i, j, place, value in self.entries("higher_eV"):
            count = Counter(place)
            powers = tuple(count[k] for k in range(len(self.modes)))
            matrix = found.setdefault(powers, np.zeros((len(self.states),) * 2))
            matrix[i, j] = matrix[j, i] = value
        return tuple(Monomial(powers, matrix) for powers, matrix in found.items())


TOML_FORMS["VibronicHamiltonian"] = TomlForm(_table, _read)
