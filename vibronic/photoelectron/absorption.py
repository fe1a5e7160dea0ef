"""The same ladder for a neutral molecule: absorption into coupled excited states, and the emission
that follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from ..checks import CalculationError, InputError, check_positive
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import Gaussian, LineShape
from ..models import Reduction, reduction
from ..molecule import Band
from ..spectra import LEVELS, Ladder, Match, TransitionDiagnosis, cross_section, emission_spectrum
from ..spectrum import Spectrum, StickSpectrum
from ..storage import noun
from .bands import VibronicBand
from .comparison import Progress
from .report import absorption_report
from .rungs import Comparison, matched, measured_curve, rungs

ABSORPTION_LEVELS = tuple(level for level in LEVELS if level != "koopmans")


@noun
@dataclass(frozen=True, eq=False)
class AbsorptionComparison(Comparison):
    """One absorption spectrum in rising order of truth, as `PhotoelectronComparison`, and the
    `emission` lines where they were asked for.

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
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def converged(self) -> bool:
        """True when every vibronic spectrum, and the emission, reached the tolerance."""
        parts = [*self.vibronic, *([self.emission] if self.emission is not None else [])]
        return all(s.certificate.get("converged", False) for s in parts)

    def __str__(self) -> str:
        return absorption_report(self)


def absorption(
    model: VibronicHamiltonian,
    *,
    levels: Sequence[str] = ABSORPTION_LEVELS,
    experiment: Sequence[Band] = (),
    measured: Spectrum | StickSpectrum | None = None,
    window: tuple[float, float] | None = None,
    fwhm: float = 0.04,
    shape: LineShape | None = None,
    temperature: float = 0.0,
    emission: bool = False,
    tolerance: float = 2e-3,
    max_modes: int = 8,
    modes: Sequence[str] | None = None,
    max_size: int = 1_000_000,
    memory: float | None = None,
    progress: Progress | None = None,
) -> AbsorptionComparison:
    """The rungs named in `levels` for excitation from the ground state, reduced to the modes that
    matter; arguments as in `comparison`.

    `emission` adds the lines from the relaxed excited states down (at the same `temperature`).
    """
    for name, value, unit in (("fwhm", fwhm, "eV"), ("tolerance", tolerance, "")):
        check_positive(name, value, unit)
    if model.process == "ionization":
        raise InputError(
            f"The model {model.title!r} describes ionization, not electronic excitation, so it "
            "has no absorption "
            "spectrum. Use `vibronic photoelectron`."
        )
    profile = shape or Gaussian(fwhm)
    seen = measured_curve(model, measured, profile, window)
    kept = reduction(model, max_modes=max_modes, modes=modes)
    settings = {
        "temperature": temperature,
        "tolerance": tolerance,
        "max_size": max_size,
        "memory": memory,
        "progress": progress,
    }
    found = rungs(kept.model, levels, profile, Doorway.of_light(kept.model), **settings)
    total = found["ladder"].rung("vibronic").total
    down = None
    absolute = None
    about = {
        "vibronic": version("vibronic"),
        "shape": str(profile),
        "fwhm_eV": float(profile.fwhm),
        "tolerance": tolerance,
    }
    if emission:
        try:
            down = emission_spectrum(
                kept.model,
                temperature,
                fwhm=float(profile.fwhm),
                tolerance=tolerance,
                max_size=max_size,
                memory=memory,
                progress=progress,
            )
        except CalculationError as error:
            about["no_emission"] = str(error)  # what was computed before is not lost
    if kept.model.transition_dipoles is not None and kept.model.has_absolute_energies:
        absolute = cross_section(
            kept.model, total, found["ladder"].rung("vibronic").curve.grid, shape=profile
        )
    return AbsorptionComparison(
        kept.model,
        kept,
        experiment=tuple(experiment),
        match=matched(found["ladder"], seen),
        emission=down,
        absolute=absolute,
        provenance=about,
        **found,
    )
