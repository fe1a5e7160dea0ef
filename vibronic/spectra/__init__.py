"""VibronicHamiltonian -> spectra, in rising order of truth."""

from .autocorrelation import autocorrelation_spectrum
from .franck_condon import franck_condon_spectrum
from .lanczos import lanczos_spectrum
from .vertical import koopmans_spectrum, vertical_spectrum

__all__ = ["autocorrelation_spectrum", "franck_condon_spectrum", "koopmans_spectrum", "lanczos_spectrum",
           "vertical_spectrum"]
