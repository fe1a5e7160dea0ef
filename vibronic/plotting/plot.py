"""The figure of any noun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..checks import InputError, described
from ..door import public
from .absorption import absorption_figure
from .check import check_figure
from .densities import density_figure
from .geometric_phase import geometric_phase_figure
from .hamiltonian import plot_couplings
from .modes import modes_figure
from .orbitals import orbitals_figure
from .passage import passage_figure, plot_adiabatic_populations
from .photoelectron import photoelectron_figure
from .polaron import polaron_figure
from .populations import plot_populations
from .spectrum import plot_lines, plot_spectrum

AXES: dict[str, Callable[..., Any]] = {
    "AdiabaticPopulations": plot_adiabatic_populations,
    "Propagation": plot_populations,
    "Spectrum": plot_spectrum,
    "StickSpectrum": plot_lines,
    "VibronicHamiltonian": plot_couplings,
}
FIGURES: dict[str, Callable[[Any], Any]] = {
    "AbsorptionComparison": absorption_figure,
    "NormalModes": modes_figure,
    "Orbitals": orbitals_figure,
    "Passage": passage_figure,
    "PhotoelectronComparison": photoelectron_figure,
    "PolaronOverview": polaron_figure,
    "ReducedDensities": density_figure,
    "SurfaceCheck": check_figure,
    "SurfacePropagation": lambda run: geometric_phase_figure([run]),
}


@public
def plot(noun: Any, ax: Any = None) -> Any:
    """The figure of a noun: axes (`ax` where given) for one panel, a matplotlib Figure for
    several.

    Raises InputError for a thing that has none.
    """
    name = type(noun).__name__
    if name in AXES:
        return AXES[name](noun, ax)
    if name not in FIGURES:
        known = ", ".join(sorted([*AXES, *FIGURES]))
        raise InputError(f"There is no figure of {described(noun)}; there are figures of {known}.")
    if ax is not None:
        raise InputError(f"The figure of a {name} has several panels: leave `ax` out.")
    return FIGURES[name](noun)
