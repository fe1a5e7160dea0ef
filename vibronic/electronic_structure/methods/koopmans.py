"""Frozen orbitals, and the first derivatives of their energy matrix in the overlap gauge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..scf import converged_scf
from .method import register
from .states_method import IonizedStates, Roots


@register
@dataclass(frozen=True)
class Koopmans(IonizedStates):
    """Minus the orbital energies, of Hartree-Fock or of a density `functional`.

    T. Koopmans, Physica 1, 104 (1934), doi:10.1016/S0031-8914(34)90011-2
    """

    functional: str = ""
    name: ClassVar[str] = "koopmans"
    response: ClassVar[str] = "coupled-perturbed mean field, overlap gauge"

    @classmethod
    def from_text(cls, text: str, functional: str = "") -> Koopmans:
        return cls(functional)

    @property
    def title(self) -> str:
        """As printed."""
        return f"Koopmans ({self.functional.upper()})" if self.functional else "Koopmans"

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        mf = converged_scf(molecule, self.functional)
        occupied = int(np.count_nonzero(mf.mo_occ))
        return _holes(mf, _highest(occupied, n_roots))

    def derivatives(self, molecule: Any, n_roots: int) -> tuple[Roots, np.ndarray]:
        mf = converged_scf(molecule, self.functional)
        total = orbital_energy_derivatives(mf)

        index = _highest(total.shape[-1], n_roots)
        chosen = total[:, :, index[:, None], index]
        return _holes(mf, index), -(chosen + chosen.swapaxes(-1, -2)) / 2

    def memory(self, n_orbitals: int, occupied: int) -> float:
        return 8.0 * (60 * n_orbitals**2 * 3 + n_orbitals**4 / 8) + 2e8


def orbital_energy_derivatives(mf: Any) -> np.ndarray:
    """First derivatives (n_atoms, 3, n_occ, n_occ) of the occupied orbitals' energy matrix,
    hartree/bohr.

    From one coupled-perturbed Hartree-Fock (or Kohn-Sham) solution for all displacements. PySCF's
    first-order orbital energy matrix follows the moving atomic orbitals; the couplings that the
    overlap of orbitals between geometries defines are e1_ij + U_ij (e_j - e_i), U the
    antisymmetric part of C^T <chi|d chi> C.
    """
    hessian = mf.Hessian()
    h1 = hessian.make_h1(mf.mo_coeff, mf.mo_occ)
    _, e1 = hessian.solve_mo1(mf.mo_energy, mf.mo_coeff, mf.mo_occ, h1)
    first = np.array([e1[a] for a in range(mf.mol.natm)])

    occupied = first.shape[-1]
    motion = _orbital_motion(mf.mol, mf.mo_coeff[:, :occupied])
    rotation = (motion - motion.swapaxes(-1, -2)) / 2
    energies = mf.mo_energy[:occupied]
    total: np.ndarray = first + rotation * (energies[None, :] - energies[:, None])
    return total


def _orbital_motion(molecule: Any, orbitals: np.ndarray) -> np.ndarray:
    """C^T <chi|d chi/dR> C, (n_atoms, 3, n, n)."""
    gradient = molecule.intor("int1e_ipovlp", comp=3)  # <nabla mu|nu>
    motion = []
    for _, _, start, stop in molecule.aoslice_by_atom():
        moved = np.zeros_like(gradient)
        moved[:, :, start:stop] = -gradient[:, start:stop, :].transpose(0, 2, 1)
        motion.append(orbitals.T @ moved @ orbitals)
    return np.array(motion)


def _highest(occupied: int, n_roots: int) -> np.ndarray:
    """Indices of the highest occupied orbitals, falling."""
    return np.arange(occupied - 1, max(-1, occupied - 1 - n_roots), -1)


def _holes(mf: Any, index: np.ndarray) -> Roots:
    orbitals = mf.mo_coeff[:, index].T
    return Roots(-mf.mo_energy[index], np.ones(index.size), orbitals, mf.e_tot)
