"""Why the single-state picture breaks, in numbers: per transition and per line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..checks import frozen_array
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import FWHM_OF_SIGMA
from ..spectrum import StickSpectrum
from ..storage import noun
from .moments import thermal_moments

# a vibronic line is nonadiabatic where the single-state spectra have less than this part of the
# strength next to it
FORBIDDEN = 0.1
FIRST = 0.002  # of the strength; the first line of a band is the first that is stronger


@noun
@dataclass(frozen=True, eq=False)
class TransitionDiagnosis:
    """What the coupling of states makes of one transition.

    `exact`, `found` and `alone`: mean, width (eV) and skewness (third central moment over width
    cubed) by the sum rules, of the vibronic lines, and of the states alone. `first` and
    `first_alone`: first lines (eV). `carried` (n_states,) is the share of the intensity in lines
    of each diabatic character: the population of the state averaged over as long as the resolution
    sees, over all times where lines are resolved; what is not the entered state's own was borrowed
    by the others. `participation` (states per line), `entropy` (of the reduced electronic density,
    nats) and `nonadiabatic` (share of the strength in lines that no single-state spectrum has) are
    averages over the lines by intensity.
    """

    label: str
    strength: float
    exact: np.ndarray
    found: np.ndarray
    alone: np.ndarray
    first: float
    first_alone: float
    carried: np.ndarray
    participation: float
    entropy: float
    nonadiabatic: float

    def __post_init__(self) -> None:
        for name in ("exact", "found", "alone", "carried"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))


def nonadiabatic_lines(vibronic: StickSpectrum, alone: StickSpectrum, fwhm: float) -> np.ndarray:
    """True (n_lines,) for the lines next to which single-state spectra have less than a tenth of
    the vibronic strength.

    Strengths are compared after broadening by half of `fwhm` (eV), so that lines count as new
    where the resolution `fwhm` tells them apart.
    """
    step = fwhm / 80
    both = np.concatenate([vibronic.energies, alone.energies])
    grid = np.arange(both.min() - 3 * fwhm, both.max() + 3 * fwhm, step)
    edges = np.append(grid - step / 2, grid[-1] + step / 2)

    def around(sticks: StickSpectrum) -> np.ndarray:
        binned, _ = np.histogram(sticks.energies, edges, weights=sticks.intensities)
        width = fwhm / 2 / FWHM_OF_SIGMA / step
        curve = gaussian_filter1d(binned, width, mode="constant", truncate=6)
        found: np.ndarray = np.interp(vibronic.energies, grid, curve)
        return found

    new: np.ndarray = around(alone) < FORBIDDEN * around(vibronic)
    return new


def transition_diagnosis(
    model: VibronicHamiltonian,
    door: Doorway,
    vibronic: StickSpectrum,
    alone: StickSpectrum,
    singles: StickSpectrum,
    fwhm: float,
    temperature: float = 0.0,
) -> TransitionDiagnosis:
    """Diagnosis of the transition `door` from its lines with all couplings (`vibronic`) and those
    of its states `alone`.

    `singles` holds the lines of all states alone, whatever the transition: a line is nonadiabatic
    only if none of them explains it.
    """
    weights = vibronic.state_weights
    entropies = vibronic.entanglement_entropies
    assert weights is not None
    assert entropies is not None
    assert vibronic.participation_ratios is not None
    share = vibronic.intensities / vibronic.strength
    strength, mean, variance, third = thermal_moments(model, door, temperature)

    return TransitionDiagnosis(
        " + ".join(model.state_labels[i] for i in door.states),
        strength,
        _shape(mean, variance, third),
        _of(vibronic),
        _of(alone),
        _first(vibronic),
        _first(alone),
        share @ weights,
        float(share @ vibronic.participation_ratios),
        float(share @ entropies),
        float(share[nonadiabatic_lines(vibronic, singles, fwhm)].sum()),
    )


def diagnoses(
    model: VibronicHamiltonian,
    doorways: Sequence[Doorway],
    vibronic: Sequence[StickSpectrum],
    alone: Sequence[StickSpectrum],
    singles: StickSpectrum,
    fwhm: float,
    temperature: float = 0.0,
) -> tuple[TransitionDiagnosis, ...]:
    """One `transition_diagnosis` for every doorway."""
    return tuple(
        transition_diagnosis(model, door, lines, single, singles, fwhm, temperature)
        for door, lines, single in zip(doorways, vibronic, alone, strict=True)
    )


def _shape(mean: float, variance: float, third: float) -> np.ndarray:
    width = float(np.sqrt(max(variance, 0.0)))
    return np.array([mean, width, third / width**3 if width > 1e-9 else 0.0])


def _of(sticks: StickSpectrum) -> np.ndarray:
    return _shape(sticks.moment(1), sticks.central_moment(2), sticks.central_moment(3))


def _first(sticks: StickSpectrum) -> float:
    return float(sticks.energies[sticks.intensities > FIRST * sticks.strength].min())
