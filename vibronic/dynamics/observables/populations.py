"""Populations of the diabatic states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...checks import frozen_array
from ...storage import noun
from ..propagators.state import State
from .observable import Observable


@noun
@dataclass(frozen=True, eq=False)
class DiabaticPopulations:
    """`populations` (n_t, n_states) of the diabatic states at `times` (fs)."""

    times: np.ndarray
    populations: np.ndarray
    state_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("times", "populations"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        pairs = zip(self.state_labels, self.populations[-1], strict=True)
        final = ", ".join(f"{label} {p:.3f}" for label, p in pairs)
        return f"DiabaticPopulations  {self.times[0]:g}-{self.times[-1]:g} fs; at the end: {final}"


@dataclass(frozen=True)
class Populations(Observable):
    """P_i = <psi_i|psi_i>: gives DiabaticPopulations."""

    needs = ("populations",)

    def measured(self, state: State, k: int) -> tuple[np.ndarray]:
        """Of every state."""
        return (state.populations(),)

    def result(
        self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]
    ) -> DiabaticPopulations:
        """The readings, as DiabaticPopulations."""
        return DiabaticPopulations(times, columns[0], start.model.state_labels)
