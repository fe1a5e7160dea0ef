"""Frequencies and Taylor coefficients from the terms of an operator file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..units import HARTREE
from .mctdh_parameters import Label
from .mctdh_terms import Columns, OperatorTerm
from .taylor_sum import TaylorSum
from .text_file import Line, TextFile

SAME = 1e-10  # relative; numbers that should be equal
MORSE = "morse1"  # D (1 - exp(-a (x - x0)))^2 + E0
STEEPEST = 50.0  # a x0 of a Morse function

Place = tuple[tuple[int, ...], int, int]


@dataclass(frozen=True)
class Potential:
    """Frequencies (eV) and the potential beside their oscillators; what was decided on the way."""

    frequencies: np.ndarray
    total: TaylorSum
    told: tuple[str, ...]


def potential(
    file: TextFile,
    own: Columns,
    terms: list[OperatorTerm],
    labels: Mapping[str, Label],
    morse_order: int,
) -> Potential:
    """What the terms add up to."""
    n_states = 1 + max((max(term.states) for term in terms if term.states), default=0)
    total = TaylorSum(n_states, len(own.modes))
    frequencies = _frequencies(file, own, terms, n_states)
    one_sided: dict[Place, tuple[float, Line]] = {}
    told = _repeated(terms)

    for term in terms:
        if term.kinetic is not None:
            continue
        for modes, value in _monomials(file, term, labels, morse_order):
            if term.states is None:
                for i in range(n_states):
                    total.add(modes, i, i, value)
            elif term.symmetric:
                total.add(modes, *term.states, value)
            else:
                place = (tuple(sorted(modes)), *term.states)
                before = one_sided.get(place, (0.0, term.line))[0]
                one_sided[place] = (before + value, term.line)

    _add_pairs(file, one_sided, total)
    for m, w in enumerate(frequencies):
        for i in range(n_states):
            total.subtract((m, m), i, i, w / 2)
    told += _expanded(terms, labels, morse_order)
    return Potential(frequencies, total, tuple(told))


def _repeated(terms: list[OperatorTerm]) -> list[str]:
    """Terms that stand twice: the definition adds them, but they are seldom meant."""
    found = []
    seen: dict[tuple[object, ...], Line] = {}
    for term in terms:
        states = term.states
        if states is not None and term.symmetric:
            states = (min(states), max(states))
        key = (term.modes, term.labels, term.kinetic, states, term.symmetric)
        if key in seen:
            found.append(
                f"line {term.line.number} acts as line {seen[key].number} does; both were added, "
                "as the definition says."
            )
        else:
            seen[key] = term.line
    return found[:5]


def _frequencies(
    file: TextFile, own: Columns, terms: list[OperatorTerm], n_states: int
) -> np.ndarray:
    """The frequency (eV) of every mode: the factor of its kinetic energy, the same for all
    states.
    """
    kinetic = np.zeros((len(own.modes), n_states))
    lines: dict[int, Line] = {}
    for term in terms:
        if term.kinetic is None:
            continue
        lines[term.kinetic] = term.line
        if term.states is None:
            kinetic[term.kinetic] += term.coefficient * HARTREE
        elif term.states[0] == term.states[1]:
            kinetic[term.kinetic, term.states[0]] += term.coefficient * HARTREE
        else:
            raise file.error(term.line, "kinetic energy without an electronic coupling")

    for m, row in enumerate(kinetic):
        name = own.names[own.modes[m]]
        if m not in lines:
            raise file.error(file.end, f"a kinetic energy (KE) of the mode {name!r}", "none")
        if row.min() <= 0 or np.ptp(row) > SAME * row.max():
            values = ", ".join(f"{w:.6g}" for w in row[:6])
            raise file.error(
                lines[m],
                f"one positive frequency of the mode {name!r} for all states",
                f"{values} eV",
            )
    found: np.ndarray = kinetic[:, 0]
    return found


def _monomials(
    file: TextFile, term: OperatorTerm, labels: Mapping[str, Label], order: int
) -> list[tuple[tuple[int, ...], float]]:
    """A term as monomials (modes, repeated by power) with their factors, eV."""
    value = term.coefficient * HARTREE
    if not term.labels:
        return [(term.modes, value)]
    if len(term.labels) > 1:
        raise file.error(term.line, "one function of a coordinate in a term")

    mode, name = term.labels[0]
    series = _morse_series(file, labels[name], order)
    return [((*term.modes, *(mode,) * k), value * c) for k, c in enumerate(series)]


def _morse_series(file: TextFile, label: Label, order: int) -> list[float]:
    """Taylor coefficients c_k of D (1 - e exp(-a x))^2 + E0 with e = exp(a x0):
    c_k = D (e^2 (-2 a)^k - 2 e (-a)^k)/k! for k > 0.
    """
    if label.function.lower() != MORSE or len(label.arguments) != 4:
        raise file.error(
            label.line, f"the function {MORSE}[D, a, x0, E0], the only one known", label.function
        )
    depth, a, x0, energy = label.arguments
    if abs(a * x0) > STEEPEST or abs(a) > STEEPEST:
        raise file.error(label.line, f"a and a x0 of a Morse function below {STEEPEST:g}")

    e = math.exp(a * x0)
    series = [
        depth * (e**2 * (-2 * a) ** k - 2 * e * (-a) ** k) / math.factorial(k)
        for k in range(order + 1)
    ]
    series[0] += depth + energy
    return series


def _expanded(terms: list[OperatorTerm], labels: Mapping[str, Label], order: int) -> list[str]:
    used = sorted({name for term in terms for _, name in term.labels if name in labels})
    if not used:
        return []
    shown = ", ".join(used[:6]) + (", ..." if len(used) > 6 else "")
    return [
        f"the Morse functions {shown} were expanded about q = 0 to order {order}; what is beyond "
        "was left out (`morse_order=` chooses)."
    ]


def _add_pairs(
    file: TextFile, one_sided: Mapping[Place, tuple[float, Line]], total: TaylorSum
) -> None:
    """Add what Z operators give, which must come in pairs of equal numbers."""
    for (modes, i, j), (value, line) in one_sided.items():
        other = one_sided.get((modes, j, i), (0.0, line))[0]
        if abs(value - other) > SAME * max(abs(value), abs(other)):
            raise file.error(
                line,
                f"a Hermitian operator: Z{i + 1}&{j + 1} and Z{j + 1}&{i + 1} with equal factors",
                f"{value / HARTREE:.10g} and {other / HARTREE:.10g} hartree",
            )
        if i <= j:
            total.add(modes, i, j, value)
