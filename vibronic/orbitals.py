"""Orbitals on a grid of points, beside the atoms they belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .checks import check_known, check_positive, check_shape, checked_names, frozen_array
from .storage import noun
from .units import BOHR


@noun
@dataclass(frozen=True, eq=False)
class Orbitals:
    """Values (n, n_x, n_y, n_z) of n orbitals, a0^-3/2, at the points origin + step (i, j, k),
    angstrom, round atoms at `coordinates` (n_atoms, 3), angstrom.

    `labels` name the states that each is the parent of, `energies` (n,) are what it costs to
    remove an electron from it while nothing else moves, eV (Koopmans), `irreps` are the species in
    the point group, whose names depend on where the `axes` point. The sign of an orbital as a
    whole is arbitrary.
    """

    symbols: tuple[str, ...]
    coordinates: np.ndarray
    labels: tuple[str, ...]
    irreps: tuple[str, ...]
    energies: np.ndarray
    origin: np.ndarray
    step: float
    values: np.ndarray
    level_of_theory: str = ""
    molecule: str = ""
    axes: str = ""

    def __post_init__(self) -> None:
        for name in ("coordinates", "energies", "origin", "values"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        object.__setattr__(self, "symbols", tuple(self.symbols))
        n = len(self.values)
        atoms = len(self.symbols)
        check_shape("coordinates", self.coordinates, ("n_atoms", "3"), (atoms, 3))
        check_shape("energies", self.energies, ("n",), (n,))
        check_shape("origin", self.origin, ("3",), (3,))
        counts = self.values.shape[1:]
        check_shape("values", self.values, ("n", "n_x", "n_y", "n_z"), (n, *counts[:3]))
        check_positive("step", self.step, "angstrom")
        for name in ("labels", "irreps"):
            names = checked_names(name, getattr(self, name), n, unique=name == "labels")
            object.__setattr__(self, name, names)

    @property
    def norms(self) -> np.ndarray:
        """Integrals of the squares over the grid, (n,): 1 where it holds the whole orbital."""
        volume = (self.step / BOHR) ** 3
        found: np.ndarray = (self.values**2).sum(axis=(1, 2, 3)) * volume
        return found

    def contour(self, label: str, share: float = 0.7) -> float:
        """The value (a0^-3/2) of the surface |psi| = constant inside which an electron in the
        orbital called `label` is found with the probability `share`.
        """
        check_known("orbital", label, self.labels)
        k = self.labels.index(label)
        falling = np.sort(np.abs(self.values[k]).ravel())[::-1]
        inside = np.cumsum(falling**2) / (self.norms[k] * (BOHR / self.step) ** 3)
        return float(falling[int(np.searchsorted(inside, share))])

    def __str__(self) -> str:
        counts = " x ".join(str(n) for n in self.values.shape[1:])
        lines = [
            f"Orbitals  {self.molecule}: {len(self.labels)} parent orbitals, "
            f"{self.level_of_theory}, on {counts} points {self.step:g} angstrom apart"
        ]
        lines += [
            f"  {label:<6}{irrep:<5}{energy:>8.3f} eV    {100 * norm:.1f} % inside the grid"
            for label, irrep, energy, norm in zip(
                self.labels, self.irreps, self.energies, self.norms, strict=True
            )
        ]
        return "\n".join(lines)
