"""How fast a wavepacket would leave a basis, and through which modes."""

from __future__ import annotations

import numpy as np

from ..basis import VibronicBasis
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..numerics import transition_elements
from ..units import HBAR
from .neighbours import NeighbourTable, Powers, QuantaChange, quanta_changes

# error of populations and autocorrelation per squared bound; measured, see `expected_error`
PER_LEAK = 3e-3


@public
def leak_rates(
    model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray, density: np.ndarray
) -> np.ndarray:
    """Leak rate through each mode, (n_modes,), eV^2: sum over the elements of H that raise the
    mode out of the basis, |H_ab|^2 density_b.

    `density` (n_functions,) is the (mean) probability of every function. A term that raises two
    modes counts for both. Elements are added incoherently, state by state.
    """
    table = NeighbourTable(basis)
    n = basis.n_vibrational
    whole = np.zeros((model.n_states, n))
    whole.ravel()[functions] = density

    rates = np.zeros(model.n_modes)

    for change, monomials in quanta_changes(model).items():
        raised = [m for m, d in change if d > 0]
        if not raised:
            continue
        outside = np.flatnonzero(table.neighbours(0, n, change) < 0)
        element = _elements(basis, outside, change, monomials)
        rates[raised] += float(((element**2).sum(axis=1) * whole[:, outside]).sum())

    return rates


def _elements(
    basis: VibronicBasis,
    outside: np.ndarray,
    change: QuantaChange,
    monomials: list[tuple[Powers, np.ndarray]],
) -> np.ndarray:
    """Elements of H (n_states, n_states, n_outside) that lead from functions out of the basis."""
    quanta = basis.quanta[outside]
    steps = dict(change)
    n_states = basis.n_states

    element = np.zeros((n_states, n_states, outside.size))

    for powers, matrix in monomials:
        value = np.ones(outside.size)
        for m, power in powers.items():
            n_levels = basis.levels[m] + power
            value *= transition_elements(n_levels, power, steps.get(m, 0))[quanta[:, m]]
        element += matrix[:, :, None] * value

    return element


@public
def expected_error(rates: np.ndarray, time: float) -> float:
    """Error to expect of populations and autocorrelation after `time` (fs): 3e-3 (time/hbar)^2 sum
    of leak rates.

    The root of (time/hbar)^2 sum of rates bounds the amplitude lost; what returns of it enters
    populations squared, and adds up incoherently. The factor was found for models of three to ten
    modes to hold within one order of magnitude; it serves to choose sizes, never as a certificate.
    """
    return PER_LEAK * (time / HBAR) ** 2 * float(rates.sum())
