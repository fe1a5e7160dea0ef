"""The bands that a spectrometer of moderate resolution sees, and the electronic states they are
made of.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

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
    lines = _Lines.of(sticks, alone, own, resolution)
    parents = _vertical(model)

    found = []
    for energy, low, high in _limits(sticks, fwhm):
        inside = (sticks.energies >= low) & (sticks.energies < high)
        strength = float(sticks.intensities[inside].sum())
        share = sticks.intensities[inside] / strength
        found.append(
            VibronicBand(
                energy=energy,
                low=low,
                high=high,
                strength=strength,
                character=share @ lines.weights[inside],
                purity=share @ lines.weights[inside].max(axis=1),
                parents=tuple(label for label, e in parents if low <= e < high),
                participation=share @ lines.participation[inside],
                entropy=share @ lines.entropy[inside],
                borrowed=share @ lines.borrowed[inside],
                nonadiabatic=share @ lines.nonadiabatic[inside],
                alone=_between(alone, low, high),
                adiabatic=_between(adiabatic, low, high),
            )
        )

    return tuple(_with_mysteries(found, model.state_labels))


@dataclass(frozen=True)
class _Lines:
    """Numbers of every line, (n_lines,), and its `weights` (n_lines, n_states)."""

    weights: np.ndarray
    participation: np.ndarray
    entropy: np.ndarray
    borrowed: np.ndarray
    nonadiabatic: np.ndarray

    @classmethod
    def of(
        cls,
        sticks: StickSpectrum,
        alone: StickSpectrum | None,
        own: np.ndarray | None,
        resolution: float,
    ) -> _Lines:
        """Those of `sticks`, as far as they are known; zero otherwise."""
        weights = sticks.state_weights
        assert weights is not None
        nothing = np.zeros(sticks.energies.size)
        entropy = sticks.entanglement_entropies
        new = None if alone is None else nonadiabatic_lines(sticks, alone, resolution)

        return cls(
            weights,
            1 / (weights**2).sum(axis=1),
            nothing if entropy is None else entropy,
            nothing if own is None else 1 - own,
            nothing if new is None else new.astype(float),
        )


def _limits(sticks: StickSpectrum, fwhm: float) -> list[tuple[float, float, float]]:
    """Every maximum of the broadened lines, and the minima on both sides of it."""
    low = sticks.energies.min() - 3 * fwhm
    high = sticks.energies.max() + 3 * fwhm
    grid = np.arange(low, high, fwhm / 60)
    curve = sticks.broadened(grid, fwhm=fwhm)
    maxima = curve.maxima(LEAST_HEIGHT)

    edges = [float(grid[0])]
    for pair in itertools.pairwise(maxima):
        between = slice(*np.searchsorted(grid, pair))
        edges.append(float(grid[between][int(np.argmin(curve.values[between]))]))

    edges.append(float(grid[-1]))
    return [
        (float(top), *pair) for top, pair in zip(maxima, itertools.pairwise(edges), strict=True)
    ]


def _vertical(model: VibronicHamiltonian) -> list[tuple[str, float]]:
    """Label and vertical energy of every state that a transition enters."""
    bright = (model.transition_amplitudes != 0) | np.any(model.transition_slopes != 0, axis=0)
    energies = np.diag(model.constant)
    return [(model.state_labels[i], float(energies[i])) for i in np.flatnonzero(bright)]


def _between(sticks: StickSpectrum | None, low: float, high: float) -> float:
    """Strength between two energies, -1 where the lines are not known."""
    if sticks is None:
        return -1.0
    inside = (sticks.energies >= low) & (sticks.energies < high)
    return float(sticks.intensities[inside].sum())


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
