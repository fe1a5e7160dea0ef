"""How fast a wavepacket would leave a basis, and through which modes."""

from __future__ import annotations

import numpy as np

from ..basis import VibronicBasis
from ..hamiltonian import VibronicHamiltonian
from ..units import HBAR
from .oscillator import transition_elements
from .sparse import Space, hops

# error of populations and autocorrelation per squared bound; measured, see `expected_error`
PER_LEAK = 3e-3


def leak_rates(
    model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray, density: np.ndarray
) -> np.ndarray:
    """Leak rate through each mode, (n_modes,), eV^2: sum over the elements of H that raise the
    mode out of the basis, |H_ab|^2 density_b.

    `density` (n_functions,) is the (mean) probability of every function. A term that raises two
    modes counts for both. Elements are added incoherently, state by state.
    """
    space = Space(basis)
    n = basis.n_vibrational
    whole = np.zeros((model.n_states, n))
    whole.ravel()[functions] = density
    rates = np.zeros(model.n_modes)
    for shifts, monomials in hops(model).items():
        raised = [m for m, d in shifts if d > 0]
        if not raised:
            continue
        outside = np.flatnonzero(space.neighbours(0, n, shifts) < 0)
        quanta = basis.quanta[outside]
        change = dict(shifts)
        element = np.zeros((model.n_states, model.n_states, outside.size))
        for powers, matrix in monomials:
            value = np.ones(outside.size)
            for m, power in powers.items():
                value *= transition_elements(
                    int(basis.levels[m]) + power, power, change.get(m, 0)
                )[quanta[:, m]]
            element += matrix[:, :, None] * value
        rates[raised] += float(((element**2).sum(axis=1) * whole[:, outside]).sum())
    return rates


def expected_error(rates: np.ndarray, time: float) -> float:
    """Error to expect of populations and autocorrelation after `time` (fs): 3e-3 (time/hbar)^2 sum
    of leak rates.

    The root of (time/hbar)^2 sum of rates bounds the amplitude lost; what returns of it enters
    populations squared, and adds up incoherently. The factor was found for models of three to ten
    modes to hold within one order of magnitude; it serves to choose sizes, never as a certificate.
    """
    return PER_LEAK * (time / HBAR) ** 2 * float(rates.sum())
