"""Pruned bases to grow a result on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..bases import PrunedSector, expected_error, first_sector
from ..certificate import Limit
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from .certified_error import certified_error
from .cost import Cost, cost
from .growth import Leaks


@dataclass(frozen=True, eq=False)
class PrunedSectors:
    """Ever larger pruned bases for a packet that moves for `time` (fs) after it came through a
    `door`, within `limits`; each gets more room where the one before leaked.

    They hold the functions of the packet's symmetry, or all of them (`whole`).
    """

    model: VibronicHamiltonian
    door: Doorway
    time: float
    limits: Limits
    whole: bool = False
    limit: Limit = Limit.BASIS

    def first(self) -> PrunedSector:
        """What the packet can reach, or less where that is much."""
        return first_sector(self.model, self.door, whole=self.whole)

    def sector(self, weights: np.ndarray, cutoff: float) -> PrunedSector:
        """The functions with sum_m weights[m] n_m <= cutoff."""
        return PrunedSector(self.model, self.door, weights, cutoff, self.whole)

    def following(
        self, space: PrunedSector, evidence: np.ndarray | None, shortfall: float
    ) -> PrunedSector | None:
        """The next basis; None where it would pass the limits."""
        larger = space.enlarged(evidence, shortfall, self.limits.max_size)
        if larger is None or self._cost(larger, 100).bytes > self.limits.bytes:
            return None
        return larger

    def size(self, space: PrunedSector) -> int:
        """Number of functions."""
        return space.size

    def described(self, space: PrunedSector) -> str:
        """Functions, memory and time."""
        return str(self._cost(space, 0))

    def leaks(self, space: PrunedSector, evidence: np.ndarray | None) -> Leaks | None:
        """What a packet of this mean density loses through the edges."""
        if evidence is None:
            return None

        rates = space.leak_rates(evidence)
        limiting = ""
        if rates.size:
            limiting = str(self.model.mode_labels[int(np.argmax(rates))])
        return Leaks(expected_error(rates, self.time), limiting)

    def certified(self, change: float, expected: float | None, before: float) -> float:
        """See `certified_error`; without a density errors are believed to fall hardly at all."""
        if expected is None:
            return certified_error(change, 1.0, 1.0)
        return certified_error(change, expected, before)

    def _cost(self, space: PrunedSector, n_times: int) -> Cost:
        return cost(self.model, space.basis, space.functions, time=self.time, n_times=n_times)
