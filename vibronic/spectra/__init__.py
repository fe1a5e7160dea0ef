"""VibronicHamiltonian -> spectra, in rising order of truth."""

from .absolute import cross_section, oscillator_strengths
from .adiabatic import adiabatic_spectrum
from .autocorrelation import autocorrelation, correlation_functions
from .autocorrelation_spectrum import autocorrelation_spectrum
from .diagnosis import TransitionDiagnosis, diagnoses, excess, transition_diagnosis
from .eigenstates import eigenstates
from .emission import emission_spectrum
from .franck_condon import franck_condon_spectrum
from .ladder import LEVELS, Ladder, Rung, defined_levels, ladder
from .lanczos import lanczos_spectrum
from .line_methods import AdiabaticLines, LineMethod, VibronicLines
from .match import Match, inside_window, match
from .moments import spectral_moments, thermal_moments
from .origins import origin
from .recurrences import Recurrences, recurrences
from .resolution import Resolution, resolution
from .thermal import Sampling, thermal_lines, thermal_spectrum
from .thermal_levels import thermal_levels
from .vertical import koopmans_spectrum, vertical_spectrum

__all__ = [
    "LEVELS",
    "AdiabaticLines",
    "Ladder",
    "LineMethod",
    "Match",
    "Recurrences",
    "Resolution",
    "Rung",
    "Sampling",
    "TransitionDiagnosis",
    "VibronicLines",
    "adiabatic_spectrum",
    "autocorrelation",
    "autocorrelation_spectrum",
    "correlation_functions",
    "cross_section",
    "defined_levels",
    "diagnoses",
    "eigenstates",
    "emission_spectrum",
    "excess",
    "franck_condon_spectrum",
    "inside_window",
    "koopmans_spectrum",
    "ladder",
    "lanczos_spectrum",
    "match",
    "origin",
    "oscillator_strengths",
    "recurrences",
    "resolution",
    "spectral_moments",
    "thermal_levels",
    "thermal_lines",
    "thermal_moments",
    "thermal_spectrum",
    "transition_diagnosis",
    "vertical_spectrum",
]
