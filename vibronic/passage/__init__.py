"""A packet through the intersection, told whole."""

from .beside import PopulationsBeside, by_trajectories, in_bath
from .passage import Passage, passage
from .recurrences import recurrences
from .watching import Watching, lowest_intersection, watching_intersection

__all__ = [
    "Passage",
    "PopulationsBeside",
    "Watching",
    "by_trajectories",
    "in_bath",
    "lowest_intersection",
    "passage",
    "recurrences",
    "watching_intersection",
]
