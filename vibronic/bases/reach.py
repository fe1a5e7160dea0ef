"""How many quanta a packet can reach in every mode."""

from __future__ import annotations

import numpy as np

from ..checks import InputError
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian

FURTHEST = 25.0  # largest |q| looked at


@public
def reachable_quanta(model: VibronicHamiltonian, start: Doorway | int | str) -> np.ndarray:
    """Quanta each mode can reach from the vertical point of a state or from a doorway, (n_modes,);
    0 for a mode that no term contains.

    Along each mode the lowest adiabatic surface is followed to the largest |q| that lies below the
    band of the state (its vertical energy, twice its width and a quantum, and the energy of a hot
    start), but no further than the linear coupling drives a packet, to twice the displacement
    |linear|/(w + gamma) and the packet's own width; q^2/2 quanta describe that turning point.
    """
    door = Doorway.entering(model, start)
    tops = [model.constant[i, i] + 2 * np.sqrt(_variance(model, i)) for i in door.states]
    highest = int(door.states[int(np.argmax(tops))])
    top = max(tops) + float(door.quanta @ model.frequencies)
    outermost = door.levels().max(axis=0, initial=0)
    coupled = {m for powers, _ in model.terms() for m in powers}

    found = np.zeros(model.n_modes)
    for m in coupled:
        turning = _turning_point(model, m, top, model.state_labels[highest])
        driven = _driven(model, m) + np.sqrt(2 * outermost[m])
        reach = min(turning, driven)
        found[m] = max(reach**2 / 2, outermost[m]) + reach + 2

    return np.where(outermost > 0, np.maximum(found, outermost + 1.0), found)


def _turning_point(model: VibronicHamiltonian, m: int, top: float, state: str) -> float:
    """Largest |q_m| at which the lowest surface lies below `top` and a quantum; InputError where
    it never rises above.
    """
    grid = np.linspace(-FURTHEST, FURTHEST, 1001)
    q = np.zeros((grid.size, model.n_modes))
    q[:, m] = grid
    lowest = np.linalg.eigvalsh(model.potential(q))[:, 0]

    if min(lowest[0], lowest[-1]) < top:
        outward = lowest[0] > lowest[1] and lowest[-1] > lowest[-2]
        why = "carries the packet too far for a series in q" if outward else "is not bound"
        label = model.mode_labels[m]
        others = ",".join(other for other in model.mode_labels if other != label)
        raise InputError(
            f"Mode {label!r} {why}: at |q| = {FURTHEST:g} the lowest surface still lies below "
            f"the band of state {state!r}. Leave this large-amplitude motion out "
            f"(`--modes {others}`), or mend its couplings."
        )

    inside = grid[lowest <= top + model.frequencies[m]]
    return float(np.abs(inside).max(initial=0.0))


def _driven(model: VibronicHamiltonian, m: int) -> float:
    """|q_m| to which the linear coupling drives a packet, with the packet's own width."""
    w = model.frequencies[m]
    softened = w + np.linalg.eigvalsh(model.quadratic[m, m]).min()
    force = np.abs(np.linalg.eigvalsh(model.linear[m])).max()
    return float(2 * force / max(softened, 0.05 * w) + 2)


def _variance(model: VibronicHamiltonian, state: int) -> float:
    """Variance of the band of a state, eV^2, with what leads out of the state."""
    linear = (model.linear[:, state] ** 2).sum() / 2
    quadratic = (model.quadratic[:, :, state] ** 2).sum() / 8
    higher = sum((t.matrix[state] ** 2).sum() for t in model.higher)
    return float(linear + quadratic + higher)
