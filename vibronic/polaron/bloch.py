"""The Hamiltonian of a charge of definite momentum on an infinite lattice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array

from .lattice import Lattice
from .space import PhononSpace


class BlochHamiltonian:
    """H at any momentum on a phonon space: what stays, and for every axis what moves the charge up
    by one site, so that H(k) = stays + sum_d (exp(-i k_d) up_d + exp(i k_d) up_d^T), eV.
    """

    def __init__(self, lattice: Lattice, space: PhononSpace) -> None:
        creation = space.creation()
        coupling = lattice.coupling * lattice.frequency
        energies = lattice.frequency * space.counts.astype(float)
        self.stays = csr_array(diags_array(energies) + coupling * (creation + creation.T))
        self.up = [-lattice.hopping * space.hop(axis) for axis in range(lattice.dimension)]
        if lattice.peierls_coupling:
            self.up[0] = self.up[0] + lattice.peierls_coupling * _changed_hop(space)

    def at(self, momentum: Sequence[float] | np.ndarray) -> csr_array:
        """H(k), real where it can be."""
        total = self.stays
        for k, up in zip(momentum, self.up, strict=True):
            moved = _phase(k) * up
            total = total + moved + moved.conj().T
        return csr_array(total)

    def slope(self, momentum: Sequence[float] | np.ndarray) -> csr_array:
        """dH/dk along the first axis, times i where k is 0 or pi, so that it is real there."""
        moved = _phase(momentum[0]) * self.up[0]
        difference = csr_array(moved - moved.conj().T)
        return difference if np.isrealobj(difference.data) else csr_array(-1j * difference)

    def curvature(self, momentum: Sequence[float] | np.ndarray) -> csr_array:
        """d^2H/dk^2 along the first axis."""
        moved = _phase(momentum[0]) * self.up[0]
        return csr_array(-(moved + moved.conj().T))


def _phase(k: float) -> Any:
    """exp(-ik), as a real number where it is one."""
    found = np.exp(-1j * k)
    return float(found.real) if abs(found.imag) < 1e-14 else complex(found)


def _changed_hop(space: PhononSpace) -> csr_array:
    """What (b + b^+) of the two ends of a bond adds to a hop up: x (left site) - x (right)."""
    up_left = space.creation_with_hop(1, first=True)
    up_right = space.creation_with_hop(1, first=False)
    down_left = space.creation_with_hop(-1, first=False)
    down_right = space.creation_with_hop(-1, first=True)
    return csr_array(up_left + down_left.T - up_right - down_right.T)
