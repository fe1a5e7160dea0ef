"""A stick spectrum, and the curve it broadens into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .certificate import Certificate, worst
from .checks import InputError, check_shape, frozen_array
from .door import public
from .line_shape import LineShape, cells, line_shape, resolved, rising_grid
from .notebook import curve_html
from .resolved_density import ResolvedDensity, entropies, summed_densities
from .storage import built, noun, reads

AT_ONCE = 4_000_000  # numbers held at a time while lines are broadened


@noun
@dataclass(frozen=True, eq=False)
class StickSpectrum:
    """Lines: `energies` (eV), `intensities`, and each line's electronic character, where it is
    known.

    `electronic_density` (n, n_states, n_states) is the reduced electronic density matrix of every
    final state, rho_ij = sum_v c_iv c_jv in diabatic states, traced over the vibrations;
    `state_weights` (n, n_states) is its diagonal. `resolved` is the density at every energy, seen
    at one resolution, where it was asked for. `unit` is that of the intensities: nothing for
    pole strengths and relative strengths, or (e a0)^2.
    """

    energies: np.ndarray
    intensities: np.ndarray
    state_weights: np.ndarray | None = None
    state_labels: tuple[str, ...] = ()
    source: str = ""
    certificate: Certificate | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    electronic_density: np.ndarray | None = None
    unit: str = ""
    resolved: ResolvedDensity | None = None

    def __post_init__(self) -> None:
        for name in ("energies", "intensities"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        check_shape("intensities", self.intensities, ("n_lines",), (self.energies.size,))

        if self.electronic_density is not None:
            object.__setattr__(
                self,
                "electronic_density",
                frozen_array(self.electronic_density, "electronic_density"),
            )
            n = self.energies.size
            s = self.electronic_density.shape[-1]
            check_shape(
                "electronic_density",
                self.electronic_density,
                ("n_lines", "n_states", "n_states"),
                (n, s, s),
            )

            if self.state_weights is None:
                object.__setattr__(
                    self, "state_weights", np.einsum("nii->ni", self.electronic_density)
                )

        if self.state_weights is not None:
            object.__setattr__(
                self, "state_weights", frozen_array(self.state_weights, "state_weights")
            )
            if self.state_weights.ndim != 2 or len(self.state_weights) != self.energies.size:
                raise InputError(
                    f"Argument `state_weights` must have a row for each of {self.energies.size} "
                    "lines, but "
                    f"has shape {self.state_weights.shape}."
                )

    @property
    def strength(self) -> float:
        """Total strength, the sum of intensities."""
        return float(self.intensities.sum())

    @property
    def participation_ratios(self) -> np.ndarray | None:
        """How many diabatic states every line is spread over, 1/sum_i w_i^2, (n,): 1 for a line of
        one state.
        """
        return None if self.state_weights is None else 1 / (self.state_weights**2).sum(axis=1)

    @property
    def entanglement_entropies(self) -> np.ndarray | None:
        """Entropy -tr rho ln rho (n,) of the reduced electronic density: 0 for a product of an
        electronic and a vibrational state, in whatever diabatic basis; at most ln n_states.
        """
        if self.electronic_density is None:
            return None
        return entropies(self.electronic_density)

    @public
    def moment(self, order: int) -> float:
        """Normalised spectral moment, sum_n I_n E_n^order / sum_n I_n, eV^order."""
        return float(self.intensities @ self.energies**order / self.strength)

    @public
    def central_moment(self, order: int) -> float:
        """Normalised moment about the mean, sum_n I_n (E_n - mean)^order / sum_n I_n, eV^order."""
        return float(self.intensities @ (self.energies - self.moment(1)) ** order / self.strength)

    @public
    def broadened(
        self, grid: Any, *, fwhm: float | None = None, shape: LineShape | None = None
    ) -> Spectrum:
        """Curve on `grid` (rising, eV) of Gaussian lines of full width `fwhm` (eV), or of another
        `shape`.

        Its area (trapezoid) is the strength inside the grid, whatever the grid: on one that
        resolves the lines (even steps, four in a full width) the values are samples of the curve,
        on a coarser or uneven one means over the cell around every point.
        """
        grid = rising_grid(grid)
        profile = line_shape(fwhm, shape)
        samples = resolved(grid, profile)
        points = grid if samples else cells(grid)

        values = np.zeros(points.size)
        for part in np.array_split(
            np.arange(self.energies.size), max(1, self.energies.size * grid.size // AT_ONCE)
        ):
            offsets = points[:, None] - self.energies[part]
            values += (
                profile.density(offsets) if samples else profile.cumulative(offsets)
            ) @ self.intensities[part]

        if not samples:
            values = np.diff(values) / np.diff(points)
        return Spectrum(
            grid,
            values,
            fwhm=float(profile.fwhm),
            source=self.source,
            shape=str(profile),
            unit=_per_energy(self.unit),
        )

    @public
    def scaled(self, factor: float) -> StickSpectrum:
        """The same lines with intensities times `factor`."""
        resolved = None if self.resolved is None else self.resolved.scaled(factor)
        return replace(self, intensities=self.intensities * factor, resolved=resolved)

    @public
    def strongest(self, count: int) -> np.ndarray:
        """Indices of the strongest lines, strongest first."""
        return np.argsort(-self.intensities, kind="stable")[:count]

    def __str__(self) -> str:
        if not self.energies.size:
            return f"StickSpectrum  no lines ({self.source})"
        end = f", {self.certificate}" if self.certificate else ""
        return (
            f"StickSpectrum  {self.energies.size} lines, "
            f"{self.energies.min():.2f}-{self.energies.max():.2f} eV, "
            f"total strength {self.strength:.3f}{f' {self.unit}' if self.unit else ''}{end}"
        )

    def _repr_html_(self) -> str:
        return curve_html(self)


def _per_energy(unit: str) -> str:
    return f"{unit}/eV" if unit else "1/eV"


@noun
@dataclass(frozen=True, eq=False)
class Spectrum:
    """A curve: `values` (in `unit`) on `grid` (eV), broadened to `fwhm` (eV) by lines of a
    `shape`; its area is the total strength. Where it comes from an autocorrelation,
    `window_change` is the share of the peak that the last tenth of the times changes. A measured
    curve keeps the `energy_unit` (eV, cm-1 or nm) in which it was recorded and is drawn; `grid` is
    in eV whatever it is.
    """

    grid: np.ndarray
    values: np.ndarray
    fwhm: float = 0.0
    source: str = ""
    shape: str = ""
    unit: str = "1/eV"
    provenance: Mapping[str, Any] = field(default_factory=dict)
    window_change: float | None = None
    energy_unit: str = "eV"

    def __post_init__(self) -> None:
        for name in ("grid", "values"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        check_shape("values", self.values, ("n_grid",), (self.grid.size,))

    @property
    def area(self) -> float:
        """Integral over the grid (trapezoid)."""
        return float(np.trapezoid(self.values, self.grid))

    @public
    def maxima(self, threshold: float = 0.02) -> np.ndarray:
        """Energies (eV) of the local maxima higher than `threshold` times the highest, by a
        parabola through three points.
        """
        y = self.values
        k = (
            np.flatnonzero(
                (y[1:-1] > y[:-2])
                & (y[1:-1] >= y[2:])
                & (y[1:-1] > threshold * y.max(initial=0.0))
            )
            + 1
        )
        left = self.grid[k - 1] - self.grid[k]
        right = self.grid[k + 1] - self.grid[k]
        slope_left = (y[k - 1] - y[k]) / left
        slope_right = (y[k + 1] - y[k]) / right
        bend = (slope_right - slope_left) / (right - left)
        values: np.ndarray = self.grid[k] - 0.5 * (slope_left - bend * left) / bend

        return values

    def __str__(self) -> str:
        width = f", FWHM {1000 * self.fwhm:.0f} meV" if self.fwhm else ""
        end = ""
        if self.window_change is not None:
            end = f", changed by {self.window_change:.0e} by the last tenth of the times"
        return (
            f"Spectrum  {self.grid[0]:.2f}-{self.grid[-1]:.2f} eV{width}, area "
            f"{self.area:.3f} ({self.source}{end})"
        )

    def _repr_html_(self) -> str:
        return curve_html(self)


@reads("Spectrum")
def _spectrum(content: dict[str, Any]) -> Spectrum:
    """Version 0.1 kept `window_change` in the provenance."""
    about = dict(content.get("provenance", {}))
    change = about.pop("window_change", None)
    return built(Spectrum, {"window_change": change, **content, "provenance": about})


@noun
@dataclass(frozen=True, eq=False)
class VibronicLevels:
    """Eigenstates: `energies` (eV), `residuals` |H v - E v| (eV), and `state_weights` (n,
    n_states), their diabatic populations; the `certificate` is about the residuals, on the basis
    given.
    """

    energies: np.ndarray
    residuals: np.ndarray
    state_weights: np.ndarray
    state_labels: tuple[str, ...] = ()
    certificate: Certificate | None = None

    def __post_init__(self) -> None:
        for name in ("energies", "residuals", "state_weights"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        check_shape("residuals", self.residuals, ("n_levels",), (self.energies.size,))

    def __str__(self) -> str:
        head = (
            f"VibronicLevels  {self.energies.size} levels, residuals up to "
            f"{self.residuals.max():.0e} eV"
        )
        names = "".join(f"{label:>8}" for label in self.state_labels)
        rows = [
            f"{e:>12.6f}{r:>12.1e}" + "".join(f"{w:>8.3f}" for w in weights)
            for e, r, weights in zip(
                self.energies, self.residuals, self.state_weights, strict=True
            )
        ]

        return "\n".join([head, f"{'energy/eV':>12}{'residual':>12}{names}", *rows])


def summed(sticks: Sequence[StickSpectrum], source: str = "") -> StickSpectrum:
    """All lines of several spectra as one, in order of energy; the certificate is the worst of
    theirs.
    """
    energies = np.concatenate([s.energies for s in sticks])
    order = np.argsort(energies, kind="stable")
    return StickSpectrum(
        energies[order],
        np.concatenate([s.intensities for s in sticks])[order],
        _joined(sticks, "state_weights", order),
        sticks[0].state_labels,
        source or sticks[0].source,
        worst(s.certificate for s in sticks),
        electronic_density=_joined(sticks, "electronic_density", order),
        unit=sticks[0].unit,
        resolved=_resolved(sticks),
    )


def _resolved(sticks: Sequence[StickSpectrum]) -> ResolvedDensity | None:
    parts = [s.resolved for s in sticks if s.resolved is not None]
    return summed_densities(parts) if parts and len(parts) == len(sticks) else None


def _joined(sticks: Sequence[StickSpectrum], name: str, order: np.ndarray) -> np.ndarray | None:
    parts = [getattr(s, name) for s in sticks]
    return None if any(p is None for p in parts) else np.concatenate(parts)[order]
