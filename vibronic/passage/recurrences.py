"""The returns of a packet that was watched."""

from __future__ import annotations

import numpy as np

from ..checks import index_of
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..propagation import Propagation
from ..spectra import Recurrences
from ..spectra import recurrences as resolved
from ..units import HBAR
from .passage import Passage

POINTS = 300  # of the grid of energies


@public
def recurrences(found: Passage, state: int | str) -> Recurrences:
    """When the packet that started on a state comes back, and what each return adds to the
    spectrum: with lines as narrow as the time allows, over nearly all of the band.
    """
    i = index_of("state", state, found.model.state_labels)
    grid = np.linspace(*_band(found.model, i, found.run), POINTS)
    return resolved(found.run, grid, found.model, fwhm=_width(found.run))


def _width(run: Propagation) -> float:
    """A line width (eV) that the length of the autocorrelation resolves."""
    damped = np.sqrt(8 * np.log(2)) * np.sqrt(2 * np.log(2e3))
    return float(HBAR * damped / run.autocorrelation_times[-1])


def _band(model: VibronicHamiltonian, state: int, run: Propagation) -> tuple[float, float]:
    """Energies that hold nearly all of the band of a state, counted as its spectrum is, within
    what the steps of C(t) cover.
    """
    spread = float(np.sqrt((model.linear[:, state] ** 2).sum() / 2))
    spread += float(model.frequencies.max(initial=0.1))
    covered = 0.99 * np.pi * HBAR / float(run.autocorrelation_times[1])
    half = min(4 * spread, covered)
    middle = float(model.constant[state, state])
    return middle - half, middle + half
