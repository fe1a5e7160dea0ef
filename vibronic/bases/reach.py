"""How many quanta a packet can reach in every mode."""

from __future__ import annotations

import numpy as np

from ..checks import InputError
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian

FURTHEST = 25.0  # largest |q| looked at
USUAL_REACH = 6.0  # |q| to which a basis is advised where nothing ends it


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
    grid, lowest = _cut(model, m)
    if min(lowest[0], lowest[-1]) < top:
        rises = lowest[0] > lowest[1] and lowest[-1] > lowest[-2]
        why = "carries the packet too far for a series in q" if rises else "is not bound"
        advice = _leave_out(model, m) if rises else _unbound(model, m, state)
        raise InputError(
            f"Mode {model.mode_labels[m]!r} {why}: at |q| = {FURTHEST:g} the lowest surface still "
            f"lies below the band of state {state!r}. {advice}"
        )

    inside = grid[lowest <= top + model.frequencies[m]]
    return float(np.abs(inside).max(initial=0.0))


def _cut(model: VibronicHamiltonian, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Points along a mode, and the lowest surface there (eV)."""
    grid = np.linspace(-FURTHEST, FURTHEST, 1001)
    q = np.zeros((grid.size, model.n_modes))
    q[:, m] = grid
    return grid, np.linalg.eigvalsh(model.potential(q))[:, 0]


def _leave_out(model: VibronicHamiltonian, m: int) -> str:
    """What can be done about a motion that no series describes."""
    others = [label for k, label in enumerate(model.mode_labels) if k != m]
    left = ""
    if 0 < len(others) <= 12:
        left = f" (`modes={others}`, or `--modes {','.join(others)}`)"
    return f"Leave this large-amplitude motion out{left}, or mend its couplings."


def _unbound(model: VibronicHamiltonian, m: int, state: str) -> str:
    """What can be done about a surface that falls at large q: the levels below its barrier are
    those of a basis that ends there.
    """
    barrier, reach = _barrier(model, m)
    grid, lowest = _cut(model, m)
    bottom = float(lowest[np.abs(grid) <= reach].min())
    if barrier - bottom < model.frequencies[m]:
        return (
            "No barrier holds even one of its levels: the series is not meant to be followed "
            f"there. {_leave_out(model, m)}"
        )

    reaches = [_barrier(model, k)[1] for k in range(model.n_modes)]
    levels = [max(2, int(r**2 / 2)) for r in reaches]
    return (
        f"It rises to a barrier at {barrier:.3f} eV, {barrier - bottom:.3f} eV above its lowest "
        f"point within, and falls beyond |q| = {reach:.1f}. The levels below the barrier are "
        "those of a basis that ends inside it, of your own choice: `basis = "
        f"vibronic.VibronicBasis({model.n_states}, {_text(levels)})`, then "
        "`vibronic.spectra.eigenstates(model, basis, 3)`, or `vibronic.Doorway.vertical(model, "
        f"{state!r}).packet(basis)` in place of the state; what a smaller basis leaves unchanged "
        f"can be trusted. Otherwise: {_leave_out(model, m)}"
    )


def _barrier(model: VibronicHamiltonian, m: int) -> tuple[float, float]:
    """Height (eV) of the lower barrier along a mode, seen from q = 0, and the |q| at which it
    stands; where the surface rises all the way, the height at the end of the grid, and 6.
    """
    grid, lowest = _cut(model, m)
    centre = grid.size // 2
    sides = [lowest[centre:], lowest[centre::-1]]
    found = []

    for side in sides:
        bottom = int(np.argmin(side[: _first_fall(side)]))
        top = bottom + int(np.argmax(side[bottom : _first_fall(side)]))
        ends = top == side.size - 1
        found.append((float(side[top]), USUAL_REACH if ends else float(grid[centre + top])))
    return min(found)[0], min(reach for _, reach in found)


def _first_fall(side: np.ndarray) -> int:
    """Points from the centre outward until the surface falls for good."""
    falling = np.flatnonzero(np.diff(side) > 0)
    return int(falling[-1]) + 2 if falling.size else 1


def _text(levels: list[int]) -> str:
    return f"({', '.join(str(n) for n in levels)}{',' * (len(levels) == 1)})"


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
