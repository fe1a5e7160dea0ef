"""Couplings from diabatic matrices at displaced geometries; symmetry decides which geometries are needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..modes import NormalModes
from .symmetry import PointGroup

STEP = 0.1  # in q: kappa and lambda are stable for 0.01-0.3, gamma is noise below 0.05


@dataclass(frozen=True)
class Displacement:
    """One geometry: mode and q."""

    mode: int
    q: float

    def vector(self, n_modes: int) -> np.ndarray:
        """The displacement as q (n_modes,)."""
        return self.q * np.eye(n_modes)[self.mode]


def displacements(modes: NormalModes, group: PointGroup, step: float = STEP) -> list[Displacement]:
    """The geometries that symmetry does not already decide: both signs of totally symmetric modes, one of all others."""
    both = [irrep == group.totally_symmetric for irrep in modes.irreps]
    return [Displacement(m, sign * step) for m in range(modes.n_modes) for sign in ((1, -1) if both[m] else (1,))]


def couplings(reference: np.ndarray, matrices: dict[Displacement, np.ndarray], modes: NormalModes, group: PointGroup,
              state_irreps: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """`linear` (n_modes, n, n) and diagonal `quadratic` (n_modes, n_modes, n, n), eV, with symmetry's exact zeros.

    W(q) = reference + linear q + quadratic q^2/2 along each mode. Where only one sign of q was computed, W_ij(-q) is
    plus or minus W_ij(q), as the species of states i, j and of the mode decide.
    """
    n, n_modes = len(reference), modes.n_modes
    linear, quadratic = np.zeros((n_modes, n, n)), np.zeros((n_modes, n_modes, n, n))
    for m in range(n_modes):
        plus = next(d for d in matrices if d.mode == m and d.q > 0)
        minus = next((d for d in matrices if d.mode == m and d.q < 0), None)
        odd, even = _parities(state_irreps, modes.irreps[m], group)
        forward = matrices[plus]
        backward = matrices[minus] if minus else np.where(odd, -forward, forward)
        linear[m] = np.where(odd, forward - backward, 0) / (2 * plus.q)
        quadratic[m, m] = np.where(even, forward + backward - 2 * reference, 0) / plus.q**2
    return linear, quadratic


def _parities(state_irreps: list[str], mode_irrep: str, group: PointGroup) -> tuple[np.ndarray, np.ndarray]:
    """Which elements of W may have odd, and which even, powers of the mode's coordinate."""
    symmetric = group.totally_symmetric
    pairs = np.array([[group.product(a, b) for b in state_irreps] for a in state_irreps])
    return pairs == mode_irrep, pairs == symmetric
