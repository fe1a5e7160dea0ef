"""Names of irreducible species, from the matrices of the operations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...checks import CalculationError
from .rotations import (
    Operation,
    highest_improper,
    highest_of,
    only_sign_changes,
    operations,
    principal_axis,
)

SIGN_CHANGES = {
    (1, 1, 1): "E",
    (1, -1, -1): "C2x",
    (-1, 1, -1): "C2y",
    (-1, -1, 1): "C2z",
    (-1, -1, -1): "i",
    (-1, 1, 1): "sx",
    (1, -1, 1): "sy",
    (1, 1, -1): "sz",
}


def label(
    matrices: np.ndarray, character: np.ndarray, dimension: int, linear: bool = False
) -> str:
    """Mulliken's symbol of an irreducible species from its character (order,), by the rules of R.
    S. Mulliken, J. Chem. Phys. 23, 1997 (1955), doi:10.1063/1.1740655
    """
    table = _table_name(matrices)
    if table is not None:
        return _from_table(table, matrices, character)

    kinds = operations(matrices)
    parity = _parity(kinds, character)
    fold, axes = highest_of(kinds)
    if linear:
        return _linear(kinds, character, dimension) + parity
    if fold > 2 and len(axes) > 1:
        return _cubic(kinds, character, dimension) + parity
    if fold == 1:
        return _without_axis(kinds, character) + parity

    return _axial(kinds, character, dimension, parity)


def _parity(kinds: Sequence[Operation], character: np.ndarray) -> str:
    """g or u, where there is an inversion."""
    for k, op in enumerate(kinds):
        if op.is_inversion:
            return "g" if character[k] > 0 else "u"
    return ""


def _without_axis(kinds: Sequence[Operation], character: np.ndarray) -> str:
    """C1, Ci, Cs in any orientation."""
    for k, op in enumerate(kinds):
        if op.is_mirror:
            return "A'" if character[k] > 0 else "A''"
    return "A"


def _axial(kinds: Sequence[Operation], character: np.ndarray, dimension: int, parity: str) -> str:
    z = principal_axis(kinds)
    fold, principal = _principal_operation(kinds, z)
    prime = "" if parity else _prime(kinds, character, z)

    if dimension == 2:
        turn = np.arccos(np.clip(character[principal] / 2, -1, 1)) / (2 * np.pi) * fold
        number = str(round(turn)) if fold > 4 else ""
        return f"E{number}{parity}{prime}"

    letter = "A" if character[principal] > 0 else "B"
    return letter + _subscript(kinds, character, z) + parity + prime


def _principal_operation(kinds: Sequence[Operation], z: np.ndarray) -> tuple[int, int]:
    """Fold and number of the smallest turn about the principal axis: a rotation with reflection
    where it is higher than a twofold axis (D2d).
    """
    fold, _ = highest_of(kinds)
    improper = highest_improper(kinds)
    sign = 1
    if fold == 2 and improper > 2:
        fold = improper
        sign = -1

    for k, op in enumerate(kinds):
        if op.sign == sign and op.fold == fold and op.is_along(z) and op.is_smallest_turn:
            return fold, k
    raise ValueError("no operation turns about the principal axis")


def _prime(kinds: Sequence[Operation], character: np.ndarray, z: np.ndarray) -> str:
    """' or '', where there is a mirror normal to the principal axis."""
    for k, op in enumerate(kinds):
        if op.is_mirror and op.is_along(z):
            return "'" if character[k] > 0 else "''"
    return ""


def _subscript(kinds: Sequence[Operation], character: np.ndarray, z: np.ndarray) -> str:
    """1 or 2, by a twofold axis normal to the principal one, or by a vertical mirror."""
    numbered = list(enumerate(kinds))
    twofold = [k for k, op in numbered if op.is_rotation and op.fold == 2 and op.is_across(z)]
    mirrors = [k for k, op in numbered if op.is_mirror and op.is_across(z)]
    chosen = twofold or mirrors
    if not chosen:
        return ""

    along = 0 if twofold else 1
    first = max(chosen, key=lambda k: (round(abs(kinds[k].axis[along]), 6), -k))
    return "1" if character[first] > 0 else "2"


def _cubic(kinds: Sequence[Operation], character: np.ndarray, dimension: int) -> str:
    """By a fourfold rotation, or by one with reflection where there is none (Td)."""
    sign = max((op.sign for op in kinds if op.fold == 4), default=1)
    fourfold = [k for k, op in enumerate(kinds) if op.fold == 4 and op.sign == sign]
    name = {1: "A", 2: "E", 3: "T"}.get(dimension, "?")
    if dimension == 2 or not fourfold:
        return name
    return name + ("1" if character[fourfold[0]] > 0 else "2")


def _linear(kinds: Sequence[Operation], character: np.ndarray, dimension: int) -> str:
    if dimension == 1:
        mirror = next(k for k, op in enumerate(kinds) if op.is_mirror and abs(op.axis[2]) < 1e-6)
        return "Σ+" if character[mirror] > 0 else "Σ-"

    eighth = next(k for k, op in enumerate(kinds) if op.sign > 0 and op.fold == 8)
    return {1: "Π", 0: "Δ", -1: "Φ"}[round(float(character[eighth]) / np.sqrt(2))]


def _table_name(matrices: np.ndarray) -> str | None:
    """PySCF's name of a group of sign changes of the axes, D2h or a subgroup."""
    from pyscf.symm.param import OPERATOR_TABLE

    if not only_sign_changes(matrices):
        return None
    found = {_sign_name(m) for m in matrices}
    names = [name for name, members in OPERATOR_TABLE.items() if set(members) == found]
    return names[0] if names else None


def _sign_name(matrix: np.ndarray) -> str:
    x, y, z = (int(np.sign(v)) for v in np.diag(matrix))
    return SIGN_CHANGES[x, y, z]


def _from_table(group: str, matrices: np.ndarray, character: np.ndarray) -> str:
    from pyscf.symm.param import CHARACTER_TABLE, OPERATOR_TABLE

    order = [OPERATOR_TABLE[group].index(_sign_name(m)) for m in matrices]
    wrong = {
        str(row[0]): float(np.abs(np.array(row[1:], dtype=float)[order] - character).max())
        for row in CHARACTER_TABLE[group]
    }
    best = min(wrong, key=lambda name: wrong[name])
    if wrong[best] > 0.1:
        raise CalculationError(
            "An orbital, state or mode does not belong to one symmetry species: the wavefunction "
            f"has lower symmetry than the geometry ({group}). Check the SCF solution."
        )

    return best
