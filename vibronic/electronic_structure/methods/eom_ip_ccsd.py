"""EOM-IP-CCSD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..scf import converged_scf, core_orbitals
from .adc2 import ADC2
from .coupled_cluster import coupled_cluster
from .method import register
from .states_method import MAIN_LINE, IonizedStates, Roots, StatesMethod

SAME_ROOT = 1e-5  # hartree; a right and a left vector closer than this are of one energy


@register
@dataclass(frozen=True)
class EOMIPCCSD(IonizedStates):
    """Equation-of-motion coupled cluster for ionization, frozen core; pole strengths and Dyson
    orbitals from left and right vectors.

    J. F. Stanton, J. Gauss, J. Chem. Phys. 101, 8938 (1994)
    """

    name: ClassVar[str] = "eom-ip-ccsd"
    label: ClassVar[str] = "EOM-IP-CCSD"
    frozen_core: ClassVar[bool] = True

    @property
    def step_check(self) -> StatesMethod:
        return ADC2()

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        return _solved(molecule, n_roots)[0]

    def memory(self, n_orbitals: int, occupied: int) -> float:
        virtual = n_orbitals - occupied
        amplitudes = 4 * occupied * virtual**3 + 20 * occupied**2 * virtual**2
        return 8.0 * (virtual**4 / 2 + amplitudes) + 2e8


def with_triples(molecule: Any, n_roots: int) -> tuple[Roots, np.ndarray]:
    """The roots of EOM-IP-CCSD, and their energies (n,), hartree, with the perturbative triple
    excitations of EOM-IP-CCSD* (not a number for satellites).

    P. U. Manohar, J. F. Stanton, A. I. Krylov, J. Chem. Phys. 131, 114112 (2009),
    doi:10.1063/1.3231133
    """
    roots, eom, right, left = _solved(molecule, n_roots)
    energies = np.full(len(roots.energies), np.nan)
    main = np.flatnonzero(roots.strengths > MAIN_LINE)
    if main.size:
        vectors = list(right.vectors[main])
        energies[main] = eom.ipccsd_star_contract(
            list(roots.energies[main]), vectors, list(left[main])
        )
    return roots, energies


def _solved(molecule: Any, n_roots: int) -> tuple[Roots, Any, _Vectors, np.ndarray]:
    """The roots, PySCF's solver, and the right and left vectors (n, size) that belong to them."""
    mf = converged_scf(molecule)
    cc = coupled_cluster(mf)
    cc.solve_lambda()
    eom = _solver(cc)

    right = _vectors(eom, min(n_roots, cc.nocc))
    if not right.energies.size:
        none = np.zeros((0, molecule.nao))
        roots = Roots(np.zeros(0), np.zeros(0), none, mf.e_tot, lost=right.lost)
        return roots, eom, right, right.vectors

    left = _vectors(eom, right.energies.size, right.vectors)
    duals = _biorthogonal(right, left)
    strengths, dyson = _dyson(cc, eom, right, duals)

    # no pole strength without the left vector
    gaps = np.abs(right.energies[:, None] - left.energies)
    paired = gaps.min(axis=1, initial=np.inf) <= SAME_ROOT
    orbitals = (mf.mo_coeff[:, core_orbitals(molecule) :] @ dyson).T
    lost = np.concatenate([right.lost, right.energies[~paired]])
    kept = _Vectors(right.energies[paired], right.vectors[paired], lost)
    roots = Roots(kept.energies, strengths[paired], orbitals[paired], mf.e_tot, lost=lost)

    return roots, eom, kept, duals[paired]


@dataclass(frozen=True, eq=False)
class _Vectors:
    """Energies (n,) and vectors (n, size) of the main lines that converged, and energies of those
    that did not.
    """

    energies: np.ndarray
    vectors: np.ndarray
    lost: np.ndarray


def _solver(cc: Any) -> Any:
    from pyscf.cc import eom_rccsd

    eom = eom_rccsd.EOMIP(cc)
    eom.conv_tol = 1e-9
    eom.max_cycle = 200
    eom.max_space = 40
    return eom


def _vectors(eom: Any, n_roots: int, right: np.ndarray | None = None) -> _Vectors:
    """The main lines, or the left vectors that belong to `right` ones."""
    guess = None if right is None else list(right)
    energies, vectors = eom.ipccsd(
        nroots=n_roots, left=right is not None, koopmans=right is None, guess=guess
    )

    energies = np.atleast_1d(energies)
    vectors = np.reshape(vectors, (n_roots, -1))
    kept = np.atleast_1d(eom.converged).astype(bool)
    order = np.argsort(energies[kept], kind="stable")
    return _Vectors(energies[kept][order], vectors[kept][order], energies[~kept])


def _biorthogonal(right: _Vectors, left: _Vectors) -> np.ndarray:
    """Left vectors (n, size) with L_i R_j = delta_ij among roots of the same energy, so that
    degenerate ones need not come in the same order.
    """
    same = np.abs(left.energies[:, None] - right.energies) < SAME_ROOT
    overlap = np.where(same, left.vectors @ right.vectors.T, 0)
    duals: np.ndarray = np.linalg.pinv(overlap, rcond=1e-8) @ left.vectors
    return duals


def _dyson(cc: Any, eom: Any, right: _Vectors, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pole strengths (n,) and Dyson orbitals (n_mo, n): the mean direction of the right and left
    amplitudes; left vectors are biorthogonal to the right ones.
    """
    from pyscf.cc import momgfccsd

    holes = momgfccsd.MomGFCCSD(cc)
    kets = [momgfccsd.build_ket_hole(holes, eom, cc.t1, cc.t2, p) for p in range(cc.nmo)]
    bras = [
        momgfccsd.build_bra_hole(holes, eom, cc.t1, cc.t2, cc.l1, cc.l2, p) for p in range(cc.nmo)
    ]
    of_right = np.array(bras) @ right.vectors.T
    of_left = np.array(kets) @ left.T

    strengths = np.einsum("pi,pi->i", of_left, of_right)
    with np.errstate(invalid="ignore", divide="ignore"):
        left_unit = of_left / np.linalg.norm(of_left, axis=0)
        right_unit = of_right / np.linalg.norm(of_right, axis=0)

    return np.nan_to_num(strengths), np.nan_to_num((left_unit + right_unit) / 2)
