"""Molecules in surroundings, by QuTiP: master equation, quantum jumps, hierarchical equations of
motion; thermal starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import Any

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from ..basis import VibronicBasis
from ..checks import InputError, check_index, check_positive, checked_times, frozen_array
from ..convergence import memory_limit
from ..hamiltonian import VibronicHamiltonian
from ..operators.operator import check_fit
from ..operators.sparse import sparse_hamiltonian
from ..storage import noun
from ..units import BOLTZMANN, HBAR
from .baths import Bath, MarkovianBath, MemoryBath, check_temperature
from .measurement import Progress
from .propagate import propagate

DENSE = 400  # functions up to which the density matrix itself is propagated
LEAST = 20  # random wavefunctions, so that their scatter means something
COARSER = 0.85  # of the cutoff, for the basis that tells the error
SOLVER = {"progress_bar": "", "nsteps": 1_000_000, "store_states": False}


@dataclass(frozen=True)
class MasterEquation:
    """The Lindblad equation for the density matrix, by `qutip.mesolve`: exact, to some hundreds of
    functions. `rtol` of the integrator.
    """

    rtol: float = 1e-5


@dataclass(frozen=True)
class QuantumJumps:
    """Random wavefunctions whose mean obeys the Lindblad equation, by `qutip.mcsolve`; up to
    `most`, fewer where the error allows.
    """

    most: int = 400
    seed: int = 1


@dataclass(frozen=True)
class Hierarchy:
    """Hierarchical equations of motion for baths with memory, by QuTiP: deeper, and with more
    exponents, until nothing changes.
    """

    deepest: int = 8
    most_exponents: int = 10


@noun
@dataclass(frozen=True, eq=False)
class OpenPropagation:
    """At `times` (fs): diabatic `populations` and their `errors` (n_t, n_states),
    `electronic_density` (n_t, n_states, n_states), mean `quanta` of every mode (n_t, n_modes) in
    the oscillators of the reference. `method` tells how, `reached` what convergence was found.
    """

    times: np.ndarray
    populations: np.ndarray
    errors: np.ndarray
    electronic_density: np.ndarray
    quanta: np.ndarray
    method: str
    reached: str
    state_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("times", "populations", "errors", "quanta"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        object.__setattr__(
            self,
            "electronic_density",
            frozen_array(self.electronic_density, "electronic_density", complex),
        )

    def __str__(self) -> str:
        final = ", ".join(
            f"{label} {p:.3f}"
            for label, p in zip(self.state_labels, self.populations[-1], strict=True)
        )
        return (
            f"OpenPropagation  {self.method}, {self.times[0]:g}-{self.times[-1]:g} fs; diabatic "
            f"populations at the end: {final}; trace "
            f"kept to {np.abs(self.populations.sum(axis=1) - 1).max():.0e}; {self.reached}"
        )


@dataclass(frozen=True, eq=False)
class _System:
    """Sparse operators of a molecule in its baths, per fs, and its start: probabilities of the
    levels on one state.
    """

    model: VibronicHamiltonian
    basis: VibronicBasis
    baths: tuple[Bath, ...]
    state: int
    temperature: float

    @property
    def hamiltonian(self) -> Any:
        return _qobj(sparse_hamiltonian(self.model, self.basis) / HBAR, True)

    @property
    def jumps(self) -> list[Any]:
        return [
            _qobj(c)
            for bath in self.baths
            if isinstance(bath, MarkovianBath)
            for c in bath.jumps(self.model, self.basis)
        ]

    @property
    def probabilities(self) -> np.ndarray:
        """Of the basis functions at the start; what thermal levels beyond the basis would hold is
        missing.
        """
        found = np.zeros(self.basis.size)
        part = found[
            self.state * self.basis.n_vibrational : (self.state + 1) * self.basis.n_vibrational
        ]
        if self.temperature <= 0:
            part[0] = 1.0
        else:
            x = self.model.frequencies / (BOLTZMANN * self.temperature)
            part[:] = np.exp(-(self.basis.quanta @ x)) * np.prod(-np.expm1(-x))
        return found

    def observables(self) -> list[Any]:
        """Of each pair i <= j of states |j><i|, then the quanta of every mode."""
        n = self.basis.n_states
        unit = sp.eye_array(self.basis.n_vibrational)
        pairs = [
            _qobj(sp.kron(sp.csr_array(([1.0], ([j], [i])), shape=(n, n)), unit), i == j)
            for i in range(n)
            for j in range(i, n)
        ]
        quanta = [
            _qobj(sp.diags_array(np.tile(column, n)), True)
            for column in self.basis.quanta.T.astype(float)
        ]
        return pairs + quanta


def open_propagation(
    model: VibronicHamiltonian,
    state: int,
    times: Any,
    baths: Sequence[Bath] = (),
    *,
    temperature: float = 0.0,
    method: MasterEquation | QuantumJumps | Hierarchy | None = None,
    basis: VibronicBasis | None = None,
    tolerance: float = 1e-2,
    max_size: int = 20_000,
    memory: float | None = None,
    progress: Progress | None = None,
) -> OpenPropagation:
    """A vertical start on `state`, vibrations of the reference thermal at `temperature` (K),
    moving among `baths` at `times` (fs from 0).

    Baths without memory are Lindblad operators: the density matrix is propagated where the basis
    has some hundreds of functions, random wavefunctions beyond; baths with memory need the
    hierarchy. The basis is one certain to `tolerance` without baths, widened for the temperature;
    runs of density matrices are repeated on a smaller one, and jumps until their standard error is
    below `tolerance`.

    Raises InputError for what does not fit `memory` bytes (half the machine's unless given), with
    advice.
    """
    moments = checked_times(times)
    room = memory_limit(memory)
    check_index("state", state, model.n_states, model.state_labels)
    check_positive("tolerance", tolerance)
    check_temperature(temperature)
    kept = basis or _thermal_basis(
        model, state, moments[-1], temperature, tolerance, max_size, room, progress
    )
    check_fit(model, kept)
    system = _System(model, kept, tuple(baths), state, temperature)
    lost = 1 - system.probabilities.sum()
    if lost > tolerance:
        raise InputError(
            f"The basis holds only {1 - lost:.1%} of the thermal start at {temperature:g} K. "
            "Use a larger basis or a lower "
            "temperature."
        )
    has_memory = any(isinstance(bath, MemoryBath) for bath in baths)
    chosen = method or (
        Hierarchy() if has_memory else MasterEquation() if kept.size <= DENSE else QuantumJumps()
    )
    if has_memory and not isinstance(chosen, Hierarchy):
        raise InputError("Baths with memory (DrudeBath, OhmicBath) need `method=Hierarchy()`.")
    report = progress or (lambda stage, part: None)
    with threadpool_limits(limits=1):
        if isinstance(chosen, QuantumJumps):
            return _jumped(system, moments, chosen, tolerance, report)
        solve: Callable = _hierarchical if isinstance(chosen, Hierarchy) else _master
        readings, note = solve(system, moments, chosen, tolerance, room, report)
        coarse = (
            replace(kept, max_quanta=COARSER * kept.max_quanta)
            if kept.max_quanta and model.n_modes
            else None
        )
        errors = np.zeros((moments.size, model.n_states))
        text = f"basis of {kept.size} functions not checked"
        if coarse is not None:
            again = solve(replace(system, basis=coarse), moments, chosen, tolerance, room, report)[
                0
            ]
            errors = np.abs(
                _populations(again, model.n_states) - _populations(readings, model.n_states)
            )
            text = (
                f"{kept.size} functions, of which {kept.size - coarse.size} change "
                f"populations by {errors.max():.0e}"
            )
            text = (
                text if errors.max() < tolerance else f"NOT CONVERGED to {tolerance:.0e}: {text}"
            )
    return _outcome(system, moments, readings, errors, note, text)


def _thermal_basis(
    model: VibronicHamiltonian,
    state: int,
    time: float,
    temperature: float,
    tolerance: float,
    max_size: int,
    room: float,
    progress: Progress | None,
) -> VibronicBasis:
    run = propagate(
        model,
        state,
        np.linspace(0, time, 9),
        tolerance=tolerance,
        max_size=max_size,
        memory=room,
        progress=progress,
    )
    assert run.basis is not None
    if temperature <= 0 or not model.n_modes:
        return run.basis
    weights = np.array(run.basis.weights)
    rng = np.random.default_rng(0)
    x = model.frequencies / (BOLTZMANN * temperature)
    drawn = rng.geometric(-np.expm1(-x), size=(4000, model.n_modes)) - 1
    used = weights < 1e5
    hot = np.quantile(drawn[:, used] @ weights[used], 1 - tolerance / 4)
    cutoff = run.basis.max_quanta + float(hot)  # type: ignore[operator]
    spectators = np.where(
        weights < 1e5,
        weights,
        cutoff / np.maximum(np.quantile(drawn, 1 - tolerance / 4, axis=0), 0.5),
    )
    return VibronicBasis(
        model.n_states,
        tuple(int(cutoff / w + 1e-9) + 1 for w in spectators),
        max_quanta=cutoff,
        weights=tuple(spectators),
    )


def _master(
    system: _System,
    times: np.ndarray,
    method: MasterEquation,
    tolerance: float,
    room: float,
    report: Progress,
) -> tuple[np.ndarray, str]:
    import qutip

    size = system.basis.size
    _check_room(
        16.0 * 24 * size**2,
        room,
        f"The density matrix of {size:,} functions",
        "Use `method=QuantumJumps()`, fewer modes or a smaller basis",
    )
    rho = qutip.Qobj(np.diag(system.probabilities / system.probabilities.sum()).astype(complex))
    operators = system.observables()

    def tell(t: float, state: Any) -> float:
        report(f"Master equation: {size:,} functions", t / times[-1])
        return 0.0

    options = {
        **SOLVER,
        "matrix_form": True,
        "rtol": method.rtol,
        "atol": 1e-7,
        "normalize_output": False,
    }
    found = qutip.mesolve(
        system.hamiltonian,
        rho,
        times,
        system.jumps or [0 * operators[0]],
        e_ops=[*operators, tell],
        options=options,
    )
    return np.array(found.expect[:-1]).T, f"Lindblad equation ({len(system.jumps)} operators)"


def _jumped(
    system: _System, times: np.ndarray, method: QuantumJumps, tolerance: float, report: Progress
) -> OpenPropagation:
    import qutip

    if method.most < LEAST:
        raise InputError(f"Argument `most` must be {LEAST} or more, but is {method.most!r}.")
    n = system.basis.n_states
    p = system.probabilities
    options = {**SOLVER, "keep_runs_results": True, "rtol": 1e-5, "atol": 1e-7}
    solver = qutip.MCSolver(
        system.hamiltonian,
        system.jumps or [_qobj(sp.csr_array((p.size, p.size)))],
        options=options,
    )
    operators = system.observables()
    rng = np.random.default_rng(method.seed)
    runs: list[np.ndarray] = []
    diagonal = [k for k, (i, j) in enumerate(_pairs(n)) if i == j]
    while len(runs) < method.most:
        ket = np.sqrt(p / p.sum()) * np.exp(
            2j * np.pi * rng.random(p.size)
        )  # random phases: their mean is the thermal mixture
        result = solver.run(
            qutip.Qobj(ket.reshape(-1, 1)),
            times,
            ntraj=1,
            e_ops=operators,
            seeds=int(rng.integers(2**31)),
        )
        runs.append(np.array(result.average_expect).T)
        report(f"Quantum jumps: {p.size:,} functions, {len(runs)} runs", len(runs) / method.most)
        if len(runs) < LEAST:
            continue
        values = np.array(runs)
        errors = values.real.std(axis=0, ddof=1)[:, diagonal] / np.sqrt(len(runs))
        if errors.max() < tolerance:
            break
    text = (
        f"{p.size:,} functions (certain to {tolerance:.0e} without baths), {len(runs)} runs, "
        f"standard error at most {errors.max():.0e}"
    )
    text = text if errors.max() < tolerance else f"NOT CONVERGED to {tolerance:.0e}: {text}"
    return _outcome(
        system,
        times,
        values.mean(axis=0),
        errors,
        f"quantum jumps ({len(system.jumps)} operators)",
        text,
    )


def _hierarchical(
    system: _System,
    times: np.ndarray,
    method: Hierarchy,
    tolerance: float,
    room: float,
    report: Progress,
) -> tuple[np.ndarray, str]:
    """Deeper until the populations change by less than a tenth of the tolerance, then with more
    exponents until that changes them no more.
    """
    n = system.basis.n_states
    depth = 2
    exponents = 4
    now = _hierarchy(system, times, depth, exponents, room)
    change = np.inf
    while change > 0.1 * tolerance and depth < method.deepest:
        depth += 1
        report(f"Hierarchy: depth {depth}, {exponents} exponents a bath", 0.1 * depth)
        before = now
        now = _hierarchy(system, times, depth, exponents, room)
        change = _change(now, before, n)
    finer = np.inf
    while finer > 0.1 * tolerance and exponents < method.most_exponents:
        exponents += 2
        report(f"Hierarchy: depth {depth}, {exponents} exponents a bath", 0.9)
        before = now
        now = _hierarchy(system, times, depth, exponents, room)
        finer = _change(now, before, n)
    change = max(change, finer)
    text = (
        f"hierarchy of depth {depth} with {exponents} exponents a bath, last change {change:.0e}"
    )
    return now, text if change < tolerance else f"{text} (NOT CONVERGED to {tolerance:.0e})"


def _change(now: np.ndarray, before: np.ndarray, n: int) -> float:
    return float(np.abs(_populations(now, n) - _populations(before, n)).max())


def _hierarchy(
    system: _System, times: np.ndarray, depth: int, exponents: int, room: float
) -> np.ndarray:
    import qutip
    from qutip.solver.heom import HEOMSolver

    size = system.basis.size
    n = system.basis.n_states
    couplings = []
    for bath in (b for b in system.baths if isinstance(b, MemoryBath)):
        if len(bath.operator) != n:
            raise InputError(
                f"Argument `operator` of the bath must have shape ({n}, {n}), but has shape "
                f"{bath.operator.shape}."
            )
        operator = sp.kron(sp.csr_array(bath.operator), sp.eye_array(system.basis.n_vibrational))
        couplings.append((bath.environment(exponents), _qobj(operator, True)))
    count = sum(len(environment.exponents) for environment, _ in couplings)
    matrices = comb(count + depth, depth)
    filled = system.hamiltonian.data_as("csr_matrix").nnz / size
    _check_room(
        16.0 * matrices * size**2 * (14 + 2 * filled + 3 * count),
        room,
        f"A hierarchy of {matrices:,} density matrices of {size:,} functions",
        "Use fewer modes, a smaller basis, or put modes in a Markovian bath",
    )
    liouvillian = qutip.liouvillian(system.hamiltonian, system.jumps)
    solver = HEOMSolver(liouvillian, couplings, depth, options=dict(SOLVER))
    rho = qutip.Qobj(np.diag(system.probabilities / system.probabilities.sum()).astype(complex))
    return np.array(solver.run(rho, times, e_ops=system.observables()).expect).T


def _check_room(need: float, room: float, what: str, advice: str) -> None:
    if need > room:
        raise InputError(
            f"{what} needs about {need / 1e9:.2g} GB, more than the {room / 1e9:.2g} GB "
            f"allowed. {advice}."
        )


def _pairs(n: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(n) for j in range(i, n)]


def _populations(readings: np.ndarray, n: int) -> np.ndarray:
    return readings[:, [k for k, (i, j) in enumerate(_pairs(n)) if i == j]].real


def _outcome(
    system: _System,
    times: np.ndarray,
    readings: np.ndarray,
    errors: np.ndarray,
    method: str,
    reached: str,
) -> OpenPropagation:
    n = system.basis.n_states
    density = np.zeros((times.size, n, n), complex)
    for k, (i, j) in enumerate(_pairs(n)):
        density[:, i, j] = readings[:, k]
        density[:, j, i] = readings[:, k].conj()
    start = f", start at {system.temperature:g} K" if system.temperature else ""
    return OpenPropagation(
        times,
        _populations(readings, n),
        errors,
        density,
        readings[:, len(_pairs(n)) :].real,
        method + start,
        reached,
        system.model.state_labels,
    )


def _qobj(matrix: Any, hermitian: bool = False) -> Any:
    import qutip

    return qutip.Qobj(sp.csr_matrix(matrix, dtype=complex), isherm=hermitian or None)
