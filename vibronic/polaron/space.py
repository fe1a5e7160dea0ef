"""Which phonons an electron carries along: the variational space of an infinite lattice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

REACH = {1: 200, 2: 60, 3: 24}  # sites from the electron to the edge of the box of positions
EMPTY = 0  # a column of a row that holds no phonon
HASHES = 20260101  # seed of the random numbers that tell rows apart

Moved = tuple[np.ndarray, np.ndarray]  # hash of the row that is reached, amplitude


@dataclass(frozen=True, eq=False)
class PhononSpace:
    """Phonon configurations `rows` (n, most phonons): the positions, seen from the electron, of
    the phonons it has around it; one configuration stands for all its translations.

    The space starts from 0, 1, ... `seeded` phonons on the electron's own site and grows by
    `generations` applications of the Hamiltonian. A row is found again by the sum of 64-bit random
    numbers that belong to its positions, whatever their order; row 0 is the bare electron.

    J. Bonča, S. A. Trugman, I. Batistić, Phys. Rev. B 60, 1633 (1999),
    doi:10.1103/PhysRevB.60.1633
    """

    dimension: int
    generations: int
    seeded: int
    rows: np.ndarray
    hashes: np.ndarray
    order: np.ndarray

    @property
    def size(self) -> int:
        """Number of configurations."""
        return len(self.rows)

    @property
    def counts(self) -> np.ndarray:
        """Number of phonons of every configuration, (n,)."""
        found: np.ndarray = (self.rows != EMPTY).sum(axis=1)
        return found

    def positions(self) -> Positions:
        """The codes of positions that the rows are made of."""
        return Positions(self.dimension)

    def index(self, hashes: np.ndarray) -> np.ndarray:
        """Where rows of these hashes stand, (n,); -1 for those that are not in the space."""
        place = np.searchsorted(self.hashes, hashes, sorter=self.order)
        found = self.order[np.minimum(place, self.size - 1)]
        return np.where(self.hashes[found] == hashes, found, -1)

    def hop(self, axis: int) -> csr_array:
        """The electron moves one site up along `axis`."""
        return self._matrix(lambda positions: self._hopped(positions, axis, 1))

    def creation(self) -> csr_array:
        """b^+ on the electron's site."""
        return self._matrix(lambda positions: self._created(positions, positions.origin))

    def creation_with_hop(self, sign: int, *, first: bool) -> csr_array:
        """The electron moves by `sign` along the first axis; b^+ on the site it leaves (`first`)
        or on the one it reaches.
        """

        def moved(positions: Positions) -> Moved:
            step = sign * positions.strides[0]
            made_on = positions.origin - step if first else positions.origin
            before = positions.origin if first else positions.origin + step
            hashes, _ = self._hopped(positions, 0, sign)
            return hashes + positions.keys[made_on], np.sqrt(self._occupied(before) + 1.0)

        return self._matrix(moved)

    def annihilation_by_position(self, vector: np.ndarray) -> np.ndarray:
        """<b> at every position code, in a normalised `vector`."""
        positions = self.positions()
        row_hashes = positions.keys[self.rows].sum(axis=1)
        total = np.zeros(positions.keys.size)
        for column in range(self.rows.shape[1]):
            there = self.rows[:, column]
            held = np.flatnonzero(there != EMPTY)
            left = self.index(row_hashes[held] - positions.keys[there[held]])
            same = (self.rows[held] == there[held, None]).sum(axis=1)
            kept = left >= 0
            products = (vector[left[kept]].conj() * vector[held[kept]]).real
            weights = products / np.sqrt(same[kept])
            total += np.bincount(there[held[kept]], weights, total.size)
        return total

    def carried(self, space: PhononSpace, vector: np.ndarray) -> np.ndarray:
        """A `vector` of another space in this one: zero where that has no such row."""
        place = space.index(self.hashes)
        found: np.ndarray = np.where(place >= 0, vector[place], 0)
        return found

    def _occupied(self, position: int) -> np.ndarray:
        """Phonons at a position code, (n,)."""
        found: np.ndarray = (self.rows == position).sum(axis=1)
        return found

    def _hopped(self, positions: Positions, axis: int, sign: int) -> Moved:
        shifted = positions.shifted_keys(-sign * positions.strides[axis])
        hashes: np.ndarray = shifted[self.rows].sum(axis=1)
        return hashes, np.ones(self.size)

    def _created(self, positions: Positions, position: int) -> Moved:
        hashes = self.hashes + positions.keys[position]
        return hashes, np.sqrt(self._occupied(position) + 1.0)

    def _matrix(self, move: Callable[[Positions], Moved]) -> csr_array:
        hashes, amplitudes = move(self.positions())
        reached = self.index(hashes)
        kept = np.flatnonzero(reached >= 0)
        return csr_array((amplitudes[kept], (reached[kept], kept)), shape=(self.size,) * 2)


class Positions:
    """Codes of the sites in a box around the electron, and a random 64-bit key for each."""

    def __init__(self, dimension: int) -> None:
        side = 2 * REACH[dimension] + 1
        self.dimension = dimension
        self.strides = [side**k for k in range(dimension)]
        self.origin = 1 + REACH[dimension] * sum(self.strides)
        numbers = np.random.default_rng(HASHES)
        self.keys = numbers.integers(0, 2**64, 1 + side**dimension, dtype=np.uint64)
        self.keys[EMPTY] = 0

    def shifted_keys(self, by: int) -> np.ndarray:
        """The keys of the positions `by` further on."""
        found = np.roll(self.keys[1:], -by)
        shifted: np.ndarray = np.concatenate([self.keys[:1], found])
        return shifted

    def axis(self, length: int) -> np.ndarray:
        """Codes of the positions 0, 1, ... `length` along the first axis."""
        codes: np.ndarray = self.origin + np.arange(length + 1) * self.strides[0]
        return codes


def phonon_space(
    dimension: int, generations: int, seeded: int, *, peierls: bool = False, most: int = 10**9
) -> PhononSpace | None:
    """The space after `generations`; with `peierls` an electron that hops may leave or make a
    phonon at either end. None when it would hold more than `most` configurations.
    """
    positions = Positions(dimension)
    rows = np.full((seeded + 1, seeded + generations), EMPTY, np.int32)
    for k in range(seeded + 1):
        rows[k, :k] = positions.origin

    parts = [rows]
    known = positions.keys[rows].sum(axis=1)
    hashes = [known]
    known = np.sort(known)

    for _ in range(min(generations, REACH[dimension])):
        reached = _reached(parts[-1], positions, peierls)
        new, first = np.unique(positions.keys[reached].sum(axis=1), return_index=True)
        place = np.minimum(np.searchsorted(known, new), known.size - 1)
        unknown = known[place] != new
        parts.append(reached[first[unknown]])
        hashes.append(new[unknown])
        known = np.sort(np.concatenate([known, new[unknown]]))
        if known.size > most:
            return None

    joined = np.concatenate(hashes)
    return PhononSpace(
        dimension, generations, seeded, np.concatenate(parts), joined, np.argsort(joined)
    )


def _reached(rows: np.ndarray, positions: Positions, peierls: bool) -> np.ndarray:
    """Rows that one application of the Hamiltonian makes of these."""
    found = [_with_phonon(rows, positions.origin)]
    for stride in positions.strides:
        for step in (stride, -stride):
            hopped = np.where(rows == EMPTY, EMPTY, rows + step)
            found.append(hopped)
            if peierls:
                found.append(_with_phonon(hopped, positions.origin))
                found.append(_with_phonon(hopped, positions.origin + step))
    return np.concatenate(found)


def _with_phonon(rows: np.ndarray, position: int) -> np.ndarray:
    """Rows with one more phonon, in their first empty column."""
    more = rows.copy()
    more[np.arange(len(rows)), (rows != EMPTY).sum(axis=1)] = position
    return more
