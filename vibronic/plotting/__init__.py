"""Noun -> matplotlib Axes."""

from .absorption import absorption_figure, plot_emission
from .check import check_figure
from .densities import density_figure, save_film
from .geometric_phase import geometric_phase_figure
from .hamiltonian import plot_couplings
from .headline import headline_figure
from .inline import inline_png
from .intersection import intersection_figure, plot_cut
from .ladder import ladder_figure
from .modes import modes_figure
from .orbitals import orbitals_figure
from .passage import comparison_figure, passage_figure, plot_adiabatic_populations
from .photoelectron import photoelectron_figure
from .plot import plot
from .polaron import plot_polaron_band, polaron_figure
from .populations import plot_populations, populations_figure
from .seam import seam_figure
from .spectrum import plot_lines, plot_spectrum
from .style import STATE_COLOURS, STYLES, style

__all__ = [
    "STATE_COLOURS",
    "STYLES",
    "absorption_figure",
    "check_figure",
    "comparison_figure",
    "density_figure",
    "geometric_phase_figure",
    "headline_figure",
    "inline_png",
    "intersection_figure",
    "ladder_figure",
    "modes_figure",
    "orbitals_figure",
    "passage_figure",
    "photoelectron_figure",
    "plot",
    "plot_adiabatic_populations",
    "plot_couplings",
    "plot_cut",
    "plot_emission",
    "plot_lines",
    "plot_polaron_band",
    "plot_populations",
    "plot_spectrum",
    "polaron_figure",
    "populations_figure",
    "save_film",
    "seam_figure",
    "style",
]
