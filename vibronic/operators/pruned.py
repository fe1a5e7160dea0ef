"""Pruned bases that suit a model: first from how far a packet can reach, then from where it leaks
out of the basis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import factorial, log

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..wavepacket import Wavepacket
from .leak import leak_rates
from .sector import packet_functions

FIRST_SIZE = 2_000  # functions of the first basis tried
FURTHEST = 25.0  # largest |q| looked at
SPECTATOR = (
    1e6  # weight of a mode that no term of the potential contains: it stays in its ground level
)
RESPONSE = 0.1  # how strongly the weights follow the logarithm of the leak rates


def reachable_quanta(model: VibronicHamiltonian, start: Doorway | int) -> np.ndarray:
    """Quanta each mode can reach from the vertical point of a state or from a doorway, (n_modes,);
    0 for a mode that no term contains.

    Along each mode the lowest adiabatic surface is followed to the largest |q| that lies below the
    band of the state (its vertical energy, twice its width and a quantum, and the energy of a hot
    start), but no further than the linear coupling drives a packet, to twice the displacement
    |linear|/(w + gamma) and the packet's own width; q^2/2 quanta describe that turning point.
    """
    door = start if isinstance(start, Doorway) else Doorway.vertical(model, start)
    tops = [model.constant[i, i] + 2 * np.sqrt(_variance(model, i)) for i in door.states]
    state = int(door.states[int(np.argmax(tops))])
    top = max(tops) + float(door.quanta @ model.frequencies)
    outermost = door.levels().max(axis=0, initial=0)
    coupled = {m for powers, _ in model.terms() for m in powers}
    grid = np.linspace(-FURTHEST, FURTHEST, 1001)
    found = np.zeros(model.n_modes)
    for m in coupled:
        w = model.frequencies[m]
        q = np.zeros((grid.size, model.n_modes))
        q[:, m] = grid
        lowest = np.linalg.eigvalsh(model.potential(q))[:, 0]
        if min(lowest[0], lowest[-1]) < top:
            outward = lowest[0] > lowest[1] and lowest[-1] > lowest[-2]
            why = "carries the packet too far for a series in q" if outward else "is not bound"
            others = ",".join(
                label for label in model.mode_labels if label != model.mode_labels[m]
            )
            raise InputError(
                f"Mode {model.mode_labels[m]!r} {why}: at |q| = {FURTHEST:g} the lowest surface "
                "still lies below the band of "
                f"state {model.state_labels[state]!r}. Leave this large-amplitude motion out "
                f"(`--modes {others}`), or mend "
                "its couplings."
            )
        reach = np.abs(grid[lowest <= top + w]).max(initial=0.0)
        softened = w + np.linalg.eigvalsh(model.quadratic[m, m]).min()
        driven = (
            2 * np.abs(np.linalg.eigvalsh(model.linear[m])).max() / max(softened, 0.05 * w) + 2
        )
        reach = min(reach, driven + np.sqrt(2 * outermost[m]))
        found[m] = max(reach**2 / 2, outermost[m]) + reach + 2
    return np.where(outermost > 0, np.maximum(found, outermost + 1.0), found)


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
        levels = tuple(int(self.cutoff / w + 1e-9) + 1 for w in self.weights)
        return VibronicBasis(
            self.model.n_states, levels, max_quanta=self.cutoff, weights=tuple(self.weights)
        )

    @cached_property
    def functions(self) -> np.ndarray:
        """Flat indices of the functions, rising."""
        return (
            np.arange(self.basis.size) if self.whole else packet_functions(self.model, self.packet)
        )

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
        factor = 2.5 if shortfall > 300 else 1.8 if shortfall > 10 else 1.5
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
        return replace(self, weights=self.weights * np.exp(change)).resized(
            factor * self.size, self
        )

    def resized(self, size: float, like: PrunedSector | None = None) -> PrunedSector:
        """The same weights with the cutoff that keeps about `size` functions, judged by how a
        sector `like` it came out.
        """
        ratio = (like or self).size / (like or self)._estimated_size()
        low = 0.0
        high = 1.0
        least = float((self.start.levels() @ self.weights).max()) + 1e-9
        while replace(self, cutoff=high)._estimated_size() * ratio < size:
            if high > 1e4:
                return self  # every mode is a spectator: nothing to add
            high *= 2
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (
                (middle, high)
                if replace(self, cutoff=middle)._estimated_size() * ratio < size
                else (low, middle)
            )
        return replace(self, cutoff=max(high, least))

    def _estimated_size(self) -> float:
        """The volume of the simplex, enlarged by half a cell, in units of cells."""
        weights = self.weights[self.weights < SPECTATOR]
        if not weights.size:
            return float(self.model.n_states)
        extent = self.cutoff + 0.5 * weights.sum()
        logarithm = (
            weights.size * log(extent) - np.log(weights).sum() - log(factorial(weights.size))
        )
        return self.model.n_states * float(np.exp(min(logarithm, 200.0)))


def first_sector(
    model: VibronicHamiltonian, start: Doorway | int, size: int = FIRST_SIZE, whole: bool = False
) -> PrunedSector:
    """The basis to start from: weights 1/N_m, N_m the quanta that mode m can reach, cutoff 1, or
    less where that passes `size`.
    """
    door = start if isinstance(start, Doorway) else Doorway.vertical(model, start)
    quanta = reachable_quanta(model, door)
    weights = np.where(quanta > 0, 1 / np.maximum(quanta, 1e-9), SPECTATOR)
    first = PrunedSector(
        model, door, weights, max(1.0, float((door.levels() @ weights).max()) + 1e-9), whole
    )
    if first._estimated_size() < 4 * size and first.size <= size:
        return first
    first = replace(first, cutoff=float((door.levels() @ weights).max()) + 1e-3)
    for _ in range(3):
        first = first.resized(size)
    return first


def suggested_basis(
    model: VibronicHamiltonian, start: Doorway | int, growth: float = 1.0
) -> VibronicBasis:
    """Pruned basis sum_m n_m/N_m <= growth with N_m the quanta that mode m can reach; larger
    `growth`, larger basis.
    """
    return replace(first_sector(model, start), cutoff=growth).basis


def _variance(model: VibronicHamiltonian, state: int) -> float:
    spread = (model.linear[:, state] ** 2).sum() / 2 + (
        model.quadratic[:, :, state] ** 2
    ).sum() / 8
    return float(spread + sum((t.matrix[state] ** 2).sum() for t in model.higher))
