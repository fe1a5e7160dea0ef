"""Hot bands: the levels of the reference oscillators populated at a temperature."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError
from ..convergence import certificate
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..spectrum import StickSpectrum, summed
from ..units import BOLTZMANN
from .growth import Progress
from .lanczos import lanczos_spectrum

# levels summed exactly; levels drawn at most, and before the first judgement
EXACT = 60
SAMPLES = 400
FIRST_SAMPLES = 24
# shares of the tolerance: spectra summed, spectra drawn, levels left out; the rest is statistical
SUMMED = 0.4
DRAWN = 0.2
MISSING = 0.2
LOOSEST = 0.1  # tolerance of the spectrum of a hardly populated level


def check_temperature(temperature: float) -> None:
    """Raise unless `temperature` is a number of kelvin, 0 or more."""
    if (
        isinstance(temperature, bool)
        or not isinstance(temperature, (int, float, np.number))
        or not 0 <= temperature < np.inf
    ):
        raise InputError(
            f"Argument `temperature` must be 0 or more kelvin, but is {temperature!r}."
        )


@dataclass(frozen=True, eq=False)
class ThermalLevels:
    """The most populated `levels` (n, n_modes), most first, their Boltzmann `weights` (n,), and
    the weight of all the `rest`.
    """

    levels: np.ndarray
    weights: np.ndarray
    rest: float


def thermal_levels(
    model: VibronicHamiltonian,
    temperature: float,
    most: int,
    missing: float,
    start: Doorway | None = None,
) -> ThermalLevels:
    """The levels of the reference oscillators that hold all but `missing` of the population, or
    the `most` strongest of them.

    Modes that no term of the potential and no slope of the transition contains change nothing in a
    spectrum: they stay in their ground level.
    """
    check_temperature(temperature)
    used = _used(model, start)
    ratios = (
        np.exp(-model.frequencies[used] / (BOLTZMANN * temperature))
        if temperature > 0
        else np.zeros(used.size)
    )
    if not used.size or ratios.max() < 1e-12:
        return ThermalLevels(np.zeros((1, model.n_modes), int), np.ones(1), 0.0)
    empty = float(np.prod(1 - ratios))
    reach = 0.0
    while True:
        reach += float(model.frequencies[used].min()) / 2
        quanta = VibronicBasis.below(1, reach, list(model.frequencies[used])).quanta.astype(int)
        weights = empty * np.prod(ratios**quanta, axis=1)
        if weights.sum() >= 1 - missing or len(quanta) > 4 * most:
            break
    order = np.argsort(-weights, kind="stable")[:most]
    needed = int(np.searchsorted(np.cumsum(weights[order]), 1 - missing)) + 1
    order = order[:needed]
    levels = np.zeros((order.size, model.n_modes), int)
    levels[:, used] = quanta[order]
    return ThermalLevels(levels, weights[order], max(0.0, 1 - float(weights[order].sum())))


def thermal_spectrum(
    model: VibronicHamiltonian,
    start: Doorway | int,
    temperature: float,
    *,
    tolerance: float = 1e-3,
    fwhm: float = 0.02,
    character: bool = True,
    exact: int = EXACT,
    samples: int = SAMPLES,
    seed: int = 1,
    max_size: int = 1_000_000,
    memory: float | None = None,
    progress: Progress | None = None,
    of: Callable[..., StickSpectrum] = lanczos_spectrum,
) -> StickSpectrum:
    """Lines from the reference's levels n, each populated by exp(-E_n/kT)/Z: sum_n p_n sum_f
    |<f|T|n>|^2 delta(E - E_f + E_n).

    `start` says how the transition T acts (its `quanta` are not used); `temperature` is in K, and
    0 gives the cold spectrum; `of` is the spectrum that is summed (`lanczos_spectrum`,
    `adiabatic_spectrum`). The `exact` most populated levels are summed one by one, each to the
    tolerance its weight calls for. Where these hold too little of the population (less than 1 -
    tolerance/5), up to `samples` of the others are drawn at random with their Boltzmann
    probabilities
    (numbers from `seed`), until twice the standard error of their mean curve, broadened to `fwhm`
    (eV), is below 2/5 of `tolerance` of the peak; the certificate tells how many levels were
    summed and drawn, what weight the drawn ones stand for, and the error reached.
    """
    door = start if isinstance(start, Doorway) else Doorway.vertical(model, start)
    found = thermal_levels(model, temperature, exact, MISSING * tolerance, door)
    run = {
        "fwhm": fwhm,
        "character": character,
        "max_size": max_size,
        "memory": memory,
        "progress": progress,
    }
    if len(found.levels) == 1 and found.rest < MISSING * tolerance:
        return of(model, replace(door, quanta=found.levels[0]), tolerance=tolerance, **run)  # type: ignore[arg-type]
    total = np.sqrt(found.weights).sum()
    parts = []
    for level, weight in zip(found.levels, found.weights, strict=True):
        asked = float(min(LOOSEST, SUMMED * tolerance / (np.sqrt(weight) * total)))
        sticks = of(model, replace(door, quanta=level), tolerance=asked, **run)  # type: ignore[arg-type]
        parts.append(sticks.scaled(float(weight)))
    drawn = _Drawn([], 0.0)
    if found.rest >= MISSING * tolerance:
        drawn = _drawn(
            model, door, temperature, found, tolerance, samples, seed, {**run, "of": of}, parts
        )
        shares = [*found.weights, *([found.rest / len(drawn.sticks)] * len(drawn.sticks))]
        parts += [s.scaled(found.rest / len(drawn.sticks)) for s in drawn.sticks]
    else:
        shares = [*found.weights]
        parts = [s.scaled(1 / (1 - found.rest)) for s in parts]
    error = (
        sum(w * s.certificate["reached"] for w, s in zip(shares, parts, strict=True))
        + 2 * drawn.error
    )
    return replace(
        summed(parts, f"{temperature:g} K"),
        certificate=_certificate(found, drawn, parts, float(error), tolerance),
        provenance={"temperature_K": temperature, "model": model.title, "seed": seed},
    )


def _certificate(
    found: ThermalLevels, drawn: _Drawn, parts: list[StickSpectrum], error: float, tolerance: float
) -> dict[str, Any]:
    worst = max(parts, key=lambda s: s.certificate["reached"]).certificate
    size = max(int(s.certificate["functions"]) for s in parts)
    about = certificate(
        tolerance,
        error + (0.0 if drawn.sticks else found.rest),
        size,
        str(worst.get("limiting_mode", "")),
    )
    text = f"{about['text']}; {len(found.levels)} levels of the reference summed"
    if drawn.sticks:
        text += (
            f", {len(drawn.sticks)} drawn for the other {100 * found.rest:.1f} % "
            f"(statistical error {2 * drawn.error:.0e})"
        )
    return {
        **about,
        "levels": len(found.levels),
        "drawn": len(drawn.sticks),
        "statistical_error": 2 * drawn.error,
        "text": text,
    }


def _used(model: VibronicHamiltonian, start: Doorway | None) -> np.ndarray:
    """Modes in any term of the potential, or in a slope of the transition."""
    coupled = {m for powers, _ in model.terms() for m in powers}
    if start is not None:
        coupled |= set(np.flatnonzero(np.any(start.slopes != 0, axis=1)).tolist())
    return np.array(sorted(coupled), int)


@dataclass
class _Drawn:
    """Spectra of levels drawn at random, and the standard error of their mean, weighted by the
    population they stand for.
    """

    sticks: list[StickSpectrum] = field(default_factory=list)
    error: float = np.inf


def _drawn(
    model: VibronicHamiltonian,
    door: Doorway,
    temperature: float,
    found: ThermalLevels,
    tolerance: float,
    samples: int,
    seed: int,
    run: dict[str, Any],
    parts: list[StickSpectrum],
) -> _Drawn:
    drawn = _Drawn()
    curves = []
    of = run.pop("of")
    kept = summed(parts)
    energies = kept.energies[kept.intensities > 1e-4 * kept.strength]
    grid = np.arange(energies.min() - 1.0, energies.max() + 1.0, run["fwhm"] / 3)
    cold = kept.broadened(grid, fwhm=run["fwhm"]).values
    asked = float(min(LOOSEST, DRAWN * tolerance / found.rest))
    for level in _boltzmann(model, door, temperature, found, seed):
        sticks = of(model, replace(door, quanta=level), tolerance=asked, **run)
        drawn.sticks.append(sticks)
        curves.append(sticks.broadened(grid, fwhm=run["fwhm"]).values)
        if len(curves) >= min(FIRST_SAMPLES, samples):
            peak = (cold + found.rest * np.mean(curves, axis=0)).max()
            drawn.error = float(
                found.rest * np.std(curves, axis=0, ddof=1).max() / np.sqrt(len(curves)) / peak
            )
            if 2 * drawn.error < (1 - SUMMED - DRAWN) * tolerance or len(curves) >= samples:
                return drawn
    return drawn


def _boltzmann(
    model: VibronicHamiltonian, door: Doorway, temperature: float, found: ThermalLevels, seed: int
) -> Iterator[np.ndarray]:
    """Levels with their Boltzmann probabilities, without those that were summed exactly."""
    rng = np.random.default_rng(seed)
    used = _used(model, door)
    stay = 1 - np.exp(-model.frequencies[used] / (BOLTZMANN * temperature))
    summed_already = {level.tobytes() for level in found.levels}
    while True:
        level = np.zeros(model.n_modes, int)
        level[used] = rng.geometric(stay) - 1
        if level.tobytes() not in summed_already:
            yield level
