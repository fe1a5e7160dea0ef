"""A wavepacket at one moment: all that observables may ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import NoReturn

import numpy as np

from ...basis import VibronicBasis
from ...hamiltonian import VibronicHamiltonian

Factor = tuple[str, int]  # ("q" or "p", mode)


@dataclass(frozen=True, eq=False)
class ConditionalWavefunctions:
    """`amplitudes` (n_draws, n_states, n_points) of a packet at `positions` (n_draws, n_points,
    n_modes): in every draw some modes run over a grid of this `shape`, the others stand where
    they were drawn, and the wavefunction is normalised.
    """

    positions: np.ndarray
    amplitudes: np.ndarray
    shape: tuple[int, ...]


class State(ABC):
    """A wavepacket at one moment, whatever it is stored as. `start` is the packet at time 0.

    A kind of state defines the answers that it can give; `answers` tells which, so that whoever
    needs more is refused before any work. Indices i, j count electronic states, m modes.
    """

    @property
    @abstractmethod
    def model(self) -> VibronicHamiltonian:
        """The Hamiltonian under which it moves."""

    @property
    @abstractmethod
    def start(self) -> State:
        """The packet at time 0; itself, at time 0."""

    @abstractmethod
    def populations(self) -> np.ndarray:
        """Diabatic populations, (n_states,)."""

    @abstractmethod
    def overlap(self, start: State) -> complex:
        """<start|psi>."""

    @abstractmethod
    def energy(self) -> float:
        """<psi|H|psi>, eV."""

    @abstractmethod
    def uppermost_occupation(self) -> float:
        """Population of the outermost functions that are kept."""

    def conjugate_overlap(self) -> complex:
        """<psi*|psi>: C(2t) for a start that is real."""
        self._withheld("conjugate_overlap")

    def is_real(self) -> bool:
        """True when all amplitudes are real."""
        return False

    def electronic_density(self) -> np.ndarray:
        """rho_ij = <psi|j><i|psi>, traced over the vibrations, (n_states, n_states)."""
        self._withheld("electronic_density")

    def moments(self, mode: int) -> tuple[float, float, float, float]:
        """<q>, <p>, <q^2>, <p^2> of a mode, divided by the norm."""
        self._withheld("moments")

    def density(self, modes: Sequence[int], grids: Sequence[np.ndarray]) -> np.ndarray:
        """|psi|^2 of every electronic state in one or two modes, all others summed over,
        (n_states, n_x[, n_y]), per q or q^2.
        """
        self._withheld("density")

    def current(self, mode: int, at: float) -> np.ndarray:
        """Im <psi_i|delta(q - at) d/dq psi_i> of a mode, for every electronic state,
        (n_states,).
        """
        self._withheld("current")

    def expectation(self, monomial: Sequence[Factor], i: int, j: int) -> complex:
        """<psi_i|A|psi_j>, A the product of positions and momenta `monomial`, from left to right:
        (("q", 0), ("p", 1)) is q_0 p_1.
        """
        self._withheld("expectation")

    def interstate_energy(self, i: int, j: int) -> complex:
        """<psi_i|W_ij|psi_j>, eV."""
        total = 0j
        for powers, matrix in self.model.terms():
            factors = [("q", m) for m, power in powers.items() for _ in range(power)]
            if matrix[i, j]:
                total += matrix[i, j] * self.expectation(factors, i, j)
        return total

    def active_modes(self) -> tuple[int, ...]:
        """Modes that are ever excited."""
        self._withheld("active_modes")

    def extent(self, mode: int) -> float:
        """The largest |q| of a mode at which the packet could be."""
        self._withheld("extent")

    def position_grid(self, mode: int) -> np.ndarray:
        """Evenly spaced points that hold the packet in one mode, as far apart as its momenta
        allow.
        """
        self._withheld("position_grid")

    def sample(self, n: int, seed: int) -> np.ndarray:
        """`n` positions drawn from |psi|^2, (n, n_modes)."""
        self._withheld("sample")

    def electronic_vector_at(self, q: np.ndarray) -> np.ndarray:
        """psi_i(q) at positions (..., n_modes), (..., n_states)."""
        self._withheld("electronic_vector_at")

    def conditional(
        self,
        modes: Sequence[int],
        grids: Sequence[np.ndarray],
        count: int,
        rng: np.random.Generator,
    ) -> ConditionalWavefunctions:
        """`count` draws of all modes but `modes`, and for each the wavefunction on the product
        grid of those.
        """
        drawn = self.sample(count, int(rng.integers(2**31)))
        shape = tuple(x.size for x in grids)
        points = np.meshgrid(*grids, indexing="ij")
        positions = np.repeat(drawn[:, None], prod(shape), axis=1)
        for m, x in zip(modes, points, strict=True):
            positions[:, :, m] = x.ravel()

        field = np.swapaxes(self.electronic_vector_at(positions), 1, 2)
        norms = np.linalg.norm(field.reshape(count, -1), axis=1)
        return ConditionalWavefunctions(positions, field / norms[:, None, None], shape)

    def amplitudes(self) -> np.ndarray:
        """Amplitudes (n_functions,) on `functions()` of `basis()`."""
        self._withheld("amplitudes")

    def functions(self) -> np.ndarray:
        """Flat indices of the functions, rising."""
        self._withheld("functions")

    def basis(self) -> VibronicBasis:
        """The basis of `functions`."""
        self._withheld("basis")

    def occupations(self) -> np.ndarray:
        """The probability of every function, (n_functions,)."""
        self._withheld("occupations")

    @classmethod
    def answers(cls, question: str) -> bool:
        """True when this kind of state defines the answer to a question."""
        return getattr(cls, question) is not getattr(State, question)

    def _withheld(self, question: str) -> NoReturn:
        raise NotImplementedError(f"A {type(self).__name__} has no {question!r}.")
