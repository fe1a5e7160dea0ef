"""The full point group of a molecule: its operations, and how what belongs to it turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .atomic_orbitals import AtomicOrbitals
from .operations import centred, clean, exact_operations, is_linear, linear_operations
from .schoenflies import schoenflies
from .species import label

EXACT = 1e-6  # angstrom; to which operations of a symmetric geometry hold


@dataclass(frozen=True, eq=False)
class PointGroup:
    """All operations of a molecule: matrices on space, and where each sends every atom."""

    matrices: np.ndarray  # (order, 3, 3)
    images: np.ndarray  # (order, n_atoms)
    linear: bool = False

    @property
    def order(self) -> int:
        return len(self.matrices)

    @property
    def name(self) -> str:
        """Schoenflies symbol."""
        return schoenflies(self.matrices, self.linear)

    def labels(self, characters: np.ndarray, dimensions: np.ndarray) -> list[str]:
        """Species from the characters (order, n) of n irreducible sets."""
        return [
            label(self.matrices, character, int(dimension), self.linear)
            for character, dimension in zip(characters.T, dimensions, strict=True)
        ]

    def on_displacements(self, vectors: np.ndarray) -> np.ndarray:
        """<v_m|R|v_n>, (order, n, n), of vectors (n, 3 n_atoms)."""
        patterns = vectors.reshape(len(vectors), -1, 3)

        result = []
        for matrix, images in zip(self.matrices, self.images, strict=True):
            moved = np.zeros_like(patterns)
            moved[:, images] = patterns @ matrix.T
            result.append(vectors @ moved.reshape(vectors.shape).T)
        return np.array(result)

    def on_amplitudes(self, mole: Any, amplitudes: np.ndarray) -> np.ndarray:
        """<A_i|R|A_j>, (order, n, n), of tensors in the AO basis, (n, n_ao) or (n, n_ao, n_ao)."""
        overlap = mole.intor("int1e_ovlp")
        orbitals = AtomicOrbitals(mole)
        axes = range(1, amplitudes.ndim)

        bra = amplitudes
        for axis in axes:
            bra = np.moveaxis(np.tensordot(bra, overlap, axes=(axis, 0)), -1, axis)
        bra = bra.reshape(len(bra), -1)

        result = []
        for matrix, images in zip(self.matrices, self.images, strict=True):
            ket = amplitudes
            for axis in axes:
                moved = orbitals.moved(np.moveaxis(ket, axis, -1), matrix, images)
                ket = np.moveaxis(moved, -1, axis)
            result.append(bra @ ket.reshape(len(ket), -1).T)

        return np.array(result)

    def subgroup(self, kept: np.ndarray) -> PointGroup:
        """The operations marked in `kept` (order,)."""
        return PointGroup(self.matrices[kept], self.images[kept])


def point_group(symbols: tuple[str, ...], coordinates: np.ndarray) -> PointGroup:
    """The group of an exactly symmetric geometry in the orientation it has; a linear molecule must
    lie along z.
    """
    x = centred(symbols, coordinates)
    if is_linear(x):
        _, matrices, images = linear_operations(symbols, x, EXACT)
        return PointGroup(matrices, images, linear=True)

    _, matrices, images = exact_operations(symbols, x, EXACT)
    return PointGroup(clean(matrices), images)
