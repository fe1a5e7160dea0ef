"""Degenerate sets in a canonical orientation, and the tensors that symmetry allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .symmetry import PointGroup

COMPASS = {
    (1, 1, 1): 0.0,
    (1, -1, -1): 2.0,
    (-1, 1, -1): 3.0,
    (-1, -1, 1): 5.0,
    (-1, -1, -1): 7.0,
    (-1, 1, 1): 11.0,
    (1, -1, 1): 13.0,
    (1, 1, -1): 17.0,
}  # weights (before the square root) that tell the species of the axes' sign changes apart
QUADRUPOLES = np.array(
    [[-0.5, -0.5, 1.0], [1.0, -1.0, 0.0]]
)  # weights of x^2, y^2, z^2, which tell apart what sign changes do not


def sets_of_equals(values: np.ndarray, tolerance: float) -> list[np.ndarray]:
    """Indices of each run of rising `values` whose neighbours differ by less than `tolerance`."""
    breaks = np.flatnonzero(np.diff(values) > tolerance) + 1
    return np.split(np.arange(len(values)), breaks)


def canonical_rotation(
    group: PointGroup, matrices: np.ndarray, quadrupoles: np.ndarray, sets: Sequence[np.ndarray]
) -> np.ndarray:
    """Orthogonal (n, n) whose columns are components of every degenerate set that are alike for
    every input orientation.

    `matrices` (order, n, n) represent the operations, `quadrupoles` (2, n, n) the operators 3z^2 -
    r^2 and x^2 - y^2. Components are even or odd under the sign changes of the axes where these
    are operations; what these do not tell apart, the quadrupoles do, one after the other.
    """
    weights = np.zeros(group.order)
    for k, matrix in enumerate(group.matrices):
        if np.abs(np.abs(matrix) - np.eye(3)).max() < 1e-6:
            weights[k] = np.sqrt(COMPASS[tuple(int(v) for v in np.sign(np.diag(matrix)))])  # type: ignore[index]
    observers = [np.tensordot(weights, matrices, axes=1), *quadrupoles]
    rotation = np.zeros_like(observers[0])
    for block in sets:
        inside = np.ix_(block, block)
        rotation[inside] = _split(
            np.eye(len(block)), [(o[inside] + o[inside].T) / 2 for o in observers]
        )
    return rotation


def _split(columns: np.ndarray, observers: Sequence[np.ndarray]) -> np.ndarray:
    """Eigenvectors of the first observer in the space of the columns, falling; spaces that it
    leaves degenerate are split by the next.
    """
    if columns.shape[1] < 2 or not observers:
        return columns
    values, vectors = np.linalg.eigh(columns.T @ observers[0] @ columns)
    spaces = sets_of_equals(values, 1e-3 * max(1e-3, np.abs(values).max()))
    return np.hstack(
        [_split(columns @ vectors[:, space], observers[1:]) for space in reversed(spaces)]
    )


def irreducible(matrices: np.ndarray, sets: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The sets, cut where no operation mixes their members: states of one energy by accident."""
    found: list[np.ndarray] = []
    for block in sets:
        mixed = np.abs(matrices[:, block[:, None], block]).max(axis=0) > 0.05
        left = list(range(len(block)))
        while left:
            group = [left.pop(0)]
            for member in group:
                group += [other for other in left if mixed[member, other]]
                left = [other for other in left if other not in group]
            found.append(block[sorted(group)])
    return found


def signs(vectors: np.ndarray) -> np.ndarray:
    """Signs (n,) that make the largest component of each row positive: the first of those that are
    as large to one part in a thousand.
    """
    size = np.abs(vectors)
    first = (size > 0.999 * size.max(axis=1, keepdims=True)).argmax(axis=1)
    return np.sign(vectors[np.arange(len(vectors)), first])


def blocks_only(matrices: np.ndarray, sets: Sequence[np.ndarray]) -> np.ndarray:
    """The nearest orthogonal matrices that do not leave the sets."""
    result = np.zeros_like(matrices)
    for block in sets:
        u, _, vt = np.linalg.svd(matrices[:, block[:, None], block])
        result[:, block[:, None], block] = u @ vt
    return result


@dataclass(frozen=True, eq=False)
class Representation:
    """How the states, (order, n, n), and the modes, (order, n_modes, n_modes), of a model turn
    under every operation.
    """

    states: np.ndarray
    modes: np.ndarray
    mode_sets: tuple[np.ndarray, ...]

    @property
    def n_states(self) -> int:
        return self.states.shape[1]

    @property
    def n_modes(self) -> int:
        return self.modes.shape[1]

    def on_modes(self, block: np.ndarray) -> np.ndarray:
        """The matrices of one set of modes, (order, d, d)."""
        return self.modes[:, block[:, None], block]

    @cached_property
    def on_pairs(self) -> np.ndarray:
        """The matrices on symmetric (n, n) matrices of states, (order, n n, n n), the
        antisymmetric part projected out.
        """
        n = self.n_states
        g = len(self.states)
        both = np.einsum("kab,kcd->kacbd", self.states, self.states).reshape(g, n * n, n * n)
        swap = np.eye(n * n).reshape(n, n, n, n).transpose(0, 1, 3, 2).reshape(n * n, n * n)
        return both @ (np.eye(n * n) + swap) / 2

    def invariants(self, first: np.ndarray, second: np.ndarray | None = None) -> np.ndarray:
        """Orthonormal tensors that no operation changes: (n_invariants, d, n, n) of one set of
        modes, or (n_invariants, d, d', n, n) of two; of one set with itself, those symmetric in
        its modes.
        """
        a = self.on_modes(first)
        d = len(first)
        if second is not None:
            b = self.on_modes(second)
            product = np.einsum("kab,kcd->kacbd", a, b).reshape(len(a), d * len(second), -1)
            if first is second:
                swap = (
                    np.eye(d * d).reshape(d, d, d, d).transpose(0, 1, 3, 2).reshape(d * d, d * d)
                )
                product = product @ (np.eye(d * d) + swap) / 2
            a = product
        size = a.shape[1] * self.n_states**2
        projector = np.einsum("kab,kcd->acbd", a, self.on_pairs).reshape(size, size) / len(a)
        values, vectors = np.linalg.eigh((projector + projector.T) / 2)
        shape = (
            (d, self.n_states, self.n_states)
            if second is None
            else (d, len(second), self.n_states, self.n_states)
        )
        return vectors[:, values > 0.5].T.reshape(-1, *shape)

    def averaged(self, matrix: np.ndarray) -> np.ndarray:
        """The totally symmetric part of a matrix (n, n) of states."""
        return np.einsum("kab,bc,kdc->ad", self.states, matrix, self.states) / len(self.states)

    def turned(self, k: int, matrix: np.ndarray) -> np.ndarray:
        """The matrix (n, n) of states at R q from that at q."""
        return self.states[k] @ matrix @ self.states[k].T

    def opposite(self, q: np.ndarray) -> int | None:
        """An operation that sends q to -q, or None."""
        moved = self.modes @ q
        found = np.flatnonzero(np.abs(moved + q).max(axis=1) < 1e-6)
        return int(found[0]) if found.size else None
