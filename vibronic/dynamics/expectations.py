"""What a wavepacket does on its way: mean positions and momenta, widths, and the electronic
density matrix; no packet is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..bases import NeighbourTable
from ..basis import VibronicBasis
from ..checks import frozen_array
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..wavepacket import Wavepacket
from .observing import Meter, Observable, observations


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
        return np.einsum("tii->ti", self.electronic_density).real

    @property
    def purity(self) -> np.ndarray:
        """tr rho^2 / (tr rho)^2, (n_t,): 1 while electrons and vibrations are not entangled,
        1/n_states at the least.
        """
        return (np.abs(self.electronic_density) ** 2).sum(axis=(1, 2)) / self.populations.sum(
            axis=1
        ) ** 2

    @property
    def entropy(self) -> np.ndarray:
        """Entanglement entropy -tr rho ln rho of electrons and vibrations, nats, (n_t,)."""
        p = np.linalg.eigvalsh(self.electronic_density) / self.populations.sum(axis=1)[:, None]
        return -(np.clip(p, 0, None) * np.log(np.clip(p, 1e-300, None))).sum(axis=1)

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

    def meter(
        self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray
    ) -> Meter:
        """Meter of a sector."""
        return _Meter(model, basis, functions)


def expectations(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int,
    times: Any,
    *,
    basis: VibronicBasis | None = None,
    tolerance: float = 1e-3,
) -> Expectations:
    """Means, widths and the electronic density of a wavepacket at `times` (fs, rising from 0).

    `start` is a Wavepacket on a basis of its own, or a Doorway or a state index; for these `basis`
    is that of a propagation made before (`run.basis`), or one is found to `tolerance`. Widths are
    standard deviations; 1/sqrt(2) in the reference's ground state.
    """
    return observations(model, start, times, [Means()], basis=basis, tolerance=tolerance)[0]


class _Meter(Meter):
    """Pairs of functions that q and q^2 connect within a sector, and functions of equal quanta in
    two states.
    """

    def __init__(
        self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray
    ) -> None:
        self.labels = model.state_labels, model.mode_labels
        n = basis.n_vibrational
        table = NeighbourTable(basis)
        self.states, levels = np.divmod(functions, n)
        self.quanta = basis.quanta[levels].astype(float)
        place = np.full(basis.size, -1)
        place[functions] = np.arange(functions.size)

        def reached(m: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
            up = table.neighbours(0, n, ((m, steps),))[levels]
            there = np.where(up >= 0, place[self.states * n + np.maximum(up, 0)], -1)
            return np.flatnonzero(there >= 0), there[there >= 0]

        modes = range(len(basis.levels))
        self.once = [reached(m, 1) for m in modes]
        self.twice = [reached(m, 2) for m in modes]
        self.pairs = {}
        for i in range(basis.n_states):
            for j in range(i, basis.n_states):
                own = np.flatnonzero(self.states == i)
                other = np.flatnonzero(self.states == j)
                _, left, right = np.intersect1d(
                    levels[own], levels[other], assume_unique=True, return_indices=True
                )
                self.pairs[i, j] = own[left], other[right]
        self.n_states = basis.n_states

    def measured(self, psi: np.ndarray, k: int) -> tuple[np.ndarray, ...]:
        """<q>, <p>, <q^2>, <p^2> of every mode, divided by the norm, and the electronic density
        matrix.
        """
        weight = np.abs(psi) ** 2
        norm = float(np.vdot(psi, psi).real)
        q, p, qq, pp = np.zeros((4, len(self.once)))
        for m, ((a, b), (c, d)) in enumerate(zip(self.once, self.twice, strict=True)):
            single = np.sum(np.sqrt((self.quanta[a, m] + 1) / 2) * psi[a].conj() * psi[b]) / norm
            double = (
                np.sum(
                    np.sqrt((self.quanta[c, m] + 1) * (self.quanta[c, m] + 2))
                    * (psi[c].conj() * psi[d]).real
                )
                / norm
            )
            level = weight @ self.quanta[:, m] / norm + 0.5
            q[m] = 2 * single.real
            p[m] = 2 * single.imag
            qq[m] = level + double
            pp[m] = level - double
        density = np.zeros((self.n_states, self.n_states), complex)
        for (i, j), (left, right) in self.pairs.items():
            density[i, j] = np.vdot(psi[right], psi[left])
            density[j, i] = density[i, j].conj()
        return q, p, qq, pp, density

    def outcome(self, times: np.ndarray, columns: Sequence[np.ndarray]) -> Expectations:
        """The readings, as Expectations."""
        q, p, qq, pp, density = columns
        return Expectations(
            times,
            q,
            p,
            np.sqrt(np.maximum(qq - q**2, 0)),
            np.sqrt(np.maximum(pp - p**2, 0)),
            density,
            *self.labels,
        )
