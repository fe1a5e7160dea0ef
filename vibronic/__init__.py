"""Vibronic: from a molecule to its vibronically mixed spectrum and its wavepacket's passage through a conical intersection.

Molecule -> NormalModes -> VibronicHamiltonian -> VibronicBasis -> Wavepacket -> Propagation -> Spectrum
"""

from . import checks, dynamics, formats, operators, spectra, units
from .basis import VibronicBasis
from .checks import CalculationError, InputError, VibronicError
from .hamiltonian import Monomial, VibronicHamiltonian
from .propagation import Propagation
from .spectrum import Spectrum, StickSpectrum
from .storage import load, save
from .wavepacket import Wavepacket
