"""VibronicHamiltonian x Wavepacket -> Propagation, by QuTiP's solvers."""

from .methods import Chebyshev, Lanczos, QutipIntegrator, ShortIterativeLanczos
from .propagate import propagate

__all__ = ["Chebyshev", "Lanczos", "QutipIntegrator", "ShortIterativeLanczos", "propagate"]
