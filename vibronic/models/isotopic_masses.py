"""Masses of isotopes, as a user names them."""

from __future__ import annotations

import re

import numpy as np

from ..checks import InputError
from ..door import public
from ..modes import NormalModes

# Atomic masses in u, AME2020: M. Wang et al., Chinese Phys. C 45, 030003 (2021),
# doi:10.1088/1674-1137/abddaf
ISOTOPES = {
    "H": {1: 1.00782503190, 2: 2.01410177784, 3: 3.01604928132},
    "B": {10: 10.01293686, 11: 11.00930517},
    "C": {12: 12.0, 13: 13.00335483534},
    "N": {14: 14.00307400425, 15: 15.00010889827},
    "O": {16: 15.99491461926, 17: 16.99913175595, 18: 17.99915961214},
    "S": {32: 31.97207117354, 33: 32.97145890862, 34: 33.96786701},
    "Cl": {35: 34.96885269, 37: 36.96590257},
}


@public
def isotopic_masses(modes: NormalModes, isotopes: str) -> np.ndarray:
    """Masses (n_atoms,), u, from a text such as `H=2`, `H=2,C=13` (all atoms of an element) or
    `3=2` (atom 3, counted from 1).
    """
    masses = np.array(modes.masses)
    for atom, mass in isotopes_asked(modes.symbols, isotopes).items():
        masses[atom] = mass
    return masses


@public
def isotopes_asked(symbols: tuple[str, ...], isotopes: str) -> dict[int, float]:
    """Mass (u) of every atom (from 0) that a text such as `H=2` or `3=2` names."""
    masses: dict[int, float] = {}
    for part in isotopes.split(","):
        found = re.fullmatch(r"\s*([A-Z][a-z]?|\d+)\s*=\s*(\d+)\s*", part)
        if not found:
            raise InputError(
                "Isotopes must be given as in H=2, H=2,C=13 or 3=2 (atom 3, counted from 1), "
                f"but are {isotopes!r}."
            )
        atoms = _atoms(symbols, found[1], part.strip())
        mass = _mass(symbols[atoms[0]], int(found[2]), part.strip())
        masses.update(dict.fromkeys(atoms, mass))

    return masses


def _atoms(symbols: tuple[str, ...], who: str, part: str) -> list[int]:
    """The atoms (from 0) that a number (from 1) or an element names."""
    if who.isdigit():
        atoms = [int(who) - 1]
    else:
        atoms = [a for a, symbol in enumerate(symbols) if symbol == who]

    if not atoms or not 0 <= atoms[0] < len(symbols):
        raise InputError(
            f"Isotope {part!r}: the molecule has {len(symbols)} atoms, {', '.join(symbols)}."
        )
    return atoms


def _mass(symbol: str, number: int, part: str) -> float:
    known = ISOTOPES.get(symbol, {})
    if number not in known:
        raise InputError(
            f"Isotope {part!r}: known mass numbers of {symbol} are "
            f"{', '.join(map(str, known)) or 'none'}. Pass masses to `isotopic_modes` yourself."
        )
    return known[number]
