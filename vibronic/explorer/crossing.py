"""Where two diabatic states cross along the tuning mode, all other modes at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ..hamiltonian import VibronicHamiltonian
from .explored_model import ExploredModel

FAR = 10.0  # |q| up to which a crossing is looked for
SAME = 1e-9  # eV


@dataclass(frozen=True)
class Crossing:
    """`position` q of the tuning mode and `energy` (eV) at which two diabatic states cross.

    It `is_conical` where the surfaces meet there and the coupling mode parts them; then it
    `is_peaked` where both surfaces rise along the tuning mode to either side of the lower one's
    cusp, else it is sloped.
    """

    position: float
    energy: float
    is_conical: bool
    is_peaked: bool


def crossing(explored: ExploredModel, model: VibronicHamiltonian) -> Crossing | None:
    """The crossing nearest to q = 0 of the explored pair along its tuning mode, or None within
    |q| = 10.
    """
    i, j = explored.states
    tuning, coupled = explored.modes

    def at(x: float) -> np.ndarray:
        q = np.zeros(model.n_modes)
        q[tuning] = x
        return q

    def difference(x: float) -> float:
        w = model.potential(at(x))
        return float(w[j, j] - w[i, i])

    points = np.linspace(-FAR, FAR, 402)
    values = np.array([difference(x) for x in points])
    ends = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    if not ends.size:
        return None
    roots = [brentq(difference, points[k], points[k + 1]) for k in ends]
    x = float(min(roots, key=abs))

    w = model.potential(at(x))
    first, _ = model.potential_derivatives(at(x))
    meets = abs(w[i, j]) < SAME
    parted = abs(first[coupled, i, j]) > SAME
    rises = first[tuning, i, i] * first[tuning, j, j] < 0
    return Crossing(x, float(w[i, i]), bool(meets and parted), bool(rises))
