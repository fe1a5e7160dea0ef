"""Molecules in surroundings, by QuTiP; thermal starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ...basis import VibronicBasis
from ...certificate import Certificate, worst
from ...checks import InputError, check_positive, checked_times, frozen_array, index_of
from ...door import public
from ...hamiltonian import VibronicHamiltonian
from ...limits import Limits
from ...operators.operator import check_fit
from ...storage import built, noun, reads
from ...units import BOLTZMANN
from ..propagate import propagate
from .baths import Bath, check_temperature
from .hierarchy import Hierarchy
from .master_equation import MasterEquation
from .open_method import OpenMethod, OpenReadings
from .open_system import OpenSystem, populations_of, state_pairs
from .quantum_jumps import QuantumJumps

DENSE = 400  # functions up to which the density matrix itself is propagated
COARSER = 0.85  # of the cutoff, for the basis that tells the error
SPECTATOR = 1e5  # weight from which on a mode stays in its ground level
DRAWN = 4000  # thermal levels, to see how far they reach


@dataclass(frozen=True)
class ThermalStart:
    """A vertical start on `state` with the vibrations of the reference at `temperature` (K), on a
    `basis` of your choice, or on one that is found.
    """

    state: int | str
    temperature: float = 0.0
    basis: VibronicBasis | None = None


@noun
@dataclass(frozen=True, eq=False)
class OpenPropagation:
    """At `times` (fs): diabatic `populations` and their `errors` (n_t, n_states),
    `electronic_density` (n_t, n_states, n_states), mean `quanta` of every mode (n_t, n_modes) in
    the oscillators of the reference. `method` tells how; `certificate` is the worst of those of
    the basis, the hierarchy and the sample, `remark` stands where there is none.
    """

    times: np.ndarray
    populations: np.ndarray
    errors: np.ndarray
    electronic_density: np.ndarray
    quanta: np.ndarray
    method: str
    certificate: Certificate | None = None
    state_labels: tuple[str, ...] = ()
    remark: str = ""

    def __post_init__(self) -> None:
        for name in ("times", "populations", "errors", "quanta"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        density = frozen_array(self.electronic_density, "electronic_density", complex)
        object.__setattr__(self, "electronic_density", density)

    def __str__(self) -> str:
        pairs = zip(self.state_labels, self.populations[-1], strict=True)
        final = ", ".join(f"{label} {p:.3f}" for label, p in pairs)
        lost = np.abs(self.populations.sum(axis=1) - 1).max()
        return (
            f"OpenPropagation  {self.method}, {self.times[0]:g}-{self.times[-1]:g} fs; diabatic "
            f"populations at the end: {final}; trace kept to {lost:.0e}; "
            f"{self.certificate or self.remark}"
        )


@reads("OpenPropagation")
def _open_propagation(content: dict[str, Any]) -> OpenPropagation:
    """Version 0.1 wrote in words, as `reached`, how far it is converged."""
    return built(OpenPropagation, {"remark": content.get("reached", ""), **content})


@public
def open_propagation(
    model: VibronicHamiltonian,
    start: ThermalStart | int | str,
    times: Any,
    baths: Sequence[Bath] = (),
    *,
    method: OpenMethod | None = None,
    tolerance: float = 1e-2,
    limits: Limits = Limits(max_size=20_000),
) -> OpenPropagation:
    """A vertical start on a state (from thermal vibrations if it is a `ThermalStart`), moving
    among `baths` at `times` (fs from 0).

    Baths without memory are Lindblad operators: the density matrix is propagated where the basis
    has some hundreds of functions, random wavefunctions beyond; baths with memory need the
    hierarchy. The basis is one certain to `tolerance` without baths, widened for the temperature;
    runs of density matrices are repeated on a smaller one, and jumps until their standard error is
    below `tolerance`.

    Raises InputError for what does not fit the memory of `limits`, with advice.
    """
    moments = checked_times(times)
    begin = start if isinstance(start, ThermalStart) else ThermalStart(start)
    state = index_of("state", begin.state, model.state_labels)
    check_positive("tolerance", tolerance)
    check_temperature(begin.temperature)

    basis = begin.basis or _thermal_basis(model, begin, moments[-1], tolerance, limits)
    check_fit(model, basis)

    system = OpenSystem(model, basis, tuple(baths), state, begin.temperature)
    _check_start(system, tolerance)
    chosen = method or _usual(system)
    if system.memory_baths and not isinstance(chosen, Hierarchy):
        raise InputError("Baths with memory (DrudeBath, OhmicBath) need `method=Hierarchy()`.")

    with threadpool_limits(limits=1):
        readings = chosen.readings(system, moments, tolerance, limits.bytes)
        coarse = _coarser(system)
        again = None
        if coarse is not None and readings.errors is None:
            again = chosen.readings(coarse, moments, tolerance, limits.bytes)

    return _outcome(system, moments, readings, again, tolerance)


def _check_start(system: OpenSystem, tolerance: float) -> None:
    lost = 1 - system.probabilities.sum()
    if lost > tolerance:
        raise InputError(
            f"The basis holds only {1 - lost:.1%} of the thermal start at "
            f"{system.temperature:g} K. Use a larger basis or a lower temperature."
        )


def _usual(system: OpenSystem) -> OpenMethod:
    """The method that suits the baths and the size."""
    if system.memory_baths:
        return Hierarchy()
    return MasterEquation() if system.basis.size <= DENSE else QuantumJumps()


def _coarser(system: OpenSystem) -> OpenSystem | None:
    """The system on a smaller basis, where it is pruned."""
    basis = system.basis
    if not basis.max_quanta or not system.model.n_modes:
        return None
    return replace(system, basis=replace(basis, max_quanta=COARSER * basis.max_quanta))


def _thermal_basis(
    model: VibronicHamiltonian,
    start: ThermalStart,
    time: float,
    tolerance: float,
    limits: Limits,
) -> VibronicBasis:
    """The basis of a cold packet, with room for the quanta that the temperature adds."""
    moments = np.linspace(0, time, 9)
    run = propagate(model, start.state, moments, tolerance=tolerance, limits=limits)
    cold = run.basis
    assert cold is not None

    if start.temperature <= 0 or not model.n_modes:
        return cold

    assert cold.max_quanta is not None
    weights = np.array(cold.weights)
    used = weights < SPECTATOR
    rng = np.random.default_rng(0)
    x = model.frequencies / (BOLTZMANN * start.temperature)
    drawn = rng.geometric(-np.expm1(-x), size=(DRAWN, model.n_modes)) - 1
    inside = 1 - tolerance / 4
    cutoff = cold.max_quanta + float(np.quantile(drawn[:, used] @ weights[used], inside))
    alone = cutoff / np.maximum(np.quantile(drawn, inside, axis=0), 0.5)
    wider = np.where(used, weights, alone)

    levels = tuple(int(cutoff / w + 1e-9) + 1 for w in wider)
    return VibronicBasis(model.n_states, levels, max_quanta=cutoff, weights=tuple(wider))


def _outcome(
    system: OpenSystem,
    times: np.ndarray,
    readings: OpenReadings,
    again: OpenReadings | None,
    tolerance: float,
) -> OpenPropagation:
    """The noun, with the change from a smaller basis as the error where nothing else is."""
    n = system.basis.n_states
    values = readings.values

    density = np.zeros((times.size, n, n), complex)
    for k, (i, j) in enumerate(state_pairs(n)):
        density[:, i, j] = values[:, k]
        density[:, j, i] = values[:, k].conj()

    populations = populations_of(values, n)
    errors = np.zeros_like(populations) if readings.errors is None else readings.errors
    known = [] if readings.certificate is None else [readings.certificate]
    remark = f"basis of {system.basis.size} functions not checked"

    if again is not None:
        errors = np.abs(populations_of(again.values, n) - populations)
        known.append(_basis_certificate(system, errors, tolerance))

    if again is None and known and readings.errors is None:
        known = [replace(known[0], remarks=(remark,))]

    hot = f", start at {system.temperature:g} K" if system.temperature else ""
    return OpenPropagation(
        times,
        populations,
        errors,
        density,
        values[:, len(state_pairs(n)) :].real,
        readings.about + hot,
        worst(known),
        system.model.state_labels,
        "" if known else remark,
    )


def _basis_certificate(system: OpenSystem, errors: np.ndarray, tolerance: float) -> Certificate:
    coarse = _coarser(system)
    assert coarse is not None
    size = system.basis.size
    added = size - coarse.basis.size
    found = f"the last {added} functions change populations by {errors.max():.0e}"
    return Certificate(tolerance, errors.max(), size, found=found)
