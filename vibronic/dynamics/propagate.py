"""Solve the time-dependent Schrödinger equation with QuTiP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..basis import VibronicBasis
from ..checks import InputError, check_index, check_positive, frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..operators import suggested_bases
from ..propagation import Propagation
from ..units import HBAR
from ..wavepacket import Wavepacket
from .methods import Chebyshev, QutipIntegrator

Progress = Callable[[str, float], None]


def propagate(model: VibronicHamiltonian, start: Wavepacket | int, times: Any, *,
              method: Chebyshev | QutipIntegrator = Chebyshev(), tolerance: float = 1e-3, max_size: int = 400_000,
              progress: Progress | None = None) -> Propagation:
    """Diabatic populations and autocorrelation of a wavepacket at `times` (fs, increasing from 0).

    i hbar d psi/dt = H psi, by `qutip.sesolve`. `start` is a Wavepacket on a basis of your choice, or the index of the
    state onto which the vibrational ground state is lifted; then the basis is grown until populations and
    autocorrelation change by less than `tolerance`, up to `max_size` functions, and the certificate says what was reached.

    Raises InputError for times that do not increase from 0, or a packet that does not fit the model.
    """
    times = frozen_array(times, "times")
    if times.ndim != 1 or times.size < 2 or times[0] != 0 or np.any(np.diff(times) <= 0):
        raise InputError(f"Argument `times` must increase from 0 (fs), but is {times[:4].tolist()}... of shape {times.shape}.")
    if isinstance(start, Wavepacket):
        return _single(model, start, times, method, progress or _silent, "a wavepacket", np.arange(start.basis.size))
    check_index("start", start, model.n_states, model.state_labels)
    check_positive("tolerance", tolerance)
    return _converged(model, start, times, method, tolerance, max_size, progress or _silent)


def _converged(model: VibronicHamiltonian, state: int, times: np.ndarray, method: Any, tolerance: float,
               max_size: int, progress: Progress) -> Propagation:
    label, last, change, run = f"state {model.state_labels[state]}", None, np.inf, None
    for basis, functions in suggested_bases(model, state, max_size):
        run = _single(model, Wavepacket.vertical(basis, state), times, method, progress, label, functions)
        if last is not None:
            change = max(np.abs(run.populations - last.populations).max(), np.abs(run.autocorrelation - last.autocorrelation).max())
            if change < tolerance:
                break
        last = run
    assert run is not None  # the first basis is always tried
    return _certified(run, tolerance, change)


def _certified(run: Propagation, asked: float, reached: float) -> Propagation:
    converged = bool(reached < asked)
    failure = (f"the last enlargement of the basis still changed it by {reached:.0e}" if np.isfinite(reached) else
               "no second basis fits `max_size`, so its convergence is unknown")
    text = (f"converged to {reached:.0e} (asked {asked:.0e})" if converged else
            f"NOT CONVERGED: {failure} (asked {asked:.0e}); raise `max_size` or loosen `tolerance`")
    return replace(run, certificate={"asked": asked, "reached": float(reached), "converged": converged, "text": text})


def _silent(stage: str, fraction: float) -> None:
    """Report nothing."""


def _edge(basis: VibronicBasis) -> np.ndarray:
    """Which vibrational functions are the outermost kept."""
    if basis.is_product:
        return np.any(basis.quanta == np.array(basis.levels) - 1, axis=1)
    weights = np.array(basis.weights or (1.0,) * len(basis.levels))
    return basis.quanta @ weights > basis.max_quanta - weights.min(initial=0.0)  # type: ignore[operator]


def _single(model: VibronicHamiltonian, packet: Wavepacket, times: np.ndarray, method: Any, progress: Progress,
            initial: str, functions: np.ndarray) -> Propagation:
    import qutip

    from ..operators.qutip_data import qutip_hamiltonian, qutip_state

    basis, real, whole = packet.basis, not np.iscomplexobj(packet.amplitudes), functions.size == packet.basis.size
    part: dict[str, Any] = {} if whole else {"functions": functions}
    hamiltonian = qutip_hamiltonian(model, basis, **part)
    states, edge = functions // basis.n_vibrational, _edge(basis)[functions % basis.n_vibrational]
    start = packet.amplitudes.ravel()[functions]
    populations, correlation, outermost, energies = [], [], [0.0], []

    def measure(t: float, state: Any) -> float:
        psi = state.data.to_array()[:, 0]
        density = psi.real**2 + psi.imag**2
        populations.append(np.bincount(states, density, minlength=basis.n_states))
        correlation.append(psi @ psi if real else np.vdot(start, psi))
        outermost.append(float(density[edge].sum()))
        if t in (times[0], times[-1]):
            energies.append(float(np.real(qutip.core.data.expect(hamiltonian.data, state.data))) * HBAR)
        progress(f"Wavepacket from {initial}: {functions.size} functions", t / times[-1])
        return 0.0

    options = {**method.options(), "progress_bar": "", "store_states": False, "store_final_state": False}
    solver = qutip.SESolver(hamiltonian, options=options)
    with threadpool_limits(limits=1):  # the vectors are too short for threads to pay
        solver.run(qutip_state(packet, **part), list(times), e_ops=[measure])
    shape = "x".join(str(n) for n in basis.levels)
    return Propagation(
        times, np.array(populations), np.array(correlation), 2 * times if real else times, np.array(energies),
        zero_point_energy=model.zero_point_energy, state_labels=model.state_labels, initial=initial, outermost=max(outermost),
        provenance={"model": model.title, "method": repr(method), "basis": f"{functions.size} functions, per mode {shape}",
                    "qutip": qutip.__version__})
