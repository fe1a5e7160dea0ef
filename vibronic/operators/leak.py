"""How fast a wavepacket would leave a basis, and through which modes."""

from __future__ import annotations

import numpy as np

from ..basis import VibronicBasis
from ..hamiltonian import VibronicHamiltonian
from ..units import HBAR
from .oscillator import transition_elements
from .sparse import Space, hops

SAFETY, LEAST = 3.0, 0.25  # the error falls no slower than the leaks but for a factor of 3, and never counts as less than a quarter
PER_LEAK = 3e-3  # error of populations and autocorrelation per squared bound; measured, see `expected_error`


def leak_rates(model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Leak rate through each mode, (n_modes,), eV^2: sum over the elements of H that raise the mode out of the basis, |H_ab|^2 density_b.

    `density` (n_functions,) is the (mean) probability of every function. A term that raises two modes counts for both. Elements
    are added incoherently, state by state.
    """
    space, n = Space(basis), basis.n_vibrational
    whole = np.zeros((model.n_states, n))
    whole.ravel()[functions] = density
    rates = np.zeros(model.n_modes)
    for shifts, monomials in hops(model).items():
        raised = [m for m, d in shifts if d > 0]
        if not raised:
            continue
        outside = np.flatnonzero(space.neighbours(0, n, shifts) < 0)
        quanta, change = basis.quanta[outside], dict(shifts)
        element = np.zeros((model.n_states, model.n_states, outside.size))
        for powers, matrix in monomials:
            value = np.ones(outside.size)
            for m, power in powers.items():
                value *= transition_elements(int(basis.levels[m]) + power, power, change.get(m, 0))[quanta[:, m]]
            element += matrix[:, :, None] * value
        rates[raised] += float(((element**2).sum(axis=1) * whole[:, outside]).sum())
    return rates


def expected_error(rates: np.ndarray, time: float) -> float:
    """Error to expect of populations and autocorrelation after `time` (fs): 3e-3 (time/hbar)^2 sum of leak rates.

    The root of (time/hbar)^2 sum of rates bounds the amplitude lost; what returns of it enters populations squared, and adds up
    incoherently. The factor was found for models of three to ten modes to hold within one order of magnitude; it serves to
    choose sizes, never as a certificate.
    """
    return PER_LEAK * (time / HBAR) ** 2 * float(rates.sum())


def certified_error(change: float, expected: float, before: float) -> float:
    """Error of the last of two bases from the change between them, given the errors `expected` of the last and the one `before`.

    With r = expected/before the change is (1 - r) times the error of the first basis, and the last one's is r times that: change
    r/(1 - r). Leaks tell r to within a factor of about three, so three times this counts, but never less than a quarter of the
    change; where that is more than all of the change, the change counts, or twice the extrapolation if convergence is so slow that this is
    larger. `python -m tests.benchmarks honesty` counts how often the true error is larger still.
    """
    r = min(expected / max(before, 1e-300), 0.99)
    left = r / (1 - r)
    return float(change * np.clip(SAFETY * left, LEAST, max(1.0, 2 * left)))
