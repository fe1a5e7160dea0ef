"""VibronicHamiltonian x Wavepacket -> Propagation, by QuTiP's solvers."""

from .expectations import Expectations, expectations
from .methods import Chebyshev, Lanczos, QutipIntegrator, ShortIterativeLanczos
from .propagate import propagate
from .single_surface import SurfaceHamiltonian, SurfacePropagation, single_surface_propagation

__all__ = ["Chebyshev", "Expectations", "Lanczos", "QutipIntegrator", "ShortIterativeLanczos", "SurfaceHamiltonian", "SurfacePropagation",
           "expectations", "propagate", "single_surface_propagation"]
