"""Which functions of a basis are needed: what connects them, how far a packet reaches, where it
leaks out.
"""

from .leaks import expected_error, leak_rates
from .neighbours import NeighbourTable, quanta_changes
from .parities import packet_functions, parity_generators, parity_labels, sector_functions
from .pruned import PrunedSector, first_sector, suggested_basis
from .reach import reachable_quanta

__all__ = [
    "NeighbourTable",
    "PrunedSector",
    "expected_error",
    "first_sector",
    "leak_rates",
    "packet_functions",
    "parity_generators",
    "parity_labels",
    "quanta_changes",
    "reachable_quanta",
    "sector_functions",
    "suggested_basis",
]
