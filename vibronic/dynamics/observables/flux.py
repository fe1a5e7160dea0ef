"""How fast probability passes from state to state, and through a line in coordinate space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...checks import frozen_array
from ...hamiltonian import VibronicHamiltonian
from ...storage import noun
from ...units import HBAR
from ..propagators.state import State
from .mode_density import mode_indices
from .observable import Observable


@noun
@dataclass(frozen=True, eq=False)
class Fluxes:
    """Rates at `times` (fs), per fs.

    `transfer` (n_t, n_states, n_states): probability that enters diabatic state i from j, (2/hbar)
    Im <psi_i|W_ij psi_j>, antisymmetric; its sum over j is dP_i/dt. `through` (n_t, n_states):
    probability of each state that passes q of `mode` = `at` towards larger q.
    """

    times: np.ndarray
    transfer: np.ndarray
    through: np.ndarray
    mode: str
    at: float
    state_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("times", "transfer", "through"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    @property
    def passed(self) -> np.ndarray:
        """Net probability of each state that has passed the line since the start, (n_t, n_states),
        by the trapezoid rule.
        """
        steps = np.diff(self.times)[:, None] * (self.through[1:] + self.through[:-1]) / 2
        return np.concatenate([np.zeros((1, self.through.shape[1])), np.cumsum(steps, axis=0)])

    def __str__(self) -> str:
        k, i, j = np.unravel_index(int(self.transfer.argmax()), self.transfer.shape)
        passed = ", ".join(
            f"{label} {p:+.3f}"
            for label, p in zip(self.state_labels, self.passed[-1], strict=True)
        )
        return (
            f"Fluxes  {self.times[0]:g}-{self.times[-1]:g} fs; fastest transfer "
            f"{self.state_labels[j]} -> {self.state_labels[i]} "
            f"{self.transfer[k, i, j]:.3f}/fs at {self.times[k]:.1f} fs; passed {self.mode} = "
            f"{self.at:+.2f} in all: {passed}"
        )


@dataclass(frozen=True)
class Flux(Observable):
    """Transfer between the diabatic states and flux through q = `at` of one mode (label or index):
    gives Fluxes.

    The flux of state i is w Im <psi_i|delta(q - at) d/dq psi_i>, that of the operator w (p delta +
    delta p)/2; choose the mode along which an intersection lies, and its position there. Densities
    of diabatic states and this flux obey the equation of continuity d/dt int_at^inf = flux +
    transfer there.
    """

    mode: Any
    at: float = 0.0

    needs = ("expectation", "current")

    def check(self, model: VibronicHamiltonian) -> None:
        """Raise InputError for a mode that the model does not have."""
        mode_indices(model, (self.mode,))

    def measured(self, state: State, k: int) -> tuple[np.ndarray, ...]:
        """Transfer (n_states, n_states) and flux through the line (n_states,)."""
        model = state.model
        transfer = np.zeros((model.n_states,) * 2)
        for i in range(model.n_states):
            for j in range(i + 1, model.n_states):
                rate = 2 / HBAR * state.interstate_energy(i, j).imag
                transfer[i, j] = rate
                transfer[j, i] = -rate

        (mode,) = mode_indices(model, (self.mode,))
        through = state.current(mode, float(self.at)) * model.frequencies[mode] / HBAR
        return transfer, through

    def result(self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]) -> Fluxes:
        """The readings, as Fluxes."""
        model = start.model
        (mode,) = mode_indices(model, (self.mode,))
        label = model.mode_labels[mode]
        transfer, through = columns
        return Fluxes(times, transfer, through, label, float(self.at), model.state_labels)
