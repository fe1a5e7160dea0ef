"""The states at the reference geometry, in symmetry-pure form, and how they and the modes turn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..campaign import Result
from ..checks import CalculationError, InputError
from ..modes import NormalModes
from ..molecule import Molecule
from .methods import overlaps
from .representation import (
    QUADRUPOLES,
    Representation,
    blocks_only,
    canonical_rotation,
    irreducible,
    sets_of_equals,
    signs,
)
from .scf import geometry_inputs, mole
from .symmetry import PointGroup, canonical_order, point_group
from .vibrations import mode_matrices

DEGENERATE = 1e-3  # eV; states closer than this are one set


@dataclass(frozen=True, eq=False)
class Place:
    """A molecule at the reference geometry of its modes."""

    molecule: Molecule
    modes: NormalModes

    @cached_property
    def group(self) -> PointGroup:
        """The point group, in the orientation of the modes."""
        return point_group(self.modes.symbols, self.modes.coordinates)

    @cached_property
    def geometry(self) -> dict[str, Any]:
        """Inputs of a task at the reference."""
        return geometry_inputs(self.molecule, self.modes.coordinates)

    @cached_property
    def mole(self) -> Any:
        """PySCF's molecule."""
        return mole(self.geometry)

    @property
    def occupied(self) -> int:
        """Number of doubly occupied orbitals."""
        return int(sum(self.mole.nelec) // 2)

    def displaced(self, q: np.ndarray) -> dict[str, Any]:
        """Inputs of a task at q."""
        return geometry_inputs(self.molecule, self.modes.geometry(q))

    def overlap(
        self, bra: np.ndarray, ket: np.ndarray, at: dict[str, Any] | None = None
    ) -> np.ndarray:
        """Overlaps of amplitudes here with those of a displaced geometry (or of this one)."""
        from pyscf import gto

        metric = (
            self.mole.intor("int1e_ovlp")
            if at is None
            else gto.intor_cross("int1e_ovlp", self.mole, mole(at))
        )
        return overlaps(metric, bra, ket)


@dataclass(frozen=True, eq=False)
class Reference:
    """States at q = 0: diabatic `energies` (n, n), eV, diagonal; pole strengths; amplitudes;
    `rotation` (n, n) from the computed states to these, so that a matrix M of the computed states
    is rotation M rotation^T here; species; dipoles (n, 3) or None; the next state's energy;
    energies of states `lost`, which lie below the highest but did not converge.
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

    @property
    def labels(self) -> tuple[str, ...]:
        """Number and species of every state."""
        return tuple(f"{k + 1} ({irrep})" for k, irrep in enumerate(self.irreps))


def reference_states(place: Place, found: Result, n_states: int) -> Reference:
    """The lowest `n_states` of the computed states: degenerate ones turned to canonical
    components, signs fixed, energies averaged.
    """
    energies = found["energies"]
    if len(energies) < n_states:
        raise CalculationError(
            f"Only {len(energies)} converged states (of an ionization: with pole strength above "
            "0.3) were found, but "
            f"{n_states} were asked for. Ask for fewer states."
        )
    if len(energies) > n_states and energies[n_states] - energies[n_states - 1] < DEGENERATE:
        sets = sets_of_equals(energies, DEGENERATE)
        cut = next(s for s in sets if n_states in s)
        raise InputError(
            f"States {cut[0] + 1} to {cut[-1] + 1} are degenerate ({energies[n_states]:.3f} "
            "eV): a model must keep all or none of "
            f"them. Use {cut[-1] + 1} or {cut[0]} states."
        )
    kept = found["amplitudes"][:n_states]
    sets = sets_of_equals(energies[:n_states], DEGENERATE)
    raw = place.group.on_amplitudes(place.mole, kept)
    rotation = canonical_rotation(place.group, raw, _quadrupoles(place.mole, kept), sets).T
    amplitudes = np.tensordot(rotation, kept, axes=1)
    sign = signs(_in_order(place, amplitudes).reshape(n_states, -1))
    rotation = rotation * sign[:, None]
    amplitudes = amplitudes * sign.reshape(-1, *[1] * (kept.ndim - 1))
    turned = rotation @ raw @ rotation.T
    pure = irreducible(turned, sets)
    matrices = blocks_only(turned, pure)
    modes, mode_sets = mode_matrices(place.modes, place.group)
    symmetry = Representation(matrices, modes, mode_sets)
    of_set = place.group.labels(
        np.array([[np.trace(m[np.ix_(s, s)]) for s in pure] for m in matrices]),
        np.array([len(s) for s in pure]),
    )
    irreps = {int(k): label for label, s in zip(of_set, pure, strict=True) for k in s}
    averaged = [
        symmetry.averaged(rotation @ np.diag(found[key][:n_states]) @ rotation.T)
        for key in ("energies", "strengths")
    ]
    return Reference(
        np.diag(np.diag(averaged[0])),
        np.diag(averaged[1]),
        amplitudes,
        rotation,
        tuple(irreps[k] for k in range(n_states)),
        symmetry,
        rotation @ found["dipoles"][:n_states] if "dipoles" in found else None,
        float(energies[n_states]) if len(energies) > n_states else None,
        tuple(float(e) for e in found.get("lost", ()) if e < energies[n_states - 1] + DEGENERATE),
    )


def _quadrupoles(mole: Any, amplitudes: np.ndarray) -> np.ndarray:
    """<A_i|3z^2 - r^2|A_j> and <A_i|x^2 - y^2|A_j>, (2, n, n), summed over the electron and the
    hole of an excitation.
    """
    metric = mole.intor("int1e_ovlp")
    squares = mole.intor("int1e_rr").reshape(3, 3, *metric.shape)[range(3), range(3)]
    result = np.zeros((2, len(amplitudes), len(amplitudes)))
    for k, operator in enumerate(np.tensordot(QUADRUPOLES, squares, axes=1)):
        for axis in range(1, amplitudes.ndim):
            ket = amplitudes
            for other in range(1, amplitudes.ndim):
                ket = np.moveaxis(
                    np.tensordot(ket, operator if other == axis else metric, axes=(other, 1)),
                    -1,
                    other,
                )
            result[k] += amplitudes.reshape(len(amplitudes), -1) @ ket.reshape(len(ket), -1).T
    return result


def _in_order(place: Place, amplitudes: np.ndarray) -> np.ndarray:
    """Amplitudes with the atoms in canonical order, so that the rule for signs does not depend on
    the input's.
    """
    slices = place.mole.aoslice_by_atom()[:, 2:]
    order = np.concatenate(
        [
            np.arange(*slices[a])
            for a in canonical_order(place.modes.symbols, place.modes.coordinates)
        ]
    )
    for axis in range(1, amplitudes.ndim):
        amplitudes = np.take(amplitudes, order, axis=axis)
    return amplitudes
