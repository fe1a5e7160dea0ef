"""Solve the time-dependent Schrödinger equation with QuTiP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError, check_index, check_positive, frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..operators import suggested_basis
from ..propagation import Propagation
from ..units import HBAR
from ..wavepacket import Wavepacket
from .methods import Chebyshev, QutipIntegrator

Progress = Callable[[str, float], None]
FIRST_GROWTH, GROWTH = 0.8, 1.2


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
        return _single(model, start, times, method, progress or _silent, "a wavepacket", {})
    check_index("start", start, model.n_states, model.state_labels)
    check_positive("tolerance", tolerance)
    return _converged(model, start, times, method, tolerance, max_size, progress or _silent)


def _converged(model: VibronicHamiltonian, state: int, times: np.ndarray, method: Any, tolerance: float,
               max_size: int, progress: Progress) -> Propagation:
    label = f"state {model.state_labels[state]}"
    growth, last, change, previous_size = FIRST_GROWTH, None, np.inf, 0
    while True:
        basis = suggested_basis(model, state, growth)
        if last is not None and basis.size > max_size:
            return _certified(last, tolerance, change, basis_text(previous_basis))
        if basis.size < 1.15 * previous_size:
            growth *= 1.05
            continue
        run = _single(model, Wavepacket.vertical(basis, state), times, method, progress, label, {})
        if last is not None:
            change = max(np.abs(run.populations - last.populations).max(), np.abs(run.autocorrelation - last.autocorrelation).max())
            if change < tolerance:
                return _certified(run, tolerance, change, basis_text(basis))
        last, previous_size, previous_basis, growth = run, basis.size, basis, growth * GROWTH


def _certified(run: Propagation, asked: float, reached: float, basis: str) -> Propagation:
    from dataclasses import replace

    converged = bool(reached < asked)
    text = (f"converged to {reached:.0e} (asked {asked:.0e})" if converged else
            f"NOT CONVERGED: the last enlargement of the basis still changed it by {reached:.0e} (asked {asked:.0e}); "
            "raise `max_size` or loosen `tolerance`")
    return replace(run, certificate={"asked": asked, "reached": float(reached), "converged": converged, "basis": basis,
                                     "text": text})


def basis_text(basis: VibronicBasis) -> str:
    """A short description of a basis for certificates."""
    return f"{basis.size} functions, per mode {'x'.join(str(n) for n in basis.levels)}"


def _silent(stage: str, fraction: float) -> None:
    """Report nothing."""


def _edge(basis: VibronicBasis) -> np.ndarray:
    """Which vibrational functions are the outermost kept."""
    if basis.is_product:
        return np.any(basis.quanta == np.array(basis.levels) - 1, axis=1)
    weights = np.array(basis.weights or (1.0,) * len(basis.levels))
    return basis.quanta @ weights > basis.max_quanta - weights.min(initial=0.0)  # type: ignore[operator]


def _single(model: VibronicHamiltonian, packet: Wavepacket, times: np.ndarray, method: Any, progress: Progress,
            initial: str, certificate: dict) -> Propagation:
    import qutip

    from ..operators.qutip_data import qutip_hamiltonian, qutip_state

    basis, real = packet.basis, not np.iscomplexobj(packet.amplitudes)
    hamiltonian = qutip_hamiltonian(model, basis)
    start, edge = packet.amplitudes.ravel(), _edge(basis)
    populations, correlation, outermost, energies = [], [], [0.0], []

    def measure(t: float, state: Any) -> float:
        psi = state.data.to_array()[:, 0]
        density = np.abs(psi.reshape(basis.n_states, -1)) ** 2
        populations.append(density.sum(axis=1))
        correlation.append(psi @ psi if real else np.vdot(start, psi))
        outermost.append(float(density[:, edge].sum()))
        if len(energies) == 0 or t == times[-1]:
            energies.append(float(np.real(qutip.core.data.expect(hamiltonian.data, state.data))) * HBAR)
        progress(f"wavepacket from {initial}, {basis.size} functions", t / times[-1])
        return 0.0

    options = {**method.options(), "progress_bar": "", "store_states": False, "store_final_state": False}
    solver = qutip.SESolver(hamiltonian, options=options)
    solver.run(qutip_state(packet), list(times), e_ops=[measure])
    return Propagation(
        times, np.array(populations), np.array(correlation), 2 * times if real else times, np.array(energies),
        zero_point_energy=model.zero_point_energy, state_labels=model.state_labels, initial=initial,
        outermost=max(outermost), certificate=certificate,
        provenance={"model": model.title, "method": repr(method), "basis": basis_text(basis), "qutip": qutip.__version__})
