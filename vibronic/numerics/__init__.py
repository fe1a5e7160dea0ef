"""Linear algebra that knows no chemistry."""

from .chebyshev import chebyshev_exponential
from .krylov import LanczosRecursion, ritz_vectors, spectral_bounds

__all__ = ["LanczosRecursion", "chebyshev_exponential", "ritz_vectors", "spectral_bounds"]
