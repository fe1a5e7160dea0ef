"""Koopmans' energies, and their analytic first-order couplings in the overlap gauge."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..modes import NormalModes
from ..units import BOHR, HARTREE
from .cache import Result
from .scf import converged_scf, mole


def koopmans_derivatives(**geometry: Any) -> Result:
    """Occupied orbitals: energies (eV, rising), coefficients, and first derivatives of the orbital energy matrix (eV/angstrom).

    From one coupled-perturbed Hartree-Fock solution for all displacements. PySCF's first-order orbital energy matrix follows
    the moving atomic orbitals; the couplings that the overlap of orbitals between geometries defines are
    F_ij = e1_ij + U_ij (e_j - e_i), U the antisymmetric part of C^T <chi|d chi> C.
    """
    molecule = mole(geometry)
    mf = converged_scf(molecule)
    hessian = mf.Hessian()
    h1 = hessian.make_h1(mf.mo_coeff, mf.mo_occ)
    _, e1 = hessian.solve_mo1(mf.mo_energy, mf.mo_coeff, mf.mo_occ, h1)
    first = np.array([e1[a] for a in range(molecule.natm)])  # (n_atoms, 3, n_occ, n_occ)
    occupied = first.shape[-1]
    orbitals, energies = mf.mo_coeff[:, :occupied], mf.mo_energy[:occupied]
    gradient = molecule.intor("int1e_ipovlp", comp=3)  # <nabla mu|nu>
    motion = np.zeros_like(first)
    for a, (_, _, start, stop) in enumerate(molecule.aoslice_by_atom()):
        moved = np.zeros_like(gradient)
        moved[:, :, start:stop] = -gradient[:, start:stop, :].transpose(0, 2, 1)  # <mu|d nu/dR>
        motion[a] = orbitals.T @ moved @ orbitals
    rotation = (motion - motion.swapaxes(-1, -2)) / 2
    total = first + rotation * (energies[None, :] - energies[:, None])
    return {"energies": energies * HARTREE, "orbitals": orbitals,
            "derivatives": (total + total.swapaxes(-1, -2)) / 2 * HARTREE / BOHR}


def koopmans_couplings(modes: NormalModes, derivatives: np.ndarray, orbitals: np.ndarray) -> np.ndarray:
    """First-order couplings kappa and lambda (n_modes, n, n), eV, of the holes in the chosen `orbitals` (indices)."""
    chosen = derivatives[:, :, orbitals][:, :, :, orbitals]
    return -np.einsum("max,axij->mij", modes.displacements, chosen)
