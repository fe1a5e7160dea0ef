"""VibronicHamiltonian x VibronicBasis -> operators."""

from .certificate import certificate, certified_error
from .cost import Cost, cost, memory_limit
from .dense import dense_hamiltonian
from .leak import expected_error, leak_rates
from .matrix_free import MatrixFreeHamiltonian
from .operator import hamiltonian_operator
from .oscillator import oscillator_dvr, position_power
from .pruned import PrunedSector, first_sector, reachable_quanta, suggested_basis
from .sector import packet_functions, parity_generators, sector_functions
from .sparse import SparseOperator, sparse_hamiltonian

__all__ = [
    "Cost",
    "MatrixFreeHamiltonian",
    "PrunedSector",
    "SparseOperator",
    "certificate",
    "certified_error",
    "cost",
    "dense_hamiltonian",
    "expected_error",
    "first_sector",
    "hamiltonian_operator",
    "leak_rates",
    "memory_limit",
    "oscillator_dvr",
    "packet_functions",
    "parity_generators",
    "position_power",
    "qutip_hamiltonian",
    "qutip_operator",
    "qutip_state",
    "reachable_quanta",
    "sector_functions",
    "sparse_hamiltonian",
    "suggested_basis",
]


def __getattr__(name: str) -> object:
    if name in ("qutip_hamiltonian", "qutip_operator", "qutip_state"):
        from . import qutip_data

        return getattr(qutip_data, name)
    raise AttributeError(name)
