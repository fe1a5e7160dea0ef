"""The geometric phase: what an adiabatic state gathers on a closed path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import CalculationError, InputError, check_shape, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..surface_names import surface_names
from .intersection import ConicalIntersection

FINEST = 14  # halvings of the path
CONTINUOUS = 0.98  # overlap of a state with itself at the next point


@noun
@dataclass(frozen=True)
class GeometricPhase:
    """`phase` (0 or pi) of the Wilson loop of surface `surface`, and the `mixing_angle` (n pi) by
    which it turned into the next one.

    A path round one conical intersection gives pi for both; round two of the same sense 0 and 2
    pi, of opposite senses 0 and 0.
    """

    surface: int
    phase: float
    mixing_angle: float
    n_points: int
    name: str = ""  # of the surface

    def __str__(self) -> str:
        return (
            f"GeometricPhase  surface {self.name or self.surface}: "
            f"{'pi' if self.phase else '0'} (mixing angle {self.mixing_angle / np.pi:+.3f} pi, "
            f"{self.n_points} points)"
        )


@public
def geometric_phase(
    model: VibronicHamiltonian, path: Any, surface: int | str = 0
) -> GeometricPhase:
    """Wilson loop prod_k <a(q_k)|a(q_k+1)> of adiabatic surface a round a closed path (n_points,
    n_modes): its sign is exp(i phase).

    Neighbouring points are joined by straight lines, halved until states follow continuously; the
    last point is joined to the first. The mixing angle is the integral of the derivative coupling
    to the next surface (the one below for the highest).

    Raises CalculationError when the path runs into a degeneracy, where the phase is not defined.
    C. A. Mead, D. G. Truhlar, J. Chem. Phys. 70, 2284 (1979), doi:10.1063/1.437734
    """
    surface = model.surface_of(surface)

    points = frozen_array(path, "path")
    if points.ndim != 2 or len(points) < 3:
        raise InputError(
            "Argument `path` must list three or more points (n_points, n_modes), but has shape "
            f"{points.shape}."
        )
    check_shape("path", points, ("n_points", "n_modes"), (len(points), model.n_modes))
    if model.n_states < 2:
        raise InputError("A model of one state has no geometric phase.")

    other = surface + 1 if surface + 1 < model.n_states else surface - 1
    closed = (
        np.concatenate([points, points[:1]]) if not np.allclose(points[0], points[-1]) else points
    )

    for _ in range(FINEST):
        vectors = np.linalg.eigh(model.potential(closed))[1]
        vectors[-1] = vectors[0]
        own = np.einsum("kia,kia->ka", vectors[:-1], vectors[1:])[:, [surface, other]]
        if np.abs(own).min() > CONTINUOUS:
            phase = float(np.pi) if np.prod(np.sign(own[:, 0])) < 0 else 0.0
            turned = _turned(vectors, surface, other)
            name = surface_names(model)[surface]
            return GeometricPhase(surface, phase, turned, len(closed), name)
        halved = np.stack([closed[:-1], (closed[:-1] + closed[1:]) / 2], axis=1).reshape(
            -1, model.n_modes
        )
        closed = np.concatenate([halved, closed[-1:]])

    raise CalculationError(
        "The path runs into a degeneracy of the surfaces, where their states jump: the "
        "geometric phase is not defined there. "
        "Move the path."
    )


def _turned(vectors: np.ndarray, surface: int, other: int) -> float:
    """Angle by which the state turned towards the other, along vectors of continuous sign."""
    total = 0.0
    now = vectors[0][:, [surface, other]]
    for matrix in vectors[1:]:
        following = matrix[:, [surface, other]] * np.sign(
            np.einsum("ia,ia->a", now, matrix[:, [surface, other]])
        )
        overlap = now.T @ following
        total += float(np.arctan2(overlap[1, 0] - overlap[0, 1], overlap[0, 0] + overlap[1, 1]))
        now = following
    return abs(total)


@public
def loop_around(point: ConicalIntersection, radius: float = 0.2, n_points: int = 60) -> np.ndarray:
    """A circle of `radius` (in q) round an intersection, in its branching plane, (n_points,
    n_modes).
    """
    if not point.is_conical:
        raise InputError(
            "Nothing couples the surfaces at this crossing, so that it has no branching plane "
            "to circle in."
        )
    x = point.g / np.linalg.norm(point.g)
    y = point.h / np.linalg.norm(point.h)
    angle = 2 * np.pi * np.arange(n_points) / n_points
    direction = np.cos(angle)[:, None] * x + np.sin(angle)[:, None] * y
    positions: np.ndarray = point.position + radius * direction
    return positions
