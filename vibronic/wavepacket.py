"""A vibronic state: a basis and the amplitudes on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .basis import VibronicBasis
from .checks import InputError, check_index, check_shape, frozen_array
from .door import public
from .storage import noun


@noun
@dataclass(frozen=True, eq=False)
class Wavepacket:
    """Amplitudes (n_states, n_vibrational) on a VibronicBasis, real or complex."""

    basis: VibronicBasis
    amplitudes: np.ndarray

    def __post_init__(self) -> None:
        dtype = complex if np.iscomplexobj(self.amplitudes) else float
        object.__setattr__(self, "amplitudes", frozen_array(self.amplitudes, "amplitudes", dtype))
        expected = (self.basis.n_states, self.basis.n_vibrational)
        check_shape("amplitudes", self.amplitudes, ("n_states", "n_vibrational"), expected)

    @classmethod
    @public
    def vertical(
        cls,
        basis: VibronicBasis,
        state: int | str | None = None,
        *,
        amplitudes: Sequence[float] | None = None,
    ) -> Wavepacket:
        """The reference vibrational ground state lifted onto `state`, or onto all states with
        `amplitudes` (Condon).
        """
        if (state is None) == (amplitudes is None):
            raise InputError("A vertical wavepacket needs either `state` or `amplitudes`.")

        if isinstance(state, str):
            raise InputError(
                f"A basis does not know the label {state!r}: give the index of the state, or take "
                f"`vibronic.Doorway.vertical(model, {state!r}).packet(basis)`."
            )
        if state is not None:
            check_index("state", state, basis.n_states)
        electronic = (
            np.eye(basis.n_states)[state]
            if amplitudes is None
            else frozen_array(
                amplitudes, "amplitudes", complex if np.iscomplexobj(amplitudes) else float
            )
        )
        check_shape("amplitudes", electronic, ("n_states",), (basis.n_states,))

        values = np.zeros((basis.n_states, basis.n_vibrational), dtype=electronic.dtype)
        values[:, 0] = electronic
        return cls(basis, values)

    @property
    def norm(self) -> float:
        """sqrt(<psi|psi>)."""
        return float(np.linalg.norm(self.amplitudes))

    @property
    def populations(self) -> np.ndarray:
        """Diabatic populations, (n_states,)."""
        values: np.ndarray = (np.abs(self.amplitudes) ** 2).sum(axis=1)
        return values

    def __str__(self) -> str:
        parts = ", ".join(f"{p:.4f}" for p in self.populations)
        return (
            f"Wavepacket  {self.basis.size} amplitudes, norm {self.norm:.6f}, diabatic "
            f"populations ({parts})"
        )
