"""Sum rules: moments of a spectrum from products with H alone, without a spectrum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..operators import hamiltonian_operator
from .thermal_levels import thermal_levels


@public
def spectral_moments(
    model: VibronicHamiltonian, start: Doorway | int | str, order: int = 3
) -> np.ndarray:
    """Strength, mean (eV) and central moments up to `order` (eV^k) of the spectrum from a doorway
    or a state, (order + 1,).

    mu_k = <door|(H - E_0 - mean)^k|door>/<door|door>, E_0 the energy of the level the transition
    starts from. H raises the quanta by no more than the degree of its potential, so that a small
    basis holds every product that is needed: the numbers are exact.
    """
    if not 1 <= order <= 6:
        raise InputError(f"Argument `order` must be from 1 to 6, but is {order!r}.")

    door = Doorway.entering(model, start)
    degree = max([2, *(sum(powers.values()) for powers, _ in model.terms())])
    added = degree * ((order + 1) // 2)
    used = [
        m
        for m in range(model.n_modes)
        if any(m in powers for powers, _ in model.terms()) or door.levels()[:, m].any()
    ]
    highest = door.levels().max(axis=0, initial=0)
    levels = tuple(int(highest[m]) + added + 1 if m in used else 1 for m in range(model.n_modes))
    basis = VibronicBasis(
        model.n_states, levels, max_quanta=float(door.levels().sum(axis=1).max() + added)
    )
    operator = hamiltonian_operator(model, basis)
    psi = door.packet(basis).amplitudes.ravel()
    strength = float(psi @ psi)
    origin = model.zero_point_energy + float(door.quanta @ model.frequencies)
    mean = float(psi @ operator.matvec(psi)) / strength
    powers = [psi]
    for _ in range((order + 1) // 2):
        powers.append(operator.matvec(powers[-1]) - mean * powers[-1])
    central = [float(powers[k // 2] @ powers[k - k // 2]) / strength for k in range(2, order + 1)]

    return np.array([strength, mean - origin, *central])


@public
def thermal_moments(
    model: VibronicHamiltonian, start: Doorway | int | str, temperature: float
) -> np.ndarray:
    """Strength, mean (eV), variance (eV^2) and third central moment (eV^3) of the spectrum at
    `temperature` (K): a Boltzmann sum of exact ones.

    Up to 400 levels of the reference are summed; what they leave out is shared out among them.
    """
    door = Doorway.entering(model, start)
    found = thermal_levels(model, temperature, 400, 1e-6, door)
    each = np.array(
        [spectral_moments(model, replace(door, quanta=level)) for level in found.levels]
    )
    weights = found.weights / found.weights.sum()
    strength = float(weights @ each[:, 0])
    share = weights * each[:, 0] / strength
    mean = float(share @ each[:, 1])
    off = each[:, 1] - mean

    return np.array(
        [
            strength,
            mean,
            share @ (each[:, 2] + off**2),
            share @ (each[:, 3] + 3 * each[:, 2] * off + off**3),
        ]
    )
