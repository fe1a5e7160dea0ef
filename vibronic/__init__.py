"""Vibronic: from a molecule to its vibronically mixed spectrum and its wavepacket's passage
through a conical intersection.

Molecule -> NormalModes -> VibronicHamiltonian -> VibronicBasis -> Wavepacket -> Propagation ->
Spectrum
"""

from . import (
    campaign,
    checks,
    dynamics,
    electronic_structure,
    formats,
    library,
    operators,
    photoelectron,
    spectra,
    surfaces,
    units,
)
from .basis import VibronicBasis
from .checks import CalculationError, InputError, VibronicError
from .doorway import Doorway
from .hamiltonian import Monomial, VibronicHamiltonian
from .line_shape import Gaussian, Instrument, LineShape, Lorentzian, Voigt
from .modes import NormalModes
from .molecule import Band, Molecule
from .propagation import Autocorrelation, Propagation
from .spectrum import Spectrum, StickSpectrum, VibronicLevels
from .storage import load, save
from .wavepacket import Wavepacket

__all__ = [
    "Autocorrelation",
    "Band",
    "CalculationError",
    "Doorway",
    "Gaussian",
    "InputError",
    "Instrument",
    "LineShape",
    "Lorentzian",
    "Molecule",
    "Monomial",
    "NormalModes",
    "Propagation",
    "Spectrum",
    "StickSpectrum",
    "VibronicBasis",
    "VibronicError",
    "VibronicHamiltonian",
    "VibronicLevels",
    "Voigt",
    "Wavepacket",
    "campaign",
    "checks",
    "dynamics",
    "electronic_structure",
    "formats",
    "library",
    "load",
    "operators",
    "photoelectron",
    "save",
    "spectra",
    "surfaces",
    "units",
]
