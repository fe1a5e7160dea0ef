"""A model as an operator file that MCTDH and Quantics read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..terms import Powers
from .text_file import tell

TAKEN = ("el", "time")  # names of degrees of freedom with a meaning
Entry = tuple[str, float, str]  # a parameter, its value (eV), and the factor of its term


def write_mctdh(model: VibronicHamiltonian, path: Path) -> None:
    """Write the operator file: the electronic degree of freedom first, numbers in eV with all
    their digits. Energies stand as they are in `constant`, from the minimum of the reference
    potential. Amplitudes and dipoles have no place in it.
    """
    if not isinstance(model, VibronicHamiltonian):
        raise InputError(
            f"An .op file holds a VibronicHamiltonian, but got a {type(model).__name__}."
        )
    reached = model.transitions
    if reached.dipoles is not None or np.any(reached.slopes) or np.any(reached.amplitudes != 1):
        tell("MCTDH", "transition amplitudes, slopes and dipoles were not written.")

    entries = list(_entries(model))
    lines = ["OP_DEFINE-SECTION", "title", " ".join(model.title.split()) or "a model"]
    lines += [f"energies in eV from {model.energy_origin}"]
    lines += ["end-title", "end-op_define-section", ""]
    lines += ["PARAMETER-SECTION"]
    lines += [f"w{m + 1} = {float(w)!r} , ev" for m, w in enumerate(model.frequencies)]
    lines += [f"{name} = {value!r} , ev" for name, value, _ in entries]
    lines += ["end-parameter-section", "", "HAMILTONIAN-SECTION"]

    names = ["el", *_mode_names(model)]
    lines += [f"modes | {' | '.join(names[k : k + 8])}" for k in range(0, len(names), 8)]
    lines += [f"1.0*w{m + 1} |{m + 2} KE" for m in range(model.n_modes)]
    lines += [f"0.5*w{m + 1} |{m + 2} q^2" for m in range(model.n_modes)]
    lines += [term for _, _, term in entries]
    lines += ["end-hamiltonian-section", "", "end-operator"]
    path.write_text("\n".join(lines) + "\n")


def _entries(model: VibronicHamiltonian) -> Iterator[Entry]:
    """Every coefficient that is not zero: a parameter, and the term it stands in."""
    higher = 0
    for powers, matrix in model.terms():
        order = sum(powers.values())
        is_square = order == 2 and len(powers) == 1
        higher += order > 2
        for i, j in np.argwhere(np.triu(matrix)):
            # kappa, lambda, gamma as the model has them: the square takes 1/2 in its term
            value = float(matrix[i, j]) * (2 if is_square else 1)
            name = _name(powers, int(i), int(j), higher)
            factor = "0.5" if is_square else "1.0"
            yield name, value, f"{factor}*{name} |1 S{i + 1}&{j + 1}{_operators(powers)}"


def _name(powers: Powers, i: int, j: int, higher: int) -> str:
    """E1, E1_2; k1_m3 (kappa), l1_2_m3 (lambda), g1_1_m3_m4 (gamma), h5_1_1 beyond."""
    order = sum(powers.values())
    states = f"{i + 1}" if i == j else f"{i + 1}_{j + 1}"
    if order > 2:
        return f"h{higher}_{i + 1}_{j + 1}"
    if order == 0:
        return f"E{states}"
    if order == 1:
        return f"{'k' if i == j else 'l'}{states}_m{next(iter(powers)) + 1}"
    modes = [m + 1 for m, power in sorted(powers.items()) for _ in range(power)]
    return f"g{i + 1}_{j + 1}_m{modes[0]}_m{modes[1]}"


def _operators(powers: Powers) -> str:
    found = ""
    for m, power in sorted(powers.items()):
        found += f" |{m + 2} " + ("q" if power == 1 else f"q^{power}")
    return found


def _mode_names(model: VibronicHamiltonian) -> list[str]:
    """The labels of the modes, without signs that such a file cannot hold."""
    names: list[str] = []
    for m, label in enumerate(model.mode_labels):
        name = re.sub(r"\W", "_", label, flags=re.ASCII)
        if name.lower() in TAKEN or not name:
            name = f"mode{m + 1}"
        while name in names:
            name += "_"
        names.append(name)
    return names
