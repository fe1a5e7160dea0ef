"""All rungs of the ladder on one axis: Koopmans, vertical, Franck-Condon, fully vibronic, experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from ..checks import InputError, check_positive
from ..dynamics import propagate
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import FWHM_OF_SIGMA
from ..molecule import Band
from ..propagation import Propagation
from ..spectra import autocorrelation_spectrum, franck_condon_spectrum, koopmans_spectrum, lanczos_spectrum, vertical_spectrum
from ..spectrum import Spectrum, StickSpectrum, summed
from ..storage import noun
from ..units import HBAR
from .bands import VibronicBand, vibronic_bands
from .reduction import Reduction, reduction
from .report import report

Progress = Callable[[str, float], None]


@noun
@dataclass(frozen=True, eq=False)
class PhotoelectronComparison:
    """One photoelectron spectrum in rising order of truth; `print` it for the story.

    `franck_condon`, `vibronic` and `propagations` have one entry per state ionized into, with the pole strength as its total;
    the curves are sums over states on one grid. `agreement` is the largest difference between the curve of the Lanczos lines and
    that of QuTiP's autocorrelation, relative to the peak.
    """

    model: VibronicHamiltonian
    modes: Reduction
    vertical: StickSpectrum
    franck_condon: tuple[StickSpectrum, ...]
    vibronic: tuple[StickSpectrum, ...]
    propagations: tuple[Propagation, ...]
    vibronic_lines: StickSpectrum
    franck_condon_curve: Spectrum
    vibronic_curve: Spectrum
    autocorrelation_curve: Spectrum
    bands: tuple[VibronicBand, ...]
    agreement: float
    koopmans: StickSpectrum | None = None
    koopmans_model: VibronicHamiltonian | None = None
    experiment: tuple[Band, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def converged(self) -> bool:
        """True when every spectrum and every propagation reached the tolerance."""
        certificates = [x.certificate for x in self.vibronic] + [x.certificate for x in self.propagations]
        return all(certificate.get("converged", False) for certificate in certificates)

    def __str__(self) -> str:
        return report(self)


def comparison(model: VibronicHamiltonian, *, experiment: Sequence[Band] = (), fwhm: float = 0.04, tolerance: float = 2e-3,
               time: float = 120.0, max_modes: int = 8, modes: Sequence[str] | None = None, max_size: int = 1_000_000,
               memory: float | None = None, koopmans_model: VibronicHamiltonian | None = None,
               progress: Progress | None = None) -> PhotoelectronComparison:
    """Every rung for `model`, reduced to the modes that matter, at Gaussian width `fwhm` (eV).

    Each state is ionized into separately (intensities are the pole strengths), its wavepacket propagated for at least `time` (fs),
    long enough to resolve `fwhm`. Spectra and propagations choose their bases for `tolerance`, within `max_size` functions
    (a quarter of them for a propagation) and `memory` bytes.
    """
    for name, value, unit in (("fwhm", fwhm, "eV"), ("tolerance", tolerance, ""), ("time", time, "fs")):
        check_positive(name, value, unit)
    if model.process == "excitation":
        raise InputError(f"The model {model.title!r} describes electronic excitation, not ionization, so it has no photoelectron "
                         "spectrum. Use `vibronic dynamics` for its wavepackets.")
    progress = progress or (lambda stage, fraction: None)
    kept = reduction(model, max_modes=max_modes, modes=modes)
    reduced = kept.model
    strengths = reduced.pole_strengths
    states = range(reduced.n_states)
    alone = [franck_condon_spectrum(reduced, i, tolerance=tolerance, fwhm=fwhm) for i in states]
    lines = [lanczos_spectrum(reduced, i, tolerance=tolerance, fwhm=fwhm, max_size=max_size, memory=memory, progress=progress)
             .scaled(strengths[i]) for i in states]
    grid = _grid(lines, alone, fwhm)
    times = _times(time, fwhm, grid)
    runs = [propagate(reduced, i, times, tolerance=tolerance, max_size=max_size // 4, memory=memory, progress=progress) for i in states]
    total = summed(lines, "vibronic")
    curve = total.broadened(grid, fwhm=fwhm)
    from_time = sum(strengths[i] * autocorrelation_spectrum(run, grid, fwhm=fwhm).values for i, run in enumerate(runs))
    return PhotoelectronComparison(
        reduced, kept, vertical_spectrum(reduced), tuple(alone), tuple(lines), tuple(runs), total,
        summed(alone, "Franck-Condon").broadened(grid, fwhm=fwhm), curve,
        Spectrum(grid, from_time, fwhm=fwhm, source="QuTiP autocorrelation"), vibronic_bands(reduced, total),
        float(np.abs(from_time - curve.values).max() / curve.values.max()),
        None if reduced.orbital_energies is None else koopmans_spectrum(reduced), koopmans_model, tuple(experiment),
        {"vibronic": version("vibronic"), "qutip": version("qutip"), "fwhm_eV": fwhm, "tolerance": tolerance})


def _grid(lines: Sequence[StickSpectrum], alone: Sequence[StickSpectrum], fwhm: float) -> np.ndarray:
    """Grid (eV) over all lines of some strength."""
    strong = [s.energies[s.intensities > 1e-4] for s in (*lines, *alone)]
    low, high = min(e.min() for e in strong) - 3 * fwhm, max(e.max() for e in strong) + 3 * fwhm
    return np.linspace(low, high, int((high - low) / (fwhm / 8)) + 1)


def _times(time: float, fwhm: float, grid: np.ndarray) -> np.ndarray:
    """Output times (fs) up to `time` or as long as `fwhm` needs, close enough for the width of the grid."""
    end = max(time, 0.5 * HBAR * FWHM_OF_SIGMA / fwhm * np.sqrt(2 * np.log(1e5)))
    step = min(0.25, 0.5 * 2 * np.pi * HBAR / (1.3 * (grid[-1] - grid[0])))
    return np.linspace(0, end, int(np.ceil(end / step)) + 1)
