"""Of which pieces of other rows every row of a product basis is made under H."""

from __future__ import annotations

from itertools import product as combinations
from math import prod
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..basis import VibronicBasis
from ..hamiltonian import VibronicHamiltonian
from ..numerics import transition_elements

ROW = 112  # real numbers in the shortest row worth its bookkeeping, when the basis allows
# kind, electronic state, coefficient, changes ((outer mode, power), change of its quanta)
Piece = tuple[int, int, float, tuple[tuple[tuple[int, int], int], ...]]


class RowTable(NamedTuple):
    """What the row kernel needs: of every row its electronic state and energy, and where its
    pieces start; of every piece its source (a place in the vector), factor and kind; the diagonal
    of every state; of every kind its diagonal, and from where to where it reaches in a row.
    """

    row_state: np.ndarray
    energies: np.ndarray
    starts: np.ndarray
    source: np.ndarray
    factor: np.ndarray
    kind: np.ndarray
    own: np.ndarray
    diagonals: np.ndarray
    low: np.ndarray
    high: np.ndarray


class OnProductBasis(Protocol):
    """A Hamiltonian on a product basis, or on those of its functions that form whole rows."""

    model: VibronicHamiltonian
    basis: VibronicBasis
    functions: np.ndarray | None


def row_table(operator: OnProductBasis, width: int, real: Any) -> RowTable:
    """The table of an operator for vectors of `width` real numbers a function, of a type."""
    return _Pieces(operator.model, operator.basis, operator.functions, width).table(real)


def row_split(basis: VibronicBasis, functions: np.ndarray | None, width: int = 1) -> int | None:
    """The first inner mode: rows of at least ROW numbers (`width` a function), or the longest that
    `functions` keep whole, or None.
    """
    found = len(basis.levels) if functions is None else None
    length = 1
    for m in reversed(range(len(basis.levels))):
        length *= basis.levels[m]
        if functions is not None:
            if functions.size % length:
                break
            heads = functions.reshape(-1, length)
            if np.any(heads[:, 0] % length) or np.any(heads[:, -1] - heads[:, 0] != length - 1):
                break
        found = m
        if length * width >= ROW:
            break

    return found


def oscillator_energies(frequencies: np.ndarray, levels: tuple[int, ...]) -> np.ndarray:
    """Harmonic energies of all levels, shape `levels`, eV."""
    total = np.zeros(levels)
    for m, w in enumerate(frequencies):
        shape = [-1 if k == m else 1 for k in range(len(levels))]
        total = total + w * (np.arange(levels[m]) + 0.5).reshape(shape)
    return total


class _Pieces:
    """What the row kernel needs: of which pieces of other rows every row is made.

    Kind 0 is a whole row times a number; every other kind is a diagonal of the inner modes, which
    shifts along the row.
    """

    def __init__(
        self,
        model: VibronicHamiltonian,
        basis: VibronicBasis,
        functions: np.ndarray | None,
        width: int,
    ) -> None:
        split = row_split(basis, functions, width)
        assert split is not None  # checked when the operator was made
        self.model = model
        self.width = width
        self.split = split
        self.outer = basis.levels[: self.split]
        self.inner = basis.levels[self.split :]
        self.length = prod(self.inner)
        self.n_outer = prod(self.outer)

        heads = np.arange(0, basis.size, self.length)
        if functions is not None:
            heads = functions[:: self.length]
        self.rows = heads // self.length
        self.quanta = np.zeros((0, self.rows.size), int)
        if self.outer:
            self.quanta = np.array(np.unravel_index(self.rows % self.n_outer, self.outer))

        self.kinds: dict[tuple[int, bytes], int] = {}
        self.values: list[tuple[int, np.ndarray]] = [(0, np.ones(self.length))]
        inner = oscillator_energies(model.frequencies[split:], self.inner)
        row = np.broadcast_to(inner, self.inner or (1,)).ravel()
        self.own = np.tile(row, (model.n_states, 1))
        self.pieces: list[list[Piece]] = [[] for _ in range(model.n_states)]
        for powers, matrix in model.terms():
            self._add(powers, matrix)

    def _add(self, powers: dict[int, int], matrix: np.ndarray) -> None:
        """Pieces of one monomial: every change of outer quanta times every diagonal of its inner
        modes.
        """
        outer = {m: p for m, p in powers.items() if m < self.split}
        diagonals = self._inner_diagonals({m: p for m, p in powers.items() if m >= self.split})
        for i, j in zip(*np.nonzero(matrix), strict=True):
            for offset, value in diagonals:
                if not outer and i == j and offset == 0:
                    self.own[i] += matrix[i, j] * value
                    continue
                kind = 0 if offset == 0 and np.all(value == 1) else self._kind(offset, value)
                for shifts in combinations(*(range(-p, p + 1, 2) for p in outer.values())):
                    changes = tuple(zip(outer.items(), shifts, strict=True))
                    self.pieces[i].append((kind, int(j), float(matrix[i, j]), changes))

    def _inner_diagonals(self, powers: dict[int, int]) -> list[tuple[int, np.ndarray]]:
        """(offset, elements at every place of a row) of a monomial of inner modes."""
        found = []
        for shifts in combinations(*(range(-p, p + 1, 2) for p in powers.values())):
            value = np.ones(self.inner)
            offset = 0
            for (m, power), d in zip(powers.items(), shifts, strict=True):
                k = m - self.split
                shape = [-1 if axis == k else 1 for axis in range(len(self.inner))]
                value = value * transition_elements(self.inner[k], power, d).reshape(shape)
                offset += d * prod(self.inner[k + 1 :])
            if np.any(value):
                found.append((offset, value.ravel()))

        return found

    def _kind(self, offset: int, value: np.ndarray) -> int:
        key = (offset, value.tobytes())
        if key not in self.kinds:
            self.kinds[key] = len(self.values)
            self.values.append((offset, value))
        return self.kinds[key]

    def _row_pieces(self, i: int, position: np.ndarray) -> tuple[np.ndarray, ...]:
        """Number of pieces of each row of state i; their source rows, factors and kinds, sorted by
        kind.
        """
        kept = np.flatnonzero(self.rows // self.n_outer == i)
        pieces = sorted(self.pieces[i], key=lambda piece: piece[0])

        sources = np.zeros((kept.size, len(pieces)), dtype=np.int64)
        factors = np.zeros((kept.size, len(pieces)))
        for k, (_, j, coefficient, changes) in enumerate(pieces):
            target = self.rows[kept] % self.n_outer
            value = np.full(kept.size, coefficient)
            for (m, power), d in changes:
                value = value * transition_elements(self.outer[m], power, d)[self.quanta[m, kept]]
                target = target + d * prod(self.outer[m + 1 :])
            sources[:, k] = position[j * self.n_outer + np.where(value != 0, target, 0)]
            factors[:, k] = value

        real = factors != 0
        kinds = np.broadcast_to(
            np.array([piece[0] for piece in pieces], dtype=np.int32), real.shape
        )

        return real.sum(axis=1), sources[real], factors[real], kinds[real]

    def table(self, real: Any) -> RowTable:
        """All of it in numbers of a type; rows of complex vectors are twice as many real ones."""
        n_states = self.model.n_states
        position = np.full(n_states * self.n_outer, -1, dtype=np.int64)
        position[self.rows] = np.arange(self.rows.size)
        states = [self._row_pieces(i, position) for i in range(n_states)]
        counts, sources, factors, kinds = map(np.concatenate, zip(*states, strict=True))

        outer = oscillator_energies(self.model.frequencies[: self.split], self.outer)
        energies = np.broadcast_to(outer, self.outer or (1,)).ravel()
        offsets = np.array([offset for offset, _ in self.values], dtype=np.int64)
        starts = (sources * self.length + np.maximum(0, offsets)[kinds]) * self.width

        return RowTable(
            self.rows // self.n_outer,
            energies[self.rows % self.n_outer].astype(real),
            np.concatenate([[0], np.cumsum(counts)]),
            starts,
            factors.astype(real),
            kinds,
            self._spread(self.own, real),
            self._spread(np.array([value for _, value in self.values]), real),
            np.maximum(0, -offsets) * self.width,
            np.minimum(self.length, self.length - offsets) * self.width,
        )

    def _spread(self, rows: np.ndarray, real: Any) -> np.ndarray:
        return np.repeat(rows, self.width, axis=1).astype(real)
