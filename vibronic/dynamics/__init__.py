"""VibronicHamiltonian x Wavepacket -> Propagation, by QuTiP's solvers."""

from .methods import Chebyshev, Lanczos, QutipIntegrator, ShortIterativeLanczos
from .propagate import propagate
from .single_surface import SurfaceHamiltonian, SurfacePropagation, single_surface_propagation

__all__ = ["Chebyshev", "Lanczos", "QutipIntegrator", "ShortIterativeLanczos", "SurfaceHamiltonian", "SurfacePropagation",
           "propagate", "single_surface_propagation"]
