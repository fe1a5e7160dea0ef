"""The doorway state: what a transition makes of one vibrational level of the reference, before
anything moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .basis import VibronicBasis
from .checks import InputError, check_shape, chosen_indices, frozen_array, index_of
from .door import public
from .hamiltonian import VibronicHamiltonian
from .storage import noun
from .wavepacket import Wavepacket


@noun
@dataclass(frozen=True, eq=False)
class Doorway:
    """sum_i (amplitudes[i] + sum_m slopes[m, i] q_m) |i> |quanta>, defined without a basis.

    `quanta` (n_modes,) is the level of the reference oscillators from which the transition starts;
    without `slopes` (n_modes, n_states) the transition is vertical (Condon), with them its
    amplitude depends linearly on q (Herzberg-Teller).
    """

    amplitudes: np.ndarray  # (n_states,)
    slopes: np.ndarray  # (n_modes, n_states)
    quanta: np.ndarray  # (n_modes,)

    def __post_init__(self) -> None:
        for name in ("amplitudes", "slopes"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        object.__setattr__(self, "quanta", frozen_array(self.quanta, "quanta", int))

        check_shape(
            "slopes",
            self.slopes,
            ("n_modes", "n_states"),
            (self.quanta.size, self.amplitudes.size),
        )
        if np.any(self.quanta < 0):
            raise InputError(
                "Argument `quanta` must be 0 or more in every mode, but is "
                f"{self.quanta.tolist()}."
            )
        if not np.any(self.amplitudes) and not np.any(self.slopes):
            raise InputError(
                "A doorway needs a transition amplitude into at least one state, but all are zero."
            )

    @classmethod
    @public
    def vertical(
        cls, model: VibronicHamiltonian, state: int | str, quanta: Sequence[int] | None = None
    ) -> Doorway:
        """A vertical transition of unit amplitude to one state, from the vibrational ground state
        unless `quanta` are given.
        """
        i = index_of("start", state, model.state_labels)
        return cls(
            np.eye(model.n_states)[i],
            np.zeros((model.n_modes, model.n_states)),
            _level(model, quanta),
        )

    @classmethod
    @public
    def entering(cls, model: VibronicHamiltonian, start: Doorway | int | str) -> Doorway:
        """A doorway as it is, or the vertical transition to a state of this index or label."""
        return start if isinstance(start, Doorway) else cls.vertical(model, start)

    @classmethod
    @public
    def transition(
        cls,
        model: VibronicHamiltonian,
        states: int | str | Sequence[int | str] | None = None,
        quanta: Sequence[int] | None = None,
    ) -> Doorway:
        """The model's own transition amplitudes and their slopes, into all states coherently or
        only into `states` (indices or labels).
        """
        chosen = chosen_indices("states", states, model.state_labels)
        kept = np.isin(np.arange(model.n_states), chosen)
        return cls(
            model.transition_amplitudes * kept,
            model.transition_slopes * kept,
            _level(model, quanta),
        )

    @classmethod
    @public
    def of_light(cls, model: VibronicHamiltonian) -> list[Doorway]:
        """What light makes of the vibrational ground state: all states coherently, or with
        transition dipoles one for every direction.
        """
        if model.transition_dipoles is None:
            return [cls.transition(model)]
        directions = [
            column for column in model.transition_dipoles.T if np.any(np.abs(column) > 1e-8)
        ]
        return [
            cls(column, np.zeros((model.n_modes, model.n_states)), _level(model, None))
            for column in directions
        ]

    @property
    def states(self) -> np.ndarray:
        """Indices of the states that are reached."""
        return np.flatnonzero((self.amplitudes != 0) | np.any(self.slopes != 0, axis=0))

    @property
    def strength(self) -> float:
        """<doorway|doorway> = sum_i amplitudes[i]^2 + sum_m slopes[m, i]^2 (n_m + 1/2)."""
        return float((self.amplitudes**2).sum() + ((self.quanta + 0.5) @ self.slopes**2).sum())

    @public
    def name(self, model: VibronicHamiltonian) -> str:
        """Where it leads, in words: "state A", "states X + A (hot: 1 v5)"."""
        labels = [model.state_labels[i] for i in self.states]
        hot = ", ".join(f"{n} {model.mode_labels[m]}" for m, n in enumerate(self.quanta) if n)
        return f"state{'s' if len(labels) > 1 else ''} {' + '.join(labels)}" + (
            f" (hot: {hot})" if hot else ""
        )

    def normalized(self) -> Doorway:
        """The same doorway with strength 1."""
        norm = np.sqrt(self.strength)
        return replace(self, amplitudes=self.amplitudes / norm, slopes=self.slopes / norm)

    def levels(self) -> np.ndarray:
        """All vibrational levels it contains, (n, n_modes): the one it starts from, and those one
        quantum away where there are slopes.
        """
        steps = np.eye(self.quanta.size, dtype=int)[np.any(self.slopes != 0, axis=1)]
        found = np.concatenate([self.quanta[None], self.quanta + steps, self.quanta - steps])
        return found[(found >= 0).all(axis=1)]

    @public
    def fits(self, basis: VibronicBasis) -> bool:
        """True when `basis` holds all of its levels."""
        weights = np.ones(len(basis.levels)) if basis.weights is None else np.array(basis.weights)
        inside = (self.levels() < basis.levels).all()
        return bool(
            inside
            and (
                basis.max_quanta is None
                or (self.levels() @ weights <= basis.max_quanta + 1e-9).all()
            )
        )

    @public
    def packet(self, basis: VibronicBasis) -> Wavepacket:
        """The doorway on a basis; its norm squared is the strength."""
        expected = (self.amplitudes.size, self.quanta.size)
        if (basis.n_states, len(basis.levels)) != expected:
            raise InputError(
                f"The basis has {basis.n_states} states and {len(basis.levels)} modes, but the "
                "doorway has "
                f"{expected[0]} and {expected[1]}."
            )
        if not self.fits(basis):
            raise InputError(
                f"The basis lacks some of the levels {self.levels().tolist()} that the "
                "transition starts from. Use a larger one."
            )

        values = np.zeros((basis.n_states, basis.n_vibrational))
        values[:, _place(basis, self.quanta)] = self.amplitudes

        for m in np.flatnonzero(np.any(self.slopes != 0, axis=1)):
            for step, element in (
                (1, np.sqrt((self.quanta[m] + 1) / 2)),
                (-1, np.sqrt(self.quanta[m] / 2)),
            ):
                level = self.quanta + step * np.eye(self.quanta.size, dtype=int)[m]
                if level[m] >= 0:
                    values[:, _place(basis, level)] += element * self.slopes[m]

        return Wavepacket(basis, values)


def _level(model: VibronicHamiltonian, quanta: Sequence[int] | None) -> np.ndarray:
    level = np.zeros(model.n_modes, int) if quanta is None else np.asarray(quanta)
    check_shape("quanta", level, ("n_modes",), (model.n_modes,))
    return level


def _place(basis: VibronicBasis, level: np.ndarray) -> int:
    """Index of a vibrational level in the basis."""
    if not level.any():
        return 0
    if basis.is_product:
        return int(np.ravel_multi_index(tuple(level), basis.levels))
    return int(np.flatnonzero((basis.quanta == level).all(axis=1))[0])
