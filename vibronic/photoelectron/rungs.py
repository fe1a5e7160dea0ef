"""What every comparison of rungs shares: the ladder, the bands, and why the single-state picture
breaks.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..checks import InputError, check_known
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import LineShape
from ..models import Reduction
from ..molecule import Band
from ..spectra import (
    LEVELS,
    Ladder,
    Match,
    TransitionDiagnosis,
    defined_levels,
    diagnoses,
    inside_window,
    ladder,
    match,
)
from ..spectrum import Spectrum, StickSpectrum, summed
from .bands import VibronicBand, vibronic_bands


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


def rungs(
    model: VibronicHamiltonian,
    levels: Sequence[str],
    shape: LineShape,
    doorways: Sequence[Doorway] | None,
    **settings: Any,
) -> dict[str, Any]:
    """The ladder with the rungs asked for and those that the diagnosis needs, the bands and the
    diagnoses, by name.
    """
    for level in levels:
        check_known("level", level, LEVELS)
    defined_levels(model, levels)  # before any work
    needed = {
        "vertical",
        "displaced",
        "distorted",
        "vibronic",
        *(["koopmans"] if model.orbital_energies is not None else []),
    }
    found = ladder(
        model,
        [level for level in LEVELS if level in needed or level in levels],
        shape=shape,
        doorways=doorways,
        **settings,
    )
    asked = {found.alone.level if level == "distorted" else level for level in levels}
    shown = tuple(level for level in LEVELS if level in asked and level in found.levels)
    if not shown:
        raise InputError(" ".join(found.remarks))
    vibronic = found.rung("vibronic").lines
    alone = found.alone
    entered = [int(np.argmax(s.state_weights[0])) for s in alone.lines]  # type: ignore[index]
    single = [
        summed(
            [s for i, s in zip(entered, alone.lines, strict=True) if i in door.states]
            or alone.lines
        )
        for door in found.doorways
    ]
    own = np.concatenate(
        [
            s.state_weights[:, door.states].sum(axis=1)  # type: ignore[index]
            for s, door in zip(vibronic, found.doorways, strict=True)
        ]
    )
    order = np.argsort(np.concatenate([s.energies for s in vibronic]), kind="stable")
    adiabatic = found.rung("adiabatic").total if "adiabatic" in found.levels else None
    bands = vibronic_bands(
        model,
        found.rung("vibronic").total,
        alone=alone.total,
        adiabatic=adiabatic,
        own=own[order],
        resolution=shape.fwhm,
    )
    why = diagnoses(
        model, found.doorways, vibronic, single, alone.total, shape.fwhm, found.temperature
    )
    return {"ladder": found, "levels": shown, "bands": bands, "diagnoses": why}


def measured_curve(
    model: VibronicHamiltonian,
    measured: Spectrum | StickSpectrum | None,
    shape: LineShape,
    window: tuple[float, float] | None,
) -> Spectrum | None:
    """What lies inside the window of a measured curve, or of a line list broadened like the
    computed lines; checked before any work.
    """
    if measured is None:
        return None
    if not model.energy_origin:
        raise InputError(
            f"The model {model.title!r} does not say from what its energies count "
            "(`energy_origin`), so that it cannot be "
            "laid beside a measured spectrum. State the origin in the model."
        )
    if isinstance(measured, StickSpectrum):
        low = measured.energies.min() - 2 * shape.fwhm
        high = measured.energies.max() + 2 * shape.fwhm
        measured = measured.broadened(np.arange(low, high, shape.fwhm / 8), shape=shape)
    return inside_window(measured, window)


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
