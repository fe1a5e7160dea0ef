"""What was measured, and how."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import LineShape
from ..molecule import Band
from ..spectra import inside_window
from ..spectrum import Spectrum, StickSpectrum

POINTS = 8  # of the grid on which measured lines are broadened, within a line's width


@dataclass(frozen=True)
class Experiment:
    """Observed `bands`; a `measured` spectrum (a curve or lines), compared inside `window` (eV);
    and the `temperature` of the molecules, K.
    """

    bands: tuple[Band, ...] = ()
    measured: Spectrum | StickSpectrum | None = None
    window: tuple[float, float] | None = None
    temperature: float = 0.0

    def curve(self, model: VibronicHamiltonian, shape: LineShape) -> Spectrum | None:
        """The measured curve inside the window, or the lines broadened to `shape`, as those of
        `model` are; None without any.

        Raises InputError for a model that does not say from what its energies count.
        """
        found = self.measured
        if found is None:
            return None
        if not model.energy_origin.is_stated:
            raise InputError(
                f"The model {model.title!r} does not say from what its energies count "
                "(`energy_origin`), so that it cannot be laid beside a measured spectrum. State "
                "the origin in the model."
            )

        if isinstance(found, StickSpectrum):
            low = found.energies.min() - 2 * shape.fwhm
            high = found.energies.max() + 2 * shape.fwhm
            grid = np.arange(low, high, shape.fwhm / POINTS)
            found = found.broadened(grid, shape=shape)

        return inside_window(found, self.window)
