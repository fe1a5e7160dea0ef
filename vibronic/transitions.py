"""How light or an ionizing photon reaches the states of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .checks import InputError, check_shape, frozen_array
from .storage import noun


@noun
@dataclass(frozen=True, eq=False)
class Transitions:
    """`amplitudes` (n_states,) into the states, their `slopes` (n_modes, n_states) by q_m
    (Herzberg-Teller), and `dipoles` (n_states, 3), e a0, for absolute absorption strengths.

    Without `amplitudes` they are the lengths of the dipoles, or 1. Dipoles and slopes exclude one
    another: slopes belong to scalar amplitudes.
    """

    amplitudes: np.ndarray
    slopes: np.ndarray
    dipoles: np.ndarray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "amplitudes", frozen_array(self.amplitudes, "amplitudes"))
        object.__setattr__(self, "slopes", frozen_array(self.slopes, "slopes"))
        if self.dipoles is not None:
            object.__setattr__(self, "dipoles", frozen_array(self.dipoles, "dipoles"))

    @property
    def strengths(self) -> np.ndarray:
        """Squares of the amplitudes: pole strengths, (n_states,)."""
        squares: np.ndarray = self.amplitudes**2
        return squares

    def subset(self, states: Sequence[int], modes: Sequence[int]) -> Transitions:
        """Those of some states and modes."""
        dipoles = None if self.dipoles is None else self.dipoles[states]
        return Transitions(self.amplitudes[states], self.slopes[np.ix_(modes, states)], dipoles)


def transitions(
    n_modes: int,
    n_states: int,
    amplitudes: np.ndarray | None,
    slopes: np.ndarray | None,
    dipoles: np.ndarray | None,
) -> Transitions:
    """Transitions from what was given; InputError for a wrong shape, or slopes beside dipoles."""
    if dipoles is not None:
        dipoles = frozen_array(dipoles, "transition_dipoles")
        check_shape("transition_dipoles", dipoles, ("n_states", "3"), (n_states, 3))
        if slopes is not None and np.any(slopes):
            raise InputError(
                "Give `transition_dipoles` or `transition_slopes`, not both: slopes belong "
                "to scalar amplitudes."
            )
        if amplitudes is None:
            amplitudes = np.linalg.norm(dipoles, axis=-1)

    given = np.ones(n_states) if amplitudes is None else amplitudes
    tilts = np.zeros((n_modes, n_states)) if slopes is None else slopes
    given = frozen_array(given, "transition_amplitudes")
    tilts = frozen_array(tilts, "transition_slopes")
    check_shape("transition_amplitudes", given, ("n_states",), (n_states,))
    check_shape("transition_slopes", tilts, ("n_modes", "n_states"), (n_modes, n_states))

    return Transitions(given, tilts, dipoles)
