"""Molecule -> NormalModes -> VibronicHamiltonian: the only folder that imports PySCF."""

from .cache import Cache
from .campaign import Campaign, local_processes
from .diabatization import diabatic_matrix, gap_curvature_coupling
from .hamiltonian import vibronic_hamiltonian
from .ionization import ADC2, ADC3, IonizationMethod, Koopmans, method
from .meci import AbInitioIntersection, ab_initio_intersection, coordinates_in_modes
from .scan import TDA, AbInitioSurfaces, ab_initio_surfaces
from .vibrations import normal_modes

__all__ = [
    "ADC2",
    "ADC3",
    "TDA",
    "AbInitioIntersection",
    "AbInitioSurfaces",
    "Cache",
    "Campaign",
    "IonizationMethod",
    "Koopmans",
    "ab_initio_intersection",
    "ab_initio_surfaces",
    "coordinates_in_modes",
    "diabatic_matrix",
    "gap_curvature_coupling",
    "local_processes",
    "method",
    "normal_modes",
    "vibronic_hamiltonian",
]
