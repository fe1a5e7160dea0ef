"""A model's surfaces held against energies computed without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import InputError, check_shape, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..surface_names import surface_names
from ..surfaces import ConicalIntersection, adiabatic_energies
from ..tables import Column, Table

OVERSHOOT = 1.4  # how far the cut from the vertical point goes beyond the intersection
SIDE = 1.0  # q; reach of the cuts along g and h


@noun
@dataclass(frozen=True, eq=False)
class SurfaceCut:
    """A straight cut: `lengths` (n,) in q from where it starts, `positions` (n, n_modes);
    `energies` (n, n_states), eV, computed there without the model (empty before), and `ground`
    (n,), the energy of the reference state itself.
    """

    name: str
    lengths: np.ndarray
    positions: np.ndarray
    energies: np.ndarray
    ground: np.ndarray

    def __post_init__(self) -> None:
        for name in ("lengths", "positions", "energies", "ground"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))


@noun
@dataclass(frozen=True, eq=False)
class SurfaceCheck:
    """A model beside `cuts` of independent energies, of which the lowest surfaces are compared;
    `level_of_theory` says how these were made.
    """

    model: VibronicHamiltonian
    point: ConicalIntersection
    cuts: tuple[SurfaceCut, ...]
    level_of_theory: str

    def errors(self, cut: SurfaceCut) -> np.ndarray:
        """Model minus independent energies, (n, n_states), eV."""
        values: np.ndarray = adiabatic_energies(self.model, cut.positions) - cut.energies
        return values

    def ground_errors(self, cut: SurfaceCut) -> np.ndarray:
        """Harmonic reference minus its independent energy, (n,), eV."""
        values: np.ndarray = 0.5 * cut.positions**2 @ self.model.frequencies - cut.ground
        return values

    @property
    def gap(self) -> float:
        """Gap of the two surfaces at the model's intersection as computed without the model,
        eV.
        """
        a, b = self.point.states
        cut = self.cuts[0]
        k = int(np.argmin(np.linalg.norm(cut.positions - self.point.position, axis=1)))
        return float(cut.energies[k, b] - cut.energies[k, a])

    def __str__(self) -> str:
        head = (
            f"MODEL BESIDE AB INITIO POINTS  {self.level_of_theory}; energies in eV, lengths in q"
        )
        pair = list(self.point.states)
        every = np.concatenate([self.errors(cut)[:, pair].ravel() for cut in self.cuts])
        end = (
            f"error: model minus ab initio; mean size {np.abs(every).mean():.3f} eV, largest "
            f"{np.abs(every).max():.3f} eV. neutral: the same for\nthe reference state (its "
            "anharmonicity). At the model's intersection the ab initio gap is "
            f"{1e3 * self.gap:.0f} meV."
        )

        return "\n\n".join([head, *(str(self._table(cut)) for cut in self.cuts), end])

    def _table(self, cut: SurfaceCut) -> Table:
        pair = list(self.point.states)
        names = surface_names(self.model)
        columns = [Column("length", ".2f", width=8)]
        for name, form in (("model", ".3f"), ("ab in.", ".3f"), ("error", "+.3f")):
            columns += [Column(f"{name} {names[a]}", form) for a in pair]
        columns.append(Column("neutral", "+.3f"))
        numbers = np.column_stack(
            [
                cut.lengths,
                adiabatic_energies(self.model, cut.positions)[:, pair],
                cut.energies[:, pair],
                self.errors(cut)[:, pair],
                self.ground_errors(cut),
            ]
        )

        return Table(columns, numbers.tolist(), title=cut.name)


@public
def cuts_through(
    model: VibronicHamiltonian, point: ConicalIntersection, n_points: int = 8
) -> tuple[SurfaceCut, ...]:
    """Cuts without energies: from the vertical point to the intersection and beyond, and through
    it along g and along h.
    """
    if n_points < 4:
        raise InputError(f"Argument `n_points` must be 4 or more, but is {n_points}.")

    distance = float(np.linalg.norm(point.position))
    inside = np.linspace(0, 1, n_points - 2)
    parts = np.concatenate([inside, np.linspace(1, OVERSHOOT, 3)[1:]])

    cuts = [
        _empty(
            "From the vertical point to the intersection and beyond",
            parts * distance,
            parts[:, None] * point.position,
        )
    ]
    for vector, name in ((point.g, "g"), (point.h, "h")):
        if point.is_conical:
            side = np.linspace(-SIDE, SIDE, 2 * (n_points // 4) + 1)
            cuts.append(
                _empty(
                    f"Through the intersection along {name}",
                    side,
                    point.position + side[:, None] * vector / np.linalg.norm(vector),
                )
            )

    return tuple(cuts)


@public
def surface_check(
    model: VibronicHamiltonian,
    point: ConicalIntersection,
    cuts: Sequence[SurfaceCut],
    energies: Any,
    ground: Any,
    level_of_theory: str,
) -> SurfaceCheck:
    """The check of `cuts` with the `energies` (n_points, n_states) and `ground` (n_points,) of all
    their points in order, eV.
    """
    e = frozen_array(energies, "energies")
    g = frozen_array(ground, "ground")
    count = sum(cut.lengths.size for cut in cuts)
    check_shape("energies", e, ("n_points", "n_states"), (count, model.n_states))
    check_shape("ground", g, ("n_points",), (count,))
    stops = np.cumsum([cut.lengths.size for cut in cuts])[:-1]
    filled = [
        SurfaceCut(cut.name, cut.lengths, cut.positions, own, low)
        for cut, own, low in zip(cuts, np.split(e, stops), np.split(g, stops), strict=True)
    ]
    return SurfaceCheck(model, point, tuple(filled), level_of_theory)


def _empty(name: str, lengths: np.ndarray, positions: np.ndarray) -> SurfaceCut:
    return SurfaceCut(name, lengths, positions, np.zeros((0, 0)), np.zeros(0))
