"""Wavepackets of many modes on binary trees of small tensors."""

from .projector_splitting import Growing, ProjectorSplitting
from .sampling import Draws, wavefunction
from .start import product_packet
from .topology import Branch, topology
from .tree_hamiltonian import TreeHamiltonian
from .tree_packet import TreePacket

__all__ = [
    "Branch",
    "Draws",
    "Growing",
    "ProjectorSplitting",
    "TreeHamiltonian",
    "TreePacket",
    "product_packet",
    "topology",
    "wavefunction",
]
