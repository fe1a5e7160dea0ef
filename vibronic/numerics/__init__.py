"""Linear algebra that knows no chemistry."""

from .chebyshev import chebyshev_exponential, chebyshev_moments, moments_autocorrelation
from .in_place import in_place
from .krylov import LanczosRecursion, lanczos_exponential, ritz_vectors, spectral_bounds
from .oscillator import oscillator_dvr, position_power, transition_elements

__all__ = [
    "LanczosRecursion",
    "chebyshev_exponential",
    "chebyshev_moments",
    "in_place",
    "lanczos_exponential",
    "moments_autocorrelation",
    "oscillator_dvr",
    "position_power",
    "ritz_vectors",
    "spectral_bounds",
    "transition_elements",
]
