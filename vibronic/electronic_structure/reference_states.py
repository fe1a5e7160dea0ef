"""The states at the reference geometry, in symmetry-pure form, and how they and the modes turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..campaign import Result
from ..checks import CalculationError, InputError
from ..molecule import USUAL_STATES
from .numbering import component_labels, component_letters
from .reference_geometry import ReferenceGeometry
from .symmetric_modes import mode_matrices
from .symmetry import Representation, canonical_order
from .symmetry.representation import (
    QUADRUPOLES,
    blocks_only,
    canonical_rotation,
    irreducible,
    sets_of_equals,
    signs,
)

DEGENERATE = 1e-3  # eV; states closer than this are one set


@dataclass(frozen=True, eq=False)
class ReferenceStates:
    """States at q = 0: diabatic `energies` (n, n), eV, diagonal; pole strengths; amplitudes;
    `rotation` (n, n) from the computed states to these, so that a matrix M of the computed states
    is rotation M rotation^T here; species; dipoles (n, 3) or None; the next state's energy;
    energies of states `lost`, which lie below the highest but did not converge; `letters` of the
    components of degenerate ones.
    """

    energies: np.ndarray
    strengths: np.ndarray
    amplitudes: np.ndarray
    rotation: np.ndarray
    irreps: tuple[str, ...]
    symmetry: Representation
    dipoles: np.ndarray | None
    next_energy: float | None
    lost: tuple[float, ...] = ()
    letters: tuple[str, ...] = ()

    @property
    def sets(self) -> list[np.ndarray]:
        """Indices of the states of each irreducible set, by rising energy."""
        near = sets_of_equals(np.diag(self.energies), DEGENERATE)
        return irreducible(self.symmetry.states, near)

    def named(self, names: Callable[[int], tuple[str, ...]]) -> tuple[str, ...]:
        """A label for every state, `names` giving those of so many: X and A, where A is
        degenerate X, Ax and Ay.
        """
        sets = self.sets
        return component_labels(names(len(sets)), sets, self.letters)

    @property
    def labels(self) -> tuple[str, ...]:
        """Number and species of every state."""
        return tuple(f"{k + 1} ({irrep})" for k, irrep in enumerate(self.irreps))


def reference_states(
    reference: ReferenceGeometry, found: Result, n_states: int | None
) -> ReferenceStates:
    """The lowest `n_states` of the computed states (None: two, and what is degenerate with them):
    degenerate ones turned to canonical components, signs fixed, energies averaged.
    """
    energies = found["energies"]
    if n_states is None:
        n_states = whole_sets(energies, USUAL_STATES)
    _check_whole_sets(energies, n_states)
    kept = found["amplitudes"][:n_states]
    sets = sets_of_equals(energies[:n_states], DEGENERATE)

    group = reference.group
    raw = group.on_amplitudes(reference.mole, kept)
    quadrupoles = _quadrupoles(reference.mole, kept)
    rotation = canonical_rotation(group, raw, quadrupoles, sets).T
    amplitudes = np.tensordot(rotation, kept, axes=1)
    sign = signs(_in_order(reference, amplitudes).reshape(n_states, -1))
    rotation = rotation * sign[:, None]
    amplitudes = amplitudes * sign.reshape(-1, *[1] * (kept.ndim - 1))

    turned = rotation @ raw @ rotation.T
    pure = irreducible(turned, sets)
    matrices = blocks_only(turned, pure)
    symmetry = Representation(matrices, *mode_matrices(reference.modes, group))
    levels, strengths = (
        symmetry.averaged(rotation @ np.diag(found[key][:n_states]) @ rotation.T)
        for key in ("energies", "strengths")
    )

    highest = energies[n_states - 1] + DEGENERATE
    return ReferenceStates(
        np.diag(np.diag(levels)),
        np.diag(strengths),
        amplitudes,
        rotation,
        _species(reference, matrices, pure),
        symmetry,
        dipoles=rotation @ found["dipoles"][:n_states] if "dipoles" in found else None,
        next_energy=float(energies[n_states]) if len(energies) > n_states else None,
        lost=tuple(float(e) for e in found.get("lost", ()) if e < highest),
        letters=component_letters(group.matrices, matrices, pure),
    )


def least(n_states: int | None) -> int:
    """How many states are wanted at least where their number was given or not."""
    return USUAL_STATES if n_states is None else n_states


def whole_sets(energies: np.ndarray, wanted: int) -> int:
    """The number of states from `wanted` upwards that cuts no degenerate set; below it where the
    last states computed may lack partners.
    """
    count = len(energies)
    ends = [k for k in range(1, count) if energies[k] - energies[k - 1] > DEGENERATE]
    for end in ends:
        if end >= wanted:
            return end

    if wanted >= count or not ends:
        return count
    return ends[-1]


def _check_whole_sets(energies: np.ndarray, n_states: int) -> None:
    """Raise where there are too few states, or a degenerate set would be cut."""
    if len(energies) < n_states:
        raise CalculationError(
            f"Only {len(energies)} converged states (of an ionization: with pole strength above "
            f"0.3) were found, but {n_states} were asked for. Ask for fewer states."
        )

    if len(energies) == n_states or energies[n_states] - energies[n_states - 1] >= DEGENERATE:
        return

    cut = next(s for s in sets_of_equals(energies, DEGENERATE) if n_states in s)
    raise InputError(
        f"States {cut[0] + 1} to {cut[-1] + 1} are degenerate ({energies[n_states]:.3f} eV): a "
        f"model must keep all or none of them. Use {cut[-1] + 1} or {cut[0]} states."
    )


def _species(
    reference: ReferenceGeometry, matrices: np.ndarray, sets: list[np.ndarray]
) -> tuple[str, ...]:
    """The species of every state, from the characters of the irreducible sets."""
    characters = np.array([[np.trace(m[np.ix_(s, s)]) for s in sets] for m in matrices])
    dimensions = np.array([len(s) for s in sets])
    labels = reference.group.labels(characters, dimensions)
    of_state = {int(k): label for label, s in zip(labels, sets, strict=True) for k in s}
    return tuple(of_state[k] for k in range(matrices.shape[1]))


def _quadrupoles(mole: Any, amplitudes: np.ndarray) -> np.ndarray:
    """<A_i|3z^2 - r^2|A_j> and <A_i|x^2 - y^2|A_j>, (2, n, n), summed over the electron and the
    hole of an excitation.
    """
    metric = mole.intor("int1e_ovlp")
    squares = mole.intor("int1e_rr").reshape(3, 3, *metric.shape)[range(3), range(3)]
    bra = amplitudes.reshape(len(amplitudes), -1)
    axes = range(1, amplitudes.ndim)

    result = np.zeros((2, len(amplitudes), len(amplitudes)))
    for k, operator in enumerate(np.tensordot(QUADRUPOLES, squares, axes=1)):
        for axis in axes:
            ket = amplitudes
            for other in axes:
                matrix = operator if other == axis else metric
                ket = np.moveaxis(np.tensordot(ket, matrix, axes=(other, 1)), -1, other)
            result[k] += bra @ ket.reshape(len(ket), -1).T

    return result


def _in_order(reference: ReferenceGeometry, amplitudes: np.ndarray) -> np.ndarray:
    """Amplitudes with the atoms in canonical order, so that the rule for signs does not depend on
    the input's.
    """
    slices = reference.mole.aoslice_by_atom()[:, 2:]
    atoms = canonical_order(reference.modes.symbols, reference.modes.coordinates)
    order = np.concatenate([np.arange(*slices[a]) for a in atoms])
    for axis in range(1, amplitudes.ndim):
        amplitudes = np.take(amplitudes, order, axis=axis)
    return amplitudes
