"""Transition temperatures of metals whose electrons pair by vibrations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import brentq
from scipy.special import digamma

from ..checks import CalculationError, InputError, check_positive, frozen_array
from ..door import public
from ..units import BOLTZMANN

CUTOFF = 80.0  # Matsubara energies up to this many frequencies
FEWEST = 250  # Matsubara energies
COLDEST = 0.005  # of the frequency, k_B T: below it the matrix would have thousands of rows


@public
def coulomb_pseudopotential(mu: float, fermi_energy: float, frequency: float) -> float:
    """mu* = mu/(1 + mu ln(E_F/w)), the repulsion that slow vibrations leave; energies in eV.

    P. Morel, P. W. Anderson, Phys. Rev. 125, 1263 (1962), doi:10.1103/PhysRev.125.1263
    """
    check_positive("fermi_energy", fermi_energy, "eV")
    check_positive("frequency", frequency, "eV")
    left = 1 + mu * np.log(fermi_energy / frequency)
    if mu < 0 or left <= 0:
        raise InputError(
            f"Argument `mu` must be 0 or more and below the pole of mu*, but is {mu} with "
            f"ln(E_F/w) = {np.log(fermi_energy / frequency):.3g}."
        )
    return float(mu / left)


@public
def mcmillan_temperature(coupling: float, frequency: float, mu_star: float = 0.0) -> float:
    """T_c (K) = w/(1.2 k_B) exp(-1.04 (1 + lambda)/(lambda - mu* (1 + 0.62 lambda))); `frequency`
    (eV) is the logarithmic mean.

    W. L. McMillan, Phys. Rev. 167, 331 (1968), doi:10.1103/PhysRev.167.331
    """
    check_positive("coupling", coupling)
    check_positive("frequency", frequency, "eV")
    attraction = coupling - mu_star * (1 + 0.62 * coupling)
    if attraction <= 0:
        raise InputError(
            f"Argument `mu_star` must be below {coupling / (1 + 0.62 * coupling):.4g} for lambda "
            f"= {coupling:g}, where the formula has its pole, but is {mu_star:g}."
        )
    exponent = -1.04 * (1 + coupling) / attraction
    return float(frequency / 1.2 * np.exp(exponent) / BOLTZMANN)


@public
def allen_dynes_temperature(coupling: float, frequency: float, mu_star: float = 0.0) -> float:
    """T_c (K) of one Einstein mode (eV): McMillan's times [1 + (lambda/L)^(3/2)]^(1/3), L = 2.46
    (1 + 3.8 mu*), right at strong coupling, too.

    P. B. Allen, R. C. Dynes, Phys. Rev. B 12, 905 (1975), doi:10.1103/PhysRevB.12.905
    """
    strong = (1 + (coupling / (2.46 * (1 + 3.8 * mu_star))) ** 1.5) ** (1 / 3)
    return float(strong * mcmillan_temperature(coupling, frequency, mu_star))


@public
def eliashberg_temperature(
    couplings: Sequence[float] | np.ndarray,
    frequencies: Sequence[float] | np.ndarray,
    mu_star: float = 0.0,
) -> float:
    """T_c (K) of the linearised isotropic Eliashberg equations on the Matsubara axis for a few
    Einstein modes, `couplings` lambda_j and `frequencies` (eV), in an infinite flat band.

    T_c is where the largest eigenvalue of lam(m-n) + lam(m+n+1) - 2 mu_N - delta_mn [2m + 1 +
    lam(0) + 2 sum_(l<=m) lam(l)] is zero, lam(l) = sum_j lambda_j/(1 + (2 pi k_B T l/w_j)^2).
    `mu_star` belongs to the logarithmic mean of the frequencies and is rescaled to the cutoff.

    P. B. Allen, R. C. Dynes, Phys. Rev. B 12, 905 (1975), doi:10.1103/PhysRevB.12.905
    """
    strengths = frozen_array(couplings, "couplings")
    modes = frozen_array(frequencies, "frequencies")
    if strengths.shape != modes.shape or strengths.ndim != 1 or not strengths.size:
        raise InputError(
            "Arguments `couplings` and `frequencies` must be two lists of one length."
        )
    if np.any(strengths <= 0) or np.any(modes <= 0):
        raise InputError("All `couplings` and `frequencies` (eV) must be positive.")
    if not 0 <= mu_star < 0.5:
        raise InputError(f"Argument `mu_star` must be from 0 to 0.5, but is {mu_star}.")

    mean = float(np.exp(strengths @ np.log(modes) / strengths.sum()))
    scaled = (strengths, modes / mean, mu_star)
    high = 0.2 * float(np.sqrt(strengths @ scaled[1] ** 2)) + 0.05
    low = high
    while _largest(low, *scaled) < 0:
        low *= 0.7
        if low < COLDEST:
            raise CalculationError(
                f"There is no transition above {COLDEST * mean / BOLTZMANN:.2g} K: the coupling "
                "is too weak for the equations to be solved on their Matsubara axis. Use "
                "`allen_dynes_temperature`."
            )

    found = brentq(_largest, low, max(high, low / 0.7), args=scaled, xtol=1e-10)
    return float(found) * mean / BOLTZMANN


def _largest(thermal: float, couplings: np.ndarray, modes: np.ndarray, mu_star: float) -> float:
    """The largest eigenvalue at k_B T in units of the mean frequency."""
    n = max(FEWEST, int(np.ceil(CUTOFF * modes.max() / (2 * np.pi * thermal))))
    steps = 2 * np.pi * thermal * np.arange(2 * n)
    pairing = (couplings / (1 + np.divide.outer(steps, modes) ** 2)).sum(axis=1)

    m = np.arange(n)
    matrix = pairing[np.abs(m[:, None] - m)] + pairing[m[:, None] + m + 1]
    logarithm = np.log(1 / (2 * np.pi * thermal)) - digamma(n + 0.5)
    matrix -= 2 * mu_star / (1 + mu_star * logarithm)
    renormalised = 2 * m + 1 + pairing[0] + 2 * (np.cumsum(pairing[:n]) - pairing[0])
    matrix[m, m] -= renormalised

    values = eigh(matrix, eigvals_only=True, subset_by_index=(n - 1, n - 1))
    return float(values[0])
