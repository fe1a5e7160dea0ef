"""Molecule -> NormalModes -> VibronicHamiltonian: the only folder that imports PySCF."""

from .ab_initio_intersection import AbInitioIntersection, ActiveSpace, ab_initio_intersection
from .ab_initio_surfaces import AbInitioSurfaces, ab_initio_surfaces
from .audit import Audit, audit
from .diabatic_matrix import diabatic_matrix
from .gap_curvature import gap_curvature_coupling
from .ground_state import GroundState, ground_state
from .isotopic_modes import isotopic_modes
from .koopmans_beside import koopmans_beside
from .methods import *  # noqa: F403
from .methods.method import METHODS, method
from .methods.states_method import StatesMethod
from .normal_modes import normal_modes
from .parameters import CouplingScheme
from .parent_orbitals import parent_orbitals
from .vertical_states import VerticalStates, vertical_states
from .vibronic_hamiltonian import vibronic_hamiltonian

__all__ = [
    *(kind.__name__ for kind in METHODS.values()),
    "AbInitioIntersection",
    "AbInitioSurfaces",
    "ActiveSpace",
    "Audit",
    "CouplingScheme",
    "GroundState",
    "StatesMethod",
    "VerticalStates",
    "ab_initio_intersection",
    "ab_initio_surfaces",
    "audit",
    "diabatic_matrix",
    "gap_curvature_coupling",
    "ground_state",
    "isotopic_modes",
    "koopmans_beside",
    "method",
    "normal_modes",
    "parent_orbitals",
    "vertical_states",
    "vibronic_hamiltonian",
]
