"""Electrons only: one line per state, the nuclei frozen at q = 0."""

from __future__ import annotations

import numpy as np

from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..spectrum import StickSpectrum


@public
def koopmans_spectrum(model: VibronicHamiltonian) -> StickSpectrum:
    """One line of unit strength per orbital, at minus its energy: frozen orbitals, frozen nuclei.

    T. Koopmans, Physica 1, 104 (1934), doi:10.1016/S0031-8914(34)90011-2
    """
    if model.orbital_energies is None:
        raise InputError(
            "This model carries no `orbital_energies`, so it has no Koopmans spectrum."
        )
    return StickSpectrum(
        model.orbital_energies,
        np.ones(model.n_states),
        np.eye(model.n_states),
        model.state_labels,
        "Koopmans",
    )


@public
def vertical_spectrum(model: VibronicHamiltonian) -> StickSpectrum:
    """One line per state at its vertical energy, its intensity the pole strength."""
    return StickSpectrum(
        np.diag(model.constant),
        model.pole_strengths,
        np.eye(model.n_states),
        model.state_labels,
        "vertical",
    )
