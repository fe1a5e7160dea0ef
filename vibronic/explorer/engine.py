"""One Krylov space answers everything about one packet: lines, C(t), populations, positions and
densities, in a basis that follows the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
from threadpoolctl import ThreadpoolController

from ..bases import PrunedSector, expected_error, first_sector, reachable_quanta
from ..doorway import Doorway
from ..dynamics.propagators.sector import Sector
from ..dynamics.propagators.vector_state import VectorState
from ..hamiltonian import VibronicHamiltonian
from ..numerics import LanczosRecursion
from ..operators import hamiltonian_operator
from ..spectrum import StickSpectrum
from ..units import HBAR

TARGET = 2e-3  # error expected of what leaks out of a basis, at which growth ends
MOST = 60_000  # functions of a basis that is still answered at once
MOST_STEPS = 4000
KRYLOV = 1e-3  # of the packet may leave the Krylov space
STRIDE = 0.35  # of its size a basis grows for every power of ten that the error is too large
ALIKE = 2.5  # reaches that differ by more than this factor need a basis of their own
TRIAL = 0.4  # of the time tells whether a basis is far too small
FEW = 14  # moments that tell where a packet leaks
OUTPUTS = 101  # times at which a packet is looked at


@cache
def controller() -> ThreadpoolController:
    """The libraries with threads of their own, looked for once: a search costs milliseconds."""
    return ThreadpoolController()


@dataclass(frozen=True, eq=False)
class KrylovPacket:
    """A packet that came through the doorway of a `sector`, followed for `time` (fs) in the Krylov
    space of a `recursion`; `reach` (n_modes,) are the quanta that it was expected to reach.
    """

    sector: PrunedSector
    recursion: LanczosRecursion
    time: float
    reach: np.ndarray

    @property
    def model(self) -> VibronicHamiltonian:
        """The Hamiltonian under which it moves."""
        return self.sector.model

    @property
    def size(self) -> int:
        """Number of functions."""
        return self.sector.size

    @cached_property
    def times(self) -> np.ndarray:
        """Output times, fs, (n_t,)."""
        return np.linspace(0, self.time, OUTPUTS)

    @cached_property
    def evidence(self) -> np.ndarray:
        """Mean probability of every function, from a few moments, (n_functions,)."""
        few = np.linspace(0, self.time, FEW)[1:] / HBAR
        psi = self.recursion.combined(self.recursion.exponential(few))
        mean: np.ndarray = (psi.real**2 + psi.imag**2).mean(axis=0)
        return mean.astype(float)

    @cached_property
    def amplitudes(self) -> np.ndarray:
        """The packet at `times`, (n_t, n_functions), in single precision."""
        coefficients = self.recursion.exponential(self.times / HBAR)
        return np.asarray(self.recursion.combined(coefficients), np.complex64)

    @cached_property
    def occupations(self) -> np.ndarray:
        """Probability of every function at `times`, (n_t, n_functions)."""
        psi = self.amplitudes
        found: np.ndarray = psi.real**2 + psi.imag**2
        return found

    @cached_property
    def start(self) -> VectorState:
        """The packet at time 0."""
        psi = self.sector.packet.amplitudes.ravel()[self.sector.functions]
        return VectorState(Sector(self.model, self.sector.basis, self.sector.functions), psi)

    @cached_property
    def leak_rates(self) -> np.ndarray:
        """Through every mode, (n_modes,), eV^2."""
        return self.sector.leak_rates(self.evidence)

    @property
    def expected_error(self) -> float:
        """Of populations and C(t), from what leaks out of the basis; no certificate."""
        return expected_error(self.leak_rates, self.time)

    def populations(self) -> np.ndarray:
        """Diabatic populations at `times`, (n_t, n_states)."""
        parts = self.start.sector.parts
        return np.stack([self.occupations[:, part].sum(axis=1) for part in parts], axis=1)

    def positions(self, mode: int) -> np.ndarray:
        """Mean position <q> of a mode at `times`, (n_t,)."""
        here, raised = self.start.sector.pairs(((mode, 1),))
        roots = np.sqrt(2 * (self.start.sector.quanta[here, mode] + 1)).astype(np.float32)
        psi = self.amplitudes
        products = (psi[:, here].conj() * psi[:, raised]).real
        with controller().limit(limits=1):
            found: np.ndarray = products @ roots
        return found

    def density(
        self, k: int, modes: tuple[int, int], axes: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """|psi|^2 in two modes at output `k`, by diabatic state, (n_states, n_x, n_y)."""
        with controller().limit(limits=1):
            return self.start.moved(self.amplitudes[k]).density(modes, axes)

    def autocorrelation(self, times: np.ndarray) -> np.ndarray:
        """<psi(0)|psi(t)> at any times (fs) up to twice the `time`, (n_t,)."""
        return self.recursion.autocorrelation(times / HBAR)

    def lines(self) -> StickSpectrum:
        """Ritz lines, energies counted as those of the model, strength that of the doorway."""
        values, vectors = self.recursion.ritz()
        door = self.sector.start
        origin = self.model.zero_point_energy + float(door.quanta @ self.model.frequencies)
        weights = self.recursion.strength * vectors[0] ** 2
        strong = weights > 1e-7 * self.recursion.strength
        return StickSpectrum(values[strong] - origin, weights[strong])


def krylov_packet(
    model: VibronicHamiltonian,
    door: Doorway,
    time: float,
    before: KrylovPacket | None = None,
    *,
    target: float = TARGET,
    most: int = MOST,
) -> KrylovPacket:
    """A packet that came through `door`, for `time` (fs), in the basis of the packet `before`
    fitted to how far this one reaches, or in one of its own.

    The basis grows until what leaks out of it lets expect an error below `target` of populations
    and C(t), or it has `most` functions; the error is expected, not certified. The start is of
    strength 1. Raises InputError for a model that carries the packet out of range.

    T. J. Park, J. C. Light, J. Chem. Phys. 85, 5870 (1986), doi:10.1063/1.451548
    """
    reach = reachable_quanta(model, door)
    sector = first_sector(model, door) if before is None else _fitted(before, model, door, reach)

    with controller().limit(limits=1):
        while True:
            packet = _followed(sector, time, reach, target)
            expected = expected_error(packet.leak_rates, time)
            if expected <= target:
                return packet

            factor = float(np.clip(1 + STRIDE * np.log10(expected / target), 1.2, 2.5))
            larger = sector.grown(packet.evidence, factor)
            if not sector.size < larger.size <= most:
                return _followed(sector, time, reach)
            sector = larger


def larger_packet(packet: KrylovPacket, factor: float) -> KrylovPacket:
    """The same packet in a basis about `factor` times as large, with room where it leaked."""
    with controller().limit(limits=1):
        larger = packet.sector.grown(packet.evidence, factor)
        return _followed(larger, packet.time, packet.reach)


def _followed(
    sector: PrunedSector, time: float, reach: np.ndarray, target: float = np.inf
) -> KrylovPacket:
    """The packet for all of the time, or for the first part of it where that already leaks more
    than the `target` allows.
    """
    part = sector.functions if sector.size < sector.basis.size else None
    operator = hamiltonian_operator(sector.model, sector.basis, part)
    start = sector.packet.amplitudes.ravel()[sector.functions].astype(np.float32)

    recursion = LanczosRecursion(operator, start, keep=np.float32)
    if np.isfinite(target):
        recursion.reach(TRIAL * time / HBAR, KRYLOV, MOST_STEPS)
        begun = KrylovPacket(sector, recursion, TRIAL * time, reach)
        if expected_error(begun.leak_rates, time) > target:
            return begun
    recursion.reach(time / HBAR, KRYLOV, MOST_STEPS)

    return KrylovPacket(sector, recursion, time, reach)


def _fitted(
    before: KrylovPacket, model: VibronicHamiltonian, door: Doorway, reach: np.ndarray
) -> PrunedSector:
    """The basis before, stretched along every mode as far as the reach changed."""
    moved = (before.reach > 0) & (reach > 0)
    ratio = np.where(moved, reach / np.maximum(before.reach, 1e-9), 1.0)
    same = np.array_equal(before.reach > 0, reach > 0)
    if not same or ratio.max(initial=1.0) > ALIKE or ratio.min(initial=1.0) < 1 / ALIKE:
        return first_sector(model, door)

    old = before.sector
    return replace(old, model=model, start=door, weights=old.weights / ratio)
