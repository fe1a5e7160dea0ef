"""The packets behind one position of the sliders: the one that is watched, and those whose lines
make the spectrum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..convergence import certified_error
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..spectrum import Spectrum, StickSpectrum, summed
from .engine import KrylovPacket, krylov_packet, larger_packet
from .explored_model import ExploredModel
from .settings import TIME, Settings

LARGER = 1.5  # of the basis that a result is checked in


@dataclass(frozen=True, eq=False)
class Packets:
    """At one position: the packet that is `watched`, and one for every state that a transition
    enters, with the strength of each.
    """

    watched: KrylovPacket
    entering: tuple[KrylovPacket, ...]
    strengths: tuple[float, ...]

    @property
    def model(self) -> VibronicHamiltonian:
        """The Hamiltonian at these settings."""
        return self.watched.model

    @property
    def size(self) -> int:
        """Functions of the largest basis."""
        return max(p.size for p in (self.watched, *self.entering))

    @property
    def expected_error(self) -> float:
        """The largest, by what leaks out."""
        return max(p.expected_error for p in (self.watched, *self.entering))

    def vibronic_lines(self) -> StickSpectrum:
        """All lines of the vibronic spectrum."""
        parts = zip(self.entering, self.strengths, strict=True)
        return summed([p.lines().scaled(strength) for p, strength in parts], "vibronic")

    def larger(self, factor: float = LARGER) -> Packets:
        """The same in larger bases."""
        watched = larger_packet(self.watched, factor)
        entering = tuple(
            watched if p is self.watched else larger_packet(p, factor) for p in self.entering
        )
        return Packets(watched, entering, self.strengths)


def packets(explored: ExploredModel, settings: Settings, before: Packets | None = None) -> Packets:
    """The packets at these settings, in bases that follow those `before`.

    Raises InputError where a packet is carried out of range.
    """
    model = settings.applied(explored)
    doors = [Doorway.transition(model, [i]) for i in _entered(model)]
    own = Doorway.vertical(model, settings.state)

    old = _by_state(before)
    watched = krylov_packet(model, own, TIME, old.get(_key(own)))
    entering = []
    for door in doors:
        unit = door.normalized()
        same = _key(unit) == _key(own) and not np.any(unit.slopes)
        entering.append(watched if same else krylov_packet(model, unit, TIME, old.get(_key(unit))))

    return Packets(watched, tuple(entering), tuple(door.strength for door in doors))


def certified_change(old: Packets, new: Packets, grid: np.ndarray, fwhm: float) -> float:
    """Error of `new` from its change against `old`, in smaller bases, in populations and, relative
    to the peak, in the vibronic curve.
    """
    populations = np.abs(new.watched.populations() - old.watched.populations()).max()
    curve = new.vibronic_lines().broadened(grid, fwhm=fwhm).values
    other = old.vibronic_lines().broadened(grid, fwhm=fwhm).values
    change = max(float(populations), float(np.abs(curve - other).max() / curve.max()))
    return certified_error(change, new.expected_error, old.expected_error)


def broadened(lines: StickSpectrum, grid: np.ndarray, fwhm: float) -> Spectrum:
    """The curve of those lines that can be seen."""
    seen = lines.intensities > 1e-6 * lines.strength
    strong = StickSpectrum(lines.energies[seen], lines.intensities[seen])
    return strong.broadened(grid, fwhm=fwhm)


def _entered(model: VibronicHamiltonian) -> list[int]:
    slopes = np.any(model.transition_slopes != 0, axis=0)
    return [int(i) for i in np.flatnonzero((model.transition_amplitudes != 0) | slopes)]


def _key(door: Doorway) -> int:
    return int(np.argmax(np.abs(door.amplitudes)))


def _by_state(before: Packets | None) -> dict[int, KrylovPacket]:
    if before is None:
        return {}
    all_packets = (*before.entering, before.watched)
    return {_key(p.sector.start): p for p in all_packets}
