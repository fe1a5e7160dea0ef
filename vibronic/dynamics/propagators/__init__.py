"""Ways to propagate: each yields the packet's states in time order."""

from .krylov import Krylov
from .propagator import Propagator
from .qutip import Chebyshev, Lanczos, QutipIntegrator, ShortIterativeLanczos
from .state import ConditionalWavefunctions, State
from .tree import TreeNetwork
from .tree_state import TreeState
from .vector_state import VectorState

__all__ = [
    "Chebyshev",
    "ConditionalWavefunctions",
    "Krylov",
    "Lanczos",
    "Propagator",
    "QutipIntegrator",
    "ShortIterativeLanczos",
    "State",
    "TreeNetwork",
    "TreeState",
    "VectorState",
]
