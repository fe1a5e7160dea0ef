"""The second road to electronic characters: populations of wavepackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..line_shape import FWHM_OF_SIGMA
from ..propagation import Propagation
from ..units import HBAR

if TYPE_CHECKING:
    from .rungs import Rungs

WINDOW_ENDS = 4.0  # standard deviations after which a window of time is over


def window_width(fwhm: float) -> float:
    """Standard deviation (fs) of the window of time that a resolution `fwhm` (eV) sees: hbar/(2
    sigma), sigma = fwhm/2.355.
    """
    return float(HBAR * FWHM_OF_SIGMA / (2 * fwhm))


def seen_populations(run: Propagation, fwhm: float) -> np.ndarray:
    """Diabatic populations (n_states,) averaged over that window, integral w(t) P_i(t) dt; P_i is
    even in time for a real packet.
    """
    weights = np.exp(-((run.times / window_width(fwhm)) ** 2) / 2)
    whole = np.trapezoid(weights, run.times)
    found: np.ndarray = np.trapezoid(weights[:, None] * run.populations, run.times, axis=0) / whole
    return found


def population_difference(found: Rungs, runs: Sequence[Propagation]) -> float | None:
    """Largest difference between the shares `carried` of the transitions and the populations that
    their cold wavepackets have over the same window; None for a warm molecule.
    """
    steps = found.ladder
    if steps.temperature or steps.resolution is None:
        return None

    fine = steps.resolution.fine
    pairs = zip(found.diagnoses, runs, strict=True)
    return float(max(np.abs(d.carried - seen_populations(run, fine)).max() for d, run in pairs))
