"""Positions and momenta of classical nuclei, drawn from the Wigner function of the reference."""

from __future__ import annotations

import numpy as np

from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..units import BOLTZMANN


@public
def wigner_samples(
    model: VibronicHamiltonian, count: int, rng: np.random.Generator, temperature: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Positions and momenta (count, n_modes) from the reference's Wigner function: Gaussians of
    variance coth(w/2kT)/2.
    """
    if temperature < 0:
        raise InputError(
            f"Argument `temperature` must not be negative (K), but is {temperature:g}."
        )

    spread = (
        1 / np.tanh(model.frequencies / (2 * BOLTZMANN * temperature))
        if temperature > 0
        else np.ones(model.n_modes)
    )
    width = np.sqrt(spread / 2)

    return rng.normal(size=(count, model.n_modes)) * width, rng.normal(
        size=(count, model.n_modes)
    ) * width
