"""Along the seam: the points at which two surfaces stay degenerate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import CalculationError, InputError, check_positive, check_shape, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..surface_names import surface_names
from .adiabatic import adiabatic_energies
from .intersection import CLOSED, ConicalIntersection, seam_conditions

CORRECTIONS = 60  # Newton steps back to the seam after each step along it


@noun
@dataclass(frozen=True, eq=False)
class SeamPath:
    """Points of degeneracy of surfaces `states`: `lengths` (n,) along the seam from the
    intersection it started at, in q, `positions` (n, n_modes) and `energies` (n,), eV.
    """

    states: tuple[int, int]
    lengths: np.ndarray
    positions: np.ndarray
    energies: np.ndarray
    names: tuple[str, ...] = ()  # of the two surfaces

    def __post_init__(self) -> None:
        for name in ("lengths", "positions", "energies"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        object.__setattr__(self, "states", tuple(int(a) for a in self.states))

    def __str__(self) -> str:
        pair = self.names or self.states
        return (
            f"SeamPath  surfaces {pair[0]} and {pair[1]}, {self.lengths.size} "
            f"points over {np.ptp(self.lengths):.2f} in q, "
            f"{self.energies.min():.4f}-{self.energies.max():.4f} eV"
        )


@public
def seam_path(
    model: VibronicHamiltonian,
    point: ConicalIntersection,
    direction: Any,
    *,
    length: float = 1.0,
    n_points: int = 11,
) -> SeamPath:
    """The seam through `point`, followed both ways along `direction` (n_modes,) for `length` in q.

    Each step goes along what of the direction lies in the seam's tangent space, and back to
    degeneracy by Newton's method with the shortest correction. Raises InputError for a direction
    across the seam, CalculationError where the seam ends.
    """
    check_positive("length", length)
    wanted = frozen_array(direction, "direction")
    check_shape("direction", wanted, ("n_modes",), (model.n_modes,))
    if n_points < 3 or n_points % 2 == 0:
        raise InputError(f"Argument `n_points` must be odd and 3 or more, but is {n_points}.")
    half = n_points // 2
    step = length / (n_points // 2)
    sides = [_followed(model, point, sign * wanted, step, half) for sign in (-1.0, 1.0)]
    positions = np.array([*sides[0][::-1], point.position, *sides[1]])
    energies = adiabatic_energies(model, positions)[:, list(point.states)].mean(axis=1)
    lengths = step * np.arange(-half, half + 1)
    names = tuple(surface_names(model)[a] for a in point.states)
    return SeamPath(point.states, lengths, positions, energies, names)


def _followed(
    model: VibronicHamiltonian,
    point: ConicalIntersection,
    direction: np.ndarray,
    step: float,
    count: int,
) -> list[np.ndarray]:
    q = np.array(point.position)
    found = []
    for _ in range(count):
        _, conditions = seam_conditions(model, point.states[0], q)
        along = direction - np.linalg.pinv(conditions, rcond=1e-6) @ (conditions @ direction)
        if np.linalg.norm(along) < 1e-6 * np.linalg.norm(direction):
            raise InputError(
                "Argument `direction` leads across the seam: no part of it keeps the surfaces "
                "degenerate. Choose another."
            )
        q = _corrected(model, point.states[0], q + step * along / np.linalg.norm(along))
        direction = along
        found.append(q)

    return found


def _corrected(model: VibronicHamiltonian, a: int, q: np.ndarray) -> np.ndarray:
    """The nearest point of degeneracy."""
    for _ in range(CORRECTIONS):
        gap, conditions = seam_conditions(model, a, q)
        if abs(gap) < CLOSED:
            return q
        q = q - np.linalg.pinv(conditions, rcond=1e-6) @ np.array([-gap / 2, 0.0])
    names = surface_names(model)
    raise CalculationError(
        f"The seam of surfaces {names[a]} and {names[a + 1]} was lost. Follow it for a shorter "
        "`length` or in smaller steps."
    )
