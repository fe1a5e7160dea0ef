"""VibronicHamiltonian -> spectra, in rising order of truth."""

from .autocorrelation import autocorrelation, autocorrelation_spectrum, correlation_functions
from .eigenstates import eigenstates
from .franck_condon import franck_condon_spectrum
from .lanczos import lanczos_spectrum
from .vertical import koopmans_spectrum, vertical_spectrum

__all__ = ["autocorrelation", "autocorrelation_spectrum", "correlation_functions", "eigenstates", "franck_condon_spectrum", "koopmans_spectrum",
           "lanczos_spectrum", "vertical_spectrum"]
