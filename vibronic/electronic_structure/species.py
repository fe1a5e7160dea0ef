"""Names of point groups and of their species, from the matrices of the operations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..checks import CalculationError

Line = np.ndarray


def rotation(matrix: np.ndarray) -> tuple[int, int, Line]:
    """Determinant, fold n and axis of an operation: a rotation by k 360/n, or its product with the
    mirror normal to the axis.

    The identity and the inversion have fold 1 and 2 with an arbitrary axis; a mirror has
    determinant -1 and fold 1.
    """
    sign = 1 if np.linalg.det(matrix) > 0 else -1
    proper = sign * matrix
    angle = np.arccos(np.clip((np.trace(proper) - 1) / 2, -1, 1))
    if sign < 0:
        angle = np.pi - angle  # the rotation that goes with a mirror, not with the inversion
    turn = angle / (2 * np.pi)
    fold = next((n for n in range(1, 25) if abs(n * turn - round(n * turn)) < 1e-4), 1)
    values, vectors = np.linalg.eig(matrix)
    axis = np.real(vectors[:, np.abs(values - sign).argmin()])
    return sign, fold, _unsigned(axis / np.linalg.norm(axis))


def _unsigned(axis: Line) -> Line:
    return axis * np.sign(axis[np.abs(axis) > 1e-6][0])


def _distinct(lines: Sequence[Line]) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        if not any(abs(abs(line @ other) - 1) < 1e-6 for other in found):
            found.append(line)
    return found


def highest_rotation(matrices: np.ndarray, among: tuple[int, ...] = ()) -> tuple[int, list[Line]]:
    """Fold of the highest proper rotation (or of those `among` given folds), and its axes."""
    kinds = [rotation(m) for m in matrices]
    proper = [
        (n, axis) for sign, n, axis in kinds if sign > 0 and n > 1 and (not among or n in among)
    ]
    fold = max((n for n, _ in proper), default=1)
    return fold, _distinct([axis for n, axis in proper if n == fold])


def elements(matrices: np.ndarray) -> list[Line]:
    """Axes of all proper rotations and normals of all mirrors."""
    kinds = [rotation(m) for m in matrices]
    return _distinct(
        [axis for sign, n, axis in kinds if (sign > 0 and n > 1) or (sign < 0 and n == 1)]
    )


def axes_as_in_tables(matrices: np.ndarray) -> int:
    """1 where the twofold axis of C2, C2h, C2v, or the normal of Cs, is z, as character tables
    have it; else 0.
    """
    if len(matrices) not in (2, 4) or np.abs(np.abs(matrices) - np.eye(3)).max() > 1e-6:
        return 1
    axes = [
        axis
        for sign, n, axis in map(rotation, matrices)
        if (sign > 0 and n == 2) or (sign < 0 and n == 1 and len(matrices) == 2)
    ]
    return int(len(axes) != 1 or abs(axes[0][2]) > 0.999)


def schoenflies(matrices: np.ndarray, linear: bool = False) -> str:
    """The symbol of the group."""
    kinds = [rotation(m) for m in matrices]
    order = len(matrices)
    inversion = any(np.allclose(m, -np.eye(3), atol=1e-6) for m in matrices)
    if linear:
        return "D∞h" if inversion else "C∞v"
    fold, axes = highest_rotation(matrices)
    if fold > 2 and len(axes) > 1:
        return {
            12: "T",
            24: "Th" if inversion else "Td" if fold == 3 else "O",
            48: "Oh",
            60: "I",
            120: "Ih",
        }[order]
    mirrors = [axis for sign, n, axis in kinds if sign < 0 and n == 1]
    if fold == 1:
        return "Cs" if mirrors else "Ci" if inversion else "C1"
    improper = max((n for sign, n, _ in kinds if sign < 0), default=1)
    z = _principal(kinds, fold, axes, improper)
    across = any(sign > 0 and n == 2 and abs(axis @ z) < 1e-6 for sign, n, axis in kinds)
    horizontal = any(abs(abs(axis @ z) - 1) < 1e-6 for axis in mirrors)
    vertical = any(abs(axis @ z) < 1e-6 for axis in mirrors)
    if across:
        return f"D{fold}h" if horizontal else f"D{fold}d" if vertical else f"D{fold}"
    if horizontal:
        return f"C{fold}h"
    return f"C{fold}v" if vertical else f"S{2 * fold}" if order == 2 * fold else f"C{fold}"


def _principal(
    kinds: list[tuple[int, int, Line]], fold: int, axes: list[Line], improper: int
) -> Line:
    """The principal axis: of the highest rotation, or where there are several (D2d, D2h), of the
    highest rotation with reflection.
    """
    if len(axes) > 1 and improper > 2:
        return next(axis for sign, n, axis in kinds if sign < 0 and n == improper)
    return next((axis for axis in axes if abs(axis[2]) > 0.999), axes[0])


def label(
    matrices: np.ndarray, character: np.ndarray, dimension: int, linear: bool = False
) -> str:
    """Mulliken's symbol of an irreducible species from its character (order,), by the rules of R.
    S. Mulliken, J. Chem. Phys. 23, 1997 (1955), doi:10.1063/1.1740655
    """
    if _table_name(matrices):
        return _from_table(matrices, character)
    kinds = [rotation(m) for m in matrices]
    inversion = next(
        (k for k, m in enumerate(matrices) if np.allclose(m, -np.eye(3), atol=1e-6)), None
    )
    parity = "" if inversion is None else "g" if character[inversion] > 0 else "u"
    fold, axes = highest_rotation(matrices)
    if linear:
        return _linear_label(kinds, character, dimension) + parity
    if fold > 2 and len(axes) > 1:
        return _cubic_label(kinds, character, dimension) + parity
    if fold == 1:  # C1, Ci, Cs in any orientation
        mirror = next((k for k, (sign, n, _) in enumerate(kinds) if sign < 0 and n == 1), None)
        return "A" + parity if mirror is None else "A'" if character[mirror] > 0 else "A''"
    improper = max((n for sign, n, _ in kinds if sign < 0), default=1)
    z = _principal(kinds, fold, axes, improper)
    twofold = fold == 2 and improper > 2
    principal = next(
        k
        for k, (sign, n, axis) in enumerate(kinds)
        if abs(abs(axis @ z) - 1) < 1e-6
        and ((sign < 0 and n == improper) if twofold else (sign > 0 and n == fold))
        and _smallest_turn(matrices[k], sign, n)
    )
    prime = ""
    if inversion is None:
        horizontal = next(
            (
                k
                for k, (sign, n, axis) in enumerate(kinds)
                if sign < 0 and n == 1 and abs(abs(axis @ z) - 1) < 1e-6
            ),
            None,
        )
        prime = "" if horizontal is None else "'" if character[horizontal] > 0 else "''"
    if dimension == 2:
        n = improper if twofold else fold
        turn = np.arccos(np.clip(character[principal] / 2, -1, 1)) / (2 * np.pi) * n
        return "E" + (str(round(turn)) if n > 4 else "") + parity + prime
    return (
        ("A" if character[principal] > 0 else "B")
        + _subscript(kinds, character, z)
        + parity
        + prime
    )


def _smallest_turn(matrix: np.ndarray, sign: int, n: int) -> bool:
    """True for a rotation (or rotation with reflection) by 360/n itself."""
    cosine = (np.trace(matrix) - sign) / 2
    return bool(abs(cosine - np.cos(2 * np.pi / n)) < 1e-6)


def _subscript(kinds: list[tuple[int, int, Line]], character: np.ndarray, z: Line) -> str:
    across = [
        k
        for k, (sign, n, axis) in enumerate(kinds)
        if sign > 0 and n == 2 and abs(axis @ z) < 1e-6
    ]
    mirrors = [
        k
        for k, (sign, n, axis) in enumerate(kinds)
        if sign < 0 and n == 1 and abs(axis @ z) < 1e-6
    ]
    chosen = across or mirrors
    if not chosen:
        return ""
    first = max(chosen, key=lambda k: (round(abs(kinds[k][2][0 if across else 1]), 6), -k))
    return "1" if character[first] > 0 else "2"


def _cubic_label(kinds: list[tuple[int, int, Line]], character: np.ndarray, dimension: int) -> str:
    fourfold = [k for k, (_, n, _axis) in enumerate(kinds) if n == 4]
    name = {1: "A", 2: "E", 3: "T"}.get(dimension, "?")
    return (
        name
        if dimension == 2 or not fourfold
        else name + ("1" if character[fourfold[0]] > 0 else "2")
    )


def _linear_label(
    kinds: list[tuple[int, int, Line]], character: np.ndarray, dimension: int
) -> str:
    if dimension == 1:
        mirror = next(
            k
            for k, (sign, n, axis) in enumerate(kinds)
            if sign < 0 and n == 1 and abs(axis[2]) < 1e-6
        )
        return "Σ+" if character[mirror] > 0 else "Σ-"
    eighth = next(k for k, (sign, n, _) in enumerate(kinds) if sign > 0 and n == 8)
    return {1: "Π", 0: "Δ", -1: "Φ"}[round(float(character[eighth]) / np.sqrt(2))]


def _table_name(matrices: np.ndarray) -> str | None:
    """PySCF's name of a group of sign changes of the axes, D2h or a subgroup."""
    from pyscf.symm.param import OPERATOR_TABLE

    if np.abs(np.abs(matrices) - np.eye(3)).max() > 1e-6:
        return None
    found = {_sign_name(m) for m in matrices}
    return next(
        (name for name, operations in OPERATOR_TABLE.items() if set(operations) == found), None
    )


def _sign_name(matrix: np.ndarray) -> str:
    names = {
        (1, 1, 1): "E",
        (1, -1, -1): "C2x",
        (-1, 1, -1): "C2y",
        (-1, -1, 1): "C2z",
        (-1, -1, -1): "i",
        (-1, 1, 1): "sx",
        (1, -1, 1): "sy",
        (1, 1, -1): "sz",
    }
    return names[tuple(int(np.sign(v)) for v in np.diag(matrix))]  # type: ignore[index]


def _from_table(matrices: np.ndarray, character: np.ndarray) -> str:
    from pyscf.symm.param import CHARACTER_TABLE, OPERATOR_TABLE

    group = _table_name(matrices)
    order = [OPERATOR_TABLE[group].index(_sign_name(m)) for m in matrices]
    names = {row[0]: np.array(row[1:], dtype=float)[order] for row in CHARACTER_TABLE[group]}
    best = min(names, key=lambda name: np.abs(names[name] - character).max())
    if np.abs(names[best] - character).max() > 0.1:
        raise CalculationError(
            "An orbital, state or mode does not belong to one symmetry species: the "
            "wavefunction has lower symmetry than the "
            f"geometry ({group}). Check the SCF solution."
        )
    return best
