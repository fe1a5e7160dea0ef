"""All states, all couplings: the spectrum from one Lanczos recursion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from ..checks import InputError, check_index, check_positive
from ..hamiltonian import VibronicHamiltonian
from ..numerics import LanczosRecursion, ritz_vectors
from ..operators import (
    PrunedSector,
    certified_error,
    cost,
    default_memory,
    expected_error,
    first_sector,
    hamiltonian_operator,
    packet_functions,
)
from ..operators.operator import check_fit
from ..spectrum import FWHM_OF_SIGMA, StickSpectrum
from ..units import HBAR
from ..wavepacket import Wavepacket

Progress = Callable[[str, float], None]
STEPS_AT_A_TIME, MOST_STEPS = 60, 6000
MERGE = 1e-6  # eV; Ritz values closer than this are one line
WEAK = 3e-5  # of the strength; weaker lines take the character of the nearest stronger one
KEPT_MEMORY = 2e9  # bytes of Lanczos vectors kept for the characters of the lines
WEIGHTS_MEMORY = 2.5e9  # bytes of Ritz vectors held at a time


def lanczos_spectrum(model: VibronicHamiltonian, start: Wavepacket | int, *, tolerance: float = 1e-3,
                     fwhm: float = 0.02, max_size: int = 1_000_000, memory: float | None = None,
                     progress: Progress | None = None) -> StickSpectrum:
    """The vibronic lines that a vertical transition reaches: sum_n |<psi_n|start>|^2 delta(E - E_n + zero-point energy).

    `start` is a Wavepacket (real amplitudes) on a basis of your choice, or a state index: then the basis is grown until
    the spectrum broadened to `fwhm` (eV) is certain to `tolerance` of its peak, within `max_size` functions and `memory` bytes
    (half the machine's unless given).
    The number of steps is converged in either case. `state_weights` are the diabatic populations of every line
    (a line weaker than 3e-5 of the strength takes those of the nearest stronger one).
    The strength is <start|start>: 1 for a state index. Where lines lie closer than the resolution asked, they are Ritz states of that
    resolution, not eigenstates, and so is their character.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984), doi:10.1002/9780470142813.ch2
    """
    check_positive("tolerance", tolerance)
    check_positive("fwhm", fwhm, "eV")
    room = default_memory() if memory is None else memory
    check_positive("memory", room, "bytes")
    report = progress or (lambda stage, fraction: None)
    if isinstance(start, Wavepacket):
        check_fit(model, start.basis)
        run = _Run(model, start, packet_functions(model, start), fwhm, room)
        change = run.extend(tolerance, STEPS_AT_A_TIME)
        return replace(run.sticks(), certificate=_certificate(tolerance, None, change, run))
    check_index("start", start, model.n_states, model.state_labels)
    return _converged(model, start, tolerance, fwhm, max_size, room, report)


def _converged(model: VibronicHamiltonian, state: int, tolerance: float, fwhm: float, max_size: int, memory: float,
               report: Progress) -> StickSpectrum:
    """The spectrum on ever larger bases, each with more room where the packet leaks out of the one before."""
    stage, last, before, change = f"Lines of state {model.state_labels[state]}", None, np.inf, np.inf
    sector: PrunedSector | None = first_sector(model, state)
    while sector is not None:
        report(f"{stage}: {sector.size:,} functions", min(0.9, tolerance / change))
        run = _Run(model, Wavepacket.vertical(sector.basis, state), sector.functions, fwhm, memory)
        steps = run.extend(tolerance, STEPS_AT_A_TIME if last is None else int(0.8 * last.energies.size))
        raw, density = run.raw(), run.density(tolerance)
        rates = sector.leak_rates(density) if density is not None else None
        expected = expected_error(rates, run.horizon(tolerance)) if rates is not None else before
        if last is not None:
            change = certified_error(_difference(raw, last, fwhm), expected, before if rates is not None else 0.0)
        elif expected < 1e-13:
            change = 0.0  # nothing leaks: the basis is complete
        if change < tolerance:
            break
        sector = sector.enlarged(density, expected / tolerance, max_size)
        if sector is not None and cost(model, sector.basis, sector.functions, time=run.horizon(tolerance)).bytes > memory:
            sector = None
        last, before = raw, expected
    report(f"{stage}: {run.functions.size:,} functions", 0.95)
    return replace(run.sticks(), certificate=_certificate(tolerance, change, steps, run))


class _Run:
    """One Lanczos recursion on part of a basis."""

    def __init__(self, model: VibronicHamiltonian, packet: Wavepacket, functions: np.ndarray, fwhm: float, memory: float) -> None:
        if np.iscomplexobj(packet.amplitudes):
            raise InputError("`lanczos_spectrum` needs real amplitudes; use the autocorrelation for a complex wavepacket.")
        self.model, self.packet, self.functions, self.fwhm = model, packet, functions, fwhm
        whole = functions.size == packet.basis.size
        cost(model, packet.basis, functions, time=self.horizon(1e-3)).check(memory)
        self.operator = hamiltonian_operator(model, packet.basis, None if whole else functions)
        self.start = packet.amplitudes.ravel()[functions]
        self.most_kept = int(min(KEPT_MEMORY, 0.5 * memory) / (4 * functions.size))
        self.recursion = LanczosRecursion(self.operator, self.start, keep=np.float32, keep_most=self.most_kept)

    @property
    def steps(self) -> int:
        return self.recursion.steps

    @property
    def all_kept(self) -> bool:
        """True while every Lanczos vector is in memory."""
        return self.steps <= self.most_kept

    def horizon(self, tolerance: float) -> float:
        """Time (fs) of the wavepacket that decides the curve: half of that after which its damping passes `tolerance`."""
        return float(0.5 * HBAR * FWHM_OF_SIGMA / self.fwhm * np.sqrt(2 * np.log(1 / min(tolerance, 0.1))))

    def density(self, tolerance: float) -> np.ndarray | None:
        """Mean probability of every function until `horizon`; None when the vectors did not fit memory."""
        if not self.all_kept:
            return None
        times = np.linspace(0, self.horizon(tolerance), 13)[1:] / HBAR
        return sum(psi.real**2 + psi.imag**2 for psi in self.recursion.states(times)) / times.size

    def extend(self, tolerance: float, first: int) -> float:
        """Go on until further steps change the broadened spectrum by less than a fifth of `tolerance`; return that change."""
        with threadpool_limits(limits=1):  # the vectors are too short for threads to pay
            return self._extended(tolerance, first)

    def _extended(self, tolerance: float, first: int) -> float:
        self.recursion.extend(max(STEPS_AT_A_TIME, first))
        before, change = self.raw(), np.inf
        while not self.recursion.exhausted and self.steps < MOST_STEPS:
            self.recursion.extend(max(STEPS_AT_A_TIME, self.steps // 5))
            after = self.raw()
            change = _difference(after, before, self.fwhm)
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
            squares = (self.recursion.combined(part) if self.all_kept else ritz_vectors(self.operator, self.start, self.recursion, part).T) ** 2
            by_state = np.column_stack([squares[:, states == i].sum(axis=1, dtype=float) for i in range(model.n_states)])
            weights.append(by_state / by_state.sum(axis=1)[:, None])
        nearest = np.abs(energies[:, None] - energies[strong]).argmin(axis=1)
        return StickSpectrum(energies - model.zero_point_energy, intensities, np.concatenate(weights)[nearest], model.state_labels,
                             "vibronic", provenance={"model": model.title, "basis": str(basis), "functions": self.functions.size})


def _difference(new: StickSpectrum, old: StickSpectrum, fwhm: float) -> float:
    """Largest change of the broadened curve relative to its peak."""
    seen = new.energies[new.intensities > 1e-7 * new.strength]
    grid = np.arange(seen.min() - 2 * fwhm, seen.max() + 2 * fwhm, fwhm / FWHM_OF_SIGMA / 1.5)
    curve = new.broadened(grid, fwhm=fwhm).values
    return float(np.abs(curve - old.broadened(grid, fwhm=fwhm).values).max() / curve.max())


def _certificate(asked: float, basis: float | None, steps: float, run: _Run) -> dict:
    size, reached = run.functions.size, max(steps, basis if basis is not None else 0.0)
    converged = bool(reached < asked)
    if basis is None:
        text = f"Lanczos steps converged to {steps:.0e} on the basis given" if converged else "Lanczos steps NOT CONVERGED"
    elif converged:
        text = f"converged to {reached:.0e}"
    else:
        failure = (f"with {size:,} functions an error of {reached:.0e} is left" if np.isfinite(reached) else
                   "no second basis fits the limits, so its convergence is unknown")
        text = f"NOT CONVERGED: {failure} (asked {asked:.0e}); raise `max_size` or `memory`, or loosen `tolerance`"
    return {"asked": asked, "reached": float(reached), "converged": converged, "functions": size, "steps": run.steps, "text": text}
