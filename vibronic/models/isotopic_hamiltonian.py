"""Isotopologues: the same electronic structure in the normal modes of other masses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes

STEP = 0.02  # in q, for the curvature of one set of normal coordinates in another
SAME = 1e-6  # eV; frequencies closer than this are of one mode
ROUNDED = 9  # decimals of eV that are kept


@public
def isotopic_hamiltonian(
    model: VibronicHamiltonian, modes: NormalModes, new: NormalModes
) -> VibronicHamiltonian:
    """The model, made in `modes`, in the normal modes `new` of other masses; no new electronic
    structure.

    The potential is the same function of the geometry: q = A q' + q' C q'/2, A the projection of
    the new displacements on the old modes and C the curvature that rotation of the molecule's
    frame (Eckart) brings, so linear' = A^T linear and quadratic' = A^T quadratic A + sum_m
    linear_m C_m. Exact to second order if the model holds all its bilinear terms. Models without
    quadratic terms stay linear.
    """
    _check(model, modes)
    change = _Change(modes, new)
    a = change.first()

    linear = np.einsum("mn,mij->nij", a, model.linear)

    quadratic = None
    if model.quadratic_pairs:
        quadratic = np.einsum("ma,nb,mnij->abij", a, a, model.quadratic)
        quadratic = quadratic + np.einsum("abm,mij->abij", change.second(), model.linear)
        quadratic = _rounded((quadratic + quadratic.swapaxes(0, 1)) / 2)

    errors = _errors(model, a)
    same_group = new.point_group == modes.point_group
    provenance = {
        **model.provenance,
        "masses": masses_told(new),
        "point_group": new.point_group,
        "axes": new.axes,
    }

    return replace(
        model,
        frequencies=new.frequencies,
        linear=_rounded(linear),
        quadratic=quadratic,
        mode_labels=new.labels,
        mode_irreps=new.irreps,
        state_irreps=model.state_irreps if same_group else (),
        linear_errors=errors[0],
        quadratic_errors=errors[1],
        provenance=provenance,
    )


def masses_told(modes: NormalModes) -> str:
    """The masses of all atoms, in words."""
    pairs = zip(modes.symbols, modes.masses, strict=True)
    return ", ".join(f"{symbol} {mass:.4f}" for symbol, mass in pairs)


def _check(model: VibronicHamiltonian, modes: NormalModes) -> None:
    if np.any(model.transition_slopes):
        raise InputError(
            "Models with `transition_slopes` cannot be carried to other masses yet: give them "
            "without slopes."
        )
    if model.n_modes != modes.n_modes or model.higher:
        raise InputError(
            f"The model must have all {modes.n_modes} normal modes and no terms beyond second "
            f"order, but has {model.n_modes} modes and {len(model.higher)} higher terms."
        )
    if np.abs(model.frequencies - modes.frequencies).max(initial=0.0) > SAME:
        raise InputError(
            "The frequencies of the model are not those of `modes` one by one: the model was made "
            "in other modes, or in another order of them (files of version 0.1 have them by "
            "rising frequency). Make both at one time, or load both from files."
        )


@dataclass(frozen=True)
class _Change:
    """Normal coordinates of the `old` masses as functions of those of the `new` ones."""

    old: NormalModes
    new: NormalModes

    def position(self, q: np.ndarray) -> np.ndarray:
        """The old q (n_old,) at the new q (n_new,)."""
        return self.old.position(self.new.geometry(q))

    def first(self) -> np.ndarray:
        """First derivatives (n_old, n_new)."""
        steps = STEP * np.eye(self.new.n_modes)
        rows = [(self.position(s) - self.position(-s)) / (2 * STEP) for s in steps]
        return np.array(rows).T

    def second(self) -> np.ndarray:
        """Second derivatives (n_new, n_new, n_old)."""
        n = self.new.n_modes
        unit = np.eye(n)
        pure = np.array([self._along(e) for e in unit])

        found = np.zeros((n, n, self.old.n_modes))
        for a in range(n):
            found[a, a] = pure[a]
            for b in range(a):
                diagonal = self._along(unit[a] + unit[b])
                found[a, b] = (diagonal - pure[a] - pure[b]) / 2
                found[b, a] = found[a, b]

        return found

    def _along(self, direction: np.ndarray) -> np.ndarray:
        """The second difference along a direction of the new q."""
        step = STEP * direction
        here = self.position(0 * direction)
        second: np.ndarray = (self.position(step) + self.position(-step) - 2 * here) / STEP**2
        return second


def _errors(
    model: VibronicHamiltonian, a: np.ndarray
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Errors of the new linear and quadratic terms, of independent old ones."""
    linear = None
    quadratic = None
    if model.linear_errors is not None:
        linear = np.sqrt(np.einsum("mn,mij->nij", a**2, model.linear_errors**2))
    if model.quadratic_errors is not None:
        squares = model.quadratic_errors**2
        quadratic = np.sqrt(np.einsum("ma,nb,mnij->abij", a**2, a**2, squares))
    return linear, quadratic


def _rounded(values: np.ndarray) -> np.ndarray:
    small = np.abs(values) < 10.0**-ROUNDED
    found: np.ndarray = np.where(small, 0.0, np.round(values, ROUNDED)) + 0.0
    return found
