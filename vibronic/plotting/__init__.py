"""Noun -> matplotlib Axes."""

from .absorption import absorption_figure, plot_emission
from .geometric_phase import geometric_phase_figure
from .hamiltonian import plot_couplings
from .intersection import intersection_figure, plot_cut
from .ladder import ladder_figure
from .photoelectron import photoelectron_figure
from .populations import plot_populations, populations_figure
from .style import STATE_COLOURS, style

__all__ = [
    "STATE_COLOURS", "absorption_figure", "geometric_phase_figure", "intersection_figure", "ladder_figure", "photoelectron_figure",
    "plot_couplings", "plot_cut", "plot_emission", "plot_populations", "populations_figure", "style",
]
