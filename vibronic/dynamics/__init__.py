"""VibronicHamiltonian x Wavepacket -> Propagation, by QuTiP's solvers."""

from .adiabatic import AdiabaticPopulations, SurfacePopulations
from .baths import (
    Bath,
    Dephasing,
    DrudeBath,
    MarkovianBath,
    MemoryBath,
    OhmicBath,
    VibrationalDamping,
)
from .densities import ModeDensity, ReducedDensities
from .expectations import Expectations, Means, expectations
from .flux import Flux, Fluxes
from .methods import Chebyshev, Lanczos, QutipIntegrator, ShortIterativeLanczos
from .observing import Meter, Observable, observations
from .open_system import Hierarchy, MasterEquation, OpenPropagation, QuantumJumps, open_propagation
from .passage import Passage, passage
from .propagate import propagate
from .single_surface import SurfaceHamiltonian, SurfacePropagation, single_surface_propagation
from .snapshots import Amplitudes, Snapshots
from .trajectories import Trajectories, trajectories
from .trajectory import MeanField, SurfaceHopping
from .wigner_samples import wigner_samples

__all__ = [
    "AdiabaticPopulations",
    "Amplitudes",
    "Bath",
    "Chebyshev",
    "Dephasing",
    "DrudeBath",
    "Expectations",
    "Flux",
    "Fluxes",
    "Hierarchy",
    "Lanczos",
    "MarkovianBath",
    "MasterEquation",
    "MeanField",
    "Means",
    "MemoryBath",
    "Meter",
    "ModeDensity",
    "Observable",
    "OhmicBath",
    "OpenPropagation",
    "Passage",
    "QuantumJumps",
    "QutipIntegrator",
    "ReducedDensities",
    "ShortIterativeLanczos",
    "Snapshots",
    "SurfaceHamiltonian",
    "SurfaceHopping",
    "SurfacePopulations",
    "SurfacePropagation",
    "Trajectories",
    "VibrationalDamping",
    "expectations",
    "observations",
    "open_propagation",
    "passage",
    "propagate",
    "single_surface_propagation",
    "trajectories",
    "wigner_samples",
]
