"""The terms of a potential: monomials of the coordinates, each with a matrix over the states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .checks import InputError, check_shape, check_symmetric, frozen_array
from .storage import noun

Powers = dict[int, int]  # {mode: power}
Term = tuple[Powers, np.ndarray]  # (n_states, n_states), eV
Pairs = dict[tuple[int, int], np.ndarray]  # second derivatives by two modes, the lower first


@noun
@dataclass(frozen=True, eq=False)
class Monomial:
    """A term of the diabatic potential beyond second order: `matrix` (n_states, n_states), eV,
    times prod_m q_m^powers[m].
    """

    powers: tuple[int, ...]
    matrix: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "powers", tuple(int(p) for p in self.powers))
        object.__setattr__(self, "matrix", frozen_array(self.matrix, "matrix"))
        check_symmetric("matrix", self.matrix)

    @property
    def by_mode(self) -> Powers:
        """The powers that are not 0."""
        return {m: p for m, p in enumerate(self.powers) if p}

    def check_fit(self, n_modes: int, n_states: int) -> None:
        """Raise unless it is a term of third or higher order of such a model."""
        fits = len(self.powers) == n_modes and self.matrix.shape == (n_states, n_states)
        if not fits or min(self.powers, default=0) < 0 or sum(self.powers) < 3:
            raise InputError(
                f"Each of `higher` must have {n_modes} powers of 0 or more, three or more in "
                f"all, and a ({n_states}, {n_states}) matrix, but one has powers {self.powers} "
                f"and shape {self.matrix.shape}."
            )

    def stays_within(self, modes: Sequence[int]) -> bool:
        """True when it contains no other modes."""
        return not np.delete(self.powers, modes).any()

    def subset(self, states: Sequence[int], modes: Sequence[int]) -> Monomial:
        """The same term over some states and modes."""
        powers = tuple(self.powers[m] for m in modes)
        return replace(self, powers=powers, matrix=self.matrix[np.ix_(states, states)])


def differentiated(powers: Powers, by: Sequence[int], q: np.ndarray) -> float:
    """Derivative of prod q_m^p_m by the coordinates `by`, at q."""
    left = dict(powers)
    factor = 1.0
    for m in by:
        factor *= left[m]
        left[m] -= 1
        if not factor:
            return 0.0
    return factor * float(np.prod([q[m] ** p for m, p in left.items()]))


def series(terms: Sequence[Term], q: np.ndarray, n_states: int) -> np.ndarray:
    """The sum of terms at q (..., n_modes), (..., n_states, n_states)."""
    total = np.zeros((*q.shape[:-1], n_states, n_states))
    for powers, matrix in terms:
        factor = np.prod([q[..., m] ** p for m, p in powers.items()], axis=0)
        total = total + np.asarray(factor)[..., None, None] * matrix
    return total


def series_derivatives(
    terms: Sequence[Term], q: np.ndarray, n_states: int
) -> tuple[np.ndarray, np.ndarray]:
    """First and second derivatives of the sum of terms at one point q (n_modes,)."""
    n = q.size
    first = np.zeros((n, n_states, n_states))
    second = np.zeros((n, n, n_states, n_states))
    for powers, matrix in terms:
        for m in powers:
            first[m] += differentiated(powers, (m,), q) * matrix
            for k in powers:
                second[m, k] += differentiated(powers, (m, k), q) * matrix
    return first, second


def pairs_of(quadratic: Any, n_modes: int, n_states: int) -> Pairs:
    """Second-order terms from an array (n_modes, n_modes, n_states, n_states), symmetric in modes
    and in states, or from {(m, n): matrix}; those that vanish are left out.
    """
    if quadratic is None:
        return {}
    if isinstance(quadratic, Mapping):
        return _checked_pairs(quadratic, n_modes, n_states)

    shape = (n_modes, n_modes, n_states, n_states)
    if is_nothing(quadratic, shape):
        return {}

    array = frozen_array(quadratic, "quadratic")
    check_shape("quadratic", array, ("n_modes", "n_modes", "n_states", "n_states"), shape)
    check_symmetric("quadratic", array)
    check_symmetric("quadratic", array.transpose(2, 3, 0, 1), "modes")

    there = np.argwhere(np.triu(np.any(array, axis=(2, 3))))
    return {(int(m), int(n)): frozen_array(array[m, n]) for m, n in there}


def _checked_pairs(given: Mapping[tuple[int, int], Any], n_modes: int, n_states: int) -> Pairs:
    found: Pairs = {}
    for modes, value in given.items():
        m, n = sorted(int(k) for k in modes)
        matrix = frozen_array(value, "quadratic")
        check_shape("quadratic", matrix, ("n_states", "n_states"), (n_states, n_states))
        check_symmetric("quadratic", matrix)
        if not 0 <= m <= n < n_modes or (m, n) in found:
            raise InputError(
                f"Argument `quadratic` must name each pair of the {n_modes} modes once, counted "
                f"from 0, but names {tuple(modes)}."
            )
        if np.any(matrix):
            found[m, n] = matrix

    return found


def quadratic_array(pairs: Pairs, n_modes: int, n_states: int) -> np.ndarray:
    """The array (n_modes, n_modes, n_states, n_states), read-only; where there are no pairs, zeros
    that take no memory.
    """
    shape = (n_modes, n_modes, n_states, n_states)
    if not pairs:
        return np.broadcast_to(0.0, shape)
    array = np.zeros(shape)
    for (m, n), matrix in pairs.items():
        array[m, n] = matrix
        array[n, m] = matrix
    array.setflags(write=False)
    return array


def is_nothing(array: Any, shape: tuple[int, ...]) -> bool:
    """True for zeros of this shape that take no memory, as `quadratic_array` makes them."""
    if not isinstance(array, np.ndarray) or array.shape != shape or any(array.strides):
        return False
    return not array.size or not array.flat[0]
