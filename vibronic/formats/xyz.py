"""The .xyz format: a count, a comment, and one line an atom (element, x, y, z in angstrom).

The comment of an ion gives its charge, as in `charge=1`.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ..checks import InputError
from ..elements import ELEMENTS
from ..molecule import Molecule
from ..storage import Format, register

CHARGE = re.compile(r"\bcharge\s*[=:]?\s*([+-]?\d+)\b(?!\.)", re.IGNORECASE)
MULTIPLICITY = re.compile(r"\b(?:multiplicity|mult)\s*[=:]?\s*(\d+)\b", re.IGNORECASE)
PERIODIC = re.compile(r"\bpbc\s*=\s*\"?[TF ]*T", re.IGNORECASE)


def atoms(lines: list[str], path: str, first_line: int = 1) -> tuple[tuple[str, ...], np.ndarray]:
    """Symbols and coordinates (n_atoms, 3) of atom lines; errors name `path` and the line."""
    symbols = []
    coordinates = []
    for number, line in enumerate(lines, first_line):
        words = line.split()
        if not words:
            continue

        try:
            symbol = words[0].capitalize()
            position = [float(w) for w in words[1:4]]
        except ValueError:
            position = []

        if len(position) != 3 or symbol not in ELEMENTS:
            raise InputError(
                f"{path}:{number}: expected an element up to Xe and three coordinates in "
                f"angstrom, but found {line.strip()!r}."
            )

        symbols.append(symbol)
        coordinates.append(position)

    return tuple(symbols), np.array(coordinates).reshape(-1, 3)


def read_xyz(path: Path, *, charge: int | None = None) -> Molecule:
    """The molecule in an .xyz file, at the default level of theory; its name is the file's, its
    `charge` that of the comment line unless given.
    """
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file.") from None

    head = lines[0].strip() if lines else ""
    if not head.isdigit():
        raise InputError(f"{path}:1: expected the number of atoms, but found {head!r}.")

    symbols, coordinates = atoms(lines[2 : 2 + int(head)], str(path), 3)
    if len(symbols) != int(head):
        raise InputError(
            f"{path}: line 1 announces {head} atoms, but {len(symbols)} follow the comment line."
        )

    comment = lines[1]
    if PERIODIC.search(comment):
        raise InputError(f"{path}:2: the atoms are periodic; molecules stand alone.")
    told = CHARGE.search(comment)
    multiplicity = MULTIPLICITY.search(comment)
    if charge is None:
        charge = int(told[1]) if told else 0

    try:
        return Molecule(
            name=path.stem,
            symbols=symbols,
            coordinates=coordinates,
            charge=charge,
            spin=int(multiplicity[1]) - 1 if multiplicity else 0,
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


register(Format("xyz", ("*.xyz",), read_xyz))
