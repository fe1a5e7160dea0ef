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
            known = 0 if last is None else int(0.8 * last.energies.size)
            recursion, step_change = _recursion(model, packet, tolerance, fwhm, max(STEPS_AT_A_TIME, known))
            raw = _raw(recursion)
            change = np.inf if last is None else _difference(raw, last, fwhm)
        if too_large or change < tolerance:
            report(f"lines of state {model.state_labels[start]}, {basis.size} functions", 1.0)
            sticks = _sticks(model, packet, recursion)
            return replace(sticks, certificate=_certificate(tolerance, change, step_change, size, len(recursion.alpha)))
        last, growth = raw, growth * GROWTH


def _recursion(model: VibronicHamiltonian, packet: Wavepacket, tolerance: float, fwhm: float,
               first_steps: int = STEPS_AT_A_TIME) -> tuple[LanczosRecursion, float]:
    """The recursion, taken far enough that further steps change the broadened spectrum by less than a fifth of `tolerance`."""
    if np.iscomplexobj(packet.amplitudes):
        raise InputError("`lanczos_spectrum` needs real amplitudes; use the autocorrelation for a complex wavepacket.")
    operator = hamiltonian_operator(model, packet.basis)
    recursion = LanczosRecursion(operator.matvec, packet.amplitudes.ravel()).extend(first_steps)
    before, change = _raw(recursion), np.inf
    while not recursion.exhausted and len(recursion.alpha) < MOST_STEPS:
        recursion.extend(max(STEPS_AT_A_TIME, len(recursion.alpha) // 5))
        after = _raw(recursion)
        change = _difference(after, before, fwhm)
        if change < 0.2 * tolerance:
            return recursion, change
        before = after
    return recursion, 0.0 if recursion.exhausted else float(change)


def _raw(recursion: LanczosRecursion) -> StickSpectrum:
    """All Ritz lines, copies unmerged."""
    values, vectors = recursion.ritz()
    return StickSpectrum(values, recursion.strength * vectors[0] ** 2)


def _difference(new: StickSpectrum, old: StickSpectrum, fwhm: float) -> float:
    """Largest change of the broadened curve relative to its peak."""
    seen = new.energies[new.intensities > 1e-7 * new.strength]
    grid = np.arange(seen.min() - 2 * fwhm, seen.max() + 2 * fwhm, fwhm / FWHM_OF_SIGMA / 1.5)
    curve = new.broadened(grid, fwhm=fwhm).values
    return float(np.abs(curve - old.broadened(grid, fwhm=fwhm).values).max() / curve.max())


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
