"""A wavepacket as a vector of amplitudes on the functions of a sector."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ...basis import VibronicBasis
from ...hamiltonian import VibronicHamiltonian
from ...wavepacket import Wavepacket
from .sector import Sector
from .state import ConditionalWavefunctions, Factor, State
from .unfolding import hermite, hermite_slopes

POINTS = 1 << 22  # values of oscillator functions made at a time


class VectorState(State):
    """Amplitudes `psi` (n_functions,) on a sector; `start` None at time 0."""

    def __init__(self, sector: Sector, psi: np.ndarray, start: VectorState | None = None) -> None:
        self.sector = sector
        self.psi = psi
        self._start = start

    @classmethod
    def of(
        cls, model: VibronicHamiltonian, packet: Wavepacket, functions: np.ndarray
    ) -> VectorState:
        """A packet at time 0."""
        return cls(Sector(model, packet.basis, functions), packet.amplitudes.ravel()[functions])

    def moved(self, psi: np.ndarray) -> VectorState:
        """The same packet later."""
        return VectorState(self.sector, psi, self.start)

    @property
    def model(self) -> VibronicHamiltonian:
        return self.sector.model

    @property
    def start(self) -> VectorState:
        return self if self._start is None else self._start

    @cached_property
    def _weights(self) -> np.ndarray:
        found: np.ndarray = self.psi.real**2 + self.psi.imag**2
        return found

    def occupations(self) -> np.ndarray:
        return self._weights

    def populations(self) -> np.ndarray:
        return np.bincount(self.sector.states, self._weights, minlength=self.sector.basis.n_states)

    def overlap(self, start: State) -> complex:
        return complex(np.vdot(start.amplitudes(), self.psi))

    def conjugate_overlap(self) -> complex:
        return complex(self.psi @ self.psi)

    def is_real(self) -> bool:
        return not np.iscomplexobj(self.psi)

    def energy(self) -> float:
        return float(np.vdot(self.psi, self.sector.operator.matvec(self.psi)).real)

    def uppermost_occupation(self) -> float:
        return float(self._weights[self.sector.uppermost].sum())

    def electronic_density(self) -> np.ndarray:
        n = self.sector.basis.n_states
        density = np.zeros((n, n), complex)
        for (i, j), (left, right) in self.sector.same_levels.items():
            density[i, j] = np.vdot(self.psi[right], self.psi[left])
            density[j, i] = density[i, j].conj()
        return density

    def moments(self, mode: int) -> tuple[float, float, float, float]:
        psi = self.psi
        norm = float(np.vdot(psi, psi).real)
        quanta = self.sector.quanta[:, mode]
        (a, b), (c, d) = self.sector.raised[mode]

        once = np.sqrt((quanta[a] + 1) / 2) * psi[a].conj() * psi[b]
        twice = np.sqrt((quanta[c] + 1) * (quanta[c] + 2)) * (psi[c].conj() * psi[d]).real
        single = complex(np.sum(once)) / norm
        double = float(np.sum(twice)) / norm
        level = float(self._weights @ quanta) / norm + 0.5
        return 2 * single.real, 2 * single.imag, level + double, level - double

    def density(self, modes: Sequence[int], grids: Sequence[np.ndarray]) -> np.ndarray:
        return self.sector.unfolding.joint_density(self.psi, modes, grids)

    def current(self, mode: int, at: float) -> np.ndarray:
        values, slopes = hermite_slopes(self.sector.basis.levels[mode], np.array([at]))
        rows = (values[0], slopes[0])
        value, slope, states = self.sector.unfolding.contracted(self.psi, mode, rows)
        currents = (value.conj() * slope).imag
        return np.bincount(states, currents, minlength=self.sector.basis.n_states)

    def expectation(self, monomial: Sequence[Factor], i: int, j: int) -> complex:
        psi = self.psi
        parts = self.sector.matrix_elements(monomial, i, j)
        return complex(sum(np.sum(psi[a].conj() * value * psi[b]) for a, b, value in parts))

    def interstate_energy(self, i: int, j: int) -> complex:
        if i > j:
            return self.interstate_energy(j, i).conjugate()
        if i == j:
            return super().interstate_energy(i, j)
        left = self.psi[self.sector.parts[i]]
        right = self.psi[self.sector.parts[j]]
        return complex(np.vdot(left, self.sector.blocks[i, j] @ right))

    def active_modes(self) -> tuple[int, ...]:
        return self.sector.unfolding.active

    def extent(self, mode: int) -> float:
        return float(np.sqrt(2 * self.sector.basis.levels[mode] + 1) + 1)

    def position_grid(self, mode: int) -> np.ndarray:
        return self.sector.unfolding.grid(self.psi, mode)

    def sample(self, n: int, seed: int) -> np.ndarray:
        drawn = self.conditional((), (), n, np.random.default_rng(seed))
        return drawn.positions[:, 0]

    def electronic_vector_at(self, q: np.ndarray) -> np.ndarray:
        q = np.asarray(q, dtype=float)
        points = q.reshape(-1, q.shape[-1])

        found = np.zeros((len(points), self.sector.basis.n_states), complex)
        for first in range(0, len(points), max(1, POINTS // self.psi.size)):
            some = slice(first, first + max(1, POINTS // self.psi.size))
            values = np.ones((len(points[some]), self.psi.size))
            for m, n in enumerate(self.sector.basis.levels):
                table = hermite(n, points[some, m])
                values *= table[:, self.sector.quanta[:, m].astype(int)]
            for i, part in enumerate(self.sector.parts):
                found[some, i] = values[:, part] @ self.psi[part]

        return found.reshape(*q.shape[:-1], -1)

    def conditional(
        self,
        modes: Sequence[int],
        grids: Sequence[np.ndarray],
        count: int,
        rng: np.random.Generator,
    ) -> ConditionalWavefunctions:
        return self.sector.unfolding.conditional(self.psi, modes, grids, count, rng)

    def amplitudes(self) -> np.ndarray:
        return self.psi

    def functions(self) -> np.ndarray:
        return self.sector.functions

    def basis(self) -> VibronicBasis:
        return self.sector.basis
