"""Ways to compute the lines of one transition, to be summed over many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..spectrum import StickSpectrum
from .adiabatic import adiabatic_spectrum
from .lanczos import lanczos_spectrum

MOST_POINTS = 600_000  # of an adiabatic grid


class LineMethod(Protocol):
    """Lines whose curve of width `fwhm` (eV) is certain to a tolerance."""

    @property
    def fwhm(self) -> float:
        """Width to which the lines are right, eV."""

    def lines(self, model: VibronicHamiltonian, door: Doorway, tolerance: float) -> StickSpectrum:
        """The lines through one doorway."""


@dataclass(frozen=True)
class VibronicLines:
    """All states, all couplings (`lanczos_spectrum`)."""

    fwhm: float = 0.02
    character: bool = True
    resolution: float | None = None
    limits: Limits = field(default_factory=Limits)

    def lines(self, model: VibronicHamiltonian, door: Doorway, tolerance: float) -> StickSpectrum:
        """The lines through one doorway."""
        return lanczos_spectrum(
            model,
            door,
            tolerance=tolerance,
            fwhm=self.fwhm,
            character=self.character,
            resolution=self.resolution,
            limits=self.limits,
        )


@dataclass(frozen=True)
class AdiabaticLines:
    """One coupled surface at a time (`adiabatic_spectrum`)."""

    fwhm: float = 0.02
    limits: Limits = field(default_factory=lambda: Limits(max_size=MOST_POINTS))

    def lines(self, model: VibronicHamiltonian, door: Doorway, tolerance: float) -> StickSpectrum:
        """The lines through one doorway."""
        return adiabatic_spectrum(
            model, door, tolerance=tolerance, fwhm=self.fwhm, limits=self.limits
        )
