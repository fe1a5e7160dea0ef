"""Other models made of one: fewer states and modes, another coupling, couplings times a factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .checks import InputError, check_kind, chosen_indices, frozen_array, index_of

if TYPE_CHECKING:
    from .hamiltonian import VibronicHamiltonian

CHANGES = "changes"  # key of the provenance: sentences, the oldest first
Chosen = int | str | Sequence[int | str] | None  # states or modes, by index or label


def with_coupling(
    model: VibronicHamiltonian, mode: int | str, states: Chosen, value: float
) -> VibronicHamiltonian:
    """The model with another linear coupling."""
    m = index_of("mode", mode, model.mode_labels)
    i, j = _pair(model, states)
    check_kind("value", value, (float,), "with_coupling")

    linear = model.linear.copy()
    linear[m, i, j] = value
    linear[m, j, i] = value
    told = f"linear coupling of {_name(model, i, j)} by {model.mode_labels[m]} set to {value:g} eV"

    return replace(model, linear=linear, provenance=_changed(model, told))


def scaled(
    model: VibronicHamiltonian, factor: float, states: Chosen, modes: Chosen
) -> VibronicHamiltonian:
    """The model with the chosen couplings times a factor."""
    check_kind("factor", factor, (float,), "scaled")
    frozen_array(factor, "factor")
    some = set(chosen_indices("modes", modes, model.mode_labels))

    weights = np.full((model.n_states, model.n_states), float(factor))
    if states is not None:
        i, j = _pair(model, states)
        weights = np.ones((model.n_states, model.n_states))
        weights[i, j] = factor
        weights[j, i] = factor

    def times(matrix: np.ndarray, carried: Sequence[int], weight: np.ndarray) -> np.ndarray:
        return matrix * weight if some & set(carried) else matrix

    every = range(model.n_modes)
    pairs = {pair: times(w, pair, weights) for pair, w in model.quadratic_pairs.items()}
    higher = [
        replace(term, matrix=times(term.matrix, list(term.by_mode), weights))
        for term in model.higher
    ]
    changes: dict[str, Any] = {}
    if model.linear_errors is not None:
        errors = [times(e, [m], abs(weights)) for m, e in enumerate(model.linear_errors)]
        changes["linear_errors"] = np.array(errors)
    if model.quadratic_errors is not None:
        second = model.quadratic_errors
        rows = [[times(second[m, n], [m, n], abs(weights)) for n in every] for m in every]
        changes["quadratic_errors"] = np.array(rows)

    return replace(
        model,
        linear=np.array([times(w, [m], weights) for m, w in enumerate(model.linear)]).reshape(
            model.linear.shape
        ),
        quadratic={pair: matrix for pair, matrix in pairs.items() if np.any(matrix)},
        higher=tuple(term for term in higher if np.any(term.matrix)),
        provenance=_changed(model, _scaling(model, factor, states, modes)),
        **changes,
    )


def subset(model: VibronicHamiltonian, states: Chosen, modes: Chosen) -> VibronicHamiltonian:
    """The model restricted to some states and modes."""
    i = chosen_indices("states", states, model.state_labels)
    m = chosen_indices("modes", modes, model.mode_labels)

    chosen = {"n_states": i, "n_modes": m}
    changes: dict[str, Any] = {}
    for own in fields(model):
        value = getattr(model, own.name) if "axes" in own.metadata else None
        if value is not None:
            changes[own.name] = value[np.ix_(*(chosen[a] for a in own.metadata["axes"]))]

    at = {mode: k for k, mode in enumerate(m)}
    block = np.ix_(i, i)
    kept = {
        (at[a], at[b]): matrix[block]
        for (a, b), matrix in model.quadratic_pairs.items()
        if a in at and b in at
    }
    higher = [term.subset(i, m) for term in model.higher if term.stays_within(m)]
    reached = model.transitions.subset(i, m)

    return replace(
        model,
        **changes,
        quadratic=kept,
        higher=tuple(higher),
        state_labels=tuple(model.state_labels[k] for k in i),
        state_irreps=tuple(model.state_irreps[k] for k in i),
        mode_labels=tuple(model.mode_labels[k] for k in m),
        mode_irreps=tuple(model.mode_irreps[k] for k in m),
        transition_amplitudes=reached.amplitudes,
        transition_slopes=reached.slopes,
        transition_dipoles=reached.dipoles,
    )


def _pair(model: VibronicHamiltonian, states: Chosen) -> tuple[int, int]:
    """The two states that a coupling joins; twice the same for one of a single state."""
    chosen = chosen_indices("states", states, model.state_labels)
    if states is None or len(chosen) not in (1, 2):
        raise InputError(f"Argument `states` must name one state or two, but is {states!r}.")
    return chosen[0], chosen[-1]


def _name(model: VibronicHamiltonian, i: int, j: int) -> str:
    labels = model.state_labels
    return labels[i] if i == j else f"{labels[i]}|{labels[j]}"


def _scaling(model: VibronicHamiltonian, factor: float, states: Chosen, modes: Chosen) -> str:
    """What was multiplied, as a sentence."""
    of = "" if states is None else f" of {_name(model, *_pair(model, states))}"
    by = ""
    if modes is not None:
        some = chosen_indices("modes", modes, model.mode_labels)
        by = f" by {', '.join(model.mode_labels[m] for m in some)}"
    return f"{'all ' * (not of and not by)}couplings{of}{by} times {factor:g}"


def _changed(model: VibronicHamiltonian, told: str) -> Mapping[str, Any]:
    """The provenance with one more change."""
    before = tuple(model.provenance.get(CHANGES, ()))
    return {**model.provenance, CHANGES: (*before, told)}
