"""What an orthogonal matrix is: a rotation, a mirror, or their product; and its axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

HIGHEST_FOLD = 24
SAME = 1e-6  # of directions and matrix elements


@dataclass(frozen=True, eq=False)
class Operation:
    """A rotation by k 360/`fold` about `axis` (`sign` 1), or its product with the mirror normal to
    the axis (`sign` -1).

    The identity and the inversion have fold 1 and 2 with an arbitrary axis; a mirror has sign -1
    and fold 1.
    """

    matrix: np.ndarray
    sign: int
    fold: int
    axis: np.ndarray

    @classmethod
    def of(cls, matrix: np.ndarray) -> Operation:
        """What a matrix does."""
        sign = 1 if np.linalg.det(matrix) > 0 else -1
        cosine = (np.trace(sign * matrix) - 1) / 2
        angle = np.arccos(np.clip(cosine, -1, 1))
        if sign < 0:
            angle = np.pi - angle  # the rotation that goes with a mirror, not with the inversion
        turn = angle / (2 * np.pi)
        whole = (n for n in range(1, HIGHEST_FOLD + 1) if abs(n * turn - round(n * turn)) < 1e-4)

        values, vectors = np.linalg.eig(matrix)
        axis = np.real(vectors[:, np.abs(values - sign).argmin()])
        axis = axis / np.linalg.norm(axis)
        first = axis[np.abs(axis) > SAME][0]

        return cls(matrix, sign, next(whole, 1), axis * np.sign(first))

    @property
    def is_rotation(self) -> bool:
        """A proper one, not the identity."""
        return self.sign > 0 and self.fold > 1

    @property
    def is_mirror(self) -> bool:
        """A reflection alone."""
        return self.sign < 0 and self.fold == 1

    @property
    def is_inversion(self) -> bool:
        """Every point to its opposite."""
        return bool(np.allclose(self.matrix, -np.eye(3), atol=SAME))

    @property
    def is_smallest_turn(self) -> bool:
        """True for a rotation (or rotation with reflection) by 360/fold itself."""
        cosine = (np.trace(self.matrix) - self.sign) / 2
        return bool(abs(cosine - np.cos(2 * np.pi / self.fold)) < SAME)

    def is_along(self, z: np.ndarray) -> bool:
        """The axis (of a mirror, its normal) is z."""
        return bool(abs(abs(self.axis @ z) - 1) < SAME)

    def is_across(self, z: np.ndarray) -> bool:
        """The axis (of a mirror, its normal) is normal to z."""
        return bool(abs(self.axis @ z) < SAME)


def operations(matrices: np.ndarray) -> list[Operation]:
    """What each matrix of a group does."""
    return [Operation.of(matrix) for matrix in matrices]


def highest_rotation(
    matrices: np.ndarray, among: tuple[int, ...] = ()
) -> tuple[int, list[np.ndarray]]:
    """Fold of the highest proper rotation (or of those `among` given folds), and its axes."""
    return highest_of(operations(matrices), among)


def highest_of(
    kinds: Sequence[Operation], among: tuple[int, ...] = ()
) -> tuple[int, list[np.ndarray]]:
    """As `highest_rotation`, of operations."""
    proper = [op for op in kinds if op.is_rotation and (not among or op.fold in among)]
    fold = max((op.fold for op in proper), default=1)
    return fold, _distinct([op.axis for op in proper if op.fold == fold])


def principal_axis(kinds: Sequence[Operation]) -> np.ndarray:
    """The axis of the highest rotation, or where there are several (D2d, D2h), of the highest
    rotation with reflection.
    """
    _, axes = highest_of(kinds)
    improper = highest_improper(kinds)
    if len(axes) > 1 and improper > 2:
        return next(op.axis for op in kinds if op.sign < 0 and op.fold == improper)
    return next((axis for axis in axes if abs(axis[2]) > 0.999), axes[0])


def highest_improper(kinds: Sequence[Operation]) -> int:
    """Fold of the highest rotation with reflection; 1 where there is none."""
    return max((op.fold for op in kinds if op.sign < 0), default=1)


def elements(matrices: np.ndarray) -> list[np.ndarray]:
    """Axes of all proper rotations and normals of all mirrors."""
    return _distinct([op.axis for op in operations(matrices) if op.is_rotation or op.is_mirror])


def axes_as_in_tables(matrices: np.ndarray) -> int:
    """1 where the twofold axis of C2, C2h, C2v, or the normal of Cs, is z, as character tables
    have it; else 0.
    """
    order = len(matrices)
    if order not in (2, 4) or not only_sign_changes(matrices):
        return 1

    kinds = operations(matrices)
    telling = [
        op.axis
        for op in kinds
        if (op.is_rotation and op.fold == 2) or (op.is_mirror and order == 2)
    ]
    return int(len(telling) != 1 or abs(telling[0][2]) > 0.999)


def only_sign_changes(matrices: np.ndarray) -> bool:
    """True for a group that only changes signs of the axes: D2h or a subgroup, in place."""
    return bool(np.abs(np.abs(matrices) - np.eye(3)).max() < SAME)


def _distinct(lines: Sequence[np.ndarray]) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for line in lines:
        if not any(abs(abs(line @ other) - 1) < SAME for other in found):
            found.append(line)
    return found
