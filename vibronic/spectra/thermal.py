"""Hot bands: the levels of the reference oscillators populated at a temperature."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..certificate import Certificate
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..spectrum import StickSpectrum, summed
from .line_methods import LineMethod, VibronicLines
from .thermal_levels import ThermalLevels, drawn_levels, thermal_levels

# shares of the tolerance: spectra summed, spectra drawn, levels left out; the rest is statistical
SUMMED = 0.4
DRAWN = 0.2
MISSING = 0.2
LOOSEST = 0.1  # tolerance of the spectrum of a hardly populated level
FIRST_SAMPLES = 24  # levels drawn before the first judgement


@dataclass(frozen=True)
class Sampling:
    """How levels are chosen: the `exact` most populated are summed one by one, up to `samples` of
    the others drawn at random with numbers from `seed`.
    """

    exact: int = 60
    samples: int = 400
    seed: int = 1


@public
def thermal_spectrum(
    model: VibronicHamiltonian,
    start: Doorway | int | str,
    temperature: float,
    *,
    tolerance: float = 1e-3,
    fwhm: float = 0.02,
    sampling: Sampling = Sampling(),
    limits: Limits = Limits(),
) -> StickSpectrum:
    """Lines from the reference's levels n, each populated by exp(-E_n/kT)/Z: sum_n p_n sum_f
    |<f|T|n>|^2 delta(E - E_f + E_n).

    `start` says how the transition T acts (its `quanta` are not used); `temperature` is in K, and
    0 gives the cold spectrum. The most populated levels are summed one by one, each to the
    tolerance its weight calls for. Where these hold too little of the population (less than 1 -
    tolerance/5), others are drawn at random with their Boltzmann probabilities, until twice the
    standard error of their mean curve, broadened to `fwhm` (eV), is below 2/5 of `tolerance` of
    the peak; `sampling` says how many of either. The certificate tells how many levels were summed
    and drawn, what weight the drawn ones stand for, and the error reached.
    """
    door = Doorway.entering(model, start)
    lines = VibronicLines(fwhm, limits=limits)
    return thermal_lines(model, door, temperature, lines, tolerance, sampling)


@public
def thermal_lines(
    model: VibronicHamiltonian,
    door: Doorway,
    temperature: float,
    method: LineMethod,
    tolerance: float,
    sampling: Sampling = Sampling(),
) -> StickSpectrum:
    """As `thermal_spectrum`, of lines that are computed by any `method`."""
    found = thermal_levels(model, temperature, sampling.exact, MISSING * tolerance, door)
    all_summed = found.rest < MISSING * tolerance
    if len(found.levels) == 1 and all_summed:
        return method.lines(model, replace(door, quanta=found.levels[0]), tolerance)

    parts = _summed_levels(model, door, found, method, tolerance)
    shares = [float(w) for w in found.weights]
    drawn = _Drawn((), 0.0)

    if all_summed:
        parts = [s.scaled(1 / (1 - found.rest)) for s in parts]
    else:
        draw = _Draw(model, door, temperature, found, tolerance, sampling)
        drawn = _drawn(draw, method, summed(parts))
        share = found.rest / len(drawn.sticks)
        shares += [share] * len(drawn.sticks)
        parts += [s.scaled(share) for s in drawn.sticks]

    return replace(
        summed(parts, f"{temperature:g} K"),
        certificate=_certificate(found, drawn, parts, shares, tolerance),
        provenance={
            "temperature_K": temperature,
            "model": model.title,
            "seed": sampling.seed,
            "levels": len(found.levels),
            "drawn": len(drawn.sticks),
        },
    )


def _summed_levels(
    model: VibronicHamiltonian,
    door: Doorway,
    found: ThermalLevels,
    method: LineMethod,
    tolerance: float,
) -> list[StickSpectrum]:
    """Lines of the most populated levels, each to the tolerance its weight calls for."""
    total = np.sqrt(found.weights).sum()
    parts = []
    for level, weight in zip(found.levels, found.weights, strict=True):
        asked = float(min(LOOSEST, SUMMED * tolerance / (np.sqrt(weight) * total)))
        sticks = method.lines(model, replace(door, quanta=level), asked)
        parts.append(sticks.scaled(float(weight)))
    return parts


def _reached(sticks: StickSpectrum) -> float:
    return np.inf if sticks.certificate is None else sticks.certificate.reached


def _certificate(
    found: ThermalLevels,
    drawn: _Drawn,
    parts: list[StickSpectrum],
    shares: list[float],
    tolerance: float,
) -> Certificate:
    """The errors of all levels by their weights, and what the levels left out or drawn add."""
    known = [s.certificate for s in parts if s.certificate is not None]
    worst = max(known, key=lambda c: c.reached)
    errors = sum(share * _reached(s) for share, s in zip(shares, parts, strict=True))
    statistical = 2 * drawn.error
    left_out = 0.0 if drawn.sticks else found.rest

    remark = f"{len(found.levels)} levels of the reference summed"
    if drawn.sticks:
        remark += (
            f", {len(drawn.sticks)} drawn for the other {100 * found.rest:.1f} % "
            f"(statistical error {statistical:.0e})"
        )

    return Certificate(
        tolerance,
        errors + statistical + left_out,
        max(c.size for c in known),
        worst.limit,
        worst.limiting,
        remarks=(remark,),
    )


@dataclass(frozen=True, eq=False)
class _Draw:
    """What the levels are drawn for."""

    model: VibronicHamiltonian
    door: Doorway
    temperature: float
    found: ThermalLevels
    tolerance: float
    sampling: Sampling


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Spectra of levels drawn at random, and the standard error of their mean, weighted by the
    population they stand for.
    """

    sticks: tuple[StickSpectrum, ...]
    error: float


def _drawn(draw: _Draw, method: LineMethod, kept: StickSpectrum) -> _Drawn:
    """Draw until the mean curve is certain enough beside the lines `kept`, or no more may be
    drawn.
    """
    fwhm = method.fwhm
    rest = draw.found.rest
    most = draw.sampling.samples
    energies = kept.energies[kept.intensities > 1e-4 * kept.strength]
    grid = np.arange(energies.min() - 1.0, energies.max() + 1.0, fwhm / 3)
    cold = kept.broadened(grid, fwhm=fwhm).values
    asked = float(min(LOOSEST, DRAWN * draw.tolerance / rest))
    enough = (1 - SUMMED - DRAWN) * draw.tolerance

    sticks: list[StickSpectrum] = []
    curves: list[np.ndarray] = []
    error = np.inf
    levels = drawn_levels(
        draw.model, draw.door, draw.temperature, draw.found.levels, draw.sampling.seed
    )

    for level in levels:
        lines = method.lines(draw.model, replace(draw.door, quanta=level), asked)
        sticks.append(lines)
        curves.append(lines.broadened(grid, fwhm=fwhm).values)
        if len(curves) < min(FIRST_SAMPLES, most):
            continue

        peak = (cold + rest * np.mean(curves, axis=0)).max()
        deviation = np.std(curves, axis=0, ddof=1).max()
        error = float(rest * deviation / np.sqrt(len(curves)) / peak)
        if 2 * error < enough or len(curves) >= most:
            break

    return _Drawn(tuple(sticks), error)
