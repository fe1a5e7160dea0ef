"""Minima and saddle points of adiabatic surfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from ..checks import CalculationError, check_shape, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..surface_names import surface_names
from ..units import CM
from .adiabatic import adiabatic_energies, adiabatic_gradients, adiabatic_hessian
from .intersection import conical_intersection
from .starts import starting_points

STATIONARY = 1e-7  # eV; largest component of the gradient
AT_CONE = 1e-4  # eV; a minimum with a smaller gap is the tip of a cone
FURTHEST = 50.0  # |q|; a surface that falls beyond it has no bound


@noun
@dataclass(frozen=True, eq=False)
class StationaryPoint:
    """A point of zero gradient on adiabatic `surface` (0 the lowest): `energy` (eV), `position`
    (n_modes,), and the harmonic `frequencies` there (eV, rising; negative for imaginary ones).
    `gap` is the distance to the nearest other surface (eV).

    Where the lowest point of a surface is the tip of a cone, there are no frequencies, and
    `is_cone` says so.
    """

    surface: int
    energy: float
    position: np.ndarray
    frequencies: np.ndarray
    gap: float
    is_cone: bool = False
    name: str = ""  # of the surface

    def __post_init__(self) -> None:
        for name in ("position", "frequencies"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    @property
    def order(self) -> int:
        """Number of imaginary frequencies: 0 for a minimum, 1 for a saddle point."""
        return int((self.frequencies < -1e-6).sum())

    def __str__(self) -> str:
        kind = (
            "tip of a cone"
            if self.is_cone
            else {0: "minimum", 1: "saddle point"}.get(
                self.order, f"stationary point of order {self.order}"
            )
        )
        modes = ", ".join(
            f"{w / CM:.0f}{'i' if w < 0 else ''}".lstrip("-") for w in self.frequencies
        )
        end = f"; frequencies {modes} cm-1" if self.frequencies.size else ""

        name = self.name or self.surface
        return f"StationaryPoint  {kind} of surface {name}: {self.energy:.4f} eV{end}"


@public
def surface_minimum(
    model: VibronicHamiltonian, surface: int | str, start: Any = None
) -> StationaryPoint:
    """The lowest minimum of an adiabatic surface found from `start` (n_modes,), or from twelve
    starts when none is given. The label of a state means the surface it lies on at q = 0.

    Energies count as those of the model's potential at its vertical point: without zero-point
    energies. Raises CalculationError for a surface that falls without bound.
    """
    surface = model.surface_of(surface)

    found = []
    for guess in starting_points(model) if start is None else [_point(model, start)]:
        position = _descended(model, surface, guess)
        if position is not None:
            found.append((float(adiabatic_energies(model, position)[surface]), tuple(position)))

    if not found:
        raise CalculationError(
            f"Surface {surface_names(model)[surface]} falls without bound: no minimum within "
            f"|q| = {FURTHEST:g}. Mend its quadratic or higher terms."
        )

    return _described(model, surface, np.array(min(found)[1]))


@public
def saddle_point(model: VibronicHamiltonian, surface: int | str, start: Any) -> StationaryPoint:
    """The stationary point with one imaginary frequency reached from `start` by following the
    softest mode uphill.

    Raises CalculationError when the search ends elsewhere.
    """
    surface = model.surface_of(surface)

    q = np.array(_point(model, start))
    for _ in range(200):
        gradient = adiabatic_gradients(model, q)[surface]
        hessian = adiabatic_hessian(model, q, surface)
        if np.abs(gradient).max() < STATIONARY:
            break
        values, vectors = np.linalg.eigh(hessian)
        wanted = np.maximum(np.abs(values), 1e-3) * np.where(np.arange(values.size) == 0, -1, 1)
        step = -vectors @ ((vectors.T @ gradient) / wanted)
        q = q + step * min(1.0, 0.3 / max(float(np.linalg.norm(step)), 1e-300))

    found = _described(model, surface, q)
    if np.abs(adiabatic_gradients(model, q)[surface]).max() > 100 * STATIONARY or found.order != 1:
        raise CalculationError(
            f"No saddle point of surface {surface_names(model)[surface]} was reached from this "
            f"start (ended at a point of order {found.order}). "
            "Start nearer to it."
        )

    return found


def _point(model: VibronicHamiltonian, start: Any) -> np.ndarray:
    point = frozen_array(start, "start")
    check_shape("start", point, ("n_modes",), (model.n_modes,))
    return point


def _descended(model: VibronicHamiltonian, surface: int, guess: np.ndarray) -> np.ndarray | None:
    """The minimum below `guess`, None where the surface has no bound; a descent that ends near a
    cone goes to its tip if it is peaked.
    """
    result = minimize(
        lambda q: float(adiabatic_energies(model, q)[surface]),
        guess,
        jac=lambda q: adiabatic_gradients(model, q)[surface],
        method="BFGS",
        options={"gtol": STATIONARY},
    )
    end: np.ndarray = result.x

    if np.abs(end).max(initial=0.0) > FURTHEST:
        return None

    slope = np.abs(adiabatic_gradients(model, end)[surface]).max(initial=0.0)
    if surface == 0 or slope <= 1000 * STATIONARY:
        return end

    try:
        tip = conical_intersection(model, (surface - 1, surface), start=end)
    except CalculationError:
        return end

    return tip.position if tip.is_peaked else end


def _described(model: VibronicHamiltonian, surface: int, position: np.ndarray) -> StationaryPoint:
    energies = adiabatic_energies(model, position)
    gap = (
        float(np.abs(np.delete(energies, surface) - energies[surface]).min())
        if model.n_states > 1
        else np.inf
    )
    is_cone = gap < AT_CONE and bool(
        np.abs(adiabatic_gradients(model, position)[surface]).max(initial=0.0) > 1e-4
    )

    frequencies = np.zeros(0)
    if not is_cone:
        root = np.sqrt(model.frequencies)
        squares = np.linalg.eigvalsh(
            root[:, None] * adiabatic_hessian(model, position, surface) * root
        )
        frequencies = np.sign(squares) * np.sqrt(np.abs(squares))

    return StationaryPoint(
        surface,
        float(energies[surface]),
        position,
        frequencies,
        min(gap, 1e6),
        is_cone,
        surface_names(model)[surface],
    )
