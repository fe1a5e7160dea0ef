"""The plane through an intersection in which the degeneracy is lifted, and sheets over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..hamiltonian import VibronicHamiltonian
    from ..surfaces import ConicalIntersection

RINGS = 40
MOSTLY = 0.8  # squared share of the named modes in a direction


@dataclass(frozen=True, eq=False)
class BranchingPlane:
    """The branching plane through an intersection, spanned by unit vectors along g and h."""

    point: ConicalIntersection
    x: np.ndarray
    y: np.ndarray

    @classmethod
    def of(cls, point: ConicalIntersection) -> BranchingPlane:
        """The plane of an intersection."""
        return cls(point, point.g / np.linalg.norm(point.g), point.h / np.linalg.norm(point.h))

    def projection(self, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates of points in the plane."""
        away = q - self.point.position
        return away @ self.x, away @ self.y

    def positions(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Points of the plane, (..., n_modes)."""
        q: np.ndarray = self.point.position + u[..., None] * self.x + v[..., None] * self.y
        return q

    def reach(self, path: np.ndarray, least: float, most: float) -> float:
        """How far a picture with this path goes."""
        furthest = np.hypot(*self.projection(path)).max()
        return float(np.clip(1.05 * furthest, least, most))

    def sheet(
        self, model: VibronicHamiltonian, surface: int, radii: np.ndarray, angles: np.ndarray
    ) -> np.ndarray:
        """A surface over the plane, (3, n_angles, n_rings), out to a radius for every angle."""
        from ..surfaces import adiabatic_energies

        radius = radii[:, None] * np.linspace(0, 1, RINGS)
        u = radius * np.cos(angles)[:, None]
        v = radius * np.sin(angles)[:, None]
        return np.array([u, v, adiabatic_energies(model, self.positions(u, v))[..., surface]])

    def radii_below(
        self,
        model: VibronicHamiltonian,
        surface: int,
        top: float,
        reach: float,
        angles: np.ndarray,
    ) -> np.ndarray:
        """How far (n_angles,) a surface stays below the energy `top`, at most to `reach`."""
        full = np.broadcast_to(reach, angles.shape)
        energies = self.sheet(model, surface, full, angles)[2]
        found = np.empty(angles.size)
        rings = np.linspace(0, reach, RINGS)
        for k, row in enumerate(energies):
            over = np.flatnonzero(row > top)
            last = over[0] if over.size else RINGS
            found[k] = reach
            if last < RINGS and last > 0:
                part = (top - row[last - 1]) / (row[last] - row[last - 1])
                found[k] = rings[last - 1] + part * (rings[last] - rings[last - 1])
        return found

    def path(self, model: VibronicHamiltonian, path: np.ndarray, shares: Any) -> np.ndarray:
        """Positions (n_t, n_modes) in the plane and their height, (3, n_t): the energy of the two
        surfaces there weighted by `shares` (n_t, n_states), or of the lower one.
        """
        from ..surfaces import adiabatic_energies

        states = list(self.point.states)
        u, v = self.projection(path)
        pair = adiabatic_energies(model, self.positions(u, v))[:, states]
        two = np.tile([1.0, 0.0], (len(path), 1))
        if shares is not None:
            two = np.asarray(shares)[:, states]

        upper = two[:, 1] / two.sum(axis=1)
        height = pair[:, 0] * (1 - upper) + pair[:, 1] * upper
        return np.array([u, v, height])

    def told(self, direction: np.ndarray, labels: Sequence[str]) -> str:
        """The modes that make most of a direction, at most two."""
        order = np.argsort(-(direction**2), kind="stable")
        if direction[order[0]] ** 2 >= MOSTLY:
            return str(labels[order[0]])
        return f"{labels[order[0]]}, {labels[order[1]]}"
