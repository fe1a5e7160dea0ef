"""The bands that a spectrometer of moderate resolution sees, and the electronic states they are made of."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from ..checks import frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..spectrum import StickSpectrum
from ..storage import noun

BAND_FWHM = 0.15  # eV
LEAST_HEIGHT = 0.08  # of the highest
MIXED = 0.75  # a line of which no state makes more than this is no state's line


@noun
@dataclass(frozen=True, eq=False)
class VibronicBand:
    """A maximum of the vibronic spectrum at band resolution: its energy, limits and strength, the electronic `character`
    (n_states,) of its lines, their `purity` (mean share of each line's leading state), and the states whose vertical energy lies inside
    (`parents`, often none or one).

    A mystery band has no parent and its lines are no single state's: it lies between the bands of two states and is made mostly of these.
    """

    energy: float
    low: float
    high: float
    strength: float
    character: np.ndarray
    purity: float
    parents: tuple[str, ...]
    is_mystery: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "character", frozen_array(self.character, "character"))


def vibronic_bands(model: VibronicHamiltonian, sticks: StickSpectrum, *, fwhm: float = BAND_FWHM) -> tuple[VibronicBand, ...]:
    """Maxima of `sticks` broadened to `fwhm` (eV), between the minima that separate them."""
    grid = np.arange(sticks.energies.min() - 3 * fwhm, sticks.energies.max() + 3 * fwhm, fwhm / 60)
    curve = sticks.broadened(grid, fwhm=fwhm)
    maxima = curve.maxima(LEAST_HEIGHT)
    inside = [slice(*np.searchsorted(grid, pair)) for pair in itertools.pairwise(maxima)]
    limits = np.array([grid[0], *(grid[s][int(np.argmin(curve.values[s]))] for s in inside), grid[-1]])
    vertical = np.diag(model.constant)
    found = []
    for energy, low, high in zip(maxima, limits[:-1], limits[1:], strict=True):
        lines = (sticks.energies >= low) & (sticks.energies < high)
        strength = sticks.intensities[lines]
        weights = sticks.state_weights[lines]  # type: ignore[index]
        character, purity = strength @ weights / strength.sum(), float(strength @ weights.max(axis=1) / strength.sum())
        parents = tuple(label for label, e in zip(model.state_labels, vertical, strict=True) if low <= e < high)
        found.append(VibronicBand(float(energy), float(low), float(high), float(strength.sum()), character, purity, parents))
    return tuple(_with_mysteries(found, model.state_labels))


def _with_mysteries(bands: list[VibronicBand], labels: tuple[str, ...]) -> list[VibronicBand]:
    """Mark the mixed bands without parent that lie between the bands of two different states and are made of these."""
    result = list(bands)
    parented = [k for k, band in enumerate(bands) if band.parents]
    for left, right in itertools.pairwise(parented):
        between = bands[left + 1 : right]
        neighbours = {*bands[left].parents, *bands[right].parents}
        leading = [{labels[i] for i in np.argsort(-band.character)[:2]} for band in between]
        if all(pair <= neighbours for pair in leading) and all(band.purity < MIXED for band in between):
            result[left + 1 : right] = [replace(band, is_mystery=True) for band in between]
    return result
