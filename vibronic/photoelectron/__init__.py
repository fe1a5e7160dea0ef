"""Koopmans beside Franck-Condon beside fully vibronic beside experiment; and the same ladder for
absorption.
"""

from .absorption import AbsorptionComparison, absorption
from .bands import VibronicBand, vibronic_bands
from .comparison import PhotoelectronComparison, comparison
from .experiment import Experiment

__all__ = [
    "AbsorptionComparison",
    "Experiment",
    "PhotoelectronComparison",
    "VibronicBand",
    "absorption",
    "comparison",
    "vibronic_bands",
]
