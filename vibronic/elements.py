"""The elements whose atoms may stand in a molecule."""

from __future__ import annotations

ROWS = """
    H  He
    Li Be B  C  N  O  F  Ne
    Na Mg Al Si P  S  Cl Ar
    K  Ca Sc Ti V  Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
    Rb Sr Y  Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I  Xe
"""
ELEMENTS = tuple(ROWS.split())


def nuclear_charge(symbol: str) -> int:
    """The number of protons; ValueError for no element up to Xe."""
    return ELEMENTS.index(symbol) + 1
