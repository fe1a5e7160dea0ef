"""Minimum-energy conical intersections, their branching plane and topography."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import CalculationError, InputError, check_shape, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..surface_names import surface_names
from .adiabatic import adiabatic_energies
from .starts import starting_points

# eV; gap and gradient along the seam at which an intersection is found
CLOSED = 1e-9
FLAT = 1e-7
LONGEST_STEP = 0.5  # in q
STEPS = 300
NO_COUPLING = 1e-8  # eV; without a coupling vector the states cross without a cone


@noun
@dataclass(frozen=True, eq=False)
class ConicalIntersection:
    """The lowest point at which adiabatic surfaces `states` meet: `energy` (eV), `position`
    (n_modes,), `gap` (eV).

    `g` and `h` (n_modes,), eV, span the branching plane: half the gradient difference and the
    coupling of the degenerate states that are nearest to diabatic ones, turned by as little as
    makes them orthogonal; `s` is the mean gradient. Close by, E = energy + s.r -+ sqrt((g.r)^2 +
    (h.r)^2). `pitch` sqrt((g^2 + h^2)/2), `asymmetry` |g^2 - h^2|/(g^2 + h^2), `tilt` |s| in the
    plane over the pitch.

    I. Fdez. Galvan, M. G. Delcey, T. B. Pedersen, F. Aquilante, R. Lindh, J. Chem. Theory Comput.
    12, 3636 (2016), doi:10.1021/acs.jctc.6b00384
    """

    states: tuple[int, int]
    energy: float
    position: np.ndarray
    gap: float
    g: np.ndarray
    h: np.ndarray
    s: np.ndarray
    seam_dimension: int
    third: float = -1.0  # distance (eV) to the nearest further surface, -1 without any
    names: tuple[str, ...] = ()  # of the two surfaces

    def __post_init__(self) -> None:
        for name in ("position", "g", "h", "s"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        object.__setattr__(self, "states", tuple(int(a) for a in self.states))

    @property
    def pitch(self) -> float:
        """Mean steepness of the cone, eV."""
        return float(np.sqrt((self.g @ self.g + self.h @ self.h) / 2))

    @property
    def asymmetry(self) -> float:
        """0 for a round cone, 1 for a line of crossing."""
        return float(abs(self.g @ self.g - self.h @ self.h) / (self.g @ self.g + self.h @ self.h))

    @property
    def slopes(self) -> tuple[float, float]:
        """Mean gradient along the unit vectors of g and h, eV."""
        return tuple(
            float(self.s @ v / np.linalg.norm(v)) if np.linalg.norm(v) > NO_COUPLING else 0.0
            for v in (self.g, self.h)
        )  # type: ignore[return-value]

    @property
    def tilt(self) -> float:
        """Mean slope in the branching plane over the pitch."""
        return float(np.hypot(*self.slopes)) / self.pitch

    @property
    def is_peaked(self) -> bool:
        """True when the intersection is the lowest point of the upper surface nearby, (s_g/g)^2 +
        (s_h/h)^2 < 1; else it is sloped.
        """
        steep = [np.linalg.norm(v) for v in (self.g, self.h)]
        return bool(
            sum((x / n) ** 2 for x, n in zip(self.slopes, steep, strict=True) if n > NO_COUPLING)
            < 1
        )

    @property
    def is_conical(self) -> bool:
        """False when nothing couples the two surfaces here: they cross, but not in a cone."""
        return bool(min(np.linalg.norm(self.g), np.linalg.norm(self.h)) > NO_COUPLING)

    @property
    def pair(self) -> tuple[str, ...]:
        """What the two surfaces are called; their numbers in files of version 0.1."""
        return self.names or tuple(str(a) for a in self.states)

    def __str__(self) -> str:
        kind = (
            f"{'peaked' if self.is_peaked else 'sloped'} conical intersection"
            if self.is_conical
            else "crossing without coupling"
        )
        return (
            f"ConicalIntersection  {kind} of surfaces {self.pair[0]} and {self.pair[1]} at "
            f"{self.energy:.4f} eV "
            f"(gap {self.gap:.0e} eV); pitch {self.pitch:.3f} eV, asymmetry "
            f"{self.asymmetry:.2f}, tilt {self.tilt:.2f}; seam of dimension {self.seam_dimension}"
        )


@public
def conical_intersection(
    model: VibronicHamiltonian, states: Sequence[int | str] = (0, 1), start: Any = None
) -> ConicalIntersection:
    """The minimum-energy intersection of two neighbouring adiabatic surfaces, from `start`
    (n_modes,) or the best of a dozen starts. The labels of two states mean the surfaces they lie
    on at q = 0.

    Newton's method on the Lagrangian of the mean energy with the two conditions of degeneracy, in
    the two-state effective Hamiltonian of second-order quasi-degenerate perturbation theory: for
    linear two-state models that is the closed form, reached at once. The energy is that of W,
    which at q = 0 holds the vertical energies: no zero-point energy is in it.

    Raises CalculationError when no start closes the gap.
    """
    a, b = _pair(model, states)
    guesses = starting_points(model) if start is None else [frozen_array(start, "start")]

    found = []
    for guess in guesses:
        check_shape("start", guess, ("n_modes",), (model.n_modes,))
        q = _searched(model, a, np.array(guess))
        if q is not None:
            found.append((float(adiabatic_energies(model, q)[[a, b]].mean()), tuple(q)))

    if not found:
        names = surface_names(model)
        raise CalculationError(
            f"No intersection of surfaces {names[a]} and {names[b]} was found from "
            f"{len(guesses)} starts: they may not meet within the model. "
            "Give a `start` nearer to it."
        )

    return _described(model, a, np.array(min(found)[1]))


def _pair(model: VibronicHamiltonian, states: Sequence[int | str]) -> tuple[int, int]:
    pair = sorted(model.surface_of(x) if isinstance(x, str) else int(x) for x in states)
    if len(pair) != 2 or pair[1] != pair[0] + 1 or pair[0] < 0 or pair[1] >= model.n_states:
        raise InputError(
            "Argument `states` must be two neighbouring adiabatic surfaces, counted from 0 to "
            f"{model.n_states - 1} in order of energy, as in (0, 1), but is {tuple(states)}."
        )
    if model.n_modes == 0:
        raise InputError("A model without modes has no surfaces to intersect.")
    return pair[0], pair[1]


def seam_conditions(model: VibronicHamiltonian, a: int, q: np.ndarray) -> tuple[float, np.ndarray]:
    """Gap E_a+1 - E_a (eV) at q, and the vectors (2, n_modes) that open it: half the gradient
    difference of a and a + 1, and their coupling.
    """
    energies, first, _ = _effective(model, a, q)
    return float(energies[1] - energies[0]), np.stack(
        [(first[:, 0, 0] - first[:, 1, 1]) / 2, first[:, 0, 1]]
    )


def _effective(
    model: VibronicHamiltonian, a: int, q: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Energies (2,), first (n_modes, 2, 2) and second (n_modes, n_modes, 2, 2) derivatives of the
    effective two-state Hamiltonian at q.
    """
    energies, vectors = np.linalg.eigh(model.potential(q))
    first, second = (
        np.einsum("ia,...ij,jb->...ab", vectors, x, vectors)
        for x in model.potential_derivatives(q)
    )
    pair = [a, a + 1]
    bent = second[:, :, pair][:, :, :, pair]

    for k in range(model.n_states):
        if k not in pair:
            coupling = first[:, pair, k]
            product = np.einsum("ma,nb->mnab", coupling, coupling) / (
                energies[pair].mean() - energies[k]
            )
            bent = bent + product + product.transpose(1, 0, 2, 3)

    return energies[pair], first[:, pair][:, :, pair], (bent + bent.transpose(0, 1, 3, 2)) / 2


def _searched(model: VibronicHamiltonian, a: int, q: np.ndarray) -> np.ndarray | None:
    multipliers = np.zeros(2)
    n = model.n_modes

    for _ in range(STEPS):
        energies, first, second = _effective(model, a, q)
        mean = (first[:, 0, 0] + first[:, 1, 1]) / 2
        conditions = np.stack([(first[:, 0, 0] - first[:, 1, 1]) / 2, first[:, 0, 1]])
        off = np.array([(energies[0] - energies[1]) / 2, 0.0])
        along = _seam_part(mean, conditions)
        if abs(2 * off[0]) < CLOSED and np.abs(along).max() < FLAT:
            return q

        hessian = (
            (second[..., 0, 0] + second[..., 1, 1]) / 2
            + multipliers[0] * (second[..., 0, 0] - second[..., 1, 1]) / 2
            + multipliers[1] * second[..., 0, 1]
        )
        values, vectors = np.linalg.eigh(hessian)
        hessian = (
            vectors @ np.diag(np.maximum(np.abs(values), 1e-3)) @ vectors.T
        )  # downhill, also far from the end
        system = np.block([[hessian, conditions.T], [conditions, np.zeros((2, 2))]])
        solution = np.linalg.lstsq(system, np.concatenate([-mean, -off]), rcond=1e-10)[0]
        step = solution[:n]
        multipliers = np.clip(solution[n:], -10, 10)
        q = q + step * min(1.0, LONGEST_STEP / max(float(np.linalg.norm(step)), 1e-300))
        if not np.all(np.isfinite(q)) or np.abs(q).max() > 100:
            return None

    return None


def _seam_part(vector: np.ndarray, conditions: np.ndarray) -> np.ndarray:
    """What of `vector` lies along the seam, orthogonal to both conditions."""
    _, sizes, right = np.linalg.svd(conditions, full_matrices=False)
    plane = right[sizes > NO_COUPLING]
    values: np.ndarray = vector - plane.T @ (plane @ vector)
    return values


def _described(model: VibronicHamiltonian, a: int, q: np.ndarray) -> ConicalIntersection:
    everything, vectors = np.linalg.eigh(model.potential(q))
    pair = _most_diabatic(vectors[:, [a, a + 1]])
    first = np.einsum("ia,mij,jb->mab", pair, model.potential_derivatives(q)[0], pair)
    g = (first[:, 0, 0] - first[:, 1, 1]) / 2
    h = first[:, 0, 1]
    angle = 0.5 * np.arctan2(
        2 * g @ h, g @ g - h @ h
    )  # degenerate states may be turned: the plane's principal axes
    angle -= np.pi / 2 * np.round(angle / (np.pi / 2))  # by as little as makes them orthogonal
    g, h = np.cos(angle) * g + np.sin(angle) * h, np.cos(angle) * h - np.sin(angle) * g
    g, h = (v * (1.0 if v[int(np.abs(v).argmax())] >= 0 else -1.0) for v in (g, h))
    others = np.abs(np.delete(everything, [a, a + 1]) - everything[[a, a + 1]].mean())

    return ConicalIntersection(
        (a, a + 1),
        float(everything[[a, a + 1]].mean()),
        q,
        float(everything[a + 1] - everything[a]),
        g,
        h,
        (first[:, 0, 0] + first[:, 1, 1]) / 2,
        model.n_modes - (2 if np.linalg.norm(h) > NO_COUPLING else 1),
        float(others.min()) if others.size else -1.0,
        surface_names(model)[a : a + 2],
    )


def _most_diabatic(vectors: np.ndarray) -> np.ndarray:
    """The two degenerate states (n_states, 2) turned so that they are as nearly as can be two of
    the diabatic states, in their order.
    """
    rows = np.sort(np.argsort(-(vectors**2).sum(axis=1), kind="stable")[:2])
    left, _, right = np.linalg.svd(vectors[rows])
    values: np.ndarray = vectors @ right.T @ left.T
    return values
