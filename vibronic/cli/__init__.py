"""Read one noun, run one stage, save one noun."""

from . import dynamics, hamiltonian, molecules, spectra
from .app import app, main

__all__ = ["app", "dynamics", "hamiltonian", "main", "molecules", "spectra"]
