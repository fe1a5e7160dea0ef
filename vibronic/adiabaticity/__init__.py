"""When electrons are no longer fast beside vibrations, and what pairs them."""

from .superconductivity import (
    allen_dynes_temperature,
    coulomb_pseudopotential,
    eliashberg_temperature,
    mcmillan_temperature,
)

__all__ = [
    "allen_dynes_temperature",
    "coulomb_pseudopotential",
    "eliashberg_temperature",
    "mcmillan_temperature",
]
