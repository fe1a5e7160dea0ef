"""Grow until certain: what comes next, what it costs, and how large the error is."""

from .certified_error import certified_error
from .cost import Cost, cost
from .grids import ProductGrid, ProductGrids, even_points
from .growth import Growth, GrowthState, Leaks, Spaces
from .sectors import PrunedSectors

__all__ = [
    "Cost",
    "Growth",
    "GrowthState",
    "Leaks",
    "ProductGrid",
    "ProductGrids",
    "PrunedSectors",
    "Spaces",
    "certified_error",
    "cost",
    "even_points",
]
