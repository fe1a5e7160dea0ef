"""A computed spectrum beside a measured one: the best rigid shift and scale, found and told, never
applied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize_scalar

from ..checks import InputError, frozen_array
from ..door import public
from ..line_shape import Gaussian, LineShape
from ..spectrum import Spectrum, StickSpectrum
from ..storage import noun
from ..tables import Column, Table

SCAN = 400  # shifts tried before the best is refined
FURTHEST = 1.0  # eV; largest shift tried where energies are absolute
MAXIMA = 0.08  # of the highest; lower maxima are not compared
COLUMNS = (
    Column("measured/eV", ".3f", width=12),
    Column("computed/eV", ".3f"),
    Column("shifted/eV", ".3f"),
    Column("difference/meV", ".0f"),
)
FEWEST = 5  # points of a measured spectrum inside the window


@noun
@dataclass(frozen=True, eq=False)
class Match:
    """How a computed curve c lies to the `measured` one m: scale c(E - shift) is nearest to m.

    `shift` (eV), `scale` (measured unit per computed unit) and the root-mean-square residual
    `rms`, relative to the measured maximum; `rms_unshifted` and `scale_unshifted` are the same
    without a shift (None where the model's energies have no absolute origin). `computed` (n,) is
    the unshifted curve on the measured grid, `shifted` (n,) scale c(E - shift). `maxima` (n, 2)
    pairs measured maxima with the nearest shifted computed ones (eV), `spacing` their mean
    distances in the two spectra.
    """

    measured: Spectrum
    computed: np.ndarray
    shifted: np.ndarray
    shift: float
    scale: float
    rms: float
    maxima: np.ndarray
    spacing: tuple[float, float] = (0.0, 0.0)
    rms_unshifted: float | None = None
    scale_unshifted: float | None = None

    def __post_init__(self) -> None:
        for name in ("computed", "shifted", "maxima"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        object.__setattr__(self, "spacing", tuple(float(x) for x in self.spacing))

    @property
    def residual(self) -> np.ndarray:
        """Measured minus shifted and scaled curve, relative to the measured maximum, (n,)."""
        values: np.ndarray = (self.measured.values - self.shifted) / self.measured.values.max()
        return values

    def __str__(self) -> str:
        grid = self.measured.grid
        lines = [f"BESIDE EXPERIMENT ({self.measured.source}; {grid[0]:.2f}-{grid[-1]:.2f} eV)"]
        if self.rms_unshifted is not None:
            lines.append(
                f"as computed, scale {self.scale_unshifted:.3g}: residual "
                f"{100 * self.rms_unshifted:.1f} % of the maximum (rms)"
            )

        lines.append(
            f"best rigid shift {self.shift:+.3f} eV, scale {self.scale:.3g}: residual "
            f"{100 * self.rms:.1f} %. Shift and scale are only reported: no number above is "
            "changed."
        )

        if len(self.maxima):
            rows = [[m, c - self.shift, c, 1000 * (c - m)] for m, c in self.maxima]
            lines.append(str(Table(COLUMNS, rows)))

        if len(self.maxima) > 1:
            lines.append(
                f"mean spacing of these maxima: measured {1000 * self.spacing[0]:.0f} meV, "
                f"computed {1000 * self.spacing[1]:.0f} meV"
            )

        return "\n".join(lines)


@public
def match(
    sticks: StickSpectrum,
    measured: Spectrum,
    *,
    fwhm: float | None = None,
    shape: LineShape | None = None,
    window: tuple[float, float] | None = None,
    absolute: bool = True,
) -> Match:
    """The rigid shift and scale that bring `sticks`, broadened, nearest to `measured` inside
    `window` (eV), by least squares.

    Values are compared as they are (no factor of energy, no background). `absolute=False` says
    that the energies of the lines have no absolute origin, so that an unshifted comparison means
    nothing; otherwise shifts beyond 1 eV, which would lay one band on another, are not tried.
    Raises InputError for a window that holds fewer than five points.
    """
    profile = shape or Gaussian(0.04 if fwhm is None else fwhm)
    both = _Compared(sticks, inside_window(measured, window), profile)
    shift = both.best_shift(FURTHEST if absolute else np.inf)
    rms, scale = both.residual(shift)
    maxima = _pairs(both.seen, both.curve(shift), profile.fwhm)
    spacing = (0.0, 0.0)

    if len(maxima) > 1:
        ours, theirs = np.diff(maxima, axis=0).mean(axis=0)
        spacing = (float(ours), float(theirs))

    shifted = scale * both.at(shift)
    found = Match(both.seen, both.at(0.0), shifted, shift, scale, rms, maxima, spacing)
    if not absolute:
        return found

    rms, scale = both.residual(0.0)
    return replace(found, rms_unshifted=rms, scale_unshifted=scale)


class _Compared:
    """A measured curve, and a computed one on a fine grid."""

    def __init__(self, sticks: StickSpectrum, seen: Spectrum, shape: LineShape) -> None:
        strong = sticks.energies[sticks.intensities > 1e-4 * sticks.strength]
        step = shape.fwhm / 8
        low = strong.min() - 4 * shape.fwhm
        high = strong.max() + 4 * shape.fwhm
        self.seen = seen
        self.shape = shape
        self.fine = np.arange(low, high + step, step)
        self.values = sticks.broadened(self.fine, shape=shape).values

    def curve(self, shift: float) -> Spectrum:
        """The computed curve, shifted."""
        return Spectrum(self.fine + shift, self.values)

    def at(self, shift: float) -> np.ndarray:
        """The shifted curve at the measured energies."""
        moved: np.ndarray = np.interp(
            self.seen.grid - shift, self.fine, self.values, left=0.0, right=0.0
        )
        return moved

    def residual(self, shift: float) -> tuple[float, float]:
        """Root-mean-square residual over the measured maximum, and the scale that makes it
        smallest.
        """
        measured = self.seen.values
        c = self.at(shift)
        scale = float(c @ measured / (c @ c)) if np.any(c) else 0.0
        mean = np.mean((measured - scale * c) ** 2)
        return float(np.sqrt(mean) / measured.max()), scale

    def best_shift(self, furthest: float) -> float:
        """The shift, not beyond `furthest` (eV), with the smallest residual."""
        low = -furthest
        high = furthest

        if np.isinf(furthest):  # as far as the curves overlap
            low = self.seen.grid[0] - self.fine[-1]
            high = self.seen.grid[-1] - self.fine[0]

        count = max(SCAN, int((high - low) / (self.shape.fwhm / 3)))
        shifts = np.linspace(low, high, count)
        best = shifts[int(np.argmin([self.residual(s)[0] for s in shifts]))]

        width = shifts[1] - shifts[0]
        found = minimize_scalar(
            lambda s: self.residual(s)[0],
            bounds=(best - width, best + width),
            method="bounded",
            options={"xatol": 1e-5},
        )

        return float(found.x)


@public
def inside_window(measured: Spectrum, window: tuple[float, float] | None) -> Spectrum:
    """The part of a measured curve between two energies (eV), all without a `window`; InputError
    where little or nothing is left.
    """
    low, high = window or (measured.grid[0], measured.grid[-1])
    if not low < high:
        raise InputError(f"A window needs its lower energy first, but is {low:g} to {high:g} eV.")

    inside = (measured.grid >= low) & (measured.grid <= high)
    if inside.sum() < FEWEST:
        raise InputError(
            f"The window {low:g}-{high:g} eV holds {int(inside.sum())} points of the measured "
            "spectrum, which covers "
            f"{measured.grid[0]:.3f}-{measured.grid[-1]:.3f} eV; at least {FEWEST} are needed."
        )
    if measured.values[inside].max() <= 0:
        raise InputError(
            "The measured spectrum is nowhere positive inside the window, so there is nothing "
            "to compare with."
        )

    return replace(measured, grid=measured.grid[inside], values=measured.values[inside])


def _pairs(measured: Spectrum, computed: Spectrum, fwhm: float) -> np.ndarray:
    """Measured maxima (of what is smooth at a fifth of `fwhm`) and the nearest computed ones, each
    used once, (n, 2).
    """
    theirs = smooth_maxima(measured, fwhm / 5)
    ours = computed.maxima(MAXIMA)
    found = []
    for energy in theirs:
        if ours.size and abs(ours[np.argmin(np.abs(ours - energy))] - energy) < fwhm:
            nearest = float(ours[np.argmin(np.abs(ours - energy))])
            if theirs[np.argmin(np.abs(theirs - nearest))] == energy:
                found.append((energy, nearest))
    return np.array(found).reshape(-1, 2)


def smooth_maxima(measured: Spectrum, width: float) -> np.ndarray:
    """Maxima (eV) of a measured curve after Gaussian smoothing of full width `width` (eV), which
    removes its noise.
    """
    step = width / 6
    grid = np.arange(measured.grid[0], measured.grid[-1] + step, step)
    profile = Gaussian(width).density(np.arange(-3 * width, 3 * width + step / 2, step)) * step
    padded = np.pad(
        np.interp(grid, measured.grid, measured.values), len(profile) // 2, mode="edge"
    )
    return Spectrum(
        grid, np.convolve(padded, profile / profile.sum(), mode="valid")[: grid.size]
    ).maxima(MAXIMA)
