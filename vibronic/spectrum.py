"""A stick spectrum, and the curve it broadens into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .checks import InputError, check_positive, check_shape, frozen_array
from .storage import noun

FWHM_OF_SIGMA = np.sqrt(8 * np.log(2))


@noun
@dataclass(frozen=True, eq=False)
class StickSpectrum:
    """Lines: `energies` (eV), `intensities`, and `state_weights` (n, n_states): each line's electronic character."""

    energies: np.ndarray
    intensities: np.ndarray
    state_weights: np.ndarray | None = None
    state_labels: tuple[str, ...] = ()
    source: str = ""
    certificate: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("energies", "intensities"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        check_shape("intensities", self.intensities, ("n_lines",), (self.energies.size,))
        if self.state_weights is not None:
            object.__setattr__(self, "state_weights", frozen_array(self.state_weights, "state_weights"))
            if self.state_weights.ndim != 2 or len(self.state_weights) != self.energies.size:
                raise InputError(f"Argument `state_weights` must have a row for each of {self.energies.size} lines, but "
                                 f"has shape {self.state_weights.shape}.")

    @property
    def strength(self) -> float:
        """Total strength, the sum of intensities."""
        return float(self.intensities.sum())

    def moment(self, order: int) -> float:
        """Normalised spectral moment, sum_n I_n E_n^order / sum_n I_n, eV^order."""
        return float(self.intensities @ self.energies**order / self.strength)

    def broadened(self, grid: Any, *, fwhm: float) -> Spectrum:
        """Gaussian curve on `grid` (eV); its area is the total strength."""
        check_positive("fwhm", fwhm, "eV")
        grid = frozen_array(grid, "grid")
        sigma = fwhm / FWHM_OF_SIGMA
        values = np.zeros(grid.size)
        for part in np.array_split(np.arange(self.energies.size), max(1, self.energies.size * grid.size // 4_000_000)):
            distance = (grid[:, None] - self.energies[part]) / sigma
            values += np.exp(-0.5 * distance**2) @ self.intensities[part]
        return Spectrum(grid, values / (sigma * np.sqrt(2 * np.pi)), fwhm=fwhm, source=self.source)

    def scaled(self, factor: float) -> StickSpectrum:
        """The same lines with intensities times `factor`."""
        return StickSpectrum(self.energies, self.intensities * factor, self.state_weights, self.state_labels,
                             self.source, self.certificate, self.provenance)

    def strongest(self, count: int) -> np.ndarray:
        """Indices of the strongest lines, strongest first."""
        return np.argsort(-self.intensities, kind="stable")[:count]

    def __str__(self) -> str:
        if not self.energies.size:
            return f"StickSpectrum  no lines ({self.source})"
        end = f", {self.certificate['text']}" if "text" in self.certificate else ""
        return (f"StickSpectrum  {self.energies.size} lines, {self.energies.min():.2f}-{self.energies.max():.2f} eV, "
                f"total strength {self.strength:.3f}{end}")


@noun
@dataclass(frozen=True, eq=False)
class Spectrum:
    """A curve: `values` (per eV) on `grid` (eV), broadened to `fwhm` (eV); its area is the total strength."""

    grid: np.ndarray
    values: np.ndarray
    fwhm: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("grid", "values"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        check_shape("values", self.values, ("n_grid",), (self.grid.size,))

    @property
    def area(self) -> float:
        """Integral over the grid (trapezoid)."""
        return float(np.trapezoid(self.values, self.grid))

    def maxima(self, threshold: float = 0.02) -> np.ndarray:
        """Energies (eV) of the local maxima higher than `threshold` times the highest, by a parabola through three points."""
        y = self.values
        k = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:]) & (y[1:-1] > threshold * y.max(initial=0.0))) + 1
        bend = y[k - 1] - 2 * y[k] + y[k + 1]
        return self.grid[k] + 0.5 * (y[k - 1] - y[k + 1]) / bend * (self.grid[1] - self.grid[0])

    def __str__(self) -> str:
        return (f"Spectrum  {self.grid[0]:.2f}-{self.grid[-1]:.2f} eV, FWHM {1000 * self.fwhm:.0f} meV, "
                f"area {self.area:.3f} ({self.source})")


@noun
@dataclass(frozen=True, eq=False)
class VibronicLevels:
    """Eigenstates: `energies` (eV), `residuals` |H v - E v| (eV), and `state_weights` (n, n_states), their diabatic populations."""

    energies: np.ndarray
    residuals: np.ndarray
    state_weights: np.ndarray
    state_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("energies", "residuals", "state_weights"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        check_shape("residuals", self.residuals, ("n_levels",), (self.energies.size,))

    def __str__(self) -> str:
        head = f"VibronicLevels  {self.energies.size} levels, residuals up to {self.residuals.max():.0e} eV"
        names = "".join(f"{label:>8}" for label in self.state_labels)
        rows = [f"{e:>12.6f}{r:>12.1e}" + "".join(f"{w:>8.3f}" for w in weights)
                for e, r, weights in zip(self.energies, self.residuals, self.state_weights, strict=True)]
        return "\n".join([head, f"{'energy/eV':>12}{'residual':>12}{names}", *rows])


def summed(sticks: list[StickSpectrum], source: str = "") -> StickSpectrum:
    """All lines of several spectra as one, in order of energy."""
    energies = np.concatenate([s.energies for s in sticks])
    order = np.argsort(energies, kind="stable")
    weights = [s.state_weights for s in sticks if s.state_weights is not None]
    return StickSpectrum(
        energies[order], np.concatenate([s.intensities for s in sticks])[order],
        np.concatenate(weights)[order] if len(weights) == len(sticks) else None,
        sticks[0].state_labels, source or sticks[0].source)
