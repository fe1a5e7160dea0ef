"""All states, all couplings: the spectrum from one Lanczos recursion."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from ..bases import PrunedSector, packet_functions
from ..basis import VibronicBasis
from ..certificate import Certificate, Limit
from ..checks import InputError, check_positive
from ..convergence import Growth, PrunedSectors, cost
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..line_shape import FWHM_OF_SIGMA
from ..numerics import LanczosRecursion, ritz_vectors
from ..operators import hamiltonian_operator
from ..operators.operator import check_fit
from ..progress import report
from ..resolved_density import FAINT, ResolvedDensity
from ..spectrum import StickSpectrum
from ..units import HBAR
from ..wavepacket import Wavepacket
from .electronic_densities import electronic_densities
from .energy_filter import filter_amplitudes, filter_grid

FURTHER_STEPS = 20
MOST_STEPS = 6000
# eV; Ritz values closer than this are one line, in double and single precision
MERGE = {8: 1e-6, 4: 1e-5}
SINGLE = 3e-4  # tolerance from which on single precision is enough
WEAK = 3e-5  # of the strength; weaker lines take the character of the nearest stronger one
KEPT_MEMORY = 2e9  # bytes of Lanczos vectors kept for the characters of the lines
WEIGHTS_MEMORY = 2.5e9  # bytes of Ritz vectors held at a time


@public
def lanczos_spectrum(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int | str,
    *,
    tolerance: float = 1e-3,
    fwhm: float = 0.02,
    character: bool = True,
    resolution: float | None = None,
    limits: Limits = Limits(),
) -> StickSpectrum:
    """The vibronic lines that a transition reaches: sum_n |<psi_n|start>|^2 delta(E - E_n + E_0),
    E_0 the energy of the level it starts from.

    `start` is a Wavepacket (real amplitudes) on a basis of your choice, or a Doorway, or a state
    index for the vertical transition to that state: then the basis is grown until the spectrum
    broadened to `fwhm` (eV) is certain to `tolerance` of its peak, within `limits`; the
    certificate keeps what the last larger basis and the last Lanczos steps still changed. The
    number of steps is converged in either case. `state_weights` and `electronic_density` tell the
    electronic character of every line, left out without `character` (a line weaker than 3e-5 of
    the strength takes that of the nearest stronger one). The strength is <start|start>: 1 for a
    state index. Energies of a Wavepacket count from the vibrational ground state. Where lines lie
    closer than `fwhm`, they are Ritz states, not eigenstates, and so is their character. A
    `resolution` (eV) G, not finer than `fwhm`, adds the electronic density at that resolution,
    `resolved`, which does not depend on the lines; their character is then that at their energies.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """
    check_positive("tolerance", tolerance)
    check_positive("fwhm", fwhm, "eV")
    seen = _Characters(character, resolution)

    asked = _Resolution(fwhm, tolerance, limits.bytes)
    if isinstance(start, Wavepacket):
        return _on_its_basis(model, start, asked, seen)

    door = Doorway.entering(model, start)
    stage = f"Lines of {door.name(model)}"
    spaces = PrunedSectors(model, door, asked.horizon, limits)
    growth: Growth[PrunedSector, _Lines] = Growth(spaces, tolerance)
    change = np.inf

    steps = 0.0
    for sector in growth:
        growth.report(stage)
        lines = _Lines(model, sector.packet, sector.functions, asked)
        steps = lines.extend()
        if growth.before is not None:
            growth.before.forget()
            change = curve_difference(lines.raw(), growth.before.raw(), fwhm)
        growth.told(lines, change, lines.density())

    report(f"{stage}: {growth.size:,} functions", 0.95)
    origin = model.zero_point_energy + float(door.quanta @ model.frequencies)
    certificate = replace(growth.certificate(at_least=steps), found=_last_changes(change, steps))
    return replace(growth.result.sticks(origin, seen), certificate=certificate)


def _on_its_basis(
    model: VibronicHamiltonian, packet: Wavepacket, asked: _Resolution, seen: _Characters
) -> StickSpectrum:
    """Lines of a packet on the basis that it has."""
    check_fit(model, packet.basis)

    functions = packet_functions(model, packet)
    lines = _Lines(model, packet, functions, asked, keep=seen.wanted)
    change = lines.extend()
    certificate = Certificate(
        asked.tolerance,
        change,
        lines.recursion.steps,
        Limit.STEP,
        found=f"last change of the curve: more steps {change:.0e}",
        remarks=("on the basis given",),
    )
    sticks = lines.sticks(model.zero_point_energy, seen)

    return replace(sticks, certificate=certificate)


def _last_changes(basis: float, steps: float) -> str:
    told = [f"a larger basis {basis:.0e}"] if np.isfinite(basis) else []
    return f"last changes of the curve: {', '.join([*told, f'more steps {steps:.0e}'])}"


@dataclass(frozen=True)
class _Characters:
    """What is asked of the electronic character: of `lines`, or of all energies at a `resolution`
    (eV).
    """

    lines: bool
    resolution: float | None

    @property
    def wanted(self) -> bool:
        """True where Krylov vectors are needed."""
        return self.lines or self.resolution is not None


@dataclass(frozen=True)
class _Resolution:
    """What the lines are for: a curve of width `fwhm` (eV), certain to `tolerance`; and how much
    `memory` (bytes) they may take.
    """

    fwhm: float
    tolerance: float
    memory: float

    @property
    def horizon(self) -> float:
        """Time (fs) of the wavepacket that decides the curve."""
        return _horizon(self.fwhm, self.tolerance)

    @property
    def precision(self) -> type[np.floating]:
        """Of the vectors."""
        return np.float32 if self.tolerance >= SINGLE else np.float64


def _horizon(fwhm: float, tolerance: float) -> float:
    """Time (fs) of the wavepacket that decides the curve: half of that after which its damping
    passes `tolerance`.
    """
    return float(0.5 * HBAR * FWHM_OF_SIGMA / fwhm * np.sqrt(2 * np.log(1 / min(tolerance, 0.1))))


class _Lines:
    """One Lanczos recursion on part of a basis."""

    def __init__(
        self,
        model: VibronicHamiltonian,
        packet: Wavepacket,
        functions: np.ndarray,
        resolution: _Resolution,
        keep: bool = True,
    ) -> None:
        if np.iscomplexobj(packet.amplitudes):
            raise InputError(
                "`lanczos_spectrum` needs real amplitudes; use the autocorrelation for a "
                "complex wavepacket."
            )

        basis = packet.basis
        time = _horizon(resolution.fwhm, 1e-3)
        cost(model, basis, functions, time=time).check(resolution.memory)

        self.model = model
        self.basis: VibronicBasis = basis
        self.functions = functions
        self.resolution = resolution
        whole = functions.size == basis.size
        self.operator = hamiltonian_operator(model, basis, None if whole else functions)
        self.start = packet.amplitudes.ravel()[functions].astype(resolution.precision)

        room = min(KEPT_MEMORY, 0.5 * resolution.memory)
        self.most_kept = int(room / (4 * functions.size)) if keep else 0
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

    def density(self) -> np.ndarray | None:
        """Mean probability of every function until the horizon; None when the vectors did not fit
        memory.
        """
        if not self.all_kept:
            return None
        times = np.linspace(0, self.resolution.horizon, 13)[1:] / HBAR
        probabilities = (psi.real**2 + psi.imag**2 for psi in self.recursion.states(times))
        mean: np.ndarray = sum(probabilities) / times.size
        return mean

    def extend(self) -> float:
        """Go on until further steps change the broadened spectrum by less than a fifth of the
        tolerance; return that change.
        """
        return enough_steps(self.recursion, self.resolution.fwhm, self.resolution.tolerance)

    def raw(self) -> StickSpectrum:
        """All Ritz lines, copies unmerged."""
        return raw_lines(self.recursion)

    def sticks(self, origin: float, seen: _Characters) -> StickSpectrum:
        """The lines, counted from `origin` (eV), with the electronic character that is asked."""
        energies, intensities, columns = self.recursion.lines(merge=MERGE[self.start.itemsize])
        density = None
        resolved = None

        if seen.resolution is not None:
            resolved = self._resolved(origin, seen.resolution)
            density = resolved.at(energies - origin)
        elif seen.lines:
            strong = np.flatnonzero(intensities > WEAK * self.recursion.strength)
            nearest = np.abs(energies[:, None] - energies[strong]).argmin(axis=1)
            density = self._densities(columns[:, strong])[nearest]

        return StickSpectrum(
            energies - origin,
            intensities,
            None,
            self.model.state_labels,
            "vibronic",
            provenance={
                "model": self.model.title,
                "basis": str(self.basis),
                "functions": self.functions.size,
            },
            electronic_density=density,
            resolved=resolved,
        )

    def _resolved(self, origin: float, fwhm: float) -> ResolvedDensity:
        """The electronic density of the energy-filtered packet."""
        values, vectors = self.recursion.ritz()
        energies = values - origin
        intensities = self.recursion.strength * vectors[0] ** 2

        grid = filter_grid(energies, intensities, fwhm)
        amplitudes = filter_amplitudes(grid, energies, fwhm)
        curve = amplitudes**2 @ intensities
        bright = np.flatnonzero(curve > FAINT * curve.max())

        columns = vectors @ (amplitudes[bright] * vectors[0]).T
        columns = columns / np.linalg.norm(columns, axis=0)
        density = np.zeros((grid.size, self.basis.n_states, self.basis.n_states))
        density[bright] = curve[bright, None, None] * self._densities(columns)

        return ResolvedDensity(grid, density, fwhm, self.model.state_labels)

    def _densities(self, columns: np.ndarray) -> np.ndarray:
        """Electronic density of every line (n, n_states, n_states), some lines at a time."""
        at_a_time = max(1, int(WEIGHTS_MEMORY / (8 * self.start.size)))
        parts = []
        for first in range(0, columns.shape[1], at_a_time):
            some = columns[:, first : first + at_a_time]
            if self.all_kept:
                vectors = self.recursion.combined(some)
            else:
                vectors = ritz_vectors(self.operator, self.start, self.recursion, some).T
            parts.append(electronic_densities(self.functions, self.basis, vectors))
        return np.concatenate(parts)


def raw_lines(recursion: LanczosRecursion) -> StickSpectrum:
    """All Ritz lines of a recursion, copies unmerged."""
    values, vectors = recursion.ritz()
    return StickSpectrum(values, recursion.strength * vectors[0] ** 2)


def enough_steps(recursion: LanczosRecursion, fwhm: float, tolerance: float) -> float:
    """Take steps until further ones change the spectrum broadened to `fwhm` (eV) by less than a
    fifth of `tolerance`; return that change.
    """
    with threadpool_limits(limits=1):  # the vectors are too short for threads to pay
        time = 0.84 * _horizon(fwhm, tolerance) / HBAR
        recursion.reach(time, np.sqrt(0.1 * tolerance), MOST_STEPS)

        while not recursion.exhausted:
            before = raw_lines(recursion)
            recursion.extend(max(FURTHER_STEPS, recursion.steps // 12))
            change = curve_difference(raw_lines(recursion), before, fwhm)
            if change < 0.2 * tolerance or recursion.steps >= MOST_STEPS:
                return change
    return 0.0


def curve_difference(new: StickSpectrum, old: StickSpectrum, fwhm: float) -> float:
    """Largest change of the broadened curve relative to its peak."""
    seen = new.energies[new.intensities > 1e-7 * new.strength]
    step = fwhm / FWHM_OF_SIGMA / 1.5
    grid = np.arange(seen.min() - 2 * fwhm, seen.max() + 2 * fwhm, step)
    curve = new.broadened(grid, fwhm=fwhm).values
    change = np.abs(curve - old.broadened(grid, fwhm=fwhm).values).max()
    return float(change / curve.max())
