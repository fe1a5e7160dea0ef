"""The potential of a model, collected from a file one coefficient at a time."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..terms import Monomial, Pairs

MOST = 3_000_000  # coefficients of a model, zeros included
HIGHEST = 20  # power of a monomial
MOST_GIVEN = 300_000  # coefficients that are not zero
ROUNDING = 1e-12  # relative; differences that are smaller are none

Place = tuple[tuple[int, ...], int, int]  # modes, repeated as often as their power; two states


class TaylorSum:
    """The sum of c q_m q_n ... |i><j|, each c the whole factor of its monomial: no 1/2, no
    factorial, and for i != j the term with |j><i| included.
    """

    def __init__(self, n_states: int, n_modes: int) -> None:
        self.n_states = n_states
        self.n_modes = n_modes
        self._values: dict[Place, float] = {}
        check_size(n_states, n_modes, 1 + n_modes)

    def add(self, modes: tuple[int, ...], i: int, j: int, value: float) -> None:
        """Add a coefficient (eV) to what its monomial and pair of states have."""
        place = (tuple(sorted(modes)), min(i, j), max(i, j))
        self._values[place] = self._values.get(place, 0.0) + value
        if len(self._values) > MOST_GIVEN:
            raise InputError(f"more than {MOST_GIVEN} coefficients are too many for one model.")

    def subtract(self, modes: tuple[int, ...], i: int, j: int, value: float) -> None:
        """Take a coefficient (eV) away; what is left by rounding alone is none."""
        place = (tuple(sorted(modes)), min(i, j), max(i, j))
        left = self._values.get(place, 0.0) - value
        self._values[place] = left if abs(left) > ROUNDING * abs(value) else 0.0

    def model(self, frequencies: Any, **others: Any) -> VibronicHamiltonian:
        """The Hamiltonian of these terms beside the oscillators of the `frequencies` (eV)."""
        matrices = self._matrices()
        linear = np.zeros((self.n_modes, self.n_states, self.n_states))
        pairs: Pairs = {}
        higher = []
        for modes, matrix in matrices.items():
            if len(modes) == 1:
                linear[modes[0]] = matrix
            elif len(modes) == 2:
                pairs[modes[0], modes[1]] = 2 * matrix if modes[0] == modes[1] else matrix
            elif modes:
                powers = Counter(modes)
                higher.append(Monomial(tuple(powers[m] for m in range(self.n_modes)), matrix))

        empty = np.zeros((self.n_states, self.n_states))
        return VibronicHamiltonian(
            frequencies,
            matrices.get((), empty),
            linear,
            pairs or None,
            tuple(higher),
            **others,
        )

    def _matrices(self) -> dict[tuple[int, ...], np.ndarray]:
        """The symmetric matrix over the states of every monomial with a coefficient not zero."""
        kept = {place: value for place, value in self._values.items() if value}
        monomials = sorted({place[0] for place in kept}, key=lambda modes: (len(modes), modes))
        check_size(self.n_states, self.n_modes, len(monomials) + self.n_modes)

        size = (self.n_states, self.n_states)
        found: dict[tuple[int, ...], np.ndarray] = {modes: np.zeros(size) for modes in monomials}
        for (modes, i, j), value in kept.items():
            found[modes][i, j] = value
            found[modes][j, i] = value
        return found


def check_size(n_states: int, n_modes: int, monomials: int) -> None:
    """Raise InputError for a model of more numbers than a file of this kind can mean."""
    if monomials * max(n_states**2, n_modes) > MOST:
        raise InputError(
            f"a model of {n_states} states and {n_modes} modes with {monomials} monomials has "
            f"more than {MOST} coefficients, too many to be held as matrices."
        )
