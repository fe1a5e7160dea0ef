"""How atomic orbitals turn: every shell by the matrix that turns its spherical harmonics."""

from __future__ import annotations

from typing import Any

import numpy as np


class AtomicOrbitals:
    """The orbitals of a `pyscf.gto.Mole`, by atom and shell."""

    def __init__(self, mole: Any) -> None:
        shells = [(mole.bas_angular(b), mole.bas_nctr(b)) for b in range(mole.nbas)]
        atoms = [mole.bas_atom(b) for b in range(mole.nbas)]
        self.starts = [int(row[2]) for row in mole.aoslice_by_atom()]
        self.of_atom = [
            [shell for shell, atom in zip(shells, atoms, strict=True) if atom == a]
            for a in range(mole.natm)
        ]
        self.highest = max((moment for moment, _ in shells), default=0)

    def moved(
        self, coefficients: np.ndarray, matrix: np.ndarray, images: np.ndarray
    ) -> np.ndarray:
        """Coefficients (..., n_ao) after an operation that sends every atom to its image."""
        turns = _harmonics_turned(matrix, self.highest)
        result = np.zeros_like(coefficients)
        for a, b in enumerate(images):
            start = self.starts[a]
            target = self.starts[b]
            for moment, count in self.of_atom[a]:
                block = turns[moment]
                width = len(block)
                for _ in range(count):
                    shell = coefficients[..., start : start + width]
                    result[..., target : target + width] = shell @ block.T
                    start += width
                    target += width

        return result


def _harmonics_turned(matrix: np.ndarray, highest: int) -> list[np.ndarray]:
    """D with R Y_m = sum_m' Y_m' D_m'm for the real harmonics of PySCF (p as x, y, z), from their
    values at many directions.
    """
    from pyscf.symm.sph import real_sph_vec

    points = np.random.default_rng(7).normal(size=(4 * highest + 8, 3))
    points /= np.linalg.norm(points, axis=1)[:, None]
    before = real_sph_vec(points, highest, reorder_p=True)
    after = real_sph_vec(points @ matrix, highest, reorder_p=True)
    return [np.linalg.lstsq(y.T, z.T, rcond=None)[0] for y, z in zip(before, after, strict=True)]
