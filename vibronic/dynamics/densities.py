"""Probability densities of one or two modes, by diabatic state or by adiabatic surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError, check_known, check_positive, frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from .adiabatic import layout, surface_densities
from .observing import Meter, Observable
from .unfolding import Unfolding

POINTS = 64  # of each axis
EXACT_POINTS = 400_000
SHEET_POINTS = 60_000


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
        return self.values.reshape(*self.values.shape[:2], -1).sum(axis=2) * cell

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

    def meter(
        self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray
    ) -> Meter:
        """Meter of a sector."""
        return _Meter(self, model, Unfolding(basis, functions), mode_indices(model, self.modes))


def mode_indices(model: VibronicHamiltonian, modes: Sequence[Any]) -> tuple[int, ...]:
    """Indices of modes given by label or index."""
    found = []
    for m in modes:
        if isinstance(m, str):
            check_known("mode", m, model.mode_labels)
        elif not 0 <= int(m) < model.n_modes:
            raise InputError(
                f"There is no mode {m}: the model has {model.n_modes} modes, counted from 0."
            )
        found.append(model.mode_labels.index(m) if isinstance(m, str) else int(m))
    return tuple(found)


@dataclass
class _Meter(Meter):
    asked: ModeDensity
    model: VibronicHamiltonian
    unfolding: Unfolding
    indices: tuple[int, ...]
    grids: tuple[np.ndarray, ...] = field(init=False)

    def __post_init__(self) -> None:
        reaches = [
            self.asked.reach or np.sqrt(2 * self.unfolding.levels[m] + 1) + 1 for m in self.indices
        ]
        self.grids = tuple(np.linspace(-far, far, self.asked.points) for far in reaches)

    def measured(self, psi: np.ndarray, k: int) -> tuple[np.ndarray, ...]:
        """Densities (n_states, n_x[, n_y]) and the number of draws, at output `k`."""
        if not self.asked.of_surfaces:
            return self.unfolding.joint_density(psi, self.indices, self.grids), np.array(0)
        rng = np.random.default_rng([self.asked.seed, k])
        norm = float(np.vdot(psi, psi).real)
        laid, grids, whole = layout(
            self.model, self.unfolding, psi, self.indices, self.grids, EXACT_POINTS, SHEET_POINTS
        )
        draws = 1 if whole else self.asked.draws
        total = np.zeros((self.model.n_states, *(x.size for x in self.grids)))
        cell = float(np.prod([x[1] - x[0] for x in self.grids]))
        for _ in range(draws):
            moved = (
                *self.grids,
                *(x + rng.uniform(-0.5, 0.5) * (x[1] - x[0]) for x in grids[len(self.grids) :]),
            )
            sheets = self.unfolding.sheets(psi, laid, moved, 1, rng)
            density = surface_densities(self.model, sheets)[0].reshape(
                self.model.n_states, *sheets.shape
            )
            total += density.reshape(*total.shape, -1).sum(axis=-1)
        return norm * total / draws / cell, np.array(0 if whole else draws)

    def outcome(self, times: np.ndarray, columns: Sequence[np.ndarray]) -> ReducedDensities:
        """The readings, as ReducedDensities."""
        labels = (
            tuple(f"surface {a}" for a in range(self.model.n_states))
            if self.asked.of_surfaces
            else self.model.state_labels
        )
        axes = [*self.grids, np.zeros(0)][:2]
        return ReducedDensities(
            times,
            axes[0],
            axes[1],
            columns[0],
            tuple(self.model.mode_labels[m] for m in self.indices),
            labels,
            self.asked.of_surfaces,
            int(columns[1].max()),
        )
