"""What every comparison of rungs shares: the ladder, the bands, and why the single-state picture
breaks.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..checks import InputError, check_known
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..line_shape import LineShape
from ..models import Reduction, reduction
from ..molecule import Band
from ..spectra import (
    LEVELS,
    Ladder,
    Match,
    TransitionDiagnosis,
    defined_levels,
    diagnoses,
    ladder,
    match,
)
from ..spectrum import Spectrum, StickSpectrum, summed
from .bands import VibronicBand, vibronic_bands
from .takeaway import takeaway

NEEDED = ("vertical", "displaced", "distorted", "vibronic")  # by the diagnosis


class Comparison(ABC):
    """The fields and views common to comparisons; see `PhotoelectronComparison` and
    `AbsorptionComparison`.
    """

    model: VibronicHamiltonian
    modes: Reduction
    ladder: Ladder
    levels: tuple[str, ...]
    bands: tuple[VibronicBand, ...]
    diagnoses: tuple[TransitionDiagnosis, ...]
    experiment: tuple[Band, ...]
    match: Match | None
    tolerance: float

    @property
    def vibronic(self) -> tuple[StickSpectrum, ...]:
        """Vibronic lines of every transition computed by itself."""
        return self.ladder.rung("vibronic").lines

    @property
    def franck_condon(self) -> tuple[StickSpectrum, ...]:
        """Lines of every state alone, at the best Franck-Condon rung."""
        return self.ladder.alone.lines

    @property
    def vibronic_lines(self) -> StickSpectrum:
        """All vibronic lines in order of energy."""
        return self.ladder.rung("vibronic").total

    @property
    def vibronic_curve(self) -> Spectrum:
        """The vibronic spectrum, broadened."""
        return self.ladder.rung("vibronic").curve

    @property
    def franck_condon_curve(self) -> Spectrum:
        """The single-state spectra, broadened and added."""
        return self.ladder.alone.curve

    @property
    def vertical(self) -> StickSpectrum:
        """One line a state, nuclei frozen."""
        return self.ladder.rung("vertical").total

    @property
    def koopmans(self) -> StickSpectrum | None:
        """One line an orbital, drawn to the area of the other rungs."""
        return self.ladder.rung("koopmans").total if "koopmans" in self.ladder.levels else None

    @property
    def takeaway(self) -> str:
        """One sentence made of these results: what stands over the headline figure."""
        return takeaway(self)


@dataclass(frozen=True)
class Rungs:
    """A ladder, those of its `levels` that were asked for, and what its vibronic rung is made
    of.
    """

    ladder: Ladder
    levels: tuple[str, ...]
    bands: tuple[VibronicBand, ...]
    diagnoses: tuple[TransitionDiagnosis, ...]


def rungs(
    model: VibronicHamiltonian,
    levels: Sequence[str],
    shape: LineShape,
    doorways: Sequence[Doorway] | None,
    *,
    temperature: float,
    tolerance: float,
    limits: Limits,
) -> Rungs:
    """The ladder with the rungs asked for and those that the diagnosis needs, the bands and the
    diagnoses.
    """
    for level in levels:
        check_known("level", level, LEVELS)

    defined_levels(model, levels)  # before any work

    needed = {*NEEDED, *levels}
    if model.orbital_energies is not None:
        needed.add("koopmans")
    found = ladder(
        model,
        [level for level in LEVELS if level in needed],
        shape=shape,
        doorways=doorways,
        temperature=temperature,
        tolerance=tolerance,
        limits=limits,
    )
    shown = _shown(found, levels)

    return Rungs(found, shown, _bands(found), _diagnoses(found))


def reduced(model: VibronicHamiltonian | Reduction) -> Reduction:
    """The modes that matter, unless they were chosen."""
    return model if isinstance(model, Reduction) else reduction(model)


def _shown(found: Ladder, levels: Sequence[str]) -> tuple[str, ...]:
    """The rungs asked for that there are, with the best one of the states alone."""
    asked = {found.alone.level if level == "distorted" else level for level in levels}
    shown = tuple(level for level in LEVELS if level in asked and level in found.levels)
    if not shown:
        raise InputError(" ".join(found.remarks))
    return shown


def _bands(found: Ladder) -> tuple[VibronicBand, ...]:
    adiabatic = found.rung("adiabatic").total if "adiabatic" in found.levels else None
    return vibronic_bands(
        found.model,
        found.rung("vibronic").lines,
        found.doorways,
        alone=found.alone.total,
        adiabatic=adiabatic,
        seen_at=found.resolution,
    )


def _diagnoses(found: Ladder) -> tuple[TransitionDiagnosis, ...]:
    entered = []
    for sticks in found.alone.lines:
        assert sticks.state_weights is not None
        entered.append(int(np.argmax(sticks.state_weights[0])))

    by_state = list(zip(entered, found.alone.lines, strict=True))
    single = []
    for door in found.doorways:
        own = [s for i, s in by_state if i in door.states]
        single.append(summed(own or found.alone.lines))

    return diagnoses(
        found.model,
        found.doorways,
        found.rung("vibronic").lines,
        single,
        found.temperature,
    )


def matched(found: Ladder, measured: Spectrum | None) -> Match | None:
    """The vibronic lines beside a measured curve, if there is one."""
    if measured is None:
        return None
    return match(
        found.rung("vibronic").total,
        measured,
        shape=found.shape,
        absolute=found.model.has_absolute_energies,
    )
