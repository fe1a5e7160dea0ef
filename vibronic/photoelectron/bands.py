"""The bands that a spectrometer of moderate resolution sees, and the electronic states they are
made of.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..checks import frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..spectra import nonadiabatic_lines
from ..spectrum import StickSpectrum
from ..storage import noun

BAND_FWHM = 0.15  # eV
LEAST_HEIGHT = 0.08  # of the highest
MIXED = 0.75  # a line of which no state makes more than this is no state's line


@noun
@dataclass(frozen=True, eq=False)
class VibronicBand:
    """A maximum of the vibronic spectrum at band resolution: its energy, limits and strength, the
    electronic `character` (n_states,) of its lines, their `purity` (mean share of each line's
    leading state), and the states whose vertical energy lies inside (`parents`, often none or
    one).

    `participation` (states per line) and `entropy` (entanglement of electrons and vibrations,
    nats) are means over the lines by intensity, `borrowed` the share of the strength in characters
    other than the state entered, `nonadiabatic` that in lines no single-state spectrum has;
    `alone` and `adiabatic` are the strengths that the states alone, and the adiabatic surfaces,
    would put between the limits (-1: not computed).
    A mystery band has no parent and its lines are no single state's: it lies between the bands of
    two states and is made mostly of these.
    """

    energy: float
    low: float
    high: float
    strength: float
    character: np.ndarray
    purity: float
    parents: tuple[str, ...]
    is_mystery: bool = False
    participation: float = 1.0
    entropy: float = 0.0
    borrowed: float = 0.0
    nonadiabatic: float = 0.0
    alone: float = -1.0
    adiabatic: float = -1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "character", frozen_array(self.character, "character"))


def vibronic_bands(
    model: VibronicHamiltonian,
    sticks: StickSpectrum,
    *,
    fwhm: float = BAND_FWHM,
    alone: StickSpectrum | None = None,
    adiabatic: StickSpectrum | None = None,
    own: np.ndarray | None = None,
    resolution: float = 0.04,
) -> tuple[VibronicBand, ...]:
    """Maxima of `sticks` broadened to `fwhm` (eV), between the minima that separate them.

    `alone` and `adiabatic` are the lines of the rungs below, `own` (n_lines,) the weight in every
    line of the states it was entered through; without them nothing counts as nonadiabatic or
    borrowed. `resolution` (eV) is the width at which lines are told apart.
    """
    grid = np.arange(sticks.energies.min() - 3 * fwhm, sticks.energies.max() + 3 * fwhm, fwhm / 60)
    curve = sticks.broadened(grid, fwhm=fwhm)
    maxima = curve.maxima(LEAST_HEIGHT)
    inside = [slice(*np.searchsorted(grid, pair)) for pair in itertools.pairwise(maxima)]
    limits = np.array(
        [grid[0], *(grid[s][int(np.argmin(curve.values[s]))] for s in inside), grid[-1]]
    )
    vertical = np.diag(model.constant)
    weights = sticks.state_weights
    bright = (model.transition_amplitudes != 0) | np.any(model.transition_slopes != 0, axis=0)
    assert weights is not None
    numbers: dict[str, Any] = {
        "purity": weights.max(axis=1),
        "participation": 1 / (weights**2).sum(axis=1),
    }
    if sticks.entanglement_entropies is not None:
        numbers["entropy"] = sticks.entanglement_entropies
    if alone is not None:
        numbers["nonadiabatic"] = nonadiabatic_lines(sticks, alone, resolution).astype(float)
    if own is not None:
        numbers["borrowed"] = 1 - own
    found = []
    for energy, low, high in zip(maxima, limits[:-1], limits[1:], strict=True):
        lines = (sticks.energies >= low) & (sticks.energies < high)
        share = sticks.intensities[lines] / sticks.intensities[lines].sum()
        parents = tuple(
            label
            for label, e, seen in zip(model.state_labels, vertical, bright, strict=True)
            if seen and low <= e < high
        )
        below = [
            -1.0
            if s is None
            else float(s.intensities[(s.energies >= low) & (s.energies < high)].sum())
            for s in (alone, adiabatic)
        ]
        found.append(
            VibronicBand(
                float(energy),
                float(low),
                float(high),
                float(sticks.intensities[lines].sum()),
                share @ weights[lines],
                parents=parents,
                alone=below[0],
                adiabatic=below[1],
                **{name: share @ values[lines] for name, values in numbers.items()},
            )
        )
    return tuple(_with_mysteries(found, model.state_labels))


def _with_mysteries(bands: list[VibronicBand], labels: tuple[str, ...]) -> list[VibronicBand]:
    """Mark the mixed bands without parent that lie between the bands of two different states and
    are made of these.
    """
    result = list(bands)
    parented = [k for k, band in enumerate(bands) if band.parents]
    for left, right in itertools.pairwise(parented):
        between = bands[left + 1 : right]
        neighbours = {*bands[left].parents, *bands[right].parents}
        leading = [{labels[i] for i in np.argsort(-band.character)[:2]} for band in between]
        if all(pair <= neighbours for pair in leading) and all(
            band.purity < MIXED for band in between
        ):
            result[left + 1 : right] = [replace(band, is_mystery=True) for band in between]
    return result
