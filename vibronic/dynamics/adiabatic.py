"""Populations of the adiabatic surfaces, for any number of modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..basis import VibronicBasis
from ..checks import check_positive, frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from .observing import Meter, Observable
from .unfolding import Sheets, Unfolding

EXACT_POINTS = 300_000  # largest grid that holds all modes
SHEET_POINTS = 20_000  # largest grid of one draw
# draws
BATCH = 8
MOST = 1024
ENOUGH = 120_000  # points up to which a grid is made finer than it must be
FINER = 10  # times as many points as the packet itself needs, at most
NEGLIGIBLE = 1e-12  # of the probability, at a point


@noun
@dataclass(frozen=True, eq=False)
class AdiabaticPopulations:
    """`populations` (n_t, n_states) of the adiabatic surfaces, from the lowest, at `times` (fs),
    and their standard `errors`.

    `draws` (n_t,) counts the draws of the modes that did not fit on a grid; 0 where all did, and
    the error is that of the grid.
    """

    times: np.ndarray
    populations: np.ndarray
    errors: np.ndarray
    draws: np.ndarray

    def __post_init__(self) -> None:
        for name in ("times", "populations", "errors", "draws"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        final = ", ".join(f"surface {a} {p:.3f}" for a, p in enumerate(self.populations[-1]))
        how = f"up to {int(self.draws.max())} draws" if self.draws.max() else "all modes on a grid"
        return (
            f"AdiabaticPopulations  {self.times[0]:g}-{self.times[-1]:g} fs; at the end: "
            f"{final}; standard error at most "
            f"{self.errors.max():.0e} ({how})"
        )


@dataclass(frozen=True)
class SurfacePopulations(Observable):
    """P_a = int dq |<a(q)|psi(q)>|^2, a(q) the eigenvectors of W(q): gives AdiabaticPopulations.

    The strongest modes are laid on a grid; where not all fit, the others are drawn from |psi|^2
    until the standard error is below `error`. `sheet_points` bounds the grid of one draw,
    `exact_points` one that holds all modes.
    """

    error: float = 5e-3
    exact_points: int = EXACT_POINTS
    sheet_points: int = SHEET_POINTS
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("error", "exact_points", "sheet_points"):
            check_positive(name, getattr(self, name))

    def meter(
        self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray
    ) -> Meter:
        """Meter of a sector."""
        return _Meter(self, model, Unfolding(basis, functions))


@dataclass(frozen=True)
class _Meter(Meter):
    asked: SurfacePopulations
    model: VibronicHamiltonian
    unfolding: Unfolding

    def measured(self, psi: np.ndarray, k: int) -> tuple[np.ndarray, ...]:
        """Populations, their errors and the number of draws, at output `k`."""
        rng = np.random.default_rng([self.asked.seed, k])
        norm = float(np.vdot(psi, psi).real)
        laid, grids, whole = layout(
            self.model,
            self.unfolding,
            psi,
            (),
            (),
            self.asked.exact_points,
            self.asked.sheet_points,
        )
        if whole:
            first, second = (
                self._shares(psi, laid, grids, shift, 1, rng)[0] for shift in (-0.25, 0.25)
            )
            return norm * (first + second) / 2, norm * np.abs(first - second) / 2, np.array(0)
        shares = np.zeros((0, self.model.n_states))
        while True:
            shares = np.concatenate(
                [shares, self._shares(psi, laid, grids, rng.uniform(-0.5, 0.5), BATCH, rng)]
            )
            error = shares.std(axis=0, ddof=1) / np.sqrt(len(shares))
            if error.max() < self.asked.error or len(shares) >= MOST:
                return norm * shares.mean(axis=0), norm * error, np.array(len(shares))

    def _shares(
        self,
        psi: np.ndarray,
        laid: Sequence[int],
        grids: Sequence[np.ndarray],
        shift: float,
        count: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        moved = [x + shift * (x[1] - x[0]) for x in grids]
        return surface_densities(
            self.model, self.unfolding.sheets(psi, laid, moved, count, rng)
        ).sum(axis=2)

    def outcome(self, times: np.ndarray, columns: Sequence[np.ndarray]) -> AdiabaticPopulations:
        """The readings, as AdiabaticPopulations."""
        return AdiabaticPopulations(times, *columns)


def layout(
    model: VibronicHamiltonian,
    unfolding: Unfolding,
    psi: np.ndarray,
    laid: tuple[int, ...],
    grids: tuple[np.ndarray, ...],
    exact: int,
    sheet: int,
) -> tuple[tuple[int, ...], tuple[np.ndarray, ...], bool]:
    """Modes to lay on a grid beside those already `laid`, their grids, and whether these are all:
    the strongest first, as many as fit.
    """
    others = [
        m
        for m in sorted(unfolding.active, key=lambda m: -mixing_strengths(model)[m])
        if m not in laid
    ]
    own = {m: unfolding.grid(psi, m) for m in others}
    size = float(np.prod([x.size for x in (*grids, *own.values())]))
    if size <= exact:
        return (
            (*laid, *others),
            (
                *grids,
                *(
                    _finer(x, (min(exact, ENOUGH) / size) ** (1 / max(len(own), 1)))
                    for x in own.values()
                ),
            ),
            True,
        )
    size = float(np.prod([x.size for x in grids]))
    for m in others:
        size *= own[m].size
        if size > sheet:
            break
        laid = (*laid, m)
        grids = (*grids, own[m])
    return laid, grids, False


def _finer(grid: np.ndarray, factor: float) -> np.ndarray:
    """The same interval with more points: states turn sharply near an intersection."""
    return np.linspace(grid[0], grid[-1], max(grid.size, int(grid.size * min(factor, FINER))))


def mixing_strengths(model: VibronicHamiltonian) -> np.ndarray:
    """How strongly each mode turns the adiabatic states: the spread of its linear and own
    quadratic terms over its frequency, (n_modes,).
    """
    own = np.zeros(model.linear.shape)
    for (m, n), matrix in model.quadratic_pairs.items():
        if m == n:
            own[m] = matrix
    spread = [np.abs(np.ptp(np.linalg.eigvalsh(term), axis=1)) for term in (model.linear, own)]
    return (spread[0] + spread[1]) / model.frequencies


def surface_densities(model: VibronicHamiltonian, sheets: Sheets) -> np.ndarray:
    """|<a(q)|psi(q)>|^2 of every adiabatic surface at the points of sheets, (n_draws, n_states,
    n_points).
    """
    n = model.n_states
    psi = sheets.amplitudes.transpose(0, 2, 1)
    weight = (psi.real**2 + psi.imag**2).sum(axis=2)
    found = np.zeros((*weight.shape, n))
    there = weight > NEGLIGIBLE
    found[there] = _resolved(model.potential(sheets.positions[there]), psi[there])
    return found.transpose(0, 2, 1)


def _resolved(w: np.ndarray, psi: np.ndarray) -> np.ndarray:
    """Weights of psi (n, n_states) on the eigenvectors of w (n, n_states, n_states), rising."""
    if w.shape[-1] != 2:
        vectors = np.linalg.eigh(w)[1]
        return np.abs(np.einsum("kia,ki->ka", vectors, psi)) ** 2
    x = (w[:, 0, 0] - w[:, 1, 1]) / 2
    y = w[:, 0, 1]
    first, second = np.abs(psi.T) ** 2
    half = (first + second) / 2
    radius = np.hypot(x, y)
    tilt = (x * (first - second) / 2 + y * (psi[:, 0].conj() * psi[:, 1]).real) / np.where(
        radius > 0, radius, 1
    )
    return np.stack([half - tilt, half + tilt], axis=1)
