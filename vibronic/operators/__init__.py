"""VibronicHamiltonian x VibronicBasis -> operators."""

from .dense import dense_hamiltonian
from .matrix_free import MatrixFreeHamiltonian
from .operator import hamiltonian_operator
from .oscillator import position_power
from .sector import parity_generators, sector_functions
from .sparse import SparseHamiltonian, sparse_hamiltonian
from .suggested import reachable_quanta, suggested_bases, suggested_basis

__all__ = ["MatrixFreeHamiltonian", "SparseHamiltonian", "dense_hamiltonian", "hamiltonian_operator",
           "parity_generators", "position_power", "qutip_hamiltonian", "qutip_state", "reachable_quanta",
           "sector_functions", "sparse_hamiltonian", "suggested_bases",
           "suggested_basis"]


def __getattr__(name: str) -> object:
    if name in ("qutip_hamiltonian", "qutip_state"):
        from . import qutip_data

        return getattr(qutip_data, name)
    raise AttributeError(name)
