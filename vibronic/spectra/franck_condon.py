"""One state at a time: displaced and distorted oscillators, no coupling between states."""

from __future__ import annotations

import numpy as np

from ..checks import check_index
from ..hamiltonian import VibronicHamiltonian
from ..operators import position_power
from ..spectrum import StickSpectrum
from .lanczos import lanczos_spectrum


def franck_condon_spectrum(model: VibronicHamiltonian, state: int, *, threshold: float = 1e-7,
                           tolerance: float = 1e-3, fwhm: float = 0.02) -> StickSpectrum:
    """Lines of `state` alone, its strength the pole strength; energies count from the reference ground state.

    Without bilinear terms the modes are independent: each is diagonalised by itself and the progressions are multiplied
    out, products weaker than `threshold` being left out; with linear terms only that is the Poisson progression
    exp(-S) S^n/n!, S = kappa^2/(2 w^2). Duschinsky-mixed states go through `lanczos_spectrum` with `tolerance`, `fwhm`.
    """
    check_index("state", state, model.n_states, model.state_labels)
    alone = model.subset(states=[state])
    strength = float(model.pole_strengths[state])
    mixed = any(len(powers) > 1 for powers, _ in alone.terms())
    if mixed:
        sticks = lanczos_spectrum(alone, 0, tolerance=tolerance, fwhm=fwhm).scaled(strength)
        energies, intensities, certificate = sticks.energies, sticks.intensities, dict(sticks.certificate)
    else:
        energies, intensities, certificate = _separable(alone, threshold)
        intensities = strength * intensities
    weights = np.tile(np.eye(model.n_states)[state], (energies.size, 1))
    return StickSpectrum(energies, intensities, weights, model.state_labels,
                         f"Franck-Condon {model.state_labels[state]}", certificate)


def _separable(alone: VibronicHamiltonian, threshold: float) -> tuple[np.ndarray, np.ndarray, dict]:
    energies, intensities = np.array([alone.constant[0, 0]]), np.array([1.0])
    for m, w in enumerate(alone.frequencies):
        shifts, weights = _progression(alone, m, w)
        energies = (energies[:, None] + shifts).ravel()
        intensities = (intensities[:, None] * weights).ravel()
        keep = intensities > threshold
        energies, intensities = energies[keep], intensities[keep]
    order = np.argsort(energies)
    lost = 1 - intensities.sum()
    return energies[order], intensities[order], {"text": f"strength left out {lost:.0e}", "reached": float(lost)}


def _progression(alone: VibronicHamiltonian, mode: int, frequency: float) -> tuple[np.ndarray, np.ndarray]:
    """Line shifts and weights of one mode, on a basis doubled until its last tenth is empty."""
    terms = [(p[mode], float(a[0, 0])) for p, a in alone.terms() if set(p) == {mode}]
    size = 32
    while True:
        h = np.diag(frequency * np.arange(size, dtype=float))
        for power, value in terms:
            h += value * position_power(size, power)
        values, vectors = np.linalg.eigh(h)
        weights = vectors[0] ** 2
        if (weights @ (vectors[-size // 10 :] ** 2).sum(axis=0)) < 1e-10 or size >= 1024:
            keep = weights > 1e-12
            return values[keep], weights[keep]
        size *= 2
