"""VibronicHamiltonian x Wavepacket -> Propagation, by QuTiP's solvers."""

from .methods import Chebyshev, QutipIntegrator
from .propagate import propagate

__all__ = ["Chebyshev", "QutipIntegrator", "propagate"]
