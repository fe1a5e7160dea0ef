"""VibronicHamiltonian x VibronicBasis -> operators."""

from .dense import dense_hamiltonian
from .matrix_free import MatrixFreeHamiltonian
from .operator import hamiltonian_operator
from .sparse import SparseOperator, sparse_hamiltonian

__all__ = [
    "MatrixFreeHamiltonian",
    "SparseOperator",
    "dense_hamiltonian",
    "hamiltonian_operator",
    "qutip_hamiltonian",
    "qutip_operator",
    "qutip_state",
    "sparse_hamiltonian",
]


def __getattr__(name: str) -> object:
    if name in ("qutip_hamiltonian", "qutip_operator", "qutip_state"):
        from . import qutip_data

        return getattr(qutip_data, name)
    raise AttributeError(name)
