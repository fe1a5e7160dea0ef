"""Molecule -> NormalModes -> VibronicHamiltonian: the only folder that imports PySCF."""

from .cache import Cache
from .campaign import Campaign, local_processes
from .diabatization import diabatic_matrix, gap_curvature_coupling
from .hamiltonian import vibronic_hamiltonian
from .ionization import ADC2, ADC3, IonizationMethod, Koopmans, method
from .vibrations import normal_modes

__all__ = ["ADC2", "ADC3", "Cache", "Campaign", "IonizationMethod", "Koopmans", "diabatic_matrix", "gap_curvature_coupling",
           "local_processes", "method", "normal_modes", "vibronic_hamiltonian"]
