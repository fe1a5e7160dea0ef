"""Molecule -> NormalModes -> VibronicHamiltonian: the only folder that imports PySCF."""

from .audit import Audit, audit
from .casscf import SACASSCF
from .diabatization import diabatic_matrix, gap_curvature_coupling
from .excitation import EEADC2, EOMEECCSD, TDA, TDDFT
from .hamiltonian import koopmans_beside, vibronic_hamiltonian
from .ionization import ADC2, ADC3, EOMIPCCSD, ADC2x, Koopmans
from .meci import AbInitioIntersection, ab_initio_intersection
from .methods import StatesMethod
from .registry import method
from .scan import AbInitioSurfaces, ab_initio_surfaces
from .vertical import VerticalStates, vertical_states
from .vibrations import isotopic_modes, normal_modes

__all__ = [
    "ADC2",
    "ADC3",
    "EEADC2",
    "EOMEECCSD",
    "EOMIPCCSD",
    "SACASSCF",
    "TDA",
    "TDDFT",
    "ADC2x",
    "AbInitioIntersection",
    "AbInitioSurfaces",
    "Audit",
    "Koopmans",
    "StatesMethod",
    "VerticalStates",
    "ab_initio_intersection",
    "ab_initio_surfaces",
    "audit",
    "diabatic_matrix",
    "gap_curvature_coupling",
    "isotopic_modes",
    "koopmans_beside",
    "method",
    "normal_modes",
    "vertical_states",
    "vibronic_hamiltonian",
]
