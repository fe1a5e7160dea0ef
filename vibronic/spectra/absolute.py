"""Absolute absorption: cross sections and molar absorption coefficients from transition
dipoles.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scipy.constants import value

from ..checks import InputError, check_known
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import LineShape
from ..spectrum import Spectrum, StickSpectrum
from ..units import BOHR, HARTREE

FINE_STRUCTURE = value("fine-structure constant")
MEGABARN = 1e-2  # square angstrom
MOLAR = (
    value("Avogadro constant") * 1e-16 / (1000 * 2.302585092994046)
)  # L/(mol cm) per square angstrom
UNITS = {"Mb": 1 / MEGABARN, "L/(mol cm)": MOLAR}


@public
def cross_section(
    model: VibronicHamiltonian,
    sticks: StickSpectrum,
    grid: Any,
    *,
    fwhm: float | None = None,
    shape: LineShape | None = None,
    unit: str = "Mb",
) -> Spectrum:
    """Absorption of randomly oriented molecules on `grid` (eV): cross section in Mb, or molar
    absorption coefficient in L/(mol cm).

    sigma(E) = (4 pi^2 alpha/3) E sum_n |mu_n|^2 g(E - E_n) with mu_n in e a0: lines whose
    intensities are (e a0)^2, as they are for a model with `transition_dipoles`. Raises InputError
    for a model without them, or whose energies do not count from the vibrational ground state:
    then E is not the energy of the light.

    R. C. Hilborn, Am. J. Phys. 50, 982 (1982), doi:10.1119/1.12937
    """
    check_known("unit", unit, UNITS)
    if model.transition_dipoles is None:
        raise InputError(
            f"The model {model.title!r} has no `transition_dipoles` (e a0), so its absorption "
            "has no absolute strength."
        )
    if not model.has_absolute_energies:
        raise InputError(
            f"The energies of {model.title!r} count from "
            f"{model.energy_origin}, not from the "
            "vibrational ground state of the molecule, so that they are not energies of light."
        )

    curve = sticks.broadened(grid, fwhm=fwhm, shape=shape)
    factor = 4 * 3.141592653589793**2 * FINE_STRUCTURE / 3 * BOHR**2 * UNITS[unit]
    return replace(
        curve,
        values=factor * curve.grid * curve.values,
        unit=unit,
        source=f"{sticks.source}, absolute",
    )


@public
def oscillator_strengths(model: VibronicHamiltonian) -> Any:
    """Oscillator strengths of the vertical transitions, f = (2/3) E |mu|^2 in atomic units,
    (n_states,).
    """
    if model.transition_dipoles is None:
        raise InputError(
            f"The model {model.title!r} has no `transition_dipoles` (e a0), so it has no "
            "oscillator strengths."
        )
    return 2 / 3 * model.constant.diagonal() / HARTREE * (model.transition_dipoles**2).sum(axis=1)
