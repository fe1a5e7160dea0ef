"""The lowest level of one momentum, with what it is made of, on a space that grows until it is
certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, cg
from threadpoolctl import threadpool_limits

from ..numerics import lowest_eigenpairs
from ..progress import report
from .bloch import BlochHamiltonian
from .lattice import Lattice
from .space import REACH, PhononSpace, phonon_space

FIRST = 2  # generations of the first space
SAFETY = 2.0  # by which what is extrapolated from the last changes is multiplied


@dataclass(frozen=True, eq=False)
class Level:
    """The lowest `vector` of one momentum on a `space`; its `energy` (eV), the second derivative
    `inverse_mass` of the band along the first axis (in units of 2t) and the `weight` of the bare
    charge.
    """

    space: PhononSpace
    bloch: BlochHamiltonian
    vector: np.ndarray
    energy: float
    inverse_mass: float

    @property
    def weight(self) -> float:
        """|<bare|psi>|^2."""
        return float(abs(self.vector[0]) ** 2)

    def change(self, other: Level, hopping: float) -> np.ndarray:
        """Changes from another level: energy (in t), mass and weight (relative)."""
        return np.array(
            [
                abs(self.energy - other.energy) / hopping,
                abs(1 - self.inverse_mass / other.inverse_mass),
                abs(1 - self.weight / other.weight),
            ]
        )


@dataclass
class GrowingLevel:
    """The level on spaces that grow in turn by generations and by phonons on the charge's own
    site, whichever changes it more.
    """

    lattice: Lattice
    momentum: Sequence[float] | np.ndarray
    tolerance: float
    max_size: int

    def __post_init__(self) -> None:
        phonons = self.lattice.huang_rhys_factor
        self.generations = FIRST
        self.seeded = int(np.ceil(phonons + 2 * np.sqrt(phonons))) + 2
        self.by_generation: list[np.ndarray] = []
        self.by_seed: np.ndarray | None = None
        self.level = self._found(self.generations, self.seeded, None)

    @property
    def errors(self) -> np.ndarray:
        """Estimated errors of energy (t), mass and weight (relative); infinite as long as there
        are not enough spaces.
        """
        if self.by_seed is None:
            return np.full(3, np.inf)
        total: np.ndarray = self._generation_errors() + self.by_seed
        return total

    def _generation_errors(self) -> np.ndarray:
        """What further generations would change: the last changes continued as a geometric
        series, no less than the slowest of them allows.
        """
        if len(self.by_generation) < 3:
            return np.full(3, np.inf)
        first, _, last = self.by_generation[-3:]
        ratio = np.sqrt(last / np.maximum(first, 1e-300))
        ratio = np.clip(ratio, 0.1, 0.9)
        left: np.ndarray = SAFETY * last * ratio / (1 - ratio)
        return left

    def grow(self) -> Level | None:
        """The level, once it is as certain as was asked or the largest space is reached; None if
        not even the first space fits.
        """
        if self.level is None:
            return None

        with threadpool_limits(limits=1):
            while self.errors.max() > self.tolerance:
                report("Polaron", min(0.95, self._told()))
                if not self._grown():
                    break

        return self.level

    def _told(self) -> float:
        reached = self.errors.max()
        if not np.isfinite(reached):
            return 0.0
        return float(np.clip(np.log(reached) / np.log(self.tolerance), 0, 1))

    def _grown(self) -> bool:
        """One step; False when the larger space does not fit."""
        assert self.level is not None
        seed = np.inf if self.by_seed is None else self.by_seed.max()
        enough = len(self.by_generation) >= 3
        more_seeds = enough and seed > self._generation_errors().max()
        if more_seeds:
            larger = self._found(self.generations, self.seeded + 2, self.level)
        else:
            larger = self._found(self.generations + 1, self.seeded, self.level)
        if larger is None:
            return False

        change = larger.change(self.level, self.lattice.hopping)
        if more_seeds:
            self.seeded += 2
            self.by_seed = change
        else:
            self.generations += 1
            self.by_generation.append(change)

        self.level = larger
        return True

    def _found(self, generations: int, seeded: int, guess: Level | None) -> Level | None:
        if generations > REACH[self.lattice.dimension]:
            return None
        space = phonon_space(
            self.lattice.dimension,
            generations,
            seeded,
            peierls=self.lattice.peierls_coupling != 0,
            most=self.max_size,
        )
        if space is None:
            return None
        return lowest_level(self.lattice, space, self.momentum, self.tolerance, guess)


def lowest_level(
    lattice: Lattice,
    space: PhononSpace,
    momentum: Sequence[float] | np.ndarray,
    tolerance: float = 1e-10,
    guess: Level | None = None,
) -> Level:
    """The lowest level of H(k) on a space, and the curvature of its band by linear response,
    <H''> + 2 sum_n |<n|H'|0>|^2/(E_0 - E_n).
    """
    bloch = BlochHamiltonian(lattice, space)
    matrix = bloch.at(momentum)
    start = None if guess is None else space.carried(guess.space, guess.vector)
    energies, vectors = lowest_eigenpairs(
        matrix, 1, start=start, tolerance=min(1e-10, tolerance / 100)
    )
    vector = vectors[:, 0]

    slope = bloch.slope(momentum) @ vector
    slope = slope - np.vdot(vector, slope) * vector
    response = _response(matrix, float(energies[0]), vector, slope)
    curvature = np.vdot(vector, bloch.curvature(momentum) @ vector).real
    total = curvature - 2 * np.vdot(slope, response).real
    return Level(space, bloch, vector, float(energies[0]), float(total / (2 * lattice.hopping)))


def _response(
    matrix: csr_array, energy: float, vector: np.ndarray, force: np.ndarray
) -> np.ndarray:
    """(H - E)^-1 on a `force` that is orthogonal to the lowest vector."""

    def product(x: np.ndarray) -> np.ndarray:
        x = x.ravel()
        x = x - np.vdot(vector, x) * vector
        moved = matrix @ x - energy * x
        found: np.ndarray = moved - np.vdot(vector, moved) * vector
        return found

    projected = LinearOperator(matrix.shape, matvec=product, dtype=matrix.dtype)
    found, _ = cg(projected, force, rtol=1e-11, maxiter=4000)
    answer: np.ndarray = found
    return answer
