"""Gaussian's cube format, written: one orbital on its grid, lengths in bohr, for 3Dmol.js, VMD and
other viewers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..checks import InputError, index_of
from ..elements import nuclear_charge
from ..orbitals import Orbitals
from ..storage import Format, register
from ..units import BOHR

IN_A_LINE = 6


def write_cube(noun: Any, path: Path, *, state: str | int = 0) -> None:
    """Write the parent orbital of a `state`, by label or index, of `Orbitals`."""
    if not isinstance(noun, Orbitals):
        raise InputError(f"A .cube file holds an orbital, not a {type(noun).__name__}.")
    k = index_of("state", state, noun.labels)
    values = noun.values[k]

    title = f"{noun.molecule}: parent orbital of {noun.labels[k]} {noun.irreps[k]}"
    lines = [title, f"{noun.level_of_theory}, {noun.energies[k]:.4f} eV to remove its electron"]
    lines.append(_row(len(noun.symbols), noun.origin / BOHR))
    for count, direction in zip(values.shape, np.eye(3), strict=True):
        lines.append(_row(count, direction * noun.step / BOHR))
    for symbol, place in zip(noun.symbols, noun.coordinates / BOHR, strict=True):
        z = nuclear_charge(symbol)
        lines.append(_row(z, np.array([z, *place])))

    for column in values.reshape(-1, values.shape[-1]):
        for first in range(0, column.size, IN_A_LINE):
            lines.append("".join(f"{v:13.5E}" for v in column[first : first + IN_A_LINE]))
    path.write_text("\n".join(lines) + "\n")


def _row(count: int, numbers: np.ndarray) -> str:
    return f"{count:5d}" + "".join(f"{x:12.6f}" for x in numbers)


register(Format("cube", ("*.cube",), write=write_cube))
