"""Read one noun, run one stage, save one noun."""

from . import dynamics, explore, hamiltonian, intersection, molecules, polaron, spectra, workers
from .app import app, main

__all__ = [
    "app",
    "dynamics",
    "explore",
    "hamiltonian",
    "intersection",
    "main",
    "molecules",
    "polaron",
    "spectra",
    "workers",
]
