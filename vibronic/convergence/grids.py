"""Product grids to grow a result on."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, prod

import numpy as np

from ..certificate import Limit
from ..door import public
from ..limits import Limits
from .growth import Leaks

# points of the first grid per quantum within reach, and of each grid over the one before
FIRST = 0.6
GROWTH = 1.3


@public
def even_points(quanta: float) -> int:
    """An even number of grid points, so that none lies at q = 0, where surfaces that meet by
    symmetry have no definite eigenvectors.
    """
    return 2 * ceil(quanta / 2) + 2


@dataclass(frozen=True)
class ProductGrid:
    """Numbers of `points` (n_modes,) along every mode, as many as `scale` for a quantum."""

    scale: float
    points: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ProductGrids:
    """Grids that reach as far as so many quanta `reach` (n_modes,), each with a third more points
    along every mode than the one before; the error on a grid is its change from that one.
    """

    reach: np.ndarray
    limits: Limits
    limit: Limit = Limit.GRID

    def first(self) -> ProductGrid:
        """The coarsest."""
        return self.grid(FIRST)

    def grid(self, scale: float) -> ProductGrid:
        """`scale` points a quantum."""
        return ProductGrid(scale, tuple(even_points(scale * q) for q in self.reach))

    def following(
        self, space: ProductGrid, evidence: np.ndarray | None, shortfall: float
    ) -> ProductGrid | None:
        """The next finer one, if it is not too large."""
        finer = self.grid(space.scale * GROWTH)
        return finer if self.size(finer) <= self.limits.max_size else None

    def size(self, space: ProductGrid) -> int:
        """Number of points."""
        return prod(space.points)

    def described(self, space: ProductGrid) -> str:
        """How many points."""
        return f"{self.size(space):,} points"

    def leaks(self, space: ProductGrid, evidence: np.ndarray | None) -> Leaks | None:
        """Not known."""
        return None

    def certified(self, change: float, expected: float | None, before: float) -> float:
        """The change itself."""
        return change
