"""Maxima of a spectrum at one resolution, the minima that part them, and what they are made of."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import Gaussian
from ..models import degenerate_sets
from ..resolved_density import ResolvedDensity
from ..spectrum import StickSpectrum, summed

LEAST_HEIGHT = 0.08  # of the highest
POINTS = 60  # in a full width
PURE = 0.75  # a maximum of which no state makes more than this is no state's
REPRODUCED = 0.25  # a strength is reproduced within this part of it


def maxima_with_limits(
    sticks: StickSpectrum, fwhm: float, least: float = LEAST_HEIGHT
) -> list[tuple[float, float, float, float]]:
    """Energy and height of every maximum of the lines broadened to `fwhm` (eV) that is higher than
    `least` of the highest, and its lower and upper limit (eV).
    """
    low = sticks.energies.min() - 3 * fwhm
    high = sticks.energies.max() + 3 * fwhm
    grid = np.arange(low, high, fwhm / POINTS)
    curve = sticks.broadened(grid, fwhm=fwhm)
    maxima = curve.maxima(least)

    edges = [float(grid[0])]
    for pair in itertools.pairwise(maxima):
        between = slice(*np.searchsorted(grid, pair))
        edges.append(float(grid[between][int(np.argmin(curve.values[between]))]))
    edges.append(float(grid[-1]))

    heights = np.interp(maxima, grid, curve.values)
    return [
        (float(energy), float(height), *limits)
        for energy, height, limits in zip(maxima, heights, itertools.pairwise(edges), strict=True)
    ]


@dataclass(frozen=True, eq=False)
class Entered:
    """All lines that a decision needs."""

    model: VibronicHamiltonian
    vibronic: tuple[StickSpectrum, ...]
    doorways: tuple[Doorway, ...]
    alone: StickSpectrum
    adiabatic: StickSpectrum | None

    @property
    def densities(self) -> list[ResolvedDensity]:
        """Of every transition."""
        return [lines.resolved for lines in self.vibronic if lines.resolved is not None]

    @property
    def sets(self) -> list[np.ndarray]:
        """States, the components of a degenerate one together."""
        return degenerate_sets(np.diag(self.model.constant), self.model.state_irreps)

    def weights(self, low: float, high: float) -> np.ndarray:
        """Strength in the character of every state between two energies, (n_states,), summed over
        the transitions, components of a degenerate state alike.
        """
        total = sum(part.between(low, high) for part in self.densities)
        weights = np.diag(total).copy()
        for states in self.sets:
            weights[states] = weights[states].mean()
        return weights

    def strength(self, lines: StickSpectrum | None, low: float, high: float) -> float:
        """Of lines seen at the resolution of the densities; -1 where there are none."""
        if lines is None:
            return -1.0
        profile = Gaussian(self.densities[0].fwhm)
        edges = np.array([[low], [high]])
        below = profile.cumulative(edges - lines.energies)
        return float((below[1] - below[0]) @ lines.intensities)


@dataclass(frozen=True, eq=False)
class Maximum:
    """One maximum at the resolution of bands; its `group` is that of its neighbours if they belong
    to one band.
    """

    energy: float
    height: float
    low: float
    high: float
    character: np.ndarray
    leading: int
    purity: float
    is_mystery: bool

    @property
    def group(self) -> object:
        """The leading set of states; its own energy for a mystery."""
        return self.energy if self.is_mystery else self.leading


def maxima_at(entry: Entered, fwhm: float) -> list[Maximum]:
    """Every maximum at a resolution (eV), what it is made of, and whether it is a mystery."""
    found = []
    for energy, height, low, high in maxima_with_limits(summed(entry.vibronic), fwhm):
        weights = entry.weights(low, high)
        strength = float(weights.sum())
        by_set = [float(weights[states].sum()) / strength for states in entry.sets]
        leading = int(np.argmax(by_set))

        others = [entry.strength(x, low, high) for x in (entry.alone, entry.adiabatic)]
        unlike = [abs(x - strength) > REPRODUCED * strength for x in others if x >= 0]
        mystery = by_set[leading] < PURE and all(unlike)

        character = weights / strength
        found.append(
            Maximum(energy, height, low, high, character, leading, by_set[leading], mystery)
        )

    return found
