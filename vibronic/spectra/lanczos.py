"""All states, all couplings: the spectrum from one Lanczos recursion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from ..checks import InputError, check_index, check_positive
from ..hamiltonian import VibronicHamiltonian
from ..numerics import LanczosRecursion, ritz_vectors
from ..operators import hamiltonian_operator, suggested_bases
from ..spectrum import FWHM_OF_SIGMA, StickSpectrum
from ..wavepacket import Wavepacket

Progress = Callable[[str, float], None]
STEPS_AT_A_TIME, MOST_STEPS = 60, 6000
MERGE = 1e-6  # eV; Ritz values closer than this are one line
WEAK = 3e-5  # of the strength; weaker lines take the character of the nearest stronger one
WEIGHTS_MEMORY = 2.5e9  # bytes of Ritz vectors held at a time


def lanczos_spectrum(model: VibronicHamiltonian, start: Wavepacket | int, *, tolerance: float = 1e-3,
                     fwhm: float = 0.02, max_size: int = 1_000_000, progress: Progress | None = None) -> StickSpectrum:
    """The vibronic lines that a vertical transition reaches: sum_n |<psi_n|start>|^2 delta(E - E_n + zero-point energy).

    `start` is a Wavepacket (real amplitudes) on a basis of your choice, or a state index: then the basis is grown until
    the spectrum broadened to `fwhm` (eV) changes by less than `tolerance` of its peak, up to `max_size` functions.
    The number of steps is converged in either case. `state_weights` are the diabatic populations of every line
    (a line weaker than 3e-5 of the strength takes those of the nearest stronger one).
    The strength is <start|start>: 1 for a state index. Where lines lie closer than the resolution asked, they are Ritz states of that
    resolution, not eigenstates, and so is their character.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984), doi:10.1002/9780470142813.ch2
    """
    check_positive("tolerance", tolerance)
    check_positive("fwhm", fwhm, "eV")
    report = progress or (lambda stage, fraction: None)
    if isinstance(start, Wavepacket):
        run = _Run(model, start, np.arange(start.basis.size))
        change = run.extend(tolerance, fwhm, STEPS_AT_A_TIME)
        return replace(run.sticks(), certificate=_certificate(tolerance, None, change, start.basis.size, run.steps))
    check_index("start", start, model.n_states, model.state_labels)
    last, change, stage = None, np.inf, f"Lines of state {model.state_labels[start]}"
    for basis, functions in suggested_bases(model, start, max_size):
        report(f"{stage}: {functions.size} functions", min(0.9, tolerance / change))
        run = _Run(model, Wavepacket.vertical(basis, start), functions)
        step_change = run.extend(tolerance, fwhm, STEPS_AT_A_TIME if last is None else int(0.8 * last.energies.size))
        raw = run.raw()
        if last is not None:
            change = _difference(raw, last, fwhm)
            if change < tolerance:
                break
        last = raw
    sticks = run.sticks()
    report(f"{stage}: {run.functions.size} functions", 1.0)
    return replace(sticks, certificate=_certificate(tolerance, change, step_change, run.functions.size, run.steps))


class _Run:
    """One Lanczos recursion on part of a basis."""

    def __init__(self, model: VibronicHamiltonian, packet: Wavepacket, functions: np.ndarray) -> None:
        if np.iscomplexobj(packet.amplitudes):
            raise InputError("`lanczos_spectrum` needs real amplitudes; use the autocorrelation for a complex wavepacket.")
        self.model, self.packet, self.functions = model, packet, functions
        whole = functions.size == packet.basis.size
        self.operator = hamiltonian_operator(model, packet.basis, None if whole else functions)
        self.start = packet.amplitudes.ravel()[functions]
        self.recursion = LanczosRecursion(self.operator.matvec, self.start)

    @property
    def steps(self) -> int:
        return len(self.recursion.alpha)

    def extend(self, tolerance: float, fwhm: float, first: int) -> float:
        """Go on until further steps change the broadened spectrum by less than a fifth of `tolerance`; return that change."""
        with threadpool_limits(limits=1):  # the vectors are too short for threads to pay
            return self._extended(tolerance, fwhm, first)

    def _extended(self, tolerance: float, fwhm: float, first: int) -> float:
        self.recursion.extend(max(STEPS_AT_A_TIME, first))
        before, change = self.raw(), np.inf
        while not self.recursion.exhausted and self.steps < MOST_STEPS:
            self.recursion.extend(max(STEPS_AT_A_TIME, self.steps // 5))
            after = self.raw()
            change = _difference(after, before, fwhm)
            if change < 0.2 * tolerance:
                return change
            before = after
        return 0.0 if self.recursion.exhausted else float(change)

    def raw(self) -> StickSpectrum:
        """All Ritz lines, copies unmerged."""
        values, vectors = self.recursion.ritz()
        return StickSpectrum(values, self.recursion.strength * vectors[0] ** 2)

    def sticks(self) -> StickSpectrum:
        """The lines with their electronic character."""
        model, basis = self.model, self.packet.basis
        energies, intensities, columns = self.recursion.lines(merge=MERGE)
        states, weights = self.functions // basis.n_vibrational, []
        strong = np.flatnonzero(intensities > WEAK * self.recursion.strength)
        at_a_time = max(1, int(WEIGHTS_MEMORY / (8 * self.start.size)))
        for first in range(0, strong.size, at_a_time):
            part = columns[:, strong[first : first + at_a_time]]
            squares = ritz_vectors(self.operator.matvec, self.start, self.recursion, part) ** 2
            weights.append(np.column_stack([squares[states == i].sum(axis=0) for i in range(model.n_states)]))
        nearest = np.abs(energies[:, None] - energies[strong]).argmin(axis=1)
        return StickSpectrum(energies - model.zero_point_energy, intensities, np.concatenate(weights)[nearest], model.state_labels,
                             "vibronic", provenance={"model": model.title, "basis": str(basis), "functions": self.functions.size})


def _difference(new: StickSpectrum, old: StickSpectrum, fwhm: float) -> float:
    """Largest change of the broadened curve relative to its peak."""
    seen = new.energies[new.intensities > 1e-7 * new.strength]
    grid = np.arange(seen.min() - 2 * fwhm, seen.max() + 2 * fwhm, fwhm / FWHM_OF_SIGMA / 1.5)
    curve = new.broadened(grid, fwhm=fwhm).values
    return float(np.abs(curve - old.broadened(grid, fwhm=fwhm).values).max() / curve.max())


def _certificate(asked: float, basis: float | None, steps: float, size: int, n_steps: int) -> dict:
    reached = max(steps, basis if basis is not None else 0.0)
    converged = bool(reached < asked)
    if basis is None:
        text = f"Lanczos steps converged to {steps:.0e} on the basis given" if converged else "Lanczos steps NOT CONVERGED"
    elif converged:
        text = f"converged to {reached:.0e}"
    else:
        failure = (f"the last enlargement to {size} functions still changed it by {reached:.0e}" if np.isfinite(reached) else
                   "no second basis fits `max_size`, so its convergence is unknown")
        text = f"NOT CONVERGED: {failure} (asked {asked:.0e}); raise `max_size` or loosen `tolerance`"
    return {"asked": asked, "reached": float(reached), "converged": converged, "functions": size, "steps": n_steps, "text": text}
