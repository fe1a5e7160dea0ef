"""All rungs of the ladder on one axis: Koopmans, vertical, Franck-Condon, adiabatic, fully
vibronic, experiment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from ..checks import InputError, check_positive
from ..dynamics import propagate
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import FWHM_OF_SIGMA, Gaussian, LineShape
from ..models import Reduction, reduction
from ..molecule import Band
from ..propagation import Propagation
from ..spectra import LEVELS, Ladder, Match, TransitionDiagnosis, autocorrelation_spectrum
from ..spectrum import Spectrum, StickSpectrum
from ..storage import noun
from ..units import HBAR
from .bands import VibronicBand
from .report import report
from .rungs import Comparison, matched, measured_curve, rungs

Progress = Callable[[str, float], None]


@noun
@dataclass(frozen=True, eq=False)
class PhotoelectronComparison(Comparison):
    """One photoelectron spectrum in rising order of truth; `print` it for the story.

    `ladder` holds the rungs, `levels` those that were asked for; `bands` and `diagnoses` say what
    the vibronic spectrum is made of and why it differs from that of the states alone. Every state
    is ionized into by itself, `propagations` has its cold wavepacket. `agreement` is the largest
    difference between the curve of the Lanczos lines and that of QuTiP's autocorrelation, relative
    to the peak (None at a temperature above zero). `match` lies beside a measured spectrum, where
    there is one, `experiment` are observed bands.
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
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def converged(self) -> bool:
        """True when every vibronic spectrum and every propagation reached the tolerance."""
        certificates = [x.certificate for x in self.vibronic] + [
            x.certificate for x in self.propagations
        ]
        return all(certificate.get("converged", False) for certificate in certificates)

    def __str__(self) -> str:
        return report(self)


def comparison(
    model: VibronicHamiltonian,
    *,
    levels: Sequence[str] = LEVELS,
    experiment: Sequence[Band] = (),
    measured: Spectrum | StickSpectrum | None = None,
    window: tuple[float, float] | None = None,
    fwhm: float = 0.04,
    shape: LineShape | None = None,
    temperature: float = 0.0,
    tolerance: float = 2e-3,
    time: float = 120.0,
    max_modes: int = 8,
    modes: Sequence[str] | None = None,
    max_size: int = 1_000_000,
    memory: float | None = None,
    koopmans_model: VibronicHamiltonian | None = None,
    progress: Progress | None = None,
) -> PhotoelectronComparison:
    """The rungs named in `levels` for `model`, reduced to the modes that matter, with Gaussian
    lines of `fwhm` (eV) or another `shape`.

    Each state is ionized into separately (intensities are the pole strengths), its wavepacket
    propagated for at least `time` (fs), long enough to resolve the lines. At a `temperature` (K)
    the neutral's levels are populated. Spectra and propagations choose their bases for
    `tolerance`, within `max_size` functions (a quarter of them for a propagation) and `memory`
    bytes. `measured` is laid beside the vibronic spectrum inside `window` (eV).
    """
    for name, value, unit in (
        ("fwhm", fwhm, "eV"),
        ("tolerance", tolerance, ""),
        ("time", time, "fs"),
    ):
        check_positive(name, value, unit)
    if model.process == "excitation":
        raise InputError(
            f"The model {model.title!r} describes electronic excitation, not ionization, so it "
            "has no photoelectron "
            "spectrum. Use `vibronic absorption`."
        )
    profile = shape or Gaussian(fwhm)
    progress = progress or (lambda stage, fraction: None)
    seen = measured_curve(model, measured, profile, window)
    kept = reduction(model, max_modes=max_modes, modes=modes)
    found = rungs(
        kept.model,
        levels,
        profile,
        None,
        temperature=temperature,
        tolerance=tolerance,
        max_size=max_size,
        memory=memory,
        progress=progress,
    )
    curve = found["ladder"].rung("vibronic").curve
    doors = found["ladder"].doorways
    times = _times(time, profile, curve.grid)
    runs = tuple(
        propagate(
            kept.model,
            door.normalized(),
            times,
            tolerance=tolerance,
            max_size=max_size // 4,
            memory=memory,
            progress=progress,
        )
        for door in doors
    )
    from_time = _from_time(runs, doors, curve.grid, profile) if temperature == 0 else None
    agreement = (
        None
        if from_time is None
        else float(np.abs(from_time.values - curve.values).max() / curve.values.max())
    )
    return PhotoelectronComparison(
        kept.model,
        kept,
        propagations=runs,
        autocorrelation_curve=from_time,
        agreement=agreement,
        koopmans_model=koopmans_model,
        experiment=tuple(experiment),
        match=matched(found["ladder"], seen),
        provenance={
            "vibronic": version("vibronic"),
            "qutip": version("qutip"),
            "shape": str(profile),
            "fwhm_eV": float(profile.fwhm),
            "tolerance": tolerance,
        },
        **found,
    )


def _from_time(
    runs: Sequence[Propagation], doors: Sequence[Any], grid: np.ndarray, shape: LineShape
) -> Spectrum:
    """The spectrum from QuTiP's autocorrelation functions, weighted by the pole strengths."""
    curves = [autocorrelation_spectrum(run, grid, shape=shape) for run in runs]
    values = np.sum(
        [door.strength * curve.values for door, curve in zip(doors, curves, strict=True)], axis=0
    )
    change = max(curve.provenance["window_change"] for curve in curves)
    return Spectrum(
        grid,
        values,
        fwhm=float(shape.fwhm),
        source="QuTiP autocorrelation",
        shape=str(shape),
        provenance={"window_change": change},
    )


def _times(time: float, shape: LineShape, grid: np.ndarray) -> np.ndarray:
    """Output times (fs) up to `time` or as long as the shape needs, close enough for the width of
    the grid.
    """
    needed = np.linspace(1, 40, 4000) * HBAR * FWHM_OF_SIGMA / shape.fwhm
    long_enough = needed[np.abs(shape.window(needed)) < 1e-5]
    end = max(time, 0.5 * (long_enough[0] if long_enough.size else needed[-1]))
    step = min(0.25, 0.5 * 2 * np.pi * HBAR / (1.3 * (grid[-1] - grid[0])))
    return np.linspace(0, end, int(np.ceil(end / step)) + 1)
