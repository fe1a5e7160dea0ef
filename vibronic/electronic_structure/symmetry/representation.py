"""Degenerate sets in a canonical orientation, and the tensors that symmetry allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .point_group import PointGroup

# weights (before the square root) that tell the species of the axes' sign changes apart
COMPASS = {
    (1, 1, 1): 0.0,
    (1, -1, -1): 2.0,
    (-1, 1, -1): 3.0,
    (-1, -1, 1): 5.0,
    (-1, -1, -1): 7.0,
    (-1, 1, 1): 11.0,
    (1, -1, 1): 13.0,
    (1, 1, -1): 17.0,
}

# weights of x^2, y^2, z^2, which tell apart what sign changes do not
QUADRUPOLES = np.array([[-0.5, -0.5, 1.0], [1.0, -1.0, 0.0]])


def sets_of_equals(values: np.ndarray, tolerance: float) -> list[np.ndarray]:
    """Indices of each run of `values` whose neighbours differ by less than `tolerance`."""
    breaks = np.flatnonzero(np.abs(np.diff(values)) > tolerance) + 1
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
            x, y, z = (int(v) for v in np.sign(np.diag(matrix)))
            weights[k] = np.sqrt(COMPASS[x, y, z])

    observers = [np.tensordot(weights, matrices, axes=1), *quadrupoles]
    rotation = np.zeros_like(observers[0])
    for block in sets:
        inside = np.ix_(block, block)
        symmetric = [(o[inside] + o[inside].T) / 2 for o in observers]
        rotation[inside] = _split(np.eye(len(block)), symmetric)

    values: np.ndarray = rotation
    return values


def _split(columns: np.ndarray, observers: Sequence[np.ndarray]) -> np.ndarray:
    """Eigenvectors of the first observer in the space of the columns, falling; spaces that it
    leaves degenerate are split by the next.
    """
    if columns.shape[1] < 2 or not observers:
        return columns

    values, vectors = np.linalg.eigh(columns.T @ observers[0] @ columns)
    width = 1e-3 * max(1e-3, np.abs(values).max())
    spaces = reversed(sets_of_equals(values, width))
    return np.hstack([_split(columns @ vectors[:, space], observers[1:]) for space in spaces])


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
    values: np.ndarray = np.sign(vectors[np.arange(len(vectors)), first])
    return values


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
        found: int = self.states.shape[1]
        return found

    @property
    def n_modes(self) -> int:
        found: int = self.modes.shape[1]
        return found

    def on_modes(self, block: np.ndarray) -> np.ndarray:
        """The matrices of one set of modes, (order, d, d)."""
        inside: np.ndarray = self.modes[:, block[:, None], block]
        return inside

    @cached_property
    def on_pairs(self) -> np.ndarray:
        """The matrices on symmetric (n, n) matrices of states, (order, n n, n n), the
        antisymmetric part projected out.
        """
        both = _products(self.states, self.states)
        found: np.ndarray = both @ _symmetrizer(self.n_states)
        return found

    def invariants(self, first: np.ndarray, second: np.ndarray | None = None) -> np.ndarray:
        """Orthonormal tensors that no operation changes: (n_invariants, d, n, n) of one set of
        modes, or (n_invariants, d, d', n, n) of two; of one set with itself, those symmetric in
        its modes.
        """
        turned = self.on_modes(first)
        shape: tuple[int, ...] = (len(first),)

        if second is not None:
            shape = (len(first), len(second))
            turned = _products(turned, self.on_modes(second))
            if first is second:
                turned = turned @ _symmetrizer(len(first))

        size = turned.shape[1] * self.n_states**2
        product = np.einsum("kab,kcd->acbd", turned, self.on_pairs)
        projector = product.reshape(size, size) / len(turned)
        values, vectors = np.linalg.eigh((projector + projector.T) / 2)

        return vectors[:, values > 0.5].T.reshape(-1, *shape, self.n_states, self.n_states)

    def averaged(self, matrix: np.ndarray) -> np.ndarray:
        """The totally symmetric part of a matrix (n, n) of states."""
        turned = np.einsum("kab,bc,kdc->ad", self.states, matrix, self.states)
        found: np.ndarray = turned / len(self.states)
        return found

    def turned(self, k: int, matrix: np.ndarray) -> np.ndarray:
        """The matrix (n, n) of states at R q from that at q."""
        moved: np.ndarray = self.states[k] @ matrix @ self.states[k].T
        return moved

    def opposite(self, q: np.ndarray) -> int | None:
        """An operation that sends q to -q, or None."""
        moved = self.modes @ q
        found = np.flatnonzero(np.abs(moved + q).max(axis=1) < 1e-6)
        return int(found[0]) if found.size else None


def _products(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Direct products (order, n m, n m) of matrices (order, n, n) and (order, m, m)."""
    size = first.shape[1] * second.shape[1]
    values: np.ndarray = np.einsum("kab,kcd->kacbd", first, second).reshape(len(first), size, size)
    return values


def _symmetrizer(n: int) -> np.ndarray:
    """The projector (n n, n n) on symmetric matrices (n, n)."""
    unit = np.eye(n * n)
    swap = unit.reshape(n, n, n, n).transpose(0, 1, 3, 2).reshape(n * n, n * n)
    found: np.ndarray = (unit + swap) / 2
    return found
