"""Points at which three adiabatic surfaces meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from ..checks import CalculationError, InputError, check_shape, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..surface_names import surface_names
from .adiabatic import adiabatic_energies
from .starts import starting_points

CLOSED = 1e-6  # eV
FEW = 6  # starts
STIFF = (1.0, 10.0, 100.0, 1000.0)  # penalties, 1/eV, of the sum of the squared gaps


@noun
@dataclass(frozen=True, eq=False)
class ThreeStateIntersection:
    """The lowest point found at which adiabatic surfaces `states` (three neighbours) meet:
    `energy` (eV), `position` (n_modes,), `gap` (eV) between the outer two, `conditions` the number
    of independent directions that lift the degeneracy (5 without symmetry).
    """

    states: tuple[int, int, int]
    energy: float
    position: np.ndarray
    gap: float
    conditions: int
    names: tuple[str, ...] = ()  # of the three surfaces

    def __post_init__(self) -> None:
        object.__setattr__(self, "position", frozen_array(self.position, "position"))
        object.__setattr__(self, "states", tuple(int(a) for a in self.states))

    @property
    def seam_dimension(self) -> int:
        """Dimension of the space of such points round this one."""
        return self.position.size - self.conditions

    def __str__(self) -> str:
        surfaces = ", ".join(self.names or map(str, self.states))
        return (
            f"ThreeStateIntersection  of surfaces {surfaces} at "
            f"{self.energy:.4f} eV (gap {self.gap:.0e} eV); "
            f"{self.conditions} directions lift it, seam of dimension {self.seam_dimension}"
        )


@public
def three_state_intersection(
    model: VibronicHamiltonian, lowest: int | str = 0, start: Any = None
) -> ThreeStateIntersection:
    """The lowest point at which surfaces `lowest`, `lowest` + 1 and `lowest` + 2 meet, from
    `start` or six starts.

    Three degenerate levels of a real symmetric matrix need five conditions (their two gaps and
    three couplings); fewer where symmetry meets some. The mean energy with a growing penalty on
    the gaps leads near, Newton's method on the conditions of the three states' effective matrix
    onto the point; the position is then relaxed along the seam.

    Raises CalculationError when no start closes both gaps.
    """
    lowest = model.surface_of(lowest)
    if lowest > model.n_states - 3 or model.n_modes == 0:
        raise InputError(
            f"Argument `lowest` must count three neighbouring surfaces of the {model.n_states} "
            f"there are, but is {lowest}."
        )

    guesses = starting_points(model)[:FEW] if start is None else [frozen_array(start, "start")]

    found = []
    for guess in guesses:
        check_shape("start", guess, ("n_modes",), (model.n_modes,))
        met = _closed(model, lowest, _led_near(model, lowest, guess))
        if met is not None:
            energies = adiabatic_energies(model, met)[lowest : lowest + 3]
            found.append((float(energies.mean()), tuple(met)))

    names = surface_names(model)[lowest : lowest + 3]
    if not found:
        raise CalculationError(
            f"No point at which surfaces {names[0]}, {names[1]} and {names[2]} meet was found "
            f"from {len(guesses)} starts. "
            "It takes five free coordinates without symmetry, and the model has "
            f"{model.n_modes} modes."
        )

    energy, position = min(found)
    q = np.array(position)
    sizes = np.linalg.svd(_conditions(model, lowest, q)[1], compute_uv=False)
    energies = adiabatic_energies(model, q)[lowest : lowest + 3]

    return ThreeStateIntersection(
        (lowest, lowest + 1, lowest + 2),
        energy,
        q,
        float(np.ptp(energies)),
        int((sizes > 1e-6).sum()),
        names,
    )


def _led_near(model: VibronicHamiltonian, lowest: int, guess: np.ndarray) -> np.ndarray:
    """Where the mean energy with a growing penalty on the gaps is lowest."""
    q = np.array(guess)
    for stiffness in STIFF:
        q = minimize(
            _penalised,
            q,
            args=(model, lowest, stiffness),
            jac=True,
            method="BFGS",
            options={"gtol": 1e-7},
        ).x
    return q


def _penalised(
    q: np.ndarray, model: VibronicHamiltonian, lowest: int, stiffness: float
) -> tuple[float, np.ndarray]:
    energies, vectors = np.linalg.eigh(model.potential(q))
    three = slice(lowest, lowest + 3)
    first = model.potential_derivatives(q)[0]
    gradients = np.einsum("ia,mij,ja->am", vectors[:, three], first, vectors[:, three])
    mean = energies[three].mean()
    spread = energies[three] - mean

    value = float(mean + stiffness * spread @ spread)
    return value, gradients.mean(axis=0) + 2 * stiffness * spread @ gradients


def _conditions(
    model: VibronicHamiltonian, lowest: int, q: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The five numbers that vanish where the three meet, and their gradients (5, n_modes), in the
    adiabatic states at q.
    """
    energies, vectors = np.linalg.eigh(model.potential(q))
    three = vectors[:, lowest : lowest + 3]
    first = np.einsum("ia,mij,jb->mab", three, model.potential_derivatives(q)[0], three)
    e = energies[lowest : lowest + 3]
    values = np.array([e[1] - e[0], e[2] - e[1], 0, 0, 0])

    return values, np.stack(
        [
            first[:, 1, 1] - first[:, 0, 0],
            first[:, 2, 2] - first[:, 1, 1],
            first[:, 0, 1],
            first[:, 0, 2],
            first[:, 1, 2],
        ]
    )


def _closed(model: VibronicHamiltonian, lowest: int, q: np.ndarray) -> np.ndarray | None:
    """Newton steps onto the seam, and downhill along it."""
    for _ in range(400):
        values, gradients = _conditions(model, lowest, q)
        _, sizes, right = np.linalg.svd(gradients, full_matrices=False)
        inverse = np.linalg.pinv(gradients, rcond=1e-8)
        plane = right[sizes > 1e-8 * max(sizes.max(initial=0.0), 1e-300)]
        slope = _penalised(q, model, lowest, 0.0)[1]
        along = slope - plane.T @ (plane @ slope)
        step = -inverse @ values - along / model.frequencies.max()
        if np.abs(values).max() < CLOSED and np.abs(along).max() < 1e-6:
            return q
        q = q + step * min(1.0, 0.5 / max(float(np.linalg.norm(step)), 1e-300))
        if not np.all(np.isfinite(q)) or np.abs(q).max() > 100:
            return None

    return None
