"""Linear algebra that knows no chemistry."""

from .chebyshev import chebyshev_exponential, chebyshev_moments, moments_autocorrelation
from .in_place import in_place
from .krylov import LanczosRecursion
from .lanczos_exponential import lanczos_exponential
from .lowest_eigenpairs import SMALL, lowest_eigenpairs, restarted_lanczos
from .oscillator import oscillator_dvr, position_power, transition_elements
from .ritz_vectors import ritz_vectors
from .spectral_bounds import spectral_bounds

__all__ = [
    "SMALL",
    "LanczosRecursion",
    "chebyshev_exponential",
    "chebyshev_moments",
    "in_place",
    "lanczos_exponential",
    "lowest_eigenpairs",
    "moments_autocorrelation",
    "oscillator_dvr",
    "position_power",
    "restarted_lanczos",
    "ritz_vectors",
    "spectral_bounds",
    "transition_elements",
]
