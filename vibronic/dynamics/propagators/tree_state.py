"""A wavepacket of many modes as a tree of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ...hamiltonian import VibronicHamiltonian
from ...numerics.oscillator import position_power
from ...tensor_trees import Draws, Growing, ProjectorSplitting, TreePacket, wavefunction
from .sector import product_matrix
from .state import ConditionalWavefunctions, Factor, State
from .unfolding import grid_of, hermite, hermite_slopes

UPPER = 2  # levels of a mode that count as its uppermost: one of each parity


class TreeState(State):
    """A `packet` on a tree; `start` None at time 0. It has no amplitudes: no basis holds it."""

    def __init__(self, packet: TreePacket, start: TreeState | None = None) -> None:
        self.packet = packet
        self._start = start

    def moved(self, packet: TreePacket) -> TreeState:
        """The same packet later."""
        return TreeState(packet, self.start)

    @property
    def model(self) -> VibronicHamiltonian:
        return self.packet.hamiltonian.model

    @property
    def start(self) -> TreeState:
        return self if self._start is None else self._start

    @cached_property
    def level_occupations(self) -> list[np.ndarray]:
        """Of every mode, (n_levels,)."""
        return self.packet.level_occupations()

    def populations(self) -> np.ndarray:
        return np.diag(self.packet.electronic_density()).real.astype(float)

    def overlap(self, start: State) -> complex:
        assert isinstance(start, TreeState)
        return self.packet.overlap(start.packet)

    def conjugate_overlap(self) -> complex:
        return self.packet.overlap(self.packet, conjugate=False)

    def is_real(self) -> bool:
        return all(not tensor.imag.any() for tensor in self.packet.tensors)

    def energy(self) -> float:
        return ProjectorSplitting(self.packet, Growing(1, np.inf)).energy()

    def uppermost_occupation(self) -> float:
        return max(float(levels[-UPPER:].sum()) for levels in self.level_occupations)

    def electronic_density(self) -> np.ndarray:
        return self.packet.electronic_density().astype(complex)

    def moments(self, mode: int) -> tuple[float, float, float, float]:
        density = self.packet.mode_density(mode).sum(axis=0)
        density = density / np.trace(density).real
        n = len(density)
        q = position_power(n, 1)
        square = position_power(n, 2)

        raised = np.diag(np.sqrt(np.arange(1, n) / 2), -1)
        momentum = 1j * (raised - raised.T)
        means = [np.trace(operator @ density).real for operator in (q, momentum, square)]
        quanta = float(np.arange(n) @ np.diag(density).real)
        return means[0], means[1], means[2], 2 * quanta + 1 - means[2]

    def extent(self, mode: int) -> float:
        return float(np.sqrt(2 * self.packet.hamiltonian.levels[mode] + 1) + 1)

    def density(self, modes: Sequence[int], grids: Sequence[np.ndarray]) -> np.ndarray:
        levels = self.packet.hamiltonian.levels
        values = [hermite(levels[m], np.asarray(x)) for m, x in zip(modes, grids, strict=True)]
        if len(modes) == 1:
            matrices = self.packet.mode_density(modes[0]).real
            one = np.einsum("xa,sab,xb->sx", values[0], matrices, values[0], optimize=True)
            return np.asarray(one, dtype=float)

        projectors = [np.einsum("xa,xb->xab", v, v) for v in values]
        both = self.packet.joint((modes[0], modes[1]), projectors)
        return np.asarray(both.real, dtype=float)

    def current(self, mode: int, at: float) -> np.ndarray:
        density = self.packet.mode_density(mode)
        values, slopes = (row[0] for row in hermite_slopes(density.shape[1], np.array([at])))
        found = np.einsum("sab,a,b->s", density, slopes, values)
        return np.asarray(found.imag, dtype=float)

    def expectation(self, monomial: Sequence[Factor], i: int, j: int) -> complex:
        levels = self.packet.hamiltonian.levels
        operators = {}
        for m in {m for _, m in monomial}:
            kinds = [kind for kind, n in monomial if n == m]
            operators[m] = product_matrix(kinds, levels[m])[: levels[m], : levels[m]]
        return complex(self.packet.transition(operators)[i, j])

    def active_modes(self) -> tuple[int, ...]:
        return tuple(sorted({m for powers, _ in self.model.terms() for m in powers}))

    def position_grid(self, mode: int) -> np.ndarray:
        return grid_of(self.packet.mode_density(mode).sum(axis=0))

    def sample(self, n: int, seed: int) -> np.ndarray:
        every = range(self.model.n_modes)
        return Draws(self.packet, every, n, hermite, np.random.default_rng(seed)).positions

    def electronic_vector_at(self, q: np.ndarray) -> np.ndarray:
        q = np.asarray(q, dtype=float)
        points = q.reshape(-1, q.shape[-1])
        found = wavefunction(self.packet, points, {}, hermite)[:, :, 0]
        return found.reshape(*q.shape[:-1], -1)

    def conditional(
        self,
        modes: Sequence[int],
        grids: Sequence[np.ndarray],
        count: int,
        rng: np.random.Generator,
    ) -> ConditionalWavefunctions:
        others = [m for m in self.active_modes() if m not in modes]
        drawn = Draws(self.packet, others, count, hermite, rng).positions
        on_grids = dict(zip(modes, grids, strict=True))
        waves = wavefunction(self.packet, drawn, on_grids, hermite)
        waves = waves / np.linalg.norm(waves.reshape(count, -1), axis=1)[:, None, None]

        positions = np.repeat(drawn[:, None], waves.shape[2], axis=1)
        for m, x in zip(modes, np.meshgrid(*grids, indexing="ij"), strict=True):
            positions[:, :, m] = x.ravel()
        return ConditionalWavefunctions(positions, waves, tuple(x.size for x in grids))
