"""Line shapes of unit area: what broadens a line into a curve, in energy and in time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .checks import InputError, check_positive, frozen_array
from .storage import noun
from .units import HBAR

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

FWHM_OF_SIGMA = np.sqrt(8 * np.log(2))
FINE = 4  # grid points in a full width from which on samples hold the area of a curve to 1e-5


class LineShape(ABC):
    """A profile of unit area: its `density` (1/eV) and `cumulative` at an offset in eV, its
    `window` at a time in fs, its `fwhm` in eV.
    """

    fwhm: float
    is_smooth = True  # samples of a smooth profile hold its area; those of one with corners do not

    @abstractmethod
    def density(self, offset: np.ndarray) -> np.ndarray:
        """The profile (1/eV) at `offset` (eV) from the line."""

    @abstractmethod
    def cumulative(self, offset: np.ndarray) -> np.ndarray:
        """Its integral from minus infinity to `offset` (eV)."""

    @abstractmethod
    def window(self, time: np.ndarray) -> np.ndarray:
        """Its Fourier transform int density(x) exp(-i x t/hbar) dx, the damping of C(t) at `time`
        (fs).
        """

    def __str__(self) -> str:
        return f"{type(self).__name__}, FWHM {1000 * self.fwhm:.3g} meV"


@noun
@dataclass(frozen=True)
class Gaussian(LineShape):
    """exp(-x^2/(2 s^2))/(s sqrt(2 pi)), s = fwhm/sqrt(8 ln 2)."""

    fwhm: float

    def __post_init__(self) -> None:
        check_positive("fwhm", self.fwhm, "eV")

    def density(self, offset: np.ndarray) -> np.ndarray:
        sigma = self.fwhm / FWHM_OF_SIGMA
        values: np.ndarray = np.exp(-0.5 * (offset / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
        return values

    def cumulative(self, offset: np.ndarray) -> np.ndarray:
        from scipy.special import ndtr  # slow to import, as are the others below

        values: np.ndarray = ndtr(offset * FWHM_OF_SIGMA / self.fwhm)
        return values

    def window(self, time: np.ndarray) -> np.ndarray:
        values: np.ndarray = np.exp(-0.5 * (self.fwhm / FWHM_OF_SIGMA * time / HBAR) ** 2)
        return values


@noun
@dataclass(frozen=True)
class Lorentzian(LineShape):
    """(g/pi)/(x^2 + g^2), g = fwhm/2: an exponential decay with lifetime hbar/fwhm."""

    fwhm: float

    def __post_init__(self) -> None:
        check_positive("fwhm", self.fwhm, "eV")

    def density(self, offset: np.ndarray) -> np.ndarray:
        half = self.fwhm / 2
        return half / np.pi / (offset**2 + half**2)

    def cumulative(self, offset: np.ndarray) -> np.ndarray:
        return 0.5 + np.arctan(2 * offset / self.fwhm) / np.pi

    def window(self, time: np.ndarray) -> np.ndarray:
        values: np.ndarray = np.exp(-self.fwhm * np.abs(time) / (2 * HBAR))
        return values


@noun
@dataclass(frozen=True)
class Voigt(LineShape):
    """A Gaussian of full width `gaussian` (instrument) convolved with a Lorentzian of full width
    `lorentzian` (lifetime), both eV.

    `fwhm` is that of the sum, 0.5346 l + sqrt(0.2166 l^2 + g^2), to 0.02 %.

    J. J. Olivero, R. L. Longbothum, J. Quant. Spectrosc. Radiat. Transfer 17, 233 (1977),
    doi:10.1016/0022-4073(77)90161-3
    """

    gaussian: float
    lorentzian: float

    def __post_init__(self) -> None:
        check_positive("gaussian", self.gaussian, "eV")
        check_positive("lorentzian", self.lorentzian, "eV")

    @property
    def fwhm(self) -> float:  # type: ignore[override]
        """Full width at half maximum, eV."""
        return float(
            0.5346 * self.lorentzian + np.sqrt(0.2166 * self.lorentzian**2 + self.gaussian**2)
        )

    def density(self, offset: np.ndarray) -> np.ndarray:
        from scipy.special import voigt_profile

        values: np.ndarray = voigt_profile(
            offset, self.gaussian / FWHM_OF_SIGMA, self.lorentzian / 2
        )
        return values

    @cached_property
    def _table(self) -> CubicSpline:
        from scipy.interpolate import CubicSpline

        x = np.linspace(0, 60 * self.fwhm, 12_001)
        return CubicSpline(x, self.density(x)).antiderivative()

    def cumulative(self, offset: np.ndarray) -> np.ndarray:
        x = np.abs(np.asarray(offset, dtype=float))
        half = self.lorentzian / 2
        sigma = self.gaussian / FWHM_OF_SIGMA
        far = np.maximum(x, self._table.x[-1])
        tail = np.arctan(half / far) / np.pi + half * sigma**2 / (
            np.pi * far**3
        )  # a Lorentzian's, and the Gaussian's first correction
        beyond = np.where(
            x < self._table.x[-1], 0.5 - self._table(np.minimum(x, self._table.x[-1])), tail
        )
        values: np.ndarray = np.where(np.asarray(offset) > 0, 1 - beyond, beyond)

        return values

    def window(self, time: np.ndarray) -> np.ndarray:
        gaussian = Gaussian(self.gaussian).window(time)
        lorentzian = Lorentzian(self.lorentzian).window(time)
        values: np.ndarray = gaussian * lorentzian
        return values


@noun
@dataclass(frozen=True, eq=False)
class Instrument(LineShape):
    """A measured instrument function: `values` at rising `offsets` (eV), linear between, zero
    outside; the area is made 1.

    Its mean need not be zero: an instrument that shifts lines shifts them here as well.
    """

    offsets: np.ndarray
    values: np.ndarray
    is_smooth = False

    def __post_init__(self) -> None:
        x = frozen_array(self.offsets, "offsets")
        y = np.array(frozen_array(self.values, "values"))
        if x.ndim != 1 or x.size < 3 or x.shape != y.shape or np.any(np.diff(x) <= 0):
            raise InputError(
                "An instrument function needs three or more rising `offsets` (eV) and as many "
                f"`values`, but has shapes {x.shape} "
                f"and {y.shape}."
            )
        if not x[0] <= 0 <= x[-1]:
            raise InputError(
                "The `offsets` of an instrument function count from the line and must enclose "
                "0, but go from "
                f"{x[0]:g} to {x[-1]:g} eV."
            )

        area = np.trapezoid(y, x)
        if np.any(y < 0) or area <= 0:
            raise InputError(
                "The `values` of an instrument function must not be negative, nor all be zero."
            )

        object.__setattr__(self, "offsets", x)
        object.__setattr__(self, "values", frozen_array(y / area))

    @property
    def fwhm(self) -> float:  # type: ignore[override]
        """Distance between the outermost points of half the maximum, eV."""
        fine = np.linspace(self.offsets[0], self.offsets[-1], 20_001)
        high = fine[self.density(fine) >= self.values.max() / 2]
        return float(high[-1] - high[0])

    def density(self, offset: np.ndarray) -> np.ndarray:
        values: np.ndarray = np.interp(offset, self.offsets, self.values, left=0.0, right=0.0)
        return values

    def cumulative(self, offset: np.ndarray) -> np.ndarray:
        x = self.offsets
        y = self.values
        sums = np.concatenate([[0.0], np.cumsum(0.5 * (y[1:] + y[:-1]) * np.diff(x))])
        inside = np.clip(offset, x[0], x[-1])
        k = np.clip(np.searchsorted(x, inside) - 1, 0, x.size - 2)
        step = inside - x[k]
        slope = (y[k + 1] - y[k]) / (x[k + 1] - x[k])
        values: np.ndarray = sums[k] + step * (y[k] + 0.5 * step * slope)
        return values

    def window(self, time: np.ndarray) -> np.ndarray:
        x = np.linspace(self.offsets[0], self.offsets[-1], 4001)
        values: np.ndarray = np.trapezoid(
            self.density(x) * np.exp(-1j * np.multiply.outer(np.asarray(time) / HBAR, x)),
            x,
            axis=-1,
        )
        return values


def line_shape(fwhm: float | None, shape: LineShape | None) -> LineShape:
    """The `shape`, or a Gaussian of full width `fwhm` (eV): exactly one of the two must be
    given.
    """
    if (fwhm is None) == (shape is None):
        raise InputError(
            "Give either `fwhm` (eV, a Gaussian) or `shape` (Gaussian, Lorentzian, Voigt or "
            "Instrument)."
        )
    return Gaussian(fwhm) if shape is None else shape  # type: ignore[arg-type]


def resolved(grid: np.ndarray, shape: LineShape) -> bool:
    """True when samples of the curve on `grid` hold its area: smooth, evenly spaced, four points
    or more in a full width.
    """
    steps = np.diff(grid)
    return bool(
        shape.is_smooth
        and np.ptp(steps) < 1e-6 * steps.mean()
        and FINE * steps.mean() <= shape.fwhm * (1 + 1e-9)
    )


def rising_grid(grid: Any) -> np.ndarray:
    """`grid` as a rising array of two or more energies (eV), or InputError."""
    points = frozen_array(grid, "grid")
    if points.ndim != 1 or points.size < 2 or np.any(np.diff(points) <= 0):
        raise InputError(
            "Argument `grid` must be two or more rising energies in eV, but has shape "
            f"{points.shape}"
            + ("." if points.ndim != 1 or points.size < 2 else " and does not rise everywhere.")
        )
    return points


def cells(grid: np.ndarray) -> np.ndarray:
    """Limits of the cells around the points of `grid`, (n_grid + 1,): half way between neighbours,
    the ends themselves.
    """
    return np.concatenate([grid[:1], 0.5 * (grid[1:] + grid[:-1]), grid[-1:]])
