"""The same ladder for a neutral molecule: absorption into coupled excited states, and the emission
that follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..certificate import Certificate, is_converged, worst
from ..checks import CalculationError, InputError, check_positive
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..line_shape import LineShape
from ..models import Reduction
from ..molecule import Band
from ..spectra import LEVELS, Ladder, Match, TransitionDiagnosis, cross_section, emission_spectrum
from ..spectrum import Spectrum, StickSpectrum
from ..storage import built, noun, reads
from .bands import VibronicBand
from .comparison import USUAL, made_by
from .experiment import Experiment
from .report import absorption_report
from .rungs import Comparison, matched, reduced, rungs
from .summary import absorption_summary

ABSORPTION_LEVELS = tuple(level for level in LEVELS if level != "koopmans")


@noun
@dataclass(frozen=True, eq=False)
class AbsorptionComparison(Comparison):
    """One absorption spectrum in rising order of truth, as `PhotoelectronComparison`, and the
    `emission` lines where they were asked for (`no_emission` says why there are none).

    The light excites all states coherently, with the amplitudes and slopes of the model, or with
    each Cartesian component of its transition dipoles by itself; then intensities are in (e a0)^2,
    and `absolute` is the cross section in Mb.
    """

    model: VibronicHamiltonian
    modes: Reduction
    ladder: Ladder
    levels: tuple[str, ...]
    bands: tuple[VibronicBand, ...]
    diagnoses: tuple[TransitionDiagnosis, ...]
    experiment: tuple[Band, ...] = ()
    match: Match | None = None
    emission: StickSpectrum | None = None
    absolute: Spectrum | None = None
    tolerance: float = 0.0
    no_emission: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def _parts(self) -> list[StickSpectrum]:
        emission = [] if self.emission is None else [self.emission]
        return [*self.vibronic, *emission]

    @property
    def certificate(self) -> Certificate | None:
        """The worst of those of the vibronic spectra and the emission."""
        return worst(sticks.certificate for sticks in self._parts)

    @property
    def converged(self) -> bool:
        """True when every vibronic spectrum, and the emission, reached the tolerance."""
        return all(is_converged(sticks) for sticks in self._parts)

    def report(self) -> str:
        """Every table of it: couplings, rungs, what the coupling does, maxima, convergence."""
        return absorption_report(self)

    def __str__(self) -> str:
        return absorption_summary(self)


@reads("AbsorptionComparison")
def _absorption_comparison(content: dict[str, Any]) -> AbsorptionComparison:
    """Version 0.1 kept the tolerance in the provenance."""
    tolerance = content.get("provenance", {}).get("tolerance", 0.0)
    return built(AbsorptionComparison, {"tolerance": tolerance, **content})


@public
def absorption(
    model: VibronicHamiltonian | Reduction,
    *,
    levels: Sequence[str] = ABSORPTION_LEVELS,
    shape: LineShape = USUAL,
    experiment: Experiment = Experiment(),
    emission: bool = False,
    tolerance: float = 2e-3,
    limits: Limits = Limits(),
) -> AbsorptionComparison:
    """The rungs named in `levels` for excitation from the ground state, in the modes that matter;
    arguments as in `comparison`.

    `emission` adds the lines from the relaxed excited states down (at the same temperature).
    """
    kept = reduced(model)
    check_positive("tolerance", tolerance)
    if kept.model.process == "ionization":
        raise InputError(
            f"The model {kept.model.title!r} describes ionization, not electronic excitation, "
            "so it has no absorption spectrum. Use `vibronic photoelectron`."
        )

    seen = experiment.curve(kept.model, shape)

    found = rungs(
        kept.model,
        levels,
        shape,
        Doorway.of_light(kept.model),
        temperature=experiment.temperature,
        tolerance=tolerance,
        limits=limits,
    )
    down, why_not = _emission(found.ladder, tolerance, limits) if emission else (None, "")

    return AbsorptionComparison(
        model=kept.model,
        modes=kept,
        ladder=found.ladder,
        levels=found.levels,
        bands=found.bands,
        diagnoses=found.diagnoses,
        experiment=experiment.bands,
        match=matched(found.ladder, seen),
        emission=down,
        absolute=_absolute(found.ladder),
        tolerance=tolerance,
        no_emission=why_not,
        provenance=made_by(shape, "vibronic"),
    )


def _emission(
    ladder: Ladder, tolerance: float, limits: Limits
) -> tuple[StickSpectrum | None, str]:
    """The emission lines, or why there are none: what was computed before is not lost."""
    try:
        lines = emission_spectrum(
            ladder.model,
            ladder.temperature,
            fwhm=float(ladder.shape.fwhm),
            tolerance=tolerance,
            limits=limits,
        )
    except CalculationError as error:
        return None, str(error)
    return lines, ""


def _absolute(ladder: Ladder) -> Spectrum | None:
    """The cross section, where the model has dipoles and absolute energies."""
    model = ladder.model
    if model.transition_dipoles is None or not model.has_absolute_energies:
        return None
    rung = ladder.rung("vibronic")
    return cross_section(model, rung.total, rung.curve.grid, shape=ladder.shape)
