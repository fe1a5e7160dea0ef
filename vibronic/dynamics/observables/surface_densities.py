"""How much of a packet lies on each adiabatic surface, point by point: which modes run over a grid
for that, and the eigenvectors there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from ...hamiltonian import VibronicHamiltonian
from ..propagators.state import ConditionalWavefunctions, State

ENOUGH = 120_000  # points up to which a grid is made finer than it must be
FINER = 10  # times as many points as the packet itself needs, at most
NEGLIGIBLE = 1e-12  # of the probability, at a point
NEEDS = ("populations", "active_modes", "position_grid", "sample", "electronic_vector_at")


@dataclass(frozen=True, eq=False)
class GridModes:
    """The modes that run over a grid, and their points; `is_whole` where these are all modes."""

    modes: tuple[int, ...]
    grids: tuple[np.ndarray, ...]
    is_whole: bool


def grid_modes(
    state: State,
    modes: Sequence[int] = (),
    grids: Sequence[np.ndarray] = (),
    *,
    exact: int,
    most: int,
) -> GridModes:
    """Modes to lay out on a grid beside `modes`, which have theirs: all where these make at most
    `exact` points, else those that mix the states most, up to `most` points.
    """
    strengths = mixing_strengths(state.model)
    ranked = sorted(state.active_modes(), key=lambda m: -strengths[m])
    others = [m for m in ranked if m not in modes]
    own = {m: state.position_grid(m) for m in others}

    size = float(prod(x.size for x in (*grids, *own.values())))
    if size <= exact:
        factor = (min(exact, ENOUGH) / size) ** (1 / max(len(own), 1))
        finer = [_finer(x, factor) for x in own.values()]
        return GridModes((*modes, *others), (*grids, *finer), True)

    chosen = []
    size = float(prod(x.size for x in grids))

    for m in others:
        size *= own[m].size
        if size > most:
            break
        chosen.append(m)

    return GridModes((*modes, *chosen), (*grids, *(own[m] for m in chosen)), False)


def _finer(grid: np.ndarray, factor: float) -> np.ndarray:
    """The same interval with more points: states turn sharply near an intersection."""
    return np.linspace(grid[0], grid[-1], max(grid.size, int(grid.size * min(factor, FINER))))


def mixing_strengths(model: VibronicHamiltonian) -> np.ndarray:
    """How strongly each mode turns the adiabatic states: the spread of its linear and own
    quadratic terms over its frequency, (n_modes,).
    """
    own = np.einsum("mmij->mij", model.quadratic)
    spread = [np.abs(np.ptp(np.linalg.eigvalsh(term), axis=1)) for term in (model.linear, own)]
    total: np.ndarray = (spread[0] + spread[1]) / model.frequencies
    return total


def surface_densities(model: VibronicHamiltonian, drawn: ConditionalWavefunctions) -> np.ndarray:
    """|<a(q)|psi(q)>|^2 of every adiabatic surface at the points of conditional wavefunctions,
    (n_draws, n_states, n_points).
    """
    psi = drawn.amplitudes.transpose(0, 2, 1)
    weight = (psi.real**2 + psi.imag**2).sum(axis=2)
    found = np.zeros((*weight.shape, model.n_states))
    there = weight > NEGLIGIBLE
    potential = model.potential(drawn.positions[there])
    found[there] = _resolved(potential, psi[there])
    return found.transpose(0, 2, 1)


def _resolved(w: np.ndarray, psi: np.ndarray) -> np.ndarray:
    """Weights of psi (n, n_states) on the eigenvectors of w (n, n_states, n_states), rising."""
    if w.shape[-1] != 2:
        vectors = np.linalg.eigh(w)[1]
        shares: np.ndarray = np.abs(np.einsum("kia,ki->ka", vectors, psi)) ** 2
        return shares

    x = (w[:, 0, 0] - w[:, 1, 1]) / 2
    y = w[:, 0, 1]
    first, second = np.abs(psi.T) ** 2
    half = (first + second) / 2
    radius = np.hypot(x, y)
    mixed = (psi[:, 0].conj() * psi[:, 1]).real
    tilt = (x * (first - second) / 2 + y * mixed) / np.where(radius > 0, radius, 1)

    return np.stack([half - tilt, half + tilt], axis=1)
