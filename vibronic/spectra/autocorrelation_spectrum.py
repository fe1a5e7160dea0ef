"""The spectrum as the Fourier transform of an autocorrelation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..checks import InputError
from ..door import public
from ..line_shape import LineShape, cells, line_shape, resolved, rising_grid
from ..propagation import Autocorrelation, Propagation
from ..spectrum import Spectrum
from ..units import HBAR


@public
def autocorrelation_spectrum(
    run: Propagation | Autocorrelation,
    grid: Any,
    *,
    fwhm: float | None = None,
    shape: LineShape | None = None,
) -> Spectrum:
    """Curve on `grid` (eV) of Gaussian lines of full width `fwhm` (eV) or of another `shape`;
    energies from the reference ground state.

    sigma(E) = 1/(pi hbar) Re int_0^T C(t) W(t) exp(i (E + E_zp) t/hbar) dt with W the window of
    the shape, for a Gaussian exp(-s^2 t^2/(2 hbar^2)), s = fwhm/sqrt(8 ln 2); `window_change` is
    the share of the peak that the last tenth of the times changes. On a grid too coarse for the
    lines the values are means over its cells. Raises InputError when the propagation is too short
    for this width, or its steps too coarse for this grid.
    """
    grid = rising_grid(grid)
    profile = line_shape(fwhm, shape)
    t = run.autocorrelation_times
    window = profile.window(t)
    _check_times(run, window, profile)
    _check_steps(t, grid)

    damped = (run.autocorrelation * window)[None]
    values, change = transformed(damped, run, grid, profile)
    return Spectrum(
        grid,
        values[0],
        fwhm=float(profile.fwhm),
        source="autocorrelation",
        shape=str(profile),
        provenance={"time_window_fs": float(t[-1])},
        window_change=float(change[0]),
    )


def _check_times(
    run: Propagation | Autocorrelation, window: np.ndarray, profile: LineShape
) -> None:
    """Raise where C is not damped at the last time."""
    t = run.autocorrelation_times
    cut = np.abs(window[-1] * run.autocorrelation[-1] / run.autocorrelation[0])
    if cut <= 1e-3:
        return
    needed = np.linspace(t[-1], 100 * t[-1], 10_000)
    needed = needed[np.abs(profile.window(needed)) < 1e-4]
    until = f"Propagate until it reaches {needed[0]:.0f} fs, or use" if needed.size else "Use"
    raise InputError(
        f"An autocorrelation of {t[-1]:.0f} fs does not resolve FWHM {profile.fwhm:g} eV: it is "
        f"still {cut:.1e} at the end. {until} a larger `fwhm`."
    )


def _check_steps(t: np.ndarray, grid: np.ndarray) -> None:
    """Raise where the steps differ, or are too long for the width of the grid."""
    steps = np.diff(t)
    if not np.allclose(steps, steps[0]):
        raise InputError(
            "The autocorrelation must be sampled at equal time steps for its Fourier transform."
        )

    covered = 2 * np.pi * HBAR / steps[0]
    wanted = grid.max() - grid.min()
    if wanted > covered:
        raise InputError(
            f"Autocorrelation steps of {steps[0]:g} fs cover {covered:.2f} eV, less than the "
            f"grid's {wanted:.2f} eV. Use shorter time steps."
        )


def transformed(
    parts: np.ndarray, run: Propagation | Autocorrelation, grid: np.ndarray, profile: LineShape
) -> tuple[np.ndarray, np.ndarray]:
    """Fourier integrals (n, n_grid) of parts (n, n_t) of a damped autocorrelation, and the share
    of each peak that the last tenth changes.
    """
    t = run.autocorrelation_times
    damped = parts * np.exp(1j * run.zero_point_energy * t / HBAR)
    damped[:, 0] *= 0.5
    waves = _waves(grid, t, profile)
    values = (damped @ waves.T).real

    last = int(0.1 * t.size)
    late = np.zeros(len(damped))
    if last:
        late = np.abs((damped[:, -last:] @ waves[:, -last:].T).real).max(axis=1)
    peaks = np.maximum(np.abs(values).max(axis=1), 1e-300)

    return values * (t[1] - t[0]) / (np.pi * HBAR), late / peaks


def _waves(grid: np.ndarray, t: np.ndarray, profile: LineShape) -> np.ndarray:
    """exp(iEt/hbar) (n_grid, n_t), or its mean over the cells of a grid too coarse for the
    lines.
    """
    if resolved(grid, profile):
        waves: np.ndarray = np.exp(1j * np.outer(grid, t) / HBAR)
        return waves
    edges = cells(grid)
    middle = 0.5 * (edges[1:] + edges[:-1])
    half = 0.5 * np.diff(edges)
    means: np.ndarray = np.exp(1j * np.outer(middle, t) / HBAR)
    means *= np.sinc(np.outer(half, t) / (np.pi * HBAR))
    return means
