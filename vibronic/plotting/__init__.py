"""Noun -> matplotlib Axes."""

from .hamiltonian import plot_couplings
from .photoelectron import photoelectron_figure
from .populations import plot_populations, populations_figure
from .style import STATE_COLOURS, style

__all__ = ["STATE_COLOURS", "photoelectron_figure", "plot_couplings", "plot_populations", "populations_figure", "style"]
