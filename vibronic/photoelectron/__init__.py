"""Koopmans beside Franck-Condon beside fully vibronic beside experiment; and the same ladder for
absorption.
"""

from .absorption import AbsorptionComparison, absorption
from .bands import VibronicBand, vibronic_bands
from .comparison import PhotoelectronComparison, comparison
from .reduction import Reduction, reduction

__all__ = [
    "AbsorptionComparison",
    "PhotoelectronComparison",
    "Reduction",
    "VibronicBand",
    "absorption",
    "comparison",
    "reduction",
    "vibronic_bands",
]
