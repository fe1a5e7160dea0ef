"""How a temperature populates the levels of the reference oscillators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..units import BOLTZMANN


def check_temperature(temperature: float) -> None:
    """Raise unless `temperature` is a number of kelvin, 0 or more."""
    is_number = isinstance(temperature, (int, float, np.number))
    if not is_number or isinstance(temperature, bool) or not 0 <= temperature < np.inf:
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


@public
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
    frequencies = model.frequencies[used]
    ratios = np.zeros(used.size)
    if temperature > 0:
        ratios = np.exp(-frequencies / (BOLTZMANN * temperature))

    if not used.size or ratios.max() < 1e-12:
        return ThermalLevels(np.zeros((1, model.n_modes), int), np.ones(1), 0.0)

    empty = float(np.prod(1 - ratios))

    reach = 0.0
    while True:
        reach += float(frequencies.min()) / 2
        quanta = VibronicBasis.below(1, reach, list(frequencies)).quanta.astype(int)
        weights = empty * np.prod(ratios**quanta, axis=1)
        if weights.sum() >= 1 - missing or len(quanta) > 4 * most:
            break

    order = np.argsort(-weights, kind="stable")[:most]
    needed = int(np.searchsorted(np.cumsum(weights[order]), 1 - missing)) + 1
    order = order[:needed]
    levels = np.zeros((order.size, model.n_modes), int)
    levels[:, used] = quanta[order]

    return ThermalLevels(levels, weights[order], max(0.0, 1 - float(weights[order].sum())))


def drawn_levels(
    model: VibronicHamiltonian,
    door: Doorway,
    temperature: float,
    without: np.ndarray,
    seed: int,
) -> Iterator[np.ndarray]:
    """Levels (n_modes,) at random with their Boltzmann probabilities, without end; those listed in
    `without` (n, n_modes) are passed over.
    """
    rng = np.random.default_rng(seed)
    used = _used(model, door)
    stay = 1 - np.exp(-model.frequencies[used] / (BOLTZMANN * temperature))
    passed_over = {level.tobytes() for level in without}
    while True:
        level = np.zeros(model.n_modes, int)
        level[used] = rng.geometric(stay) - 1
        if level.tobytes() not in passed_over:
            yield level


def _used(model: VibronicHamiltonian, start: Doorway | None) -> np.ndarray:
    """Modes in any term of the potential, or in a slope of the transition."""
    coupled = {m for powers, _ in model.terms() for m in powers}
    if start is not None:
        coupled |= set(np.flatnonzero(np.any(start.slopes != 0, axis=1)).tolist())
    return np.array(sorted(coupled), int)
