"""Read one noun, run one stage, save one noun."""

from . import dynamics, hamiltonian, intersection, molecules, spectra, workers
from .app import app, main

__all__ = [
    "app",
    "dynamics",
    "hamiltonian",
    "intersection",
    "main",
    "molecules",
    "spectra",
    "workers",
]
