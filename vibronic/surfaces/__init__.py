"""VibronicHamiltonian -> adiabatic surfaces, their stationary points and intersections, and the
geometric phase.
"""

from .adiabatic import (
    adiabatic_energies,
    adiabatic_gradients,
    adiabatic_hessian,
    adiabatic_states,
    derivative_couplings,
)
from .geometric_phase import GeometricPhase, geometric_phase, loop_around
from .intersection import ConicalIntersection, conical_intersection
from .seam import SeamPath, seam_path
from .stationary import StationaryPoint, saddle_point, surface_minimum
from .three_state import ThreeStateIntersection, three_state_intersection

__all__ = [
    "ConicalIntersection",
    "GeometricPhase",
    "SeamPath",
    "StationaryPoint",
    "ThreeStateIntersection",
    "adiabatic_energies",
    "adiabatic_gradients",
    "adiabatic_hessian",
    "adiabatic_states",
    "conical_intersection",
    "derivative_couplings",
    "geometric_phase",
    "loop_around",
    "saddle_point",
    "seam_path",
    "surface_minimum",
    "three_state_intersection",
]
