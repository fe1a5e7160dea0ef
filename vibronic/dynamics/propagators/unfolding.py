"""A packet on a pruned basis as a wavefunction of a few modes' coordinates, the other modes drawn
at random from its own density.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import cast

import numpy as np

from ...basis import VibronicBasis
from .state import ConditionalWavefunctions

TAIL = 1e-7  # of the probability may lie outside a grid, in position and in momentum


@dataclass(frozen=True, eq=False)
class _Split:
    """Functions sorted into `n_groups` by all their quanta but those of some modes; `rows` holds
    one function of every group.
    """

    group: np.ndarray
    rows: np.ndarray
    n_groups: int


class Unfolding:
    """The functions of a sector, taken apart mode by mode."""

    def __init__(self, basis: VibronicBasis, functions: np.ndarray) -> None:
        states, levels = np.divmod(functions, basis.n_vibrational)
        # state, then quanta of every mode
        self.table = np.column_stack([states, basis.quanta[levels]]).astype(np.int64)
        self.n_states = basis.n_states
        self.n_modes = len(basis.levels)
        self.levels = basis.levels
        self.active = tuple(int(m) for m in np.flatnonzero(self.table[:, 1:].max(axis=0) > 0))
        self._split = cache(self._sorted)
        self._rows = cache(self._remaining)

    def density_matrix(self, psi: np.ndarray, mode: int) -> np.ndarray:
        """Reduced density matrix of one mode in oscillator levels, (levels, levels)."""
        split = self._split((), (mode,))
        part = self._spread(psi, split, self.table[:, 1 + mode], self.levels[mode])
        values: np.ndarray = part @ part.conj().T
        return values

    def contracted(
        self, psi: np.ndarray, mode: int, rows: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, ...]:
        """sum_n row[n] psi_n over the levels of one mode, (n_groups,), for each of `rows`, and the
        electronic state of every group.
        """
        split = self._split((), (mode,))
        part = self._spread(psi, split, self.table[:, 1 + mode], self.levels[mode])
        return *(row @ part for row in rows), self.table[split.rows, 0]

    def joint_density(
        self, psi: np.ndarray, modes: Sequence[int], grids: Sequence[np.ndarray]
    ) -> np.ndarray:
        """|psi|^2 in one or two modes for every electronic state, summed over all other modes,
        (n_states, n_x[, n_y]), per q or q^2.
        """
        split = self._split((), tuple(modes))
        tables = [hermite(self.levels[m], x) for m, x in zip(modes, grids, strict=True)]
        place = np.zeros(len(psi), dtype=np.int64)
        for m in modes:
            place = place * self.levels[m] + self.table[:, 1 + m]
        part = self._spread(
            psi, split, place, prod(self.levels[m] for m in modes)
        ).T  # (groups, levels of the modes)
        owner = self.table[split.rows, 0]

        found = np.zeros((self.n_states, *(len(x) for x in grids)))
        for i in range(self.n_states):
            own = part[owner == i]
            for first in range(0, len(own), 256):
                field = (
                    own[first : first + 256].reshape(-1, *(self.levels[m] for m in modes))
                    @ tables[-1].T
                )
                field = tables[0] @ field if len(modes) == 2 else field
                found[i] += (field.real**2 + field.imag**2).sum(axis=0)

        return found

    def grid(self, psi: np.ndarray, mode: int) -> np.ndarray:
        """Evenly spaced points that hold the packet in one mode, as far apart as its momenta
        allow.
        """
        return grid_of(self.density_matrix(psi, mode))

    def conditional(
        self,
        psi: np.ndarray,
        modes: Sequence[int],
        grids: Sequence[np.ndarray],
        count: int,
        rng: np.random.Generator,
    ) -> ConditionalWavefunctions:
        """`count` draws of all modes but `modes`, and for each the wavefunction on the product
        grid of those.

        The modes are drawn one after the other, each from its density given those before: the
        draws follow |psi|^2 exactly.
        """
        drawn = [m for m in self.active if m not in modes]
        amplitudes = np.repeat(psi[None], count, axis=0) if not drawn else psi[None]
        positions = np.zeros((count, self.n_modes))
        past = cast(tuple[int, ...], ())

        for m in drawn:
            split = self._split(past, (m,))
            rows = self._rows(past)
            grid = _even(self.levels[m])
            wave = hermite(self.levels[m], grid)
            column = self.table[rows, 1 + m]

            following = np.empty((count, split.n_groups), complex)
            for k in range(count):
                if k == 0 or len(amplitudes) > 1:
                    field = wave @ self._spread(amplitudes[k], split, column, self.levels[m])
                    chance = (field.real**2 + field.imag**2).sum(axis=1)
                index = int(rng.choice(grid.size, p=chance / chance.sum()))
                positions[k, m] = grid[index]
                following[k] = field[index]

            amplitudes = following / np.linalg.norm(following, axis=1)[:, None]
            past = (*past, m)

        return self._on_grids(amplitudes, positions, modes, grids, self._rows(past))

    def _on_grids(
        self,
        amplitudes: np.ndarray,
        positions: np.ndarray,
        modes: Sequence[int],
        grids: Sequence[np.ndarray],
        rows: np.ndarray,
    ) -> ConditionalWavefunctions:
        shape = (self.n_states, *(self.levels[m] for m in modes))
        place = np.zeros(rows.size, dtype=np.int64)
        for column, size in zip((0, *(1 + m for m in modes)), shape, strict=True):
            place = place * size + self.table[rows, column]
        field = np.zeros((len(amplitudes), prod(shape)), complex)
        field[:, place] = amplitudes
        wave = field.reshape(len(amplitudes), *shape)

        for k, (m, grid) in enumerate(zip(modes, grids, strict=True)):
            wave = np.moveaxis(
                np.tensordot(wave, hermite(self.levels[m], grid), axes=(2 + k, 1)), -1, 2 + k
            )

        sizes = wave.shape[2:]
        wave = wave.reshape(len(amplitudes), self.n_states, -1)
        wave = wave / np.sqrt((wave.real**2 + wave.imag**2).sum(axis=(1, 2)))[:, None, None]
        where = np.repeat(positions[:, None], wave.shape[2], axis=1)
        for m, x in zip(modes, np.meshgrid(*grids, indexing="ij"), strict=True):
            where[:, :, m] = x.ravel()

        return ConditionalWavefunctions(where, wave, sizes)

    def _remaining(self, past: tuple[int, ...]) -> np.ndarray:
        """Which functions stand for what is left when the modes `past` have been given
        positions.
        """
        rows = np.arange(len(self.table))
        for k in range(len(past)):
            rows = rows[self._split(past[:k], (past[k],)).rows]
        return rows

    def _sorted(self, past: tuple[int, ...], modes: tuple[int, ...]) -> _Split:
        rows = self._rows(past)
        code = self.table[rows, 0]
        for m in (m for m in self.active if m not in (*past, *modes)):
            code = code * self.levels[m] + self.table[rows, 1 + m]
            if code.max(initial=0) > 2**40:
                code = np.unique(code, return_inverse=True)[1]
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        return _Split(group, first, first.size)

    def _spread(self, psi: np.ndarray, split: _Split, place: np.ndarray, size: int) -> np.ndarray:
        """Amplitudes as a matrix (size, n_groups)."""
        part = np.zeros((size, split.n_groups), psi.dtype)
        part[place, split.group] = psi
        return part


def grid_of(density: np.ndarray) -> np.ndarray:
    """Evenly spaced points that hold a mode with this density matrix (n_levels, n_levels), as far
    apart as its momenta allow.
    """
    n = len(density)
    far = np.sqrt(2 * n + 1) + 2
    wide = np.linspace(-far, far, 4 * n + 40)
    table = hermite(n, wide)
    phases = np.power(1j, np.arange(n))
    turned = density * phases.conj()[:, None] * phases[None, :]

    edges = []
    for matrix in (density, turned):
        found = np.einsum("xa,ab,xb->x", table, matrix, table).real
        share = np.cumsum(np.maximum(found, 0))
        inside = np.flatnonzero((share > TAIL * share[-1]) & (share < (1 - TAIL) * share[-1]))
        first = max(inside[0] - 1, 0)
        last = min(inside[-1] + 1, wide.size - 1)
        edges.append((wide[first], wide[last]))

    low, high = edges[0]
    fastest = max(np.abs(edges[1]))
    count = int(np.ceil((high - low) * fastest / np.pi)) + 2
    return np.linspace(low, high, count)


def hermite(n_levels: int, q: np.ndarray) -> np.ndarray:
    """Oscillator functions phi_n(q), (n_points, n_levels)."""
    found = np.zeros((n_levels, len(q)))
    found[0] = np.exp(-(q**2) / 2) / np.pi**0.25
    if n_levels > 1:
        found[1] = np.sqrt(2) * q * found[0]
    for n in range(2, n_levels):
        found[n] = np.sqrt(2 / n) * q * found[n - 1] - np.sqrt((n - 1) / n) * found[n - 2]
    return found.T


def hermite_slopes(n_levels: int, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Oscillator functions and their derivatives, (n_points, n_levels) each."""
    values = hermite(n_levels + 1, q)
    root = np.sqrt(np.arange(1, n_levels + 1) / 2)
    lowered = np.zeros((len(q), n_levels))
    lowered[:, 1:] = root[:-1] * values[:, : n_levels - 1]
    return values[:, :n_levels], lowered - root * values[:, 1:]


def _even(n_levels: int) -> np.ndarray:
    """Evenly spaced points on which products of oscillator levels are summed exactly."""
    far = np.sqrt(2 * n_levels + 1) + 2
    return np.linspace(-far, far, int(np.ceil(2 * far * far / np.pi)) + 1)
