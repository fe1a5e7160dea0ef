"""From a lattice of equal sites to what dresses the charge on it."""

from .lattice import Lattice
from .limits import (
    PolaronLimit,
    atomic_spectrum,
    lang_firsov,
    two_site_barrier,
    two_site_surface,
    weak_coupling,
)
from .polaron import Polaron, polaron, polaron_band

__all__ = [
    "Lattice",
    "Polaron",
    "PolaronLimit",
    "atomic_spectrum",
    "lang_firsov",
    "polaron",
    "polaron_band",
    "two_site_barrier",
    "two_site_surface",
    "weak_coupling",
]
