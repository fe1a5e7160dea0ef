"""All states, all couplings: the spectrum from one Lanczos recursion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from ..bases import PrunedSector, packet_functions
from ..basis import VibronicBasis
from ..checks import InputError, check_positive
from ..convergence import certificate, cost, memory_limit
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import FWHM_OF_SIGMA
from ..numerics import LanczosRecursion, ritz_vectors
from ..operators import hamiltonian_operator
from ..operators.operator import check_fit
from ..spectrum import StickSpectrum
from ..units import HBAR
from ..wavepacket import Wavepacket
from .growth import Progress, grown

FURTHER_STEPS = 20
MOST_STEPS = 6000
MERGE = {
    8: 1e-6,
    4: 1e-5,
}  # eV; Ritz values closer than this are one line, in double and single precision
SINGLE = 3e-4  # tolerance from which on single precision is enough
WEAK = 3e-5  # of the strength; weaker lines take the character of the nearest stronger one
KEPT_MEMORY = 2e9  # bytes of Lanczos vectors kept for the characters of the lines
WEIGHTS_MEMORY = 2.5e9  # bytes of Ritz vectors held at a time


def lanczos_spectrum(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int,
    *,
    tolerance: float = 1e-3,
    fwhm: float = 0.02,
    character: bool = True,
    max_size: int = 1_000_000,
    memory: float | None = None,
    progress: Progress | None = None,
) -> StickSpectrum:
    """The vibronic lines that a transition reaches: sum_n |<psi_n|start>|^2 delta(E - E_n + E_0),
    E_0 the energy of the level it starts from.

    `start` is a Wavepacket (real amplitudes) on a basis of your choice, or a Doorway, or a state
    index for the vertical transition to that state: then the basis is grown until the spectrum
    broadened to `fwhm` (eV) is certain to `tolerance` of its peak, within `max_size` functions and
    `memory` bytes (half the machine's unless given); the certificate keeps what the last larger
    basis and the last Lanczos steps still changed. The number of steps is converged in either
    case. `state_weights` and `electronic_density` tell the electronic character of every line,
    left out without `character` (a line weaker than 3e-5 of the strength takes that of the nearest
    stronger one). The strength is <start|start>: 1 for a state index. Energies of a Wavepacket
    count from the vibrational ground state. Where lines lie closer than the resolution asked, they
    are Ritz states of that resolution, not eigenstates, and so is their character.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """
    check_positive("tolerance", tolerance)
    check_positive("fwhm", fwhm, "eV")
    check_positive("max_size", max_size)
    room = memory_limit(memory)
    report = progress or (lambda stage, fraction: None)
    if isinstance(start, Wavepacket):
        check_fit(model, start.basis)
        run = _Run(
            model,
            start,
            packet_functions(model, start),
            0.0,
            fwhm,
            tolerance,
            room,
            keep=character,
        )
        change = run.extend(tolerance)
        text = (
            f"Lanczos steps converged to {change:.0e} on the basis given"
            if change < tolerance
            else "Lanczos steps NOT CONVERGED"
        )
        found = {**certificate(tolerance, change, run.functions.size, ""), "steps_change": change}
        return replace(
            run.sticks(character),
            certificate={**found, "steps": run.recursion.steps, "text": text},
        )
    door = start if isinstance(start, Doorway) else Doorway.vertical(model, start)
    hot = float(door.quanta @ model.frequencies)
    stage = f"Lines of {door.name(model)}"
    changes = {"steps_change": 0.0, "basis_change": 0.0}

    def evaluate(sector: PrunedSector, last: _Run | None) -> tuple[_Run, np.ndarray | None]:
        run = _Run(model, sector.packet, sector.functions, hot, fwhm, tolerance, room)
        changes["steps_change"] = run.extend(tolerance)
        if last is not None:
            last.forget()
        return run, run.density(tolerance)

    def difference(run: _Run, old: _Run) -> float:
        changes["basis_change"] = curve_difference(run.raw(), old.raw(), fwhm)
        return changes["basis_change"]

    last = grown(
        model,
        door,
        evaluate,
        difference,
        time=_horizon(fwhm, tolerance),
        tolerance=tolerance,
        max_size=max_size,
        memory=room,
        report=report,
        stage=stage,
    )
    report(f"{stage}: {last.sector.size:,} functions", 0.95)
    found = certificate(
        tolerance, max(last.error, changes["steps_change"]), last.sector.size, last.limiting
    )
    return replace(
        last.result.sticks(character),
        certificate={**found, **changes, "steps": last.result.recursion.steps},
    )


def _horizon(fwhm: float, tolerance: float) -> float:
    """Time (fs) of the wavepacket that decides the curve: half of that after which its damping
    passes `tolerance`.
    """
    return float(0.5 * HBAR * FWHM_OF_SIGMA / fwhm * np.sqrt(2 * np.log(1 / min(tolerance, 0.1))))


class _Run:
    """One Lanczos recursion on part of a basis."""

    def __init__(
        self,
        model: VibronicHamiltonian,
        packet: Wavepacket,
        functions: np.ndarray,
        hot: float,
        fwhm: float,
        tolerance: float,
        memory: float,
        keep: bool = True,
    ) -> None:
        if np.iscomplexobj(packet.amplitudes):
            raise InputError(
                "`lanczos_spectrum` needs real amplitudes; use the autocorrelation for a "
                "complex wavepacket."
            )
        self.model, self.packet, self.functions, self.fwhm, self.origin = (
            model,
            packet,
            functions,
            fwhm,
            model.zero_point_energy + hot,
        )
        whole = functions.size == packet.basis.size
        cost(model, packet.basis, functions, time=_horizon(fwhm, 1e-3)).check(memory)
        self.operator = hamiltonian_operator(model, packet.basis, None if whole else functions)
        self.start = packet.amplitudes.ravel()[functions].astype(
            np.float32 if tolerance >= SINGLE else np.float64
        )
        self.most_kept = int(min(KEPT_MEMORY, 0.5 * memory) / (4 * functions.size)) if keep else 0
        self.recursion = LanczosRecursion(
            self.operator, self.start, keep=np.float32, keep_most=self.most_kept
        )

    def forget(self) -> None:
        """Let go of the vectors: only the lines are needed from now on."""
        self.recursion.forget()

    @property
    def all_kept(self) -> bool:
        """True while every Lanczos vector is in memory."""
        return self.recursion.steps <= self.most_kept

    def density(self, tolerance: float) -> np.ndarray | None:
        """Mean probability of every function until `horizon`; None when the vectors did not fit
        memory.
        """
        if not self.all_kept:
            return None
        times = np.linspace(0, _horizon(self.fwhm, tolerance), 13)[1:] / HBAR
        return sum(psi.real**2 + psi.imag**2 for psi in self.recursion.states(times)) / times.size

    def extend(self, tolerance: float) -> float:
        """Go on until further steps change the broadened spectrum by less than a fifth of
        `tolerance`; return that change.
        """
        return enough_steps(self.recursion, self.fwhm, tolerance)

    def raw(self) -> StickSpectrum:
        """All Ritz lines, copies unmerged."""
        return raw_lines(self.recursion)

    def sticks(self, character: bool) -> StickSpectrum:
        """The lines, with their electronic character if asked."""
        model = self.model
        basis = self.packet.basis
        energies, intensities, columns = self.recursion.lines(merge=MERGE[self.start.itemsize])
        about = {"model": model.title, "basis": str(basis), "functions": self.functions.size}
        density = None
        if character:
            strong = np.flatnonzero(intensities > WEAK * self.recursion.strength)
            parts = []
            at_a_time = max(1, int(WEIGHTS_MEMORY / (8 * self.start.size)))
            for first in range(0, strong.size, at_a_time):
                part = columns[:, strong[first : first + at_a_time]]
                parts.append(
                    electronic_densities(
                        self.functions,
                        basis,
                        self.recursion.combined(part)
                        if self.all_kept
                        else ritz_vectors(self.operator, self.start, self.recursion, part).T,
                    )
                )
            density = np.concatenate(parts)[
                np.abs(energies[:, None] - energies[strong]).argmin(axis=1)
            ]
        return StickSpectrum(
            energies - self.origin,
            intensities,
            None,
            model.state_labels,
            "vibronic",
            provenance=about,
            electronic_density=density,
        )


def raw_lines(recursion: LanczosRecursion) -> StickSpectrum:
    """All Ritz lines of a recursion, copies unmerged."""
    values, vectors = recursion.ritz()
    return StickSpectrum(values, recursion.strength * vectors[0] ** 2)


def enough_steps(recursion: LanczosRecursion, fwhm: float, tolerance: float) -> float:
    """Take steps until further ones change the spectrum broadened to `fwhm` (eV) by less than a
    fifth of `tolerance`; return that change.
    """
    with threadpool_limits(limits=1):  # the vectors are too short for threads to pay
        recursion.reach(
            0.84 * _horizon(fwhm, tolerance) / HBAR, np.sqrt(0.1 * tolerance), MOST_STEPS
        )
        while not recursion.exhausted:
            before = raw_lines(recursion)
            recursion.extend(max(FURTHER_STEPS, recursion.steps // 12))
            change = curve_difference(raw_lines(recursion), before, fwhm)
            if change < 0.2 * tolerance or recursion.steps >= MOST_STEPS:
                return change
    return 0.0


def electronic_densities(
    functions: np.ndarray, basis: VibronicBasis, vectors: np.ndarray
) -> np.ndarray:
    """Reduced electronic density matrices (n_vectors, n_states, n_states) of real `vectors`
    (n_vectors, n_functions), trace 1.
    """
    states, levels = np.divmod(functions, basis.n_vibrational)
    found = np.empty((len(vectors), basis.n_states, basis.n_states))
    for i in range(basis.n_states):
        for j in range(i, basis.n_states):
            own = np.flatnonzero(states == i)
            other = np.flatnonzero(states == j)
            _, left, right = np.intersect1d(
                levels[own], levels[other], assume_unique=True, return_indices=True
            )
            bra = vectors[:, own[left]]
            ket = vectors[:, other[right]]
            found[:, i, j] = found[:, j, i] = np.einsum("kv,kv->k", bra, ket, dtype=float)
    return found / np.einsum("kii->k", found)[:, None, None]


def curve_difference(new: StickSpectrum, old: StickSpectrum, fwhm: float) -> float:
    """Largest change of the broadened curve relative to its peak."""
    seen = new.energies[new.intensities > 1e-7 * new.strength]
    grid = np.arange(seen.min() - 2 * fwhm, seen.max() + 2 * fwhm, fwhm / FWHM_OF_SIGMA / 1.5)
    curve = new.broadened(grid, fwhm=fwhm).values
    return float(np.abs(curve - old.broadened(grid, fwhm=fwhm).values).max() / curve.max())
