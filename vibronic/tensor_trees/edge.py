"""What of the Hamiltonian crosses an edge of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from .leaves import Powers

SAME = 1e-9  # of the largest singular value; smaller ones are none
NOTHING = 1e-14  # eV

Monomials = Mapping[Powers, np.ndarray]  # coefficients (n_channels,) of each


@dataclass(frozen=True, eq=False)
class Edge:
    """Operators of the modes below an edge: number 0 is the identity, then one sum of whole terms
    for each of the channels `complete`, then `dangling.shape[1]` combinations (columns of
    `dangling`, over `rows`) of monomials whose other factor stands above.
    """

    modes: frozenset[int]
    complete: tuple[int, ...]
    rows: Mapping[Powers, int]
    dangling: np.ndarray

    @property
    def size(self) -> int:
        """Number of operators beside the identity."""
        return len(self.complete) + int(self.dangling.shape[1])

    def of_channel(self, channel: int) -> int | None:
        """The number of the whole terms of a channel, None where there are none."""
        return 1 + self.complete.index(channel) if channel in self.complete else None

    def of_dangling(self, column: int) -> int:
        """The number of a combination of halves of terms."""
        return 1 + len(self.complete) + column


def inside(powers: Powers, modes: frozenset[int]) -> Powers:
    """The factors of a monomial in these modes."""
    return tuple(factor for factor in powers if factor[0] in modes)


def edge(modes: tuple[int, ...], monomials: Monomials) -> Edge:
    """The operators that cross the edge above a branch with these modes: dangling ones compressed
    by singular values, one closed block of couplings at a time.
    """
    own = frozenset(modes)
    n_channels = len(next(iter(monomials.values())))
    used = np.zeros(n_channels, bool)
    used[0] = True
    rows: dict[Powers, int] = {}
    columns: dict[tuple[Powers, int], int] = {}
    entries = []

    for powers, coefficients in monomials.items():
        below = inside(powers, own)
        if not below:
            continue
        present = np.abs(coefficients) > NOTHING
        if len(below) == len(powers):
            used |= present
            continue
        above = tuple(f for f in powers if f[0] not in own)
        row = rows.setdefault(below, len(rows))
        for channel in np.flatnonzero(present).tolist():
            column = columns.setdefault((above, channel), len(columns))
            entries.append((row, column, float(coefficients[channel])))

    matrix = np.zeros((len(rows), len(columns)))
    for row, column, value in entries:
        matrix[row, column] += value
    return Edge(own, tuple(np.flatnonzero(used).tolist()), rows, _compressed(matrix))


def _compressed(matrix: np.ndarray) -> np.ndarray:
    """Orthonormal columns that span those of a matrix, each within one of its closed blocks."""
    n_rows = len(matrix)
    if not matrix.size:
        return np.zeros((n_rows, 0))

    graph = sp.csr_array(matrix != 0)
    both = sp.block_array([[None, graph], [graph.T, None]], format="csr")
    count, block = connected_components(both, directed=False)
    found = []
    for k in range(count):
        i = np.flatnonzero(block[:n_rows] == k)
        j = np.flatnonzero(block[n_rows:] == k)
        if not i.size or not j.size:
            continue
        left, values, _ = np.linalg.svd(matrix[np.ix_(i, j)], full_matrices=False)
        kept = int((values > SAME * values[0]).sum())
        columns = np.zeros((n_rows, kept))
        columns[i] = left[:, :kept]
        found.append(columns)
    return np.hstack(found)
