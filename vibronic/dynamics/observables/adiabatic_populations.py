"""Populations of the adiabatic surfaces, for any number of modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...certificate import Certificate, Limit
from ...checks import check_positive, frozen_array
from ...notebook import curve_html
from ...storage import noun
from ...surface_names import surface_names
from ..propagators.state import State
from .observable import Observable
from .surface_densities import NEEDS, GridModes, grid_modes, surface_densities

EXACT_POINTS = 300_000  # largest grid that holds all modes
GRID_POINTS = 20_000  # largest grid of one draw
BATCH = 8  # draws
MOST = 1024  # draws


@noun
@dataclass(frozen=True, eq=False)
class AdiabaticPopulations:
    """`populations` (n_t, n_states) of the adiabatic surfaces, from the lowest, at `times` (fs),
    and their standard `errors`. `labels` name the surfaces.

    `draws` (n_t,) counts the draws of the modes that did not fit on a grid; 0 where all did, and
    the error is that of the grid.
    """

    times: np.ndarray
    populations: np.ndarray
    errors: np.ndarray
    draws: np.ndarray
    certificate: Certificate | None = None
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("times", "populations", "errors", "draws"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        unnamed = tuple(f"surface {a}" for a in range(self.populations.shape[1]))
        object.__setattr__(self, "labels", tuple(self.labels) or unnamed)

    def __str__(self) -> str:
        pairs = zip(self.labels, self.populations[-1], strict=True)
        final = ", ".join(f"{label} {p:.3f}" for label, p in pairs)
        how = f"up to {int(self.draws.max())} draws" if self.draws.max() else "all modes on a grid"
        return (
            f"AdiabaticPopulations  {self.times[0]:g}-{self.times[-1]:g} fs; at the end: "
            f"{final}; standard error at most "
            f"{self.errors.max():.0e} ({how})"
        )

    def _repr_html_(self) -> str:
        return curve_html(self)


@dataclass(frozen=True)
class SurfacePopulations(Observable):
    """P_a = int dq |<a(q)|psi(q)>|^2, a(q) the eigenvectors of W(q): gives AdiabaticPopulations.

    The strongest modes stand on a grid; where not all fit, the others are drawn from |psi|^2
    until the standard error is below `error`. `grid_points` bounds the grid of one draw,
    `exact_points` one that holds all modes.
    """

    error: float = 5e-3
    exact_points: int = EXACT_POINTS
    grid_points: int = GRID_POINTS
    seed: int = 1

    needs = NEEDS

    def __post_init__(self) -> None:
        for name in ("error", "exact_points", "grid_points"):
            check_positive(name, getattr(self, name))

    def measured(self, state: State, k: int) -> tuple[np.ndarray, ...]:
        """Populations, their errors and the number of draws, at output `k`."""
        rng = np.random.default_rng([self.seed, k])
        norm = float(state.populations().sum())
        chosen = grid_modes(state, exact=self.exact_points, most=self.grid_points)

        if chosen.is_whole:
            first, second = (_shares(state, chosen, shift, 1, rng)[0] for shift in (-0.25, 0.25))
            mean = norm * (first + second) / 2
            return mean, norm * np.abs(first - second) / 2, np.array(0)

        shares = np.zeros((0, state.model.n_states))
        while True:
            some = _shares(state, chosen, rng.uniform(-0.5, 0.5), BATCH, rng)
            shares = np.concatenate([shares, some])
            error = shares.std(axis=0, ddof=1) / np.sqrt(len(shares))
            if error.max() < self.error or len(shares) >= MOST:
                return norm * shares.mean(axis=0), norm * error, np.array(len(shares))

    def result(
        self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]
    ) -> AdiabaticPopulations:
        """The readings, as AdiabaticPopulations."""
        populations, errors, draws = columns
        most = int(draws.max())
        found = Certificate(
            self.error,
            errors.max(),
            most or self.exact_points,
            Limit.SAMPLE if most else Limit.GRID,
            found="standard error of the draws" if most else "difference of two shifted grids",
        )
        names = surface_names(start.model)
        return AdiabaticPopulations(times, populations, errors, draws, found, names)


def _shares(
    state: State, chosen: GridModes, shift: float, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Populations (count, n_states) from a grid moved by part of its step."""
    moved = [x + shift * (x[1] - x[0]) for x in chosen.grids]
    drawn = state.conditional(chosen.modes, moved, count, rng)
    found: np.ndarray = surface_densities(state.model, drawn).sum(axis=2)
    return found
