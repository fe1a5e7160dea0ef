"""The .xyz format: a count, a comment, and one line an atom (element, x, y, z in angstrom)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..checks import InputError
from ..molecule import Molecule
from ..storage import Format, register

SYMBOLS = """
    H  He
    Li Be B  C  N  O  F  Ne
    Na Mg Al Si P  S  Cl Ar
    K  Ca Sc Ti V  Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
    Rb Sr Y  Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I  Xe
"""
ELEMENTS = tuple(SYMBOLS.split())


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


def read_xyz(path: Path) -> Molecule:
    """The molecule in an .xyz file, at the default level of theory; its name is the file's."""
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

    try:
        return Molecule(name=path.stem, symbols=symbols, coordinates=coordinates)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


register(Format("xyz", ("*.xyz",), read_xyz))
