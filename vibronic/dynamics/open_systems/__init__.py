"""Molecules in surroundings: baths, and what solves the equations of motion with them."""

from .baths import (
    Bath,
    Dephasing,
    DrudeBath,
    MarkovianBath,
    MemoryBath,
    OhmicBath,
    VibrationalDamping,
)
from .hierarchy import Hierarchy
from .master_equation import MasterEquation
from .open_method import OpenMethod
from .open_propagation import OpenPropagation, ThermalStart, open_propagation
from .quantum_jumps import QuantumJumps

__all__ = [
    "Bath",
    "Dephasing",
    "DrudeBath",
    "Hierarchy",
    "MarkovianBath",
    "MasterEquation",
    "MemoryBath",
    "OhmicBath",
    "OpenMethod",
    "OpenPropagation",
    "QuantumJumps",
    "ThermalStart",
    "VibrationalDamping",
    "open_propagation",
]
