"""All states, all couplings: the spectrum from one Lanczos recursion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..checks import InputError, check_index, check_positive
from ..hamiltonian import VibronicHamiltonian
from ..numerics import LanczosRecursion, ritz_vectors
from ..operators import hamiltonian_operator, suggested_basis
from ..spectrum import FWHM_OF_SIGMA, StickSpectrum
from ..wavepacket import Wavepacket

Progress = Callable[[str, float], None]
FIRST_GROWTH, GROWTH = 0.8, 1.2
STEPS_AT_A_TIME, MOST_STEPS = 60, 6000
MERGE = 1e-6  # eV; Ritz values closer than this are one line
WEIGHTS_MEMORY = 1.5e9  # bytes of Ritz vectors held at a time


def lanczos_spectrum(model: VibronicHamiltonian, start: Wavepacket | int, *, tolerance: float = 1e-3,
                     fwhm: float = 0.02, max_size: int = 1_000_000, progress: Progress | None = None) -> StickSpectrum:
    """The vibronic lines that a vertical transition reaches: sum_n |<psi_n|start>|^2 delta(E - E_n + zero-point energy).

    `start` is a Wavepacket (real amplitudes) on a basis of your choice, or a state index: then the basis is grown until
    the spectrum broadened to `fwhm` (eV) changes by less than `tolerance` of its peak, up to `max_size` functions.
    The number of steps is converged in either case. `state_weights` are the diabatic populations of every line.
    The strength is <start|start>: 1 for a state index.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984), doi:10.1002/9780470142813.ch2
    """
    check_positive("tolerance", tolerance)
    check_positive("fwhm", fwhm, "eV")
    report = progress or (lambda stage, fraction: None)
    if isinstance(start, Wavepacket):
        recursion, change = _recursion(model, start, tolerance, fwhm)
        text = _certificate(tolerance, None, change, start.basis.size, len(recursion.alpha))
        return replace(_sticks(model, start, recursion), certificate=text)
    check_index("start", start, model.n_states, model.state_labels)
    growth, last, size, change = FIRST_GROWTH, None, 0, np.inf
    while True:
        basis = suggested_basis(model, start, growth)
        too_large = last is not None and basis.size > max_size
        if not too_large and basis.size < 1.15 * size:
            growth *= 1.05
            continue
        if not too_large:
            report(f"lines of state {model.state_labels[start]}, {basis.size} functions", min(0.9, tolerance / change))
            packet, size = Wavepacket.vertical(basis, start), basis.size
            recursion, step_change = _recursion(model, packet, tolerance, fwhm)
            change = np.inf if last is None else _difference(model, recursion, last, fwhm)
        if too_large or change < tolerance:
            report(f"lines of state {model.state_labels[start]}, {basis.size} functions", 1.0)
            sticks = _sticks(model, packet, recursion)
            return replace(sticks, certificate=_certificate(tolerance, change, step_change, size, len(recursion.alpha)))
        last, growth = recursion, growth * GROWTH


def _recursion(model: VibronicHamiltonian, packet: Wavepacket, tolerance: float, fwhm: float) -> tuple[LanczosRecursion, float]:
    """The recursion, taken far enough that further steps change the broadened spectrum by less than a fifth of `tolerance`."""
    if np.iscomplexobj(packet.amplitudes):
        raise InputError("`lanczos_spectrum` needs real amplitudes; use the autocorrelation for a complex wavepacket.")
    operator = hamiltonian_operator(model, packet.basis)
    recursion = LanczosRecursion(operator.matvec, packet.amplitudes.ravel()).extend(STEPS_AT_A_TIME)
    change = np.inf
    while not recursion.exhausted and len(recursion.alpha) < MOST_STEPS:
        before = _grid_and_curve(recursion, fwhm)
        recursion.extend(STEPS_AT_A_TIME)
        after = _curve(recursion, before[0], fwhm)
        change = np.abs(after - before[1]).max() / after.max()
        if change < 0.2 * tolerance:
            return recursion, float(change)
    return recursion, 0.0 if recursion.exhausted else float(change)


def _curve(recursion: LanczosRecursion, grid: np.ndarray, fwhm: float) -> np.ndarray:
    values, vectors = recursion.ritz()
    return StickSpectrum(values, recursion.strength * vectors[0] ** 2).broadened(grid, fwhm=fwhm).values


def _grid_and_curve(recursion: LanczosRecursion, fwhm: float) -> tuple[np.ndarray, np.ndarray]:
    values, vectors = recursion.ritz()
    seen = values[vectors[0] ** 2 > 1e-7]
    grid = np.arange(seen.min() - 2 * fwhm, seen.max() + 2 * fwhm, fwhm / FWHM_OF_SIGMA / 1.5)
    return grid, _curve(recursion, grid, fwhm)


def _difference(model: VibronicHamiltonian, new: LanczosRecursion, old: LanczosRecursion, fwhm: float) -> float:
    grid, curve = _grid_and_curve(new, fwhm)
    return float(np.abs(curve - _curve(old, grid, fwhm)).max() / curve.max())


def _sticks(model: VibronicHamiltonian, packet: Wavepacket, recursion: LanczosRecursion) -> StickSpectrum:
    energies, intensities, columns = recursion.lines(merge=MERGE)
    operator, start = hamiltonian_operator(model, packet.basis), packet.amplitudes.ravel()
    weights = []
    at_a_time = max(1, int(WEIGHTS_MEMORY / (8 * start.size)))
    for first in range(0, energies.size, at_a_time):
        vectors = ritz_vectors(operator.matvec, start, recursion, columns[:, first : first + at_a_time])
        weights.append((vectors.reshape(model.n_states, -1, vectors.shape[1]) ** 2).sum(axis=1).T)
    return StickSpectrum(energies - model.zero_point_energy, intensities, np.concatenate(weights), model.state_labels,
                         "vibronic", provenance={"model": model.title, "basis": str(packet.basis)})


def _certificate(asked: float, basis: float | None, steps: float, size: int, n_steps: int) -> dict:
    reached = max(steps, basis if basis is not None else 0.0)
    converged = bool(reached < asked)
    if basis is None:
        text = f"Lanczos steps converged to {steps:.0e} on the basis given" if converged else "Lanczos steps NOT CONVERGED"
    elif converged:
        text = f"converged to {reached:.0e}"
    else:
        text = (f"NOT CONVERGED: the last enlargement to {size} functions still changed it by {reached:.1e} (asked "
                f"{asked:.0e}); raise `max_size` or loosen `tolerance`")
    return {"asked": asked, "reached": float(reached), "converged": converged, "functions": size, "steps": n_steps, "text": text}
