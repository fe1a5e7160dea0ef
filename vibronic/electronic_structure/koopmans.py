"""First derivatives of the orbital energy matrix, analytic, in the overlap gauge."""

from __future__ import annotations

from typing import Any

import numpy as np

from .methods import Roots


def koopmans_derivatives(mf: Any, n_roots: int) -> tuple[Roots, np.ndarray]:
    """The `n_roots` highest occupied orbitals as holes, and first derivatives (n_atoms, 3, n, n)
    of their energy matrix, hartree/bohr.

    From one coupled-perturbed Hartree-Fock (or Kohn-Sham) solution for all displacements. PySCF's
    first-order orbital energy matrix follows the moving atomic orbitals; the couplings that the
    overlap of orbitals between geometries defines are W_ij = -[e1_ij + U_ij (e_j - e_i)], U the
    antisymmetric part of C^T <chi|d chi> C.
    """
    molecule = mf.mol
    hessian = mf.Hessian()
    h1 = hessian.make_h1(mf.mo_coeff, mf.mo_occ)
    _, e1 = hessian.solve_mo1(mf.mo_energy, mf.mo_coeff, mf.mo_occ, h1)
    first = np.array([e1[a] for a in range(molecule.natm)])  # (n_atoms, 3, n_occ, n_occ)
    occupied = first.shape[-1]
    orbitals = mf.mo_coeff[:, :occupied]
    energies = mf.mo_energy[:occupied]
    gradient = molecule.intor("int1e_ipovlp", comp=3)  # <nabla mu|nu>
    motion = np.zeros_like(first)
    for a, (_, _, start, stop) in enumerate(molecule.aoslice_by_atom()):
        moved = np.zeros_like(gradient)
        moved[:, :, start:stop] = -gradient[:, start:stop, :].transpose(0, 2, 1)  # <mu|d nu/dR>
        motion[a] = orbitals.T @ moved @ orbitals
    rotation = (motion - motion.swapaxes(-1, -2)) / 2
    total = first + rotation * (energies[None, :] - energies[:, None])
    index = np.arange(occupied - 1, max(-1, occupied - 1 - n_roots), -1)
    holes = Roots(-energies[index], np.ones(index.size), orbitals[:, index].T, mf.e_tot)
    chosen = total[:, :, index[:, None], index]
    return holes, -(chosen + chosen.swapaxes(-1, -2)) / 2
