"""Pruned bases that suit a model: first from how far a packet can reach, then from where it leaks
out of the basis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import factorial, log

import numpy as np

from ..basis import VibronicBasis
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..wavepacket import Wavepacket
from .leaks import leak_rates
from .parities import packet_functions
from .reach import reachable_quanta

FIRST_SIZE = 2_000  # functions of the first basis tried
SPECTATOR = 1e6  # weight of a mode that no term contains: it stays in its ground level
RESPONSE = 0.1  # how strongly the weights follow the logarithm of the leak rates


@dataclass(frozen=True, eq=False)
class PrunedSector:
    """A pruned basis, and of it the functions that a packet can reach by symmetry from its
    doorway, or all of them (`whole`).
    """

    model: VibronicHamiltonian
    start: Doorway
    weights: np.ndarray  # (n_modes,); functions with sum_m weights[m] n_m <= cutoff are kept
    cutoff: float
    whole: bool = False

    @cached_property
    def basis(self) -> VibronicBasis:
        """The pruned basis."""
        levels = tuple(int(self.cutoff / w + 1e-9) + 1 for w in self.weights)
        weights = tuple(self.weights)
        return VibronicBasis(self.model.n_states, levels, max_quanta=self.cutoff, weights=weights)

    @cached_property
    def functions(self) -> np.ndarray:
        """Flat indices of the functions, rising."""
        if self.whole:
            return np.arange(self.basis.size)
        return packet_functions(self.model, self.packet)

    @property
    def packet(self) -> Wavepacket:
        """The doorway on this basis."""
        return self.start.packet(self.basis)

    @property
    def size(self) -> int:
        """Number of functions."""
        return int(self.functions.size)

    def leak_rates(self, density: np.ndarray) -> np.ndarray:
        """Leak rates (n_modes,), eV^2, of a packet with this mean density (size,)."""
        return leak_rates(self.model, self.basis, self.functions, density)

    def enlarged(
        self, density: np.ndarray | None, shortfall: float, max_size: int
    ) -> PrunedSector | None:
        """The next basis to try when the expected error is `shortfall` times too large; None when
        `max_size` leaves none.
        """
        factor = _factor(shortfall)
        following = self.grown(density, factor)

        if following.size > max_size and self.size < 0.8 * max_size:
            following = self.grown(density, 0.98 * max_size / self.size)

        return following if self.size < following.size <= max_size else None

    def grown(self, density: np.ndarray | None, factor: float) -> PrunedSector:
        """About `factor` times as many functions, with more room for the modes through which a
        packet of mean `density` leaks.

        log w_m falls by a tenth of the logarithm of the mode's leak rate over their mean; without
        a density the weights stay.
        """
        used = self.weights < SPECTATOR
        if not used.any():
            return self
        if density is None:
            return self.resized(factor * self.size)

        rates = np.log(self.leak_rates(density) + 1e-30)
        rates = np.maximum(rates, rates.max() - 15)
        change = np.where(used, -RESPONSE * (rates - rates[used].mean()), 0.0)

        reweighted = replace(self, weights=self.weights * np.exp(change))
        return reweighted.resized(factor * self.size, self)

    def resized(self, size: float, like: PrunedSector | None = None) -> PrunedSector:
        """The same weights with the cutoff that keeps about `size` functions, judged by how a
        sector `like` it came out.
        """
        model = like or self
        ratio = model.size / model.estimated_size()
        least = float((self.start.levels() @ self.weights).max()) + 1e-9

        low = 0.0
        high = 1.0
        while replace(self, cutoff=high).estimated_size() * ratio < size:
            if high > 1e4:
                return self  # every mode is a spectator: nothing to add
            high *= 2

        for _ in range(40):
            middle = (low + high) / 2
            if replace(self, cutoff=middle).estimated_size() * ratio < size:
                low = middle
            else:
                high = middle

        return replace(self, cutoff=max(high, least))

    def estimated_size(self) -> float:
        """Number of functions of all symmetries, roughly: the volume of the simplex, enlarged by
        half a cell, in units of cells.
        """
        weights = self.weights[self.weights < SPECTATOR]
        if not weights.size:
            return float(self.model.n_states)

        n = weights.size
        extent = self.cutoff + 0.5 * weights.sum()
        logarithm = n * log(extent) - np.log(weights).sum() - log(factorial(n))
        return self.model.n_states * float(np.exp(min(logarithm, 200.0)))


def _factor(shortfall: float) -> float:
    """How many times larger the next basis should be."""
    if shortfall > 300:
        return 2.5
    return 1.8 if shortfall > 10 else 1.5


@public
def first_sector(
    model: VibronicHamiltonian,
    start: Doorway | int | str,
    size: int = FIRST_SIZE,
    whole: bool = False,
) -> PrunedSector:
    """The basis to start from: weights 1/N_m, N_m the quanta that mode m can reach, cutoff 1, or
    less where that passes `size`.
    """
    door = Doorway.entering(model, start)
    quanta = reachable_quanta(model, door)
    weights = np.where(quanta > 0, 1 / np.maximum(quanta, 1e-9), SPECTATOR)
    least = float((door.levels() @ weights).max())

    first = PrunedSector(model, door, weights, max(1.0, least + 1e-9), whole)
    if first.estimated_size() < 4 * size and first.size <= size:
        return first

    first = replace(first, cutoff=least + 1e-3)
    for _ in range(3):
        first = first.resized(size)
    return first


@public
def suggested_basis(
    model: VibronicHamiltonian, start: Doorway | int | str, growth: float = 1.0
) -> VibronicBasis:
    """Pruned basis sum_m n_m/N_m <= growth with N_m the quanta that mode m can reach; larger
    `growth`, larger basis.
    """
    return replace(first_sector(model, start), cutoff=growth).basis
