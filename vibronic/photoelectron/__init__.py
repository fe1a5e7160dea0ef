"""Koopmans beside Franck-Condon beside fully vibronic beside experiment."""

from .bands import VibronicBand, vibronic_bands
from .comparison import PhotoelectronComparison, comparison
from .reduction import Reduction, reduction

__all__ = ["PhotoelectronComparison", "Reduction", "VibronicBand", "comparison", "reduction", "vibronic_bands"]
