"""What electrons are doing at every energy of a spectrum, seen at one resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline

from .checks import check_positive, check_shape, frozen_array
from .line_shape import FWHM_OF_SIGMA
from .storage import noun

FAINT = 1e-6  # of the highest; nothing is said of the electrons where the spectrum is fainter


@noun
@dataclass(frozen=True, eq=False)
class ResolvedDensity:
    """Reduced electronic density matrix of the energy-filtered state, at every energy of a grid.

    psi_G(E) = g_G(E - H) psi(0) is the part of the packet that a spectrometer of resolution G sees
    at E: g_G(x)^2 is a normalised Gaussian of full width G = `fwhm` (eV). `density` (n_grid,
    n_states, n_states) is rho_ij(E) = <psi_G(E)| (|j><i|) |psi_G(E)> in 1/eV: its trace is the
    spectrum broadened to G, its diagonal the part of each diabatic state, and its integral over
    all energies the density matrix of the moving packet averaged over a window of time,

        integral rho_ii(E) dE = integral w(t) P_i(t) dt,

    w a normalised Gaussian of standard deviation hbar/(2 sigma), sigma = G/2.355; for G -> 0 it is
    the average over all times. The `grid` (eV) has steps of sigma/2.
    """

    grid: np.ndarray
    density: np.ndarray
    fwhm: float
    state_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_positive("fwhm", self.fwhm, "eV")
        for name in ("grid", "density"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        n_states = self.density.shape[-1]
        expected = (self.grid.size, n_states, n_states)
        check_shape("density", self.density, ("n_grid", "n_states", "n_states"), expected)

    @property
    def values(self) -> np.ndarray:
        """The spectrum at resolution G, (n_grid,), 1/eV: the trace of the density."""
        found: np.ndarray = np.einsum("kii->k", self.density)
        return found

    @property
    def step(self) -> float:
        """Distance (eV) of the energies of the grid, sigma/2."""
        return float(self.fwhm / FWHM_OF_SIGMA / 2)

    @property
    def total(self) -> np.ndarray:
        """Integral of the density over all energies, (n_states, n_states)."""
        found: np.ndarray = self.step * self.density.sum(axis=0)
        return found

    @property
    def strength(self) -> float:
        """Integral of the spectrum over all energies."""
        return float(np.trace(self.total))

    def between(self, low: float, high: float) -> np.ndarray:
        """Integral of the density from `low` to `high` (eV), (n_states, n_states)."""
        inside = np.clip([low, high], self.grid[0], self.grid[-1])
        return np.asarray(self._spline().integrate(*inside))

    def at(self, energies: np.ndarray) -> np.ndarray:
        """Density matrix of trace 1 at each of `energies` (eV), (n, n_states, n_states); outside
        the spectrum that of the nearest energy inside.
        """
        bright = self._bright()
        seen = self.grid[bright]
        nearest = np.clip(energies, seen[0], seen[-1])
        found = CubicSpline(seen, self.density[bright])(nearest)
        return _of_trace_one(found)

    @property
    def participation(self) -> float:
        """States that share the spectrum at one energy, 1/sum_i w_i^2 of the weights w_i = rho_ii/
        tr rho, on average over all energies by intensity.
        """
        weights = np.einsum("kii->ki", self._normalised())
        return self._mean(1 / (weights**2).sum(axis=1))

    @property
    def entropy(self) -> float:
        """Entropy -tr rho ln rho of the normalised density (nats), on average over all energies by
        intensity: entanglement of electrons and vibrations, and mixture of several transitions.
        """
        return self._mean(entropies(self._normalised()))

    def within(self, low: float, high: float) -> ResolvedDensity:
        """The part from `low` to `high` (eV)."""
        inside = (self.grid >= low) & (self.grid < high)
        return replace(self, grid=self.grid[inside], density=self.density[inside])

    def scaled(self, factor: float) -> ResolvedDensity:
        """The same with intensities times `factor`."""
        return replace(self, density=self.density * factor)

    def _spline(self) -> CubicSpline:
        return CubicSpline(self.grid, self.density)

    def _bright(self) -> np.ndarray:
        values = self.values
        return np.flatnonzero(values > FAINT * values.max())

    def _normalised(self) -> np.ndarray:
        return _of_trace_one(self.density[self._bright()])

    def _mean(self, numbers: np.ndarray) -> float:
        values = self.values[self._bright()]
        return float(values @ numbers / values.sum())


def entropies(densities: np.ndarray) -> np.ndarray:
    """-tr rho ln rho (n,) of density matrices (n, n_states, n_states) of trace 1, in nats."""
    p = np.clip(np.linalg.eigvalsh(densities), 1e-300, 1.0)
    found: np.ndarray = 0.0 - (p * np.log(p)).sum(axis=1)
    return found


def summed_densities(parts: Sequence[ResolvedDensity]) -> ResolvedDensity:
    """The sum of several, seen at one resolution, on a grid that holds them all."""
    first = parts[0]
    low = min(part.grid[0] for part in parts)
    high = max(part.grid[-1] for part in parts)
    count = round((high - low) / first.step) + 1
    grid = low + first.step * np.arange(count)

    density = np.zeros((count, *first.density.shape[1:]))
    for part in parts:
        begin = round((part.grid[0] - low) / first.step)
        density[begin : begin + part.grid.size] += part.density

    return replace(first, grid=grid, density=density)


def _of_trace_one(densities: np.ndarray) -> np.ndarray:
    traces = np.einsum("kii->k", densities)
    found: np.ndarray = densities / traces[:, None, None]
    return found
