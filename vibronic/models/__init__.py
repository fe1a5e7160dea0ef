"""VibronicHamiltonian -> VibronicHamiltonian: fewer modes, other masses; and doubts about one."""

from .corresponding_modes import corresponding_modes
from .doubts import doubts, ground_state_doubts
from .isotopic_hamiltonian import isotopic_hamiltonian
from .isotopic_masses import isotopes_asked, isotopic_masses
from .reduction import Reduction, degenerate_sets, reduction

__all__ = [
    "Reduction",
    "corresponding_modes",
    "degenerate_sets",
    "doubts",
    "ground_state_doubts",
    "isotopes_asked",
    "isotopic_hamiltonian",
    "isotopic_masses",
    "reduction",
]
