"""Point groups, standard orientations, species, and what symmetry allows."""

from .orientation import canonical_order
from .point_group import PointGroup, point_group
from .representation import Representation
from .symmetrized import symmetrized

__all__ = ["PointGroup", "Representation", "canonical_order", "point_group", "symmetrized"]
