"""From a lattice of equal sites to what dresses the charge on it."""

from .hopping import HoppingRates, band_narrowing, hopping_rate, hopping_rates, marcus_rate
from .lattice import Lattice
from .limits import (
    PolaronLimit,
    atomic_spectrum,
    lang_firsov,
    two_site_barrier,
    two_site_surface,
    weak_coupling,
)
from .overview import Dressing, PolaronBand, PolaronOverview, band_map, dressing, overview
from .polaron import Polaron, polaron, polaron_band
from .spectral_function import OpticalConductivity, optical_conductivity, spectral_function

__all__ = [
    "Dressing",
    "HoppingRates",
    "Lattice",
    "OpticalConductivity",
    "Polaron",
    "PolaronBand",
    "PolaronLimit",
    "PolaronOverview",
    "atomic_spectrum",
    "band_map",
    "band_narrowing",
    "dressing",
    "hopping_rate",
    "hopping_rates",
    "lang_firsov",
    "marcus_rate",
    "optical_conductivity",
    "overview",
    "polaron",
    "polaron_band",
    "spectral_function",
    "two_site_barrier",
    "two_site_surface",
    "weak_coupling",
]
