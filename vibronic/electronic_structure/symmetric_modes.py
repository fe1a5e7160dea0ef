"""Normal modes with species, degenerate ones in canonical orientation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..modes import NormalModes, check_minimum, dimensionless, signed_frequencies, vibrations
from .numbering import component_labels, component_letters, spectroscopic_order
from .symmetry import PointGroup, canonical_order
from .symmetry.axes import axes_told
from .symmetry.representation import (
    QUADRUPOLES,
    blocks_only,
    canonical_rotation,
    sets_of_equals,
    signs,
)

EQUAL = 1e-6  # relative difference of the squared frequencies of a degenerate set


def symmetric_modes(
    symbols: tuple[str, ...],
    coordinates: np.ndarray,
    masses: np.ndarray,
    hessian: np.ndarray,
    group: PointGroup,
    *,
    molecule: str,
    provenance: Mapping[str, Any],
) -> NormalModes:
    """Normal modes of a Cartesian `hessian` (3 n_atoms, 3 n_atoms), hartree/bohr^2, made exactly
    symmetric and numbered as spectroscopists do.

    Raises CalculationError where the geometry is not a minimum, and names the mode.
    """
    operations = group.on_displacements(np.eye(3 * len(masses)))
    even = (hessian + hessian.T) / 2  # density fitting leaves it uneven
    symmetric = np.mean(operations @ even @ operations.transpose(0, 2, 1), axis=0)
    values, vectors = vibrations(symmetric, coordinates, masses)
    sets = sets_of_equals(values, EQUAL * values[-1])

    vectors = _canonical(vectors, symbols, coordinates, group, sets)
    raw = signed_frequencies(values)
    frequencies = np.array([np.mean(raw[s]) for s in sets for _ in s])
    irreps = _species(vectors, group, sets)
    level = provenance["level_of_theory"]
    check_minimum(molecule, symbols, frequencies, irreps, vectors, level)

    triatomic = group.linear and len(symbols) == 3
    ordered = spectroscopic_order(irreps, frequencies, sets, linear_triatomic=triatomic)
    order = np.concatenate([*ordered, np.zeros(0, dtype=int)])
    letters = component_letters(group.matrices, group.on_displacements(vectors), sets)
    labels = component_labels([f"v{k + 1}" for k in range(len(ordered))], ordered, letters)
    return NormalModes(
        symbols,
        coordinates,
        masses,
        frequencies[order],
        dimensionless(vectors, frequencies, masses)[order],
        tuple(irreps[m] for m in order),
        group.name,
        molecule,
        provenance=provenance,
        labels=tuple(labels[m] for m in order),
        axes=axes_told(coordinates, group.matrices, group.linear),
    )


def _canonical(
    vectors: np.ndarray,
    symbols: tuple[str, ...],
    coordinates: np.ndarray,
    group: PointGroup,
    sets: list[np.ndarray],
) -> np.ndarray:
    """The same modes with degenerate ones turned, and signs chosen, alike for every input."""
    shapes = [(coordinates**2 @ c)[:, None] + c for c in QUADRUPOLES]
    quadrupoles = np.array([vectors * shape.ravel() @ vectors.T for shape in shapes])
    matrices = group.on_displacements(vectors)
    turned = canonical_rotation(group, matrices, quadrupoles, sets).T @ vectors

    order = canonical_order(symbols, coordinates)
    by_atom = turned.reshape(len(turned), -1, 3)[:, order]
    found: np.ndarray = turned * signs(by_atom.reshape(turned.shape))[:, None]
    return found


def _species(vectors: np.ndarray, group: PointGroup, sets: list[np.ndarray]) -> tuple[str, ...]:
    matrices = group.on_displacements(vectors)
    characters = np.array([[np.trace(m[np.ix_(s, s)]) for s in sets] for m in matrices])
    labels = group.labels(characters, np.array([len(s) for s in sets]))
    return tuple(label for label, s in zip(labels, sets, strict=True) for _ in s)


def mode_matrices(
    modes: NormalModes, group: PointGroup
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """How the modes turn under the operations, (order, n_modes, n_modes), and the sets of
    degenerate ones.
    """
    if not modes.n_modes:
        return np.zeros((group.order, 0, 0)), ()

    sets = sets_of_equals(modes.frequencies, 1e-9 * modes.frequencies.max())
    matrices = group.on_displacements(modes.mass_weighted)
    return blocks_only(matrices, sets), tuple(sets)
