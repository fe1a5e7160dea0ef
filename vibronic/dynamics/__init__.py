"""VibronicHamiltonian x Wavepacket -> Propagation, by QuTiP's solvers."""

from .adiabatic import AdiabaticPopulations, SurfacePopulations
from .densities import ModeDensity, ReducedDensities
from .expectations import Expectations, Means, expectations
from .flux import Flux, Fluxes
from .methods import Chebyshev, Lanczos, QutipIntegrator, ShortIterativeLanczos
from .observing import Meter, Observable, observations
from .passage import Passage, passage
from .propagate import propagate
from .single_surface import SurfaceHamiltonian, SurfacePropagation, single_surface_propagation
from .snapshots import Amplitudes, Snapshots

__all__ = [
    "AdiabaticPopulations", "Amplitudes", "Chebyshev", "Expectations", "Flux", "Fluxes", "Lanczos", "Means", "Meter", "ModeDensity",
    "Observable", "Passage", "QutipIntegrator", "ReducedDensities", "ShortIterativeLanczos", "Snapshots", "SurfaceHamiltonian", "SurfacePopulations",
    "SurfacePropagation", "expectations", "observations", "passage", "propagate", "single_surface_propagation",
]
