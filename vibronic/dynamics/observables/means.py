"""What a wavepacket does on its way: mean positions and momenta, widths, and the electronic
density matrix; no packet is stored.
"""

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
class Expectations:
    """At `times` (fs): `positions` <q_m> and `momenta` <p_m> (n_t, n_modes), their standard
    deviations, and `electronic_density` (n_t, n_states, n_states), rho_ij = <psi|j><i|psi> in
    diabatic states, traced over the vibrations.
    """

    times: np.ndarray
    positions: np.ndarray
    momenta: np.ndarray
    position_widths: np.ndarray
    momentum_widths: np.ndarray
    electronic_density: np.ndarray
    state_labels: tuple[str, ...] = ()
    mode_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("times", "positions", "momenta", "position_widths", "momentum_widths"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        object.__setattr__(
            self,
            "electronic_density",
            frozen_array(self.electronic_density, "electronic_density", complex),
        )

    @property
    def populations(self) -> np.ndarray:
        """Diabatic populations, (n_t, n_states)."""
        values: np.ndarray = np.einsum("tii->ti", self.electronic_density).real
        return values

    @property
    def purity(self) -> np.ndarray:
        """tr rho^2 / (tr rho)^2, (n_t,): 1 while electrons and vibrations are not entangled,
        1/n_states at the least.
        """
        norms = self.populations.sum(axis=1)
        squares = (np.abs(self.electronic_density) ** 2).sum(axis=(1, 2))
        purity: np.ndarray = squares / norms**2
        return purity

    @property
    def entropy(self) -> np.ndarray:
        """Entanglement entropy -tr rho ln rho of electrons and vibrations, nats, (n_t,)."""
        p = np.linalg.eigvalsh(self.electronic_density) / self.populations.sum(axis=1)[:, None]
        values: np.ndarray = -(np.clip(p, 0, None) * np.log(np.clip(p, 1e-300, None))).sum(axis=1)
        return values

    def __str__(self) -> str:
        reach = ""
        if self.mode_labels:
            k, far = np.unravel_index(int(np.abs(self.positions).argmax()), self.positions.shape)
            reach = f"; {self.mode_labels[far]} moves furthest, to {self.positions[k, far]:+.2f}"
        return (
            f"Expectations  {self.times[0]:g}-{self.times[-1]:g} fs, {self.positions.shape[1]} "
            f"modes{reach}; least purity "
            f"{self.purity.min():.3f}"
        )


@dataclass(frozen=True)
class Means(Observable):
    """<q>, <p>, their widths and the electronic density matrix: gives Expectations."""

    needs = ("moments", "electronic_density")

    def measured(self, state: State, k: int) -> tuple[np.ndarray, ...]:
        """<q>, <p>, <q^2>, <p^2> of every mode, divided by the norm, and the electronic density
        matrix.
        """
        rows = [state.moments(m) for m in range(state.model.n_modes)]
        moments = np.array(rows).reshape(-1, 4).T
        return *moments, state.electronic_density()

    def result(
        self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]
    ) -> Expectations:
        """The readings, as Expectations."""
        q, p, qq, pp, density = columns
        return Expectations(
            times,
            positions=q,
            momenta=p,
            position_widths=np.sqrt(np.maximum(qq - q**2, 0)),
            momentum_widths=np.sqrt(np.maximum(pp - p**2, 0)),
            electronic_density=density,
            state_labels=start.model.state_labels,
            mode_labels=start.model.mode_labels,
        )
