"""Surfaces of a model, their meeting points and ab initio points beside them, told whole."""

from .ab_initio import ab_initio_check, ab_initio_search
from .check import SurfaceCheck, SurfaceCut, cuts_through, surface_check
from .lowest_seam import lowest_seam
from .overview import SurfacesOverview, barrier_to, overview

__all__ = [
    "SurfaceCheck",
    "SurfaceCut",
    "SurfacesOverview",
    "ab_initio_check",
    "ab_initio_search",
    "barrier_to",
    "cuts_through",
    "lowest_seam",
    "overview",
    "surface_check",
]
