"""VibronicHamiltonian -> spectra, in rising order of truth."""

from .adiabatic import adiabatic_spectrum
from .autocorrelation import autocorrelation, autocorrelation_spectrum, correlation_functions
from .eigenstates import eigenstates
from .emission import emission_spectrum
from .franck_condon import franck_condon_spectrum
from .lanczos import lanczos_spectrum
from .moments import spectral_moments
from .thermal import thermal_levels, thermal_spectrum
from .vertical import koopmans_spectrum, vertical_spectrum

__all__ = ["adiabatic_spectrum", "autocorrelation", "autocorrelation_spectrum", "correlation_functions", "eigenstates", "emission_spectrum",
           "franck_condon_spectrum", "koopmans_spectrum", "lanczos_spectrum", "spectral_moments", "thermal_levels", "thermal_spectrum",
           "vertical_spectrum"]
