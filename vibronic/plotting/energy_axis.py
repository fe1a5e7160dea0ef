"""The axis of a spectrum's energies: that of the measured spectrum where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..units import CM, NM

if TYPE_CHECKING:
    from ..photoelectron.rungs import Comparison

FAINT = 0.01  # of the maximum; fainter parts of a curve need not be seen
FAINT_BESIDE = 0.1  # the same where a measured curve says what is worth seeing
MARGIN = 0.04  # of the range, on both sides


@dataclass(frozen=True)
class EnergyAxis:
    """Computed energies (eV) plus an `offset`, in eV or cm-1; `remark` says why they are moved, if
    they are. A spectrum recorded by wavelength (`unit` nm) is drawn in eV, as energies of lines
    and areas are, under a second axis in nm.
    """

    label: str
    offset: float = 0.0
    unit: str = "eV"
    remark: str = ""

    @classmethod
    def of(cls, found: Comparison) -> EnergyAxis:
        """The axis of the measured spectrum: a model without absolute energies is moved there,
        others stay.
        """
        ionization = found.model.process == "ionization"
        kind = "ionization" if ionization else "excitation"
        if found.match is None:
            absolute = found.model.has_absolute_energies
            origin = f"{kind} energy (eV)" if absolute else "energy from the model's origin (eV)"
            return cls(origin)

        unit = found.match.measured.energy_unit
        label = "wavenumber (cm$^{-1}$)" if unit == "cm-1" else f"{kind} energy (eV)"
        if found.match.rms_unshifted is not None:
            return cls(label, unit=unit)
        shift = found.match.shift
        remark = f"computed energies moved by {shift:+.3f} eV: the model has no absolute origin"
        return cls(label, shift, unit, remark)

    def of_energies(self, energies: np.ndarray) -> np.ndarray:
        """Computed energies (eV) on the axis."""
        return self.of_measured(energies + self.offset)

    def of_measured(self, energies: np.ndarray) -> np.ndarray:
        """Measured energies (eV) on the axis."""
        return energies / CM if self.unit == "cm-1" else energies

    def zoom(self, ax: Any, found: Comparison, window: tuple[float, float] | None) -> None:
        """Show what lies between two energies (eV, on the measured scale), or all that is worth
        seeing.
        """
        ax.set_xlim(*self.of_measured(np.array(window or self._all_of(found))))

    def add_wavelengths(self, ax: Any) -> None:
        """A second axis in nm above the first, where the spectrum was recorded so."""
        if self.unit != "nm":
            return

        def inverse(values: Any) -> Any:
            return NM / np.maximum(values, 1e-3)

        ax.secondary_xaxis("top", functions=(inverse, inverse)).set_xlabel("wavelength (nm)")

    def _all_of(self, found: Comparison) -> tuple[float, float]:
        """From the first to the last energy (eV) of the curve, its lines and the experiment."""
        curve = found.ladder.rung(found.levels[-1]).curve
        faint = FAINT if found.match is None else FAINT_BESIDE
        seen = curve.grid[curve.values > faint * curve.values.max()] + self.offset
        points = [seen.min(), seen.max()]
        if "vertical" in found.levels:
            points += list(found.vertical.energies + self.offset)
        if "koopmans" in found.levels and found.koopmans is not None:
            points += list(found.koopmans.energies + self.offset)
        if found.match is not None:
            points += [found.match.measured.grid[0], found.match.measured.grid[-1]]
        else:
            points += [band.vertical for band in found.experiment]
        margin = MARGIN * (max(points) - min(points))
        return float(min(points) - margin), float(max(points) + margin)
