"""The operator file (`.op`) of MCTDH and Quantics, and NOMAD's dialect of it.

H is the sum of the terms of the HAMILTONIAN-SECTION as they stand, in dimensionless coordinates:
`w |n KE` is w/2 p_n^2 and makes w the frequency; from the terms c q_n^2, the w/2 of the reference
oscillator is taken away, so that quadratic[n, n] = 2 c - w; c q_m q_n gives quadratic[m, n] = c.
S1&2 is |1><2| + |2><1|, Z1&2 only |1><2|. Energies are read as they stand: where the file counts
from a vibrational ground state, `ground_state=` or `origin=` says so.

M. H. Beck, A. Jäckle, G. A. Worth, H.-D. Meyer, Phys. Rep. 324, 1 (2000),
doi:10.1016/S0370-1573(99)00047-2
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..storage import Format, register
from .mctdh_parameters import HAMILTONIAN, labels, parameters, sections
from .mctdh_potential import potential
from .mctdh_terms import OperatorTerm, TermReader, columns
from .mctdh_writer import write_mctdh
from .origins import check_state_number, counted_from, without_reference_state
from .taylor_sum import HIGHEST
from .text_file import Line, TextFile, blame, tell

AXES = ("_ex", "_ey", "_ez")  # Hamiltonian sections that hold the components of the dipole


def read_mctdh(
    path: Path,
    *,
    ground_state: int | None = None,
    origin: str | None = None,
    process: str = "",
    morse_order: int = 2,
) -> VibronicHamiltonian:
    """The model in an operator file. `ground_state` (from 1) is a state that stands for the
    reference: it is left out, energies count from it, and the sections `_Ex`, `_Ey`, `_Ez` give
    the transition dipoles from it (atomic units). `origin` says what zero is without one: the
    "potential minimum" of the reference, or its "vibrational ground state". Morse functions become
    Taylor series up to `morse_order`, with a warning.
    """
    _check_options(ground_state, origin, morse_order)
    file = TextFile.read(path, comments=("#", "/*"))
    found = sections(file)
    if "" not in found.hamiltonians:
        raise file.error(
            file.end,
            f"a {HAMILTONIAN.upper()}, which alone says what the parameters mean",
            "none in the file",
        )

    known = parameters(file, found.parameters)
    named = labels(file, found.labels, known)
    own, lines = columns(file, found.hamiltonians[""])
    reader = TermReader(file, own, known, named)
    with blame(file.path):
        summed = potential(file, own, [reader.term(line) for line in lines], named, morse_order)
        model = summed.total.model(
            summed.frequencies,
            mode_labels=tuple(own.names[k] for k in own.modes),
            title=next((line.text for line in found.title if _is_title(line)), path.stem),
            process=process,
        )

        def other(block: list[Line]) -> tuple[TermReader, list[Line]]:
            if not block or not block[0].text.lower().startswith("modes"):
                return reader, block
            theirs, rest = columns(file, block)
            return TermReader(file, theirs, known, named), rest

        others = {name: block for name, block in found.hamiltonians.items() if name}
        dipoles, left_out = _dipoles(file, others, other, model.n_states, ground_state)
        told = [tell(file.path, text) for text in (*summed.told, *left_out)]
        if ground_state is None:
            model = counted_from(model, origin, "the .op file")
        else:
            model = without_reference_state(model, ground_state, dipoles)
    return _with_told(model, path, told)


def _check_options(ground_state: int | None, origin: str | None, morse_order: int) -> None:
    if isinstance(morse_order, bool) or morse_order not in range(2, HIGHEST + 1):
        raise InputError(
            f"Option `morse_order` must be a whole number from 2 to {HIGHEST}, but is "
            f"{morse_order!r}."
        )
    if ground_state is not None and origin is not None:
        raise InputError("Give `ground_state=` or `origin=`: each says what energies count from.")


def _is_title(line: Line) -> bool:
    return bool(line.text) and line.text.lower() not in ("title", "end-title")


def _dipoles(
    file: TextFile,
    others: Mapping[str, list[Line]],
    reader_of: Callable[[list[Line]], tuple[TermReader, list[Line]]],
    n_states: int,
    ground_state: int | None,
) -> tuple[np.ndarray | None, list[str]]:
    """Transition dipoles (n_states, 3) from the ground state, and what was left out of the
    sections beside the Hamiltonian.
    """
    left_out = []
    if ground_state is not None:
        check_state_number(ground_state, n_states)
    dipoles = np.zeros((n_states, 3))
    for name, block in others.items():
        if name.lower() not in AXES or ground_state is None:
            hint = " (`ground_state=` reads it)" if name.lower() in AXES else ""
            left_out.append(f"the section {HAMILTONIAN.upper()}{name} was left out{hint}.")
            continue
        reader, lines = reader_of(block)
        terms = [reader.term(line) for line in lines]
        dipoles[:, AXES.index(name.lower())] = _component(file, terms, ground_state - 1, n_states)

    return (dipoles if np.any(dipoles) else None), left_out


def _component(
    file: TextFile, terms: list[OperatorTerm], ground: int, n_states: int
) -> np.ndarray:
    """One component of the dipoles from the ground state, (n_states,), e a0."""
    there = np.zeros(n_states)
    back = np.zeros(n_states)
    for term in terms:
        if term.modes or term.labels or term.kinetic is not None:
            raise file.error(term.line, "a dipole that does not depend on the coordinates")
        states = term.states or (ground, ground)
        if ground not in states or states[0] == states[1] or max(states) >= n_states:
            raise file.error(
                term.line, f"a transition between the ground state {ground + 1} and another state"
            )
        k = states[1] if states[0] == ground else states[0]
        if term.symmetric or states[0] == ground:
            there[k] += term.coefficient
        if term.symmetric or states[0] == k:
            back[k] += term.coefficient

    if terms and not np.allclose(there, back, rtol=1e-10, atol=0.0):
        k = int(np.abs(there - back).argmax())
        pair = f"Z{ground + 1}&{k + 1} and Z{k + 1}&{ground + 1}"
        raise file.error(terms[-1].line, f"{pair} with equal factors", f"{there[k]}, {back[k]}")
    return there


def _with_told(model: VibronicHamiltonian, path: Path, told: list[str]) -> VibronicHamiltonian:
    provenance = {"read_from": f"{path.name} (MCTDH operator)", "left_out": told}
    return replace(model, provenance=provenance)


register(Format("mctdh", ("*.op",), read_mctdh, write_mctdh))
