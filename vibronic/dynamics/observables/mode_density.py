"""Probability densities of one or two modes, by diabatic state or by adiabatic surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...checks import InputError, check_positive, frozen_array, index_of
from ...hamiltonian import VibronicHamiltonian
from ...storage import noun
from ...surface_names import surface_names
from ..propagators.state import State
from .observable import Observable
from .surface_densities import NEEDS, grid_modes, surface_densities

POINTS = 64  # of each axis
EXACT_POINTS = 400_000
GRID_POINTS = 60_000


@noun
@dataclass(frozen=True, eq=False)
class ReducedDensities:
    """`values` (n_t, n_states, n_x[, n_y]), per q or q^2, at `times` (fs) on the evenly spaced
    points `x` (and `y`) of the modes `modes`.

    The second index counts diabatic states, or with `of_surfaces` adiabatic surfaces from the
    lowest; `labels` names them. Summed over it and integrated a density gives 1 (or the norm of
    the packet). `draws` counts draws of the modes summed over, 0 for an exact sum.
    """

    times: np.ndarray
    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    modes: tuple[str, ...]
    labels: tuple[str, ...]
    of_surfaces: bool = False
    draws: int = 0

    def __post_init__(self) -> None:
        for name in ("times", "x", "y", "values"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    @property
    def populations(self) -> np.ndarray:
        """The densities integrated over their modes, (n_t, n_states)."""
        cell = np.prod([a[1] - a[0] for a in (self.x, self.y) if a.size])
        values: np.ndarray = self.values.reshape(*self.values.shape[:2], -1).sum(axis=2) * cell
        return values

    def __str__(self) -> str:
        kind = "adiabatic surfaces" if self.of_surfaces else "diabatic states"
        lost = np.abs(self.populations.sum(axis=1) - self.populations[0].sum()).max()
        how = f"; {self.draws} draws of the other modes" if self.draws else ""
        return (
            f"ReducedDensities  of {' and '.join(self.modes)} on {len(self.labels)} {kind}, "
            f"{self.times[0]:g}-{self.times[-1]:g} fs; "
            f"{self.x.size}{f' x {self.y.size}' if self.y.size else ''} points, sum kept to "
            f"{lost:.0e}{how}"
        )


@dataclass(frozen=True)
class ModeDensity(Observable):
    """The density of one or two modes (labels or indices), all others summed over: gives
    ReducedDensities.

    `of_surfaces` resolves it by adiabatic surface instead of by diabatic state; where not all
    modes fit on a grid, the others are then averaged over `draws` from |psi|^2. The axes hold the
    whole basis unless `reach` (in q, both ways) is given.
    """

    modes: tuple[Any, ...]
    of_surfaces: bool = False
    points: int = POINTS
    reach: float | None = None
    draws: int = 64
    seed: int = 1

    def __post_init__(self) -> None:
        modes = self.modes if isinstance(self.modes, (tuple, list)) else (self.modes,)
        object.__setattr__(self, "modes", tuple(modes))
        if len(modes) not in (1, 2) or len(set(modes)) != len(modes):
            raise InputError(
                "Argument `modes` must name one mode or two different ones, but is "
                f"{self.modes!r}."
            )
        for name in ("points", "draws"):
            check_positive(name, getattr(self, name))

    @property
    def needs(self) -> tuple[str, ...]:
        """Of surfaces, the packet at any point, too."""
        return ("density", "extent", *(NEEDS if self.of_surfaces else ()))

    def check(self, model: VibronicHamiltonian) -> None:
        """Raise InputError for a mode that the model does not have."""
        mode_indices(model, self.modes)

    def measured(self, state: State, k: int) -> tuple[np.ndarray, ...]:
        """Densities (n_states, n_x[, n_y]) and the number of draws, at output `k`."""
        modes = mode_indices(state.model, self.modes)
        grids = self._axes(state)
        if not self.of_surfaces:
            return state.density(modes, grids), np.array(0)

        rng = np.random.default_rng([self.seed, k])
        norm = float(state.populations().sum())
        chosen = grid_modes(state, modes, grids, exact=EXACT_POINTS, most=GRID_POINTS)
        draws = 1 if chosen.is_whole else self.draws

        total = np.zeros((state.model.n_states, *(x.size for x in grids)))
        for _ in range(draws):
            steps = [x[1] - x[0] for x in chosen.grids[len(grids) :]]
            moved = [
                x + rng.uniform(-0.5, 0.5) * step
                for x, step in zip(chosen.grids[len(grids) :], steps, strict=True)
            ]
            drawn = state.conditional(chosen.modes, (*grids, *moved), 1, rng)
            total += surface_densities(state.model, drawn)[0].reshape(*total.shape, -1).sum(-1)

        cell = float(np.prod([x[1] - x[0] for x in grids]))
        return norm * total / draws / cell, np.array(0 if chosen.is_whole else draws)

    def _axes(self, state: State) -> tuple[np.ndarray, ...]:
        """Points of every mode."""
        modes = mode_indices(state.model, self.modes)
        reaches = [self.reach or state.extent(m) for m in modes]
        return tuple(np.linspace(-far, far, self.points) for far in reaches)

    def result(
        self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]
    ) -> ReducedDensities:
        """The readings, as ReducedDensities."""
        model = start.model
        labels = model.state_labels
        if self.of_surfaces:
            labels = surface_names(model)
        axes = [*self._axes(start), np.zeros(0)]
        modes = mode_indices(model, self.modes)

        return ReducedDensities(
            times,
            axes[0],
            axes[1],
            values=columns[0],
            modes=tuple(model.mode_labels[m] for m in modes),
            labels=labels,
            of_surfaces=self.of_surfaces,
            draws=int(columns[1].max()),
        )


def mode_indices(model: VibronicHamiltonian, modes: Sequence[Any]) -> tuple[int, ...]:
    """Indices of modes given by label or index."""
    return tuple(index_of("mode", m, model.mode_labels) for m in modes)
