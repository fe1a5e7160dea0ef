"""A model and its normal modes as SHARC reads them: `LVC.template`, and `V0.txt` beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from ..checks import InputError, check_known
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from ..storage import atomic
from ..units import CM, HARTREE
from .sharc_modes import reference_text
from .text_file import tell

Entry = tuple[str, float]  # the words before a value, and the value in eV
SAME = 0.01 * CM  # eV; frequencies that differ by less are the same


def write_sharc(
    model: VibronicHamiltonian,
    path: Path,
    *,
    modes: NormalModes | None = None,
    multiplicity: int | None = None,
    ground_state: bool = False,
    v0: str = "V0.txt",
) -> None:
    """Write the template, and the file `v0` beside it, from the normal `modes` in which the model
    is written (those it leaves out stay harmonic). `multiplicity` is that of all states: 1, or 2
    of ionized ones. `ground_state` adds the reference state at energy 0 as the first, from which
    transition dipoles are taken. An off-diagonal gamma is written once, with its full value.
    """
    if not isinstance(model, VibronicHamiltonian):
        raise InputError(
            f"An LVC.template holds a VibronicHamiltonian, but got a {type(model).__name__}."
        )
    if modes is None:
        raise InputError(
            "SHARC needs the geometry and the normal modes that belong to a model: give `modes=`, "
            "the NormalModes it was made from."
        )
    if model.higher:
        raise InputError(
            f"SHARC's model ends at second order, but this one has {len(model.higher)} terms "
            "beyond. Leave them out knowingly with `dataclasses.replace(model, higher=())`."
        )

    whole = _with_ground_state(model) if ground_state else model
    spin = multiplicity or (2 if model.process == "ionization" else 1)
    places = _places(model, modes)
    lines = [v0, " ".join(["0"] * (spin - 1) + [str(whole.n_states)])]
    lines += _blocks(whole, spin, places)
    lines += _dipole_matrices(whole, spin)
    _write_reference(path.parent / v0, modes)
    path.write_text("\n".join(lines) + "\n")


def _with_ground_state(model: VibronicHamiltonian) -> VibronicHamiltonian:
    """The model with the state of the reference, uncoupled, before the others."""
    n = model.n_states + 1
    block = np.ix_(range(1, n), range(1, n))

    def grown(matrix: np.ndarray) -> np.ndarray:
        full = np.zeros((n, n))
        full[block] = matrix
        return full

    dipoles = model.transitions.dipoles
    return VibronicHamiltonian(
        model.frequencies,
        grown(model.constant),
        np.array([grown(matrix) for matrix in model.linear]),
        {pair: grown(matrix) for pair, matrix in model.quadratic_pairs.items()} or None,
        mode_labels=model.mode_labels,
        transition_dipoles=None if dipoles is None else np.vstack([np.zeros(3), dipoles]),
    )


def _places(model: VibronicHamiltonian, modes: NormalModes) -> list[int]:
    """The number in SHARC's count, from 1 over all 3 n_atoms, of each mode of the model."""
    rigid = 3 * len(modes.symbols) - modes.n_modes
    places = []
    for label, w in zip(model.mode_labels, model.frequencies, strict=True):
        check_known("mode of the `modes` given", label, modes.labels)
        k = modes.labels.index(label)
        if abs(modes.frequencies[k] - w) > SAME:
            raise InputError(
                f"Mode {label} has {w / CM:.2f} cm-1 in the model and "
                f"{modes.frequencies[k] / CM:.2f} cm-1 in `modes`: they do not belong together."
            )
        places.append(rigid + k + 1)
    return places


def _blocks(model: VibronicHamiltonian, spin: int, places: list[int]) -> Iterator[str]:
    """The blocks in the order that version 4 needs."""
    n = model.n_states
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    names = [f"{spin:3d} {i + 1:3d}" for i in range(n)]
    joined = {(i, j): f"{spin:3d} {i + 1:3d} {j + 1:3d}" for i, j in pairs}
    joined.update({(i, i): f"{spin:3d} {i + 1:3d} {i + 1:3d}" for i in range(n)})

    yield from _block("epsilon", [(names[i], model.constant[i, i]) for i in range(n)])
    if np.any(np.triu(model.constant, 1)):
        yield from _block("eta", _there((joined[p], model.constant[p]) for p in pairs))
    kappa = [
        (f"{names[i]} {place:5d}", matrix[i, i])
        for i in range(n)
        for place, matrix in zip(places, model.linear, strict=True)
    ]
    coupling = [
        (f"{joined[p]} {place:5d}", matrix[p])
        for p in pairs
        for place, matrix in zip(places, model.linear, strict=True)
    ]
    yield from _block("kappa", _there(kappa))
    yield from _block("lambda", _there(coupling))

    gamma = [
        (f"{joined[p]} {places[a]:5d} {places[b]:5d}", matrix[p] / (2 if a == b else 1))
        for (a, b), matrix in model.quadratic_pairs.items()
        for p in sorted(joined)
    ]
    if gamma:
        yield from _block("gamma", _there(gamma))


def _there(entries: Iterable[Entry]) -> list[Entry]:
    return [(name, value) for name, value in entries if value]


def _block(title: str, entries: list[Entry]) -> list[str]:
    rows = [f"{name} {value / HARTREE: .15e}" for name, value in entries]
    return [title, str(len(rows)), *rows]


def _dipole_matrices(model: VibronicHamiltonian, spin: int) -> list[str]:
    """DMX, DMY and DMZ where the first state is the ground state; a warning where it is not."""
    dipoles = model.transitions.dipoles
    if dipoles is None:
        return []
    if spin > 1 or model.constant[0, 0] or np.any(dipoles[0]):
        tell(
            "SHARC",
            "transition dipoles were not written: they start in a state that is not in the model. "
            "Give `ground_state=True` to add it.",
        )
        return []

    lines = []
    for axis, component in zip("XYZ", dipoles.T, strict=True):
        matrix = np.zeros((model.n_states, model.n_states))
        matrix[0] = component
        matrix[:, 0] = component
        lines.append(f"DM{axis} R")
        lines += [" ".join(f"{v: .15e}" for v in row) for row in matrix]
    return lines


def _write_reference(place: Path, modes: NormalModes) -> None:
    text = reference_text(modes)
    if place.is_file() and place.read_text() != text:
        raise InputError(
            f"{place} is there already and belongs to another geometry or other modes. Remove it, "
            "or give `v0=`, another name for the new one."
        )
    with atomic(place) as temporary:
        temporary.write_text(text)
