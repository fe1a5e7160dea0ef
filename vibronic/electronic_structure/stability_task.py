"""The task that looks for solutions below the closed-shell one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..campaign import Result
from ..units import HARTREE
from .scf import converged_scf, core_orbitals, mole, quiet

ROOTS = 3  # of the stability matrix that are sought
FOLLOWED = 3  # times that an instability of an unrestricted solution is followed
UNPAIRED = 0.2  # electrons beyond the pairs, with fewer of which no triplet lies low
TOLERANCE = 1e-7  # hartree; of unrestricted solutions


def stability(**geometry: Any) -> Result:
    """Of restricted Hartree-Fock at one geometry: whether it `is_minimum` among closed shells; how
    far (`lowering`, eV) an unrestricted singlet lies below it, and how many electrons that
    one has in its first antibonding natural orbital (`antibonding`); where these are many, the
    energy of the lowest triplet from the singlet (`triplet`, eV, MP2; else nan); the energy of the
    `highest` occupied orbital (eV).
    """
    with quiet():
        field = converged_scf(mole(geometry))
        occupied = int(np.count_nonzero(field.mo_occ))
        highest = np.array(field.mo_energy[occupied - 1] * HARTREE)
        is_minimum = True
        is_stable = True
        if occupied < len(field.mo_energy):
            rotations = occupied * (len(field.mo_energy) - occupied)
            _, broken, is_minimum, is_stable = field.stability(
                internal=True, external=True, return_status=True, nroots=min(ROOTS, rotations)
            )

        found = {"is_minimum": np.array(is_minimum), "highest": highest}
        if is_stable:
            return {**found, **_numbers(0.0, 0.0, np.nan)}

        lower = _unrestricted(field, broken)
        lowering = (field.e_tot - lower.e_tot) * HARTREE
        antibonding = _antibonding(lower)
        triplet = _triplet(field) if antibonding > UNPAIRED else np.nan
        return {**found, **_numbers(lowering, antibonding, triplet)}


def _numbers(lowering: float, antibonding: float, triplet: float) -> Result:
    numbers = {"lowering": lowering, "antibonding": antibonding, "triplet": triplet}
    return {name: np.array(value) for name, value in numbers.items()}


def _unrestricted(field: Any, orbitals: Any) -> Any:
    """The unrestricted singlet that an instability leads to."""
    from pyscf import scf

    occupation = np.array([field.mo_occ / 2, field.mo_occ / 2])
    start = scf.UHF(field.mol)
    return _followed(_solved(field.mol, start.make_rdm1(orbitals, occupation)))


def _solved(molecule: Any, density: Any = None) -> Any:
    """Unrestricted Hartree-Fock: DIIS, and second-order steps where that fails."""
    from pyscf import scf

    found = scf.UHF(molecule)
    found.conv_tol = TOLERANCE
    found.kernel(density)
    if not found.converged:
        found = found.newton()
        found.kernel(found.make_rdm1())
    return found


def _followed(lower: Any) -> Any:
    """The same after instabilities of its own, if there are any."""
    occupied = np.asarray(lower.mo_occ).sum(axis=1)
    if not np.any(occupied * (lower.mol.nao - occupied)):
        return lower  # nothing can rotate

    for _ in range(FOLLOWED):
        better, _, is_stable, _ = lower.stability(return_status=True, nroots=1)
        if is_stable:
            break
        lower = _solved(lower.mol, lower.make_rdm1(better, lower.mo_occ))
    return lower


def _antibonding(lower: Any) -> float:
    """Electrons in the first natural orbital beyond the electron pairs."""
    values, vectors = np.linalg.eigh(lower.get_ovlp())
    root = (vectors * np.sqrt(values)) @ vectors.T
    natural = np.linalg.eigvalsh(root @ lower.make_rdm1().sum(axis=0) @ root)[::-1]
    return float(natural[lower.mol.nelectron // 2])


def _triplet(field: Any) -> float:
    """The lowest triplet from the closed-shell singlet, eV, by unrestricted and restricted MP2;
    nan where it does not converge.
    """
    from pyscf import mp

    molecule = field.mol.copy()
    molecule.spin = 2
    molecule.build(dump_input=False, parse_arg=False)
    triplet = _followed(_solved(molecule))
    if not triplet.converged:
        return np.nan

    frozen = core_orbitals(molecule) or None
    singlet_energy = field.e_tot + mp.MP2(field, frozen=frozen).kernel()[0]
    triplet_energy = triplet.e_tot
    if molecule.nelec[0] < molecule.nao:
        triplet_energy += mp.UMP2(triplet, frozen=frozen).kernel()[0]
    return float((triplet_energy - singlet_energy) * HARTREE)
