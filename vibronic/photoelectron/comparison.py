"""All rungs of the ladder on one axis: Koopmans, vertical, Franck-Condon, adiabatic, fully
vibronic, experiment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from ..certificate import Certificate, is_converged, worst
from ..checks import InputError, check_positive
from ..door import public
from ..doorway import Doorway
from ..dynamics import propagate
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..line_shape import FWHM_OF_SIGMA, Gaussian, LineShape
from ..models import Reduction
from ..molecule import Band
from ..propagation import Propagation
from ..spectra import LEVELS, Ladder, Match, TransitionDiagnosis, autocorrelation_spectrum
from ..spectrum import Spectrum
from ..storage import built, noun, reads
from ..units import HBAR
from .bands import VibronicBand
from .experiment import Experiment
from .populations import WINDOW_ENDS, population_difference, window_width
from .report import report
from .rungs import Comparison, matched, reduced, rungs
from .summary import summary

USUAL = Gaussian(0.04)
SHARE = 4  # a propagation may use one part in so many of the functions


@noun
@dataclass(frozen=True, eq=False)
class PhotoelectronComparison(Comparison):
    """One photoelectron spectrum in rising order of truth; `print` it for one screen, `report()`
    has all its tables.

    `ladder` holds the rungs, `levels` those that were asked for; `bands` and `diagnoses` say what
    the vibronic spectrum is made of and why it differs from that of the states alone. Every state
    is ionized into by itself, `propagations` has its cold wavepacket. `agreement` is the largest
    difference between the curve of the Lanczos lines and that of QuTiP's autocorrelation, relative
    to the peak (None at a temperature above zero), `window_change` what the last tenth of its time
    window still changes; `population_difference` the largest one between the characters of the
    transitions and the propagated populations averaged over the same window of time. `match` lies
    beside a measured spectrum, where there is one, `experiment` are observed bands.
    """

    model: VibronicHamiltonian
    modes: Reduction
    ladder: Ladder
    levels: tuple[str, ...]
    propagations: tuple[Propagation, ...]
    bands: tuple[VibronicBand, ...]
    diagnoses: tuple[TransitionDiagnosis, ...]
    autocorrelation_curve: Spectrum | None = None
    agreement: float | None = None
    koopmans_model: VibronicHamiltonian | None = None
    experiment: tuple[Band, ...] = ()
    match: Match | None = None
    tolerance: float = 0.0
    window_change: float = 0.0
    provenance: Mapping[str, Any] = field(default_factory=dict)
    population_difference: float | None = None

    @property
    def certificate(self) -> Certificate | None:
        """The worst of those of the vibronic spectra and the propagations."""
        certificates = [lines.certificate for lines in self.vibronic]
        return worst([*certificates, *(run.certificate for run in self.propagations)])

    @property
    def converged(self) -> bool:
        """True when every vibronic spectrum and every propagation reached the tolerance."""
        return all(is_converged(result) for result in (*self.vibronic, *self.propagations))

    def with_koopmans(self, koopmans: VibronicHamiltonian | None) -> PhotoelectronComparison:
        """The same beside Koopmans' analytic couplings."""
        return replace(self, koopmans_model=koopmans)

    def report(self) -> str:
        """Every table of it: couplings, rungs, what the coupling does, maxima, convergence."""
        return report(self)

    def __str__(self) -> str:
        return summary(self)


@reads("PhotoelectronComparison")
def _photoelectron_comparison(content: dict[str, Any]) -> PhotoelectronComparison:
    """Version 0.1 kept the tolerance in the provenance, and no change of the time window."""
    curve = content.get("autocorrelation_curve")
    old = {
        "tolerance": content.get("provenance", {}).get("tolerance", 0.0),
        "window_change": _window_change(curve),
    }
    return built(PhotoelectronComparison, {**old, **content})


@public
def comparison(
    model: VibronicHamiltonian | Reduction,
    *,
    levels: Sequence[str] = LEVELS,
    shape: LineShape = USUAL,
    experiment: Experiment = Experiment(),
    time: float = 120.0,
    tolerance: float = 2e-3,
    limits: Limits = Limits(),
) -> PhotoelectronComparison:
    """The rungs named in `levels` for `model`, in the modes that matter (or a `Reduction` to
    others), with lines of some `shape`.

    Each state is ionized into separately (intensities are the pole strengths), its wavepacket
    propagated for at least `time` (fs), long enough to resolve the lines. The levels of the
    neutral are populated at the temperature of the `experiment`, whose measured spectrum is laid
    beside the vibronic one. Spectra and propagations choose their bases for `tolerance`, within
    `limits` (a quarter of the functions for a propagation).
    """
    kept = reduced(model)
    check_positive("tolerance", tolerance)
    check_positive("time", time, "fs")
    if kept.model.process == "excitation":
        raise InputError(
            f"The model {kept.model.title!r} describes electronic excitation, not ionization, "
            "so it has no photoelectron spectrum. Use `vibronic absorption`."
        )

    seen = experiment.curve(kept.model, shape)

    found = rungs(
        kept.model,
        levels,
        shape,
        None,
        temperature=experiment.temperature,
        tolerance=tolerance,
        limits=limits,
    )
    curve = found.ladder.rung("vibronic").curve
    doors = found.ladder.doorways
    times = _times(time, shape, curve.grid, found.ladder)
    runs = _propagated(kept.model, doors, times, tolerance, limits)
    from_time = None
    if experiment.temperature == 0:
        from_time = _from_time(runs, doors, curve.grid, shape)

    return PhotoelectronComparison(
        model=kept.model,
        modes=kept,
        ladder=found.ladder,
        levels=found.levels,
        propagations=runs,
        bands=found.bands,
        diagnoses=found.diagnoses,
        autocorrelation_curve=from_time,
        agreement=None if from_time is None else _difference(from_time, curve),
        experiment=experiment.bands,
        match=matched(found.ladder, seen),
        tolerance=tolerance,
        window_change=_window_change(from_time),
        provenance=made_by(shape, "vibronic", "qutip"),
        population_difference=population_difference(found, runs),
    )


def _propagated(
    model: VibronicHamiltonian,
    doors: Sequence[Doorway],
    times: np.ndarray,
    tolerance: float,
    limits: Limits,
) -> tuple[Propagation, ...]:
    """The wavepacket of every state, within a part of the limits."""
    fewer = replace(limits, max_size=limits.max_size // SHARE)
    return tuple(
        propagate(
            model,
            door.normalized(),
            times,
            tolerance=tolerance,
            limits=fewer,
        )
        for door in doors
    )


def made_by(shape: LineShape, *packages: str) -> dict[str, Any]:
    """Versions of `packages`, and the lines."""
    about: dict[str, Any] = {name: version(name) for name in packages}
    return {**about, "shape": str(shape), "fwhm_eV": float(shape.fwhm)}


def _difference(first: Spectrum, second: Spectrum) -> float:
    """Largest difference of two curves on one grid, relative to the peak of the second."""
    return float(np.abs(first.values - second.values).max() / second.values.max())


def _window_change(curve: Spectrum | None) -> float:
    return curve.window_change or 0.0 if curve is not None else 0.0


def _from_time(
    runs: Sequence[Propagation], doors: Sequence[Doorway], grid: np.ndarray, shape: LineShape
) -> Spectrum:
    """The spectrum from QuTiP's autocorrelation functions, weighted by the pole strengths."""
    curves = [autocorrelation_spectrum(run, grid, shape=shape) for run in runs]
    parts = [door.strength * curve.values for door, curve in zip(doors, curves, strict=True)]
    change = max(_window_change(curve) for curve in curves)
    return Spectrum(
        grid,
        np.sum(parts, axis=0),
        fwhm=float(shape.fwhm),
        source="QuTiP autocorrelation",
        shape=str(shape),
        window_change=change,
    )


def _times(time: float, shape: LineShape, grid: np.ndarray, steps: Ladder) -> np.ndarray:
    """Output times (fs) up to `time` or as long as the shape and the resolution need, close enough
    for the width of the grid.
    """
    needed = np.linspace(1, 40, 4000) * HBAR * FWHM_OF_SIGMA / shape.fwhm
    long_enough = needed[np.abs(shape.window(needed)) < 1e-5]
    end = max(time, 0.5 * (long_enough[0] if long_enough.size else needed[-1]))
    if steps.resolution is not None:
        end = max(end, WINDOW_ENDS * window_width(steps.resolution.fine))
    step = min(0.25, 0.5 * 2 * np.pi * HBAR / (1.3 * (grid[-1] - grid[0])))
    return np.linspace(0, end, int(np.ceil(end / step)) + 1)
