"""One state at a time: displaced and distorted oscillators, no coupling between states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..checks import InputError, check_index
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..numerics import position_power
from ..spectrum import StickSpectrum
from ..units import BOLTZMANN
from .thermal import check_temperature, thermal_spectrum

EQUAL = 1e-9  # eV; lines closer than this are one
AT_ONCE = 10_000_000  # products made at a time
HOTTEST = 1e-9  # Boltzmann weight of the last level counted in one mode


def franck_condon_spectrum(
    model: VibronicHamiltonian,
    state: int,
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
    check_index("state", state, model.n_states, model.state_labels)
    check_temperature(temperature)
    alone = _truncated(model.subset(states=[state]), order)
    coupled = any(len(powers) > 1 for powers, _ in alone.terms())
    if coupled or np.any(alone.transition_slopes):
        sticks = thermal_spectrum(
            alone,
            Doorway.transition(alone),
            temperature,
            tolerance=tolerance,
            fwhm=fwhm,
            character=False,
        )
        energies = sticks.energies
        intensities = sticks.intensities
        certificate = dict(sticks.certificate)
    else:
        energies, intensities, certificate = _separable(alone, temperature, threshold)
        intensities = float(model.pole_strengths[state]) * intensities
    weights = np.tile(np.eye(model.n_states)[state], (energies.size, 1))
    return StickSpectrum(
        energies,
        intensities,
        weights,
        model.state_labels,
        f"Franck-Condon {model.state_labels[state]}",
        certificate,
    )


def _truncated(alone: VibronicHamiltonian, order: int | None) -> VibronicHamiltonian:
    if order is None:
        return alone
    if order not in (1, 2):
        raise InputError(f"Argument `order` must be 1, 2 or None (all terms), but is {order!r}.")
    return replace(alone, higher=(), quadratic=alone.quadratic * (order == 2))


def _separable(
    alone: VibronicHamiltonian, temperature: float, threshold: float
) -> tuple[np.ndarray, np.ndarray, dict]:
    energies = np.array([alone.constant[0, 0]])
    intensities = np.array([1.0])
    for m, w in enumerate(alone.frequencies):
        ratio = np.exp(-w / (BOLTZMANN * temperature)) if temperature > 0 else 0.0
        populated = ratio ** np.arange(
            int(np.log(HOTTEST) / np.log(ratio)) + 1 if ratio > HOTTEST else 1
        )
        energies, intensities = multiplied(
            energies, intensities, *progression(alone, m, populated / populated.sum()), threshold
        )
    order = np.argsort(energies)
    lost = 1 - intensities.sum()
    return (
        energies[order],
        intensities[order],
        {"text": f"strength left out {lost:.0e}", "reached": float(lost), "converged": True},
    )


def multiplied(
    energies: np.ndarray,
    intensities: np.ndarray,
    shifts: np.ndarray,
    weights: np.ndarray,
    threshold: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Every line with every member of an independent progression; products weaker than `threshold`
    are left out, equal energies added.
    """
    parts = []
    for part in np.array_split(
        np.arange(energies.size), max(1, energies.size * shifts.size // AT_ONCE)
    ):
        sums = (energies[part, None] + shifts).ravel()
        products = (intensities[part, None] * weights).ravel()
        keep = products > threshold
        parts.append((sums[keep], products[keep]))
    return _added(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _added(energies: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lines of equal energy as one, rising."""
    order = np.argsort(energies, kind="stable")
    energies = energies[order]
    weights = weights[order]
    group = np.concatenate([[0], np.cumsum(np.diff(energies) > EQUAL)])[: energies.size]
    total = np.bincount(group, weights)
    return np.bincount(group, weights * energies) / total, total


def progression(
    alone: VibronicHamiltonian, mode: int, populated: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Line shifts and weights of one mode of a single state from levels `populated` (n_levels,),
    on a basis doubled until its end is empty.
    """
    frequency = alone.frequencies[mode]
    terms = [(p[mode], float(a[0, 0])) for p, a in alone.terms() if set(p) == {mode}]
    if not terms:
        return np.zeros(1), np.ones(1)
    size = max(32, 2 * populated.size)
    while True:
        h = np.diag(frequency * np.arange(size, dtype=float))
        for power, value in terms:
            h += value * position_power(size, power)
        values, vectors = np.linalg.eigh(h)
        weights = populated[:, None] * vectors[: populated.size] ** 2
        if (weights @ (vectors[-size // 10 :] ** 2).sum(axis=0)).sum() < 1e-10 or size >= 1024:
            shifts = values - frequency * np.arange(populated.size)[:, None]
            keep = weights > 1e-12
            return _added(shifts[keep], weights[keep])
        size *= 2
