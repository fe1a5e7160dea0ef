"""The functions that a packet can reach, and what is found once for all packets on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise, product
from typing import Any

import numpy as np

from ...bases import NeighbourTable
from ...basis import VibronicBasis
from ...hamiltonian import VibronicHamiltonian
from ...operators import hamiltonian_operator
from ...operators.sparse import sparse_hamiltonian
from .unfolding import Unfolding

Pairs = tuple[np.ndarray, np.ndarray]


class Sector:
    """`functions` (flat indices, rising) of a basis, H on them, and their tables of neighbours."""

    def __init__(
        self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray
    ) -> None:
        self.model = model
        self.basis = basis
        self.functions = functions
        self.states, self.levels = np.divmod(functions, basis.n_vibrational)
        self.uppermost = _uppermost(basis)[self.levels]

    @property
    def part(self) -> np.ndarray | None:
        """The functions, or None for all of the basis."""
        return None if self.functions.size == self.basis.size else self.functions

    @cached_property
    def operator(self) -> Any:
        """H, eV."""
        return hamiltonian_operator(self.model, self.basis, self.part)

    @cached_property
    def unfolding(self) -> Unfolding:
        """The functions, taken apart mode by mode."""
        return Unfolding(self.basis, self.functions)

    @cached_property
    def quanta(self) -> np.ndarray:
        """Of every function and mode, (n_functions, n_modes)."""
        return self.basis.quanta[self.levels].astype(float)

    @cached_property
    def table(self) -> NeighbourTable:
        """The vibrational functions of the whole basis."""
        return NeighbourTable(self.basis)

    @cached_property
    def position(self) -> np.ndarray:
        """Where in the sector a function of the basis stands, -1 if nowhere."""
        found = np.full(self.basis.size, -1)
        found[self.functions] = np.arange(self.functions.size)
        return found

    @cached_property
    def raised(self) -> list[tuple[Pairs, Pairs]]:
        """For every mode the pairs of functions that one quantum, and two quanta, connect."""
        modes = range(len(self.basis.levels))
        return [(self.pairs(((m, 1),)), self.pairs(((m, 2),))) for m in modes]

    def pairs(self, shifts: tuple[tuple[int, int], ...]) -> Pairs:
        """Pairs of functions of one electronic state that a change of quanta connects."""
        there = self.table.neighbours(0, self.basis.n_vibrational, shifts)[self.levels]
        flat = self.states * self.basis.n_vibrational + np.maximum(there, 0)
        reached = np.where(there >= 0, self.position[flat], -1)
        return np.flatnonzero(reached >= 0), reached[reached >= 0]

    @cached_property
    def same_levels(self) -> dict[tuple[int, int], Pairs]:
        """Functions of equal quanta in two states i <= j."""
        found = {}
        for i in range(self.basis.n_states):
            for j in range(i, self.basis.n_states):
                own = np.flatnonzero(self.states == i)
                other = np.flatnonzero(self.states == j)
                _, left, right = np.intersect1d(
                    self.levels[own], self.levels[other], assume_unique=True, return_indices=True
                )
                found[i, j] = own[left], other[right]
        return found

    @cached_property
    def parts(self) -> list[slice]:
        """The functions of every electronic state."""
        bounds = np.searchsorted(self.states, np.arange(self.basis.n_states + 1))
        return [slice(a, b) for a, b in pairwise(bounds)]

    @cached_property
    def blocks(self) -> dict[tuple[int, int], Any]:
        """H between electronic states i < j, eV."""
        whole = sparse_hamiltonian(self.model, self.basis, self.part).tocsr()
        n = self.basis.n_states
        return {
            (i, j): whole[self.parts[i]][:, self.parts[j]]
            for i in range(n)
            for j in range(i + 1, n)
        }

    def matrix_elements(
        self, monomial: Sequence[tuple[str, int]], i: int, j: int
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Rows in state i, columns in state j and elements of a product of positions and momenta,
        one entry for every change of quanta.
        """
        modes = sorted({m for _, m in monomial})
        tables = [
            product_matrix([kind for kind, n in monomial if n == m], self.basis.levels[m])
            for m in modes
        ]
        reach = [sum(1 for _, n in monomial if n == m) for m in modes]
        rows = np.arange(self.parts[i].start, self.parts[i].stop)

        found = []
        for steps in product(*(range(-r, r + 1, 2) for r in reach)):
            shifts = tuple((m, d) for m, d in zip(modes, steps, strict=True) if d)
            there = self.table.neighbours(0, self.basis.n_vibrational, shifts)[self.levels[rows]]
            flat = j * self.basis.n_vibrational + np.maximum(there, 0)
            columns = np.where(there >= 0, self.position[flat], -1)
            kept = columns >= 0
            quanta = self.basis.quanta[self.levels[rows[kept]]].astype(int)
            value = np.ones(int(kept.sum()), complex)
            for m, d, table in zip(modes, steps, tables, strict=True):
                value *= table[quanta[:, m], quanta[:, m] + d]
            found.append((rows[kept], columns[kept], value))

        return found


def product_matrix(kinds: list[str], n_levels: int) -> np.ndarray:
    """The matrix of a product of q and p of one mode in its oscillator levels, and in as many
    more as it has factors.
    """
    n = n_levels + len(kinds)
    lower = np.diag(np.sqrt(np.arange(1, n) / 2), 1)
    matrices = {"q": lower + lower.T, "p": 1j * (lower.T - lower)}
    total = np.eye(n, dtype=complex)
    for kind in kinds:
        total = total @ matrices[kind]
    return total


def _uppermost(basis: VibronicBasis) -> np.ndarray:
    """Which vibrational functions are the outermost kept."""
    if basis.is_product:
        edge: np.ndarray = np.any(basis.quanta == np.array(basis.levels) - 1, axis=1)
        return edge
    assert basis.max_quanta is not None
    weights = np.array(basis.weights or (1.0,) * len(basis.levels))
    outside: np.ndarray = basis.quanta @ weights > basis.max_quanta - weights.min(initial=1.0)
    return outside
