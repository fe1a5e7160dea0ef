"""Why the single-state picture breaks, in numbers: per transition and per line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import InputError, frozen_array
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import Gaussian
from ..resolved_density import ResolvedDensity
from ..spectrum import StickSpectrum
from ..storage import built, noun, reads
from .moments import thermal_moments
from .origins import origin

FIRST = 0.002  # of the strength; the first line of a band is the first that is stronger


@noun
@dataclass(frozen=True, eq=False)
class TransitionDiagnosis:
    """What the coupling of states makes of one transition.

    `exact`, `found` and `alone`: mean, width (eV) and skewness (third central moment over width
    cubed) by the sum rules, of the vibronic lines, and of the states alone. `first`: the
    first vibronic line of the cold molecule (eV; nan for a warm one), `first_alone`: the 0-0 of
    the state alone. All others are those of the energy-filtered packet at the
    model's own resolution (`ResolvedDensity`), whatever width a spectrum is drawn with: `carried`
    (n_states,), the share of the strength of each diabatic state's character, which is its
    population averaged over the window of time that the resolution sees (what is not the entered
    state's own was borrowed by the others); `participation` (states that share an energy) and
    `entropy` (nats), averages by intensity; and `redistributed`, the share of the strength at
    energies where the states alone have less, integral max(0, I - I_alone) dE / integral I dE.
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
    redistributed: float

    def __post_init__(self) -> None:
        for name in ("exact", "found", "alone", "carried"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))


@public
@reads("TransitionDiagnosis")
def _transition_diagnosis(content: dict[str, Any]) -> TransitionDiagnosis:
    """Version 0.1 counted new lines instead of the strength that moves."""
    return built(TransitionDiagnosis, {"redistributed": np.nan, **content})


@public
def excess(resolved: ResolvedDensity, alone: StickSpectrum) -> np.ndarray:
    """max(0, I - I_alone) (n_grid,) in 1/eV at the energies of `resolved`: what a spectrum has
    more than the lines of the states `alone`, both at one resolution.
    """
    profile = Gaussian(resolved.fwhm)
    without = alone.broadened(resolved.grid, shape=profile).values
    found: np.ndarray = np.maximum(resolved.values - without, 0.0)
    return found


@public
def transition_diagnosis(
    model: VibronicHamiltonian,
    door: Doorway,
    vibronic: StickSpectrum,
    alone: StickSpectrum,
    temperature: float = 0.0,
) -> TransitionDiagnosis:
    """Diagnosis of the transition `door` from its lines with all couplings (`vibronic`, with their
    `resolved` density) and those of its states `alone`.
    """
    resolved = vibronic.resolved
    if resolved is None:
        raise InputError(
            "Argument `vibronic` must carry its resolved electronic density: compute the lines "
            "with `resolution=vb.spectra.resolution(model).fine`."
        )

    strength, mean, variance, third = thermal_moments(model, door, temperature)
    moved = resolved.step * excess(resolved, alone).sum()

    return TransitionDiagnosis(
        label=" + ".join(model.state_labels[i] for i in door.states),
        strength=strength,
        exact=_shape(mean, variance, third),
        found=_of(vibronic),
        alone=_of(alone),
        first=_first(vibronic) if temperature == 0 else np.nan,
        first_alone=min(origin(model, int(i)) for i in door.states),
        carried=np.diag(resolved.total) / resolved.strength,
        participation=resolved.participation,
        entropy=resolved.entropy,
        redistributed=float(moved / resolved.strength),
    )


@public
def diagnoses(
    model: VibronicHamiltonian,
    doorways: Sequence[Doorway],
    vibronic: Sequence[StickSpectrum],
    alone: Sequence[StickSpectrum],
    temperature: float = 0.0,
) -> tuple[TransitionDiagnosis, ...]:
    """One `transition_diagnosis` for every doorway."""
    return tuple(
        transition_diagnosis(model, door, lines, single, temperature)
        for door, lines, single in zip(doorways, vibronic, alone, strict=True)
    )


def _shape(mean: float, variance: float, third: float) -> np.ndarray:
    width = float(np.sqrt(max(variance, 0.0)))
    return np.array([mean, width, third / width**3 if width > 1e-9 else 0.0])


def _of(sticks: StickSpectrum) -> np.ndarray:
    return _shape(sticks.moment(1), sticks.central_moment(2), sticks.central_moment(3))


def _first(sticks: StickSpectrum) -> float:
    return float(sticks.energies[sticks.intensities > FIRST * sticks.strength].min())
