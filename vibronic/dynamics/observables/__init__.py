"""What can be measured on a moving packet: one file each."""

from .adiabatic_populations import AdiabaticPopulations, SurfacePopulations
from .autocorrelation import AutocorrelationFunction
from .energy import Energy, UppermostOccupation
from .flux import Flux, Fluxes
from .means import Expectations, Means
from .mode_density import ModeDensity, ReducedDensities, mode_indices
from .observable import Observable
from .populations import DiabaticPopulations, Populations
from .snapshots import Amplitudes, Snapshots
from .surface_densities import mixing_strengths

__all__ = [
    "AdiabaticPopulations",
    "Amplitudes",
    "AutocorrelationFunction",
    "DiabaticPopulations",
    "Energy",
    "Expectations",
    "Flux",
    "Fluxes",
    "Means",
    "ModeDensity",
    "Observable",
    "Populations",
    "ReducedDensities",
    "Snapshots",
    "SurfacePopulations",
    "UppermostOccupation",
    "mixing_strengths",
    "mode_indices",
]
