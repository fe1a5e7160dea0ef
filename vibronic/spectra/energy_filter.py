"""The parts of a packet that a spectrometer sees at each energy, in a Krylov space."""

from __future__ import annotations

import numpy as np

from ..line_shape import FWHM_OF_SIGMA
from ..resolved_density import FAINT

REACH = 6  # standard deviations of the filter beyond the last line


def filter_grid(energies: np.ndarray, intensities: np.ndarray, fwhm: float) -> np.ndarray:
    """Multiples (eV) of half the standard deviation of the filter, over all lines of some
    strength; spectra on such grids can be added.
    """
    sigma = fwhm / FWHM_OF_SIGMA
    step = sigma / 2
    strong = energies[intensities > FAINT * intensities.max()]
    first = np.floor((strong.min() - REACH * sigma) / step)
    last = np.ceil((strong.max() + REACH * sigma) / step)
    points: np.ndarray = step * np.arange(first, last + 1)
    return points


def filter_amplitudes(grid: np.ndarray, energies: np.ndarray, fwhm: float) -> np.ndarray:
    """g_G(E - E_n) (n_grid, n_energies) in eV^-1/2: its square is the normalised Gaussian of full
    width G = `fwhm` (eV).
    """
    sigma = fwhm / FWHM_OF_SIGMA
    offsets = (grid[:, None] - energies) / sigma
    found: np.ndarray = np.exp(-(offsets**2) / 4) / np.sqrt(sigma * np.sqrt(2 * np.pi))
    return found
