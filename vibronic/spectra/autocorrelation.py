"""The same spectrum from time: the Fourier transform of the autocorrelation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..checks import InputError, check_positive, frozen_array
from ..propagation import Propagation
from ..spectrum import FWHM_OF_SIGMA, Spectrum
from ..units import HBAR


def autocorrelation_spectrum(run: Propagation, grid: Any, *, fwhm: float) -> Spectrum:
    """Curve on `grid` (eV) broadened to `fwhm` (eV), energies counted from the reference ground state.

    sigma(E) = 1/(pi hbar) Re int_0^T C(t) exp(i (E + E_zp) t/hbar) exp(-s^2 t^2/(2 hbar^2)) dt, s = fwhm/sqrt(8 ln 2)

    Raises InputError when the propagation is too short for this width, or its steps too coarse for this grid.
    """
    check_positive("fwhm", fwhm, "eV")
    grid = frozen_array(grid, "grid")
    t, sigma = run.autocorrelation_times, fwhm / FWHM_OF_SIGMA
    steps = np.diff(t)
    if not np.allclose(steps, steps[0]):
        raise InputError("The autocorrelation must be sampled at equal time steps for its Fourier transform.")
    window = np.exp(-0.5 * (sigma * t / HBAR) ** 2)
    cut = window[-1] * np.abs(run.autocorrelation[-1]) / np.abs(run.autocorrelation[0])
    if cut > 1e-3:
        needed = HBAR / sigma * np.sqrt(2 * np.log(1e4))
        raise InputError(f"An autocorrelation of {t[-1]:.0f} fs does not resolve FWHM {fwhm:g} eV: it is still {cut:.1e} at the "
                         f"end. Propagate until it reaches {needed:.0f} fs, or raise `fwhm`.")
    width = 2 * np.pi * HBAR / steps[0]
    if grid.max() - grid.min() > width:
        raise InputError(f"Autocorrelation steps of {steps[0]:g} fs cover {width:.2f} eV, less than the grid's "
                         f"{grid.max() - grid.min():.2f} eV. Use shorter time steps.")
    damped = run.autocorrelation * window * np.exp(1j * run.zero_point_energy * t / HBAR)
    damped[0] *= 0.5
    phases = np.exp(1j * np.outer(grid, t) / HBAR)
    values = (phases @ damped).real * steps[0] / (np.pi * HBAR)
    return Spectrum(grid, values, fwhm=fwhm, source="autocorrelation")
