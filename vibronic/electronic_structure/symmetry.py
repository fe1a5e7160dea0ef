"""Standard orientation and the abelian point group: irreps of modes and orbitals."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from ..checks import CalculationError, InputError

SIGNS = {"E": (1, 1, 1), "C2x": (1, -1, -1), "C2y": (-1, 1, -1), "C2z": (-1, -1, 1), "i": (-1, -1, -1),
         "sx": (-1, 1, 1), "sy": (1, -1, 1), "sz": (1, 1, -1)}


@dataclass(frozen=True)
class PointGroup:
    """D2h or a subgroup: sign changes of the axes, and where each operation sends every atom."""

    name: str
    operations: tuple[str, ...]
    images: np.ndarray  # (n_operations, n_atoms)

    @property
    def characters(self) -> dict[str, np.ndarray]:
        """Characters of every irrep, (n_operations,)."""
        from pyscf.symm.param import CHARACTER_TABLE

        return {row[0]: np.array(row[1:], dtype=float) for row in CHARACTER_TABLE[self.name]}

    @property
    def totally_symmetric(self) -> str:
        """Label of the totally symmetric irrep."""
        return next(iter(self.characters))

    def product(self, *irreps: str) -> str:
        """Irrep of the direct product."""
        table = self.characters
        total = np.prod([table[r] for r in irreps], axis=0)
        return next(name for name, row in table.items() if np.array_equal(row, total))

    def cartesian(self, operation: int) -> np.ndarray:
        """Matrix (3n, 3n) of an operation on displacement vectors."""
        n = self.images.shape[1]
        matrix = np.zeros((n, 3, n, 3))
        for a, b in enumerate(self.images[operation]):
            matrix[b, :, a, :] = np.diag(SIGNS[self.operations[operation]])
        return matrix.reshape(3 * n, 3 * n)

    def orbital_characters(self, mole: Any, orbitals: np.ndarray) -> np.ndarray:
        """<D_i|R|D_j> for every operation R, (n_operations, n, n), of orbitals given in the AO basis (columns)."""
        from pyscf.symm.param import SPHERIC_GTO_PARITY_ODD

        overlap, slices = mole.intor("int1e_ovlp"), mole.aoslice_by_atom()
        parity = np.array([SPHERIC_GTO_PARITY_ODD[mole.bas_angular(b)][k] for b in range(mole.nbas)
                           for _ in range(mole.bas_nctr(b)) for k in range(2 * mole.bas_angular(b) + 1)])
        result = []
        for name, images in zip(self.operations, self.images, strict=True):
            moved = np.zeros_like(orbitals)
            signs = np.prod(np.where(parity == 1, SIGNS[name], 1), axis=1)
            for a, b in enumerate(images):
                source, target = slice(*slices[a, 2:]), slice(*slices[b, 2:])
                moved[target] = signs[source, None] * orbitals[source]
            result.append(orbitals.T @ overlap @ moved)
        return np.array(result)

    def irreps(self, characters: np.ndarray) -> list[str]:
        """Irrep of each item from its diagonal characters (n_operations, n)."""
        names, rows = list(self.characters), np.array(list(self.characters.values()))
        distance = np.abs(characters.T[:, None, :] - rows).max(axis=2)
        best = distance.argmin(axis=1)
        if distance.size and distance.min(axis=1).max() > 0.1:
            raise CalculationError("An orbital or mode does not belong to one symmetry species: the wavefunction has lower "
                                   f"symmetry than the geometry ({self.name}). Check the SCF solution.")
        return [names[k] for k in best]


def symmetrized(symbols: tuple[str, ...], coordinates: np.ndarray, tolerance: float = 0.02) -> tuple[np.ndarray, PointGroup]:
    """Coordinates (angstrom) in standard orientation and made exactly symmetric, and their point group.

    Operations that hold to `tolerance` (angstrom) count. x is normal to the plane of a planar molecule, z the axis through
    most atoms, or the only twofold axis.
    """
    if len(symbols) < 2 or np.linalg.matrix_rank(coordinates - coordinates.mean(axis=0), tol=5e-3) < 2:
        raise InputError("Linear molecules (and atoms) are not supported: their degenerate bends and orbitals need Renner-Teller "
                         "coupling in curvilinear coordinates. Give a bent or larger molecule.")
    frame = _principal_frame(symbols, coordinates, tolerance)
    chosen: tuple[tuple, np.ndarray, PointGroup] | None = None
    for order in permutations(range(3)):
        axes = np.eye(3)[list(order)]
        axes[0] *= np.linalg.det(axes)
        x = frame @ axes.T
        group = _group(symbols, x, tolerance)
        if group is None:
            continue
        flat, on_z = np.abs(x[:, 0]) < tolerance, np.abs(x[:, :2]).max(axis=1) < tolerance
        score = (len(group.operations), flat.sum(), on_z.sum(), round(float((x[:, 2] ** 2).sum()), 3))
        if chosen is None or score > chosen[0]:
            chosen = (score, x, group)
    assert chosen is not None  # the identity always holds
    _, x, group = chosen
    mean = np.zeros_like(x)
    for name, images in zip(group.operations, group.images, strict=True):
        mean[images] += x * SIGNS[name]
    return mean / len(group.operations), group


def _principal_frame(symbols: tuple[str, ...], coordinates: np.ndarray, tolerance: float) -> np.ndarray:
    """Coordinates in PySCF's frame of the largest abelian subgroup."""
    from pyscf import symm
    from pyscf.symm import geom

    usual = geom.TOLERANCE
    geom.TOLERANCE = tolerance
    try:
        top, origin, axes = symm.detect_symm([(s, x) for s, x in zip(symbols, coordinates, strict=True)])
        _, axes = symm.as_subgroup(top, axes)
    except Exception:  # PySCF gives up on awkward near-symmetric geometries: use no symmetry
        origin, axes = coordinates.mean(axis=0), np.eye(3)
    finally:
        geom.TOLERANCE = usual
    return (coordinates - origin) @ np.asarray(axes).T


def _group(symbols: tuple[str, ...], x: np.ndarray, tolerance: float) -> PointGroup | None:
    """The group of axis sign changes that map the molecule on itself, if PySCF's tables know it in these axes."""
    from pyscf.symm.param import OPERATOR_TABLE

    found: dict[str, np.ndarray] = {}
    for name, signs in SIGNS.items():
        gaps = np.linalg.norm(x[None, :] - (x * signs)[:, None], axis=2)
        gaps[np.array(symbols)[:, None] != np.array(symbols)] = np.inf
        images = gaps.argmin(axis=1)
        if gaps.min(axis=1).max() < 2 * tolerance and len(set(images)) == len(images):
            found[name] = images
    for group, operations in OPERATOR_TABLE.items():
        if set(operations) == set(found):
            return PointGroup(group, tuple(operations), np.array([found[name] for name in operations]))
    return None
