"""SHARC's reference file (`V0.txt`, `V.txt` of version 2) <-> NormalModes: geometry in bohr with
masses in u, then frequencies in hartree and the orthonormal mass-weighted modes of all 3 n_atoms
degrees of freedom, translations and rotations included.

S. Mai, P. Marquetand, L. González, WIREs Comput. Mol. Sci. 8, e1370 (2018), doi:10.1002/wcms.1370
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..checks import InputError
from ..elements import ELEMENTS, nuclear_charge
from ..modes import NormalModes, dimensionless
from ..storage import Format, register
from ..units import BOHR, HARTREE
from .text_file import Cursor, Line, TextFile, blame

STILL = 1e-6  # hartree; degrees of freedom with lower frequencies are no vibrations
ORTHONORMAL = 1e-3
GEOMETRY = "Geometry"
FREQUENCIES = "Frequencies"
MODES = "Mass-weighted normal modes"


@dataclass(frozen=True)
class SharcReference:
    """What a `V0.txt` holds: the normal modes, and the place (from 0) of each in its count of all
    3 n_atoms degrees of freedom.
    """

    modes: NormalModes
    places: tuple[int, ...]
    n_columns: int


def read_reference(path: Path) -> SharcReference:
    """The reference of a SHARC model. Modes keep the file's order and signs."""
    file = TextFile.read(path)
    cursor = Cursor(file)
    _heading(cursor, GEOMETRY)
    symbols, coordinates, masses = _atoms(cursor)
    n = 3 * len(symbols)

    _heading(cursor, FREQUENCIES)
    line = cursor.take(f"{n} frequencies in hartree")
    frequencies = np.array(file.reals(line, "a frequency in hartree for each of 3 n_atoms", n))
    places = _vibrations(file, line, frequencies, len(symbols))

    _heading(cursor, MODES)
    columns = np.array(
        [file.reals(cursor.take(f"row {k + 1} of {n}"), "a row", n) for k in range(n)]
    )
    if cursor.ahead is not None:
        raise file.error(cursor.ahead, "the end of the file")

    vectors = columns[:, places].T
    _check_orthonormal(path, vectors)
    w = frequencies[list(places)] * HARTREE
    with blame(str(path)):
        modes = NormalModes(
            symbols,
            coordinates * BOHR,
            masses,
            w,
            dimensionless(vectors, w, masses),
            ("",) * len(w),
            molecule=path.resolve().parent.name,
            provenance={"read_from": f"{path.name} (SHARC)"},
        )
    return SharcReference(modes, places, n)


def _heading(cursor: Cursor, title: str) -> None:
    line = cursor.take(f"the heading {title!r}")
    if line.text.lower() != title.lower():
        raise cursor.file.error(line, f"the heading {title!r}")


def _atoms(cursor: Cursor) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Symbols, coordinates (n_atoms, 3), bohr, and masses (n_atoms,), u."""
    file = cursor.file
    symbols = []
    rows = []
    what = f"an atom (symbol, nuclear charge, x, y, z in bohr, mass in u) or {FREQUENCIES!r}"
    while (line := cursor.ahead) is None or line.text.lower() != FREQUENCIES.lower():
        line = cursor.take(what)
        words = line.words
        if len(words) != 6 or not words[0].isalpha() or len(words[0]) > 2:
            raise file.error(line, what)
        symbols.append(words[0].capitalize())
        rows.append([file.real(line, word, what) for word in words[1:]])
        if rows[-1][-1] <= 0:
            raise file.error(line, "a positive mass in u", words[-1])

    if not symbols:
        raise file.error(line, what)
    table = np.array(rows)
    return tuple(symbols), table[:, 1:4], table[:, 4]


def _vibrations(
    file: TextFile, line: Line, frequencies: np.ndarray, n_atoms: int
) -> tuple[int, ...]:
    """The columns that are vibrations."""
    places = tuple(int(k) for k in np.flatnonzero(np.abs(frequencies) > STILL))
    if any(frequencies[k] < 0 for k in places):
        raise file.error(line, "frequencies above 0 (a minimum)", f"{frequencies.min():.3e}")

    expected = {3 * n_atoms - 6, 3 * n_atoms - 5}
    if len(places) not in expected or not places:
        raise file.error(
            line,
            f"{3 * n_atoms - 6} vibrations (one more for linear molecules) with frequencies "
            f"above {STILL:g} hartree",
            str(len(places)),
        )
    return places


def _check_orthonormal(path: Path, vectors: np.ndarray) -> None:
    error = np.abs(vectors @ vectors.T - np.eye(len(vectors))).max()
    if error > ORTHONORMAL:
        raise InputError(
            f"{path}: expected orthonormal mass-weighted normal modes in the columns under "
            f"{MODES!r}, but found overlaps that are wrong by {error:.1e}."
        )


def read_modes(path: Path) -> NormalModes:
    """The normal modes of a `V0.txt`."""
    return read_reference(path).modes


def reference_text(modes: NormalModes) -> str:
    """The `V0.txt` of normal modes: six columns of zeros (five of a linear molecule), then the
    modes.
    """
    n = 3 * len(modes.symbols)
    rigid = n - modes.n_modes
    if rigid not in (5, 6):
        raise InputError(
            f"A V0.txt needs all normal modes of the {n // 3} atoms, {n - 6} (one more of a "
            f"linear molecule), but `modes` has {modes.n_modes}."
        )
    columns = np.zeros((n, n))
    columns[:, rigid:] = modes.mass_weighted.T
    frequencies = np.concatenate([np.zeros(rigid), modes.frequencies / HARTREE])

    lines = [GEOMETRY]
    for symbol, x, mass in zip(modes.symbols, modes.coordinates, modes.masses, strict=True):
        charge = nuclear_charge(symbol) if symbol in ELEMENTS else 0
        place = " ".join(f"{v:18.12f}" for v in x / BOHR)
        lines.append(f"{symbol:<3}{charge:6.1f} {place} {mass:16.10f}")
    lines += [FREQUENCIES, " ".join(f"{w:.15e}" for w in frequencies), MODES]
    lines += [" ".join(f"{v:22.15e}" for v in row) for row in columns]
    return "\n".join(lines) + "\n"


def write_modes(modes: NormalModes, path: Path) -> None:
    """Write a `V0.txt`."""
    if not isinstance(modes, NormalModes):
        raise InputError(f"A V0.txt of SHARC holds NormalModes, but got a {type(modes).__name__}.")
    path.write_text(reference_text(modes))


register(Format("sharc-v0", ("V0.txt", "V.txt", "*.V0.txt"), read_modes, write_modes))
