"""VibronicHamiltonian <-> its TOML file: one line a coupling, units in the keys."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..checks import InputError
from ..hamiltonian import Monomial, VibronicHamiltonian
from ..storage import TOML_FORMS, Document, TomlForm
from ..units import CM

STATE_KEYS = {"label", "irrep", "energy_eV", "transition_amplitude", "orbital_energy_eV"}
MODE_KEYS = {"label", "irrep", "frequency_eV", "frequency_cm"}
TOP_KEYS = {"format", "title", "process", "energy_origin", "states", "modes", "constant_eV", "linear_eV",
            "quadratic_eV", "higher_eV", "provenance"}


def _table(model: VibronicHamiltonian) -> dict:
    s, v = model.state_labels, model.mode_labels
    pairs = [(i, j) for i in range(model.n_states) for j in range(i, model.n_states)]
    states: list[dict[str, Any]] = []
    for i in range(model.n_states):
        states.append({"label": s[i], "irrep": model.state_irreps[i], "energy_eV": float(model.constant[i, i]),
                       "transition_amplitude": float(model.transition_amplitudes[i])})
        if model.orbital_energies is not None:
            states[-1]["orbital_energy_eV"] = float(model.orbital_energies[i])
    modes = [{"label": v[m], "irrep": model.mode_irreps[m], "frequency_eV": float(w)}
             for m, w in enumerate(model.frequencies)]

    def entries(matrix: np.ndarray, skip_diagonal: bool = False, **where: Any) -> list[dict]:
        return [{"states": [s[i], s[j]], **where, "value": float(matrix[i, j])}
                for i, j in pairs if matrix[i, j] and not (skip_diagonal and i == j)]

    terms = {
        "constant_eV": entries(model.constant, skip_diagonal=True),
        "linear_eV": [e for m in range(len(v)) for e in entries(model.linear[m], mode=v[m])],
        "quadratic_eV": [e for m in range(len(v)) for n in range(m, len(v))
                         for e in entries(model.quadratic[m, n], modes=[v[m], v[n]])],
        "higher_eV": [e for t in model.higher
                      for e in entries(t.matrix, modes=[v[m] for m, p in enumerate(t.powers) for _ in range(p)])],
    }
    head = {"title": model.title, "process": model.process, "energy_origin": model.energy_origin}
    return {**head, "states": states, "modes": modes, **{k: e for k, e in terms.items() if e},
            "provenance": dict(model.provenance)}


def _read(document: Document) -> VibronicHamiltonian:
    table = document.table
    document.check_keys(table, TOP_KEYS, {"states", "modes", "energy_origin"})
    for key in ("states", "modes", "constant_eV", "linear_eV", "quadratic_eV", "higher_eV"):
        items = table.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise document.error(f"key `{key}` must be a list of tables.", key)
    states, modes = table["states"], table["modes"]
    for item in states:
        document.check_keys(item, STATE_KEYS, {"label", "energy_eV"}, "[[states]]")
    for item in modes:
        document.check_keys(item, MODE_KEYS, {"label"}, "[[modes]]")
        if ("frequency_eV" in item) == ("frequency_cm" in item):
            raise document.error(f"mode {item['label']!r} needs one of `frequency_eV` and `frequency_cm`.", item["label"])
    reader = _Reader(document, [str(x["label"]) for x in states], [str(x["label"]) for x in modes])
    s, m = len(states), len(modes)
    constant = np.diag([reader.number(x["energy_eV"], "energy_eV") for x in states])
    linear, quadratic = np.zeros((m, s, s)), np.zeros((m, m, s, s))
    for _, i, j, value in reader.entries("constant_eV", 0):
        constant[i, j] = constant[j, i] = value
    for (k,), i, j, value in reader.entries("linear_eV", 1):
        linear[k, i, j] = linear[k, j, i] = value
    for (k, n), i, j, value in reader.entries("quadratic_eV", 2):
        for a, b in ((k, n), (n, k)):
            quadratic[a, b, i, j] = quadratic[a, b, j, i] = value
    orbitals = [x["orbital_energy_eV"] for x in states if "orbital_energy_eV" in x]
    return VibronicHamiltonian(
        frequencies=[reader.number(x["frequency_eV"], "frequency_eV") if "frequency_eV" in x
                     else reader.number(x["frequency_cm"], "frequency_cm") * CM for x in modes],
        constant=constant, linear=linear, quadratic=quadratic, higher=reader.higher(m, s),
        state_labels=tuple(reader.states), mode_labels=tuple(reader.modes),
        state_irreps=tuple(x.get("irrep", "") for x in states), mode_irreps=tuple(x.get("irrep", "") for x in modes),
        transition_amplitudes=[x.get("transition_amplitude", 1.0) for x in states],
        orbital_energies=orbitals if len(orbitals) == s else None,
        title=table.get("title", ""), process=table.get("process", ""), energy_origin=table["energy_origin"],
        provenance=table.get("provenance", {}))


class _Reader:
    """Looks up labels and numbers, and blames the right line."""

    def __init__(self, document: Document, states: list[str], modes: list[str]) -> None:
        self.document, self.states, self.modes = document, states, modes

    def number(self, value: Any, key: str) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.document.error(f"key `{key}` must be a number, but is {value!r}.", key)
        return float(value)

    def index(self, label: Any, known: list[str], what: str) -> int:
        if label not in known:
            raise self.document.error(f"unknown {what} {label!r}. Known: {', '.join(known)}.", str(label))
        return known.index(label)

    def entries(self, key: str, order: int | None) -> Any:
        seen = set()
        for item in self.document.table.get(key, []):
            mode_key = {0: None, 1: "mode"}.get(order, "modes")  # type: ignore[call-overload]
            known = {"states", "value"} | ({mode_key} if mode_key else set())
            self.document.check_keys(item, known, known, key)
            names = [item["mode"]] if order == 1 else item.get("modes", [])
            if len(item["states"]) != 2 or (order is not None and len(names) != order):
                raise self.document.error(f"each entry of `{key}` must name two states"
                                          + (f" and {order} modes" if order else "") + f", but one is {item}.", key)
            i, j = sorted(self.index(x, self.states, "state") for x in item["states"])
            place = (tuple(sorted(self.index(x, self.modes, "mode") for x in names)), i, j)
            if place in seen or (order == 0 and i == j):
                raise self.document.error(f"`{key}` gives the entry of states {item['states']} and modes {names} twice.", key)
            seen.add(place)
            yield *place, self.number(item["value"], "value")

    def higher(self, m: int, s: int) -> tuple[Monomial, ...]:
        found: dict[tuple[int, ...], np.ndarray] = {}
        for names, i, j, value in self.entries("higher_eV", None):
            if len(names) < 3:
                raise InputError("entries of `higher_eV` must name at least three modes (repeats allowed).")
            count = Counter(names)
            matrix = found.setdefault(tuple(count[k] for k in range(m)), np.zeros((s, s)))
            matrix[i, j] = matrix[j, i] = value
        return tuple(Monomial(powers, matrix) for powers, matrix in found.items())


TOML_FORMS["VibronicHamiltonian"] = TomlForm(_table, _read)
