"""One state at a time: displaced and distorted oscillators, no coupling between states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..bases import reachable_quanta
from ..certificate import Certificate, Limit
from ..checks import InputError, index_of
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..spectrum import StickSpectrum
from ..units import BOLTZMANN
from .line_methods import VibronicLines
from .progressions import multiplied, progression
from .thermal import thermal_lines
from .thermal_levels import check_temperature

HOTTEST = 1e-9  # Boltzmann weight of the last level counted in one mode


@public
def franck_condon_spectrum(
    model: VibronicHamiltonian,
    state: int | str,
    *,
    order: int | None = None,
    temperature: float = 0.0,
    threshold: float = 1e-7,
    tolerance: float = 1e-3,
    fwhm: float = 0.02,
) -> StickSpectrum:
    """Lines of `state` alone, its strength the pole strength; energies count from the level the
    transition starts from.

    `order` is the highest power of q kept: 1 for displaced oscillators, 2 for changed frequencies
    and Duschinsky mixing too, all by default. Without bilinear terms and Herzberg-Teller slopes
    the modes are independent: each is diagonalised by itself and the progressions are multiplied
    out, products weaker than `threshold` being left out; with linear terms only that is the
    Poisson progression exp(-S) S^n/n!, S = kappa^2/(2 w^2). Other states go through the engine
    with `tolerance`, `fwhm`. At a `temperature` (K) the reference's levels are populated
    thermally.
    """
    state = index_of("state", state, model.state_labels)
    check_temperature(temperature)

    alone = _truncated(model.subset(states=[state]), order)
    coupled = any(len(powers) > 1 for powers, _ in alone.terms())

    if coupled or np.any(alone.transition_slopes):
        door = Doorway.transition(alone)
        lines = VibronicLines(fwhm, character=False)
        sticks = thermal_lines(alone, door, temperature, lines, tolerance)
    else:
        sticks = _separable(alone, temperature, threshold, tolerance)
        sticks = sticks.scaled(float(model.pole_strengths[state]))

    return StickSpectrum(
        sticks.energies,
        sticks.intensities,
        np.tile(np.eye(model.n_states)[state], (sticks.energies.size, 1)),
        model.state_labels,
        f"Franck-Condon {model.state_labels[state]}",
        sticks.certificate,
    )


def _truncated(alone: VibronicHamiltonian, order: int | None) -> VibronicHamiltonian:
    if order is None:
        return alone
    if order not in (1, 2):
        raise InputError(f"Argument `order` must be 1, 2 or None (all terms), but is {order!r}.")
    return replace(alone, higher=(), quadratic=alone.quadratic * (order == 2))


def _separable(
    alone: VibronicHamiltonian, temperature: float, threshold: float, tolerance: float
) -> StickSpectrum:
    """Products of the progressions of all modes, of strength 1."""
    if alone.higher:
        reachable_quanta(alone, 0)  # refuses a surface without bound
    energies = np.array([alone.constant[0, 0]])
    intensities = np.array([1.0])

    for m, w in enumerate(alone.frequencies):
        own = progression(alone, m, _populated(w, temperature))
        energies, intensities = multiplied(energies, intensities, *own, threshold)

    order = np.argsort(energies)
    lost = float(1 - intensities.sum())
    certificate = Certificate(
        tolerance, lost, energies.size, Limit.TRUNCATION, found="the strength left out"
    )

    return StickSpectrum(energies[order], intensities[order], certificate=certificate)


def _populated(frequency: float, temperature: float) -> np.ndarray:
    """Boltzmann weights of the levels of one oscillator, sum 1."""
    ratio = np.exp(-frequency / (BOLTZMANN * temperature)) if temperature > 0 else 0.0
    count = 1
    if ratio > HOTTEST:
        count = int(np.log(HOTTEST) / np.log(ratio)) + 1
    weights: np.ndarray = ratio ** np.arange(count)
    values: np.ndarray = weights / weights.sum()
    return values
