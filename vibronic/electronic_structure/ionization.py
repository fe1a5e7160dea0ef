"""Ionized states: energies, pole strengths and Dyson orbitals by Koopmans, ADC or EOM-IP-CCSD."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import StringIO
from typing import Any, ClassVar

import numpy as np

from ..checks import CalculationError
from .koopmans import koopmans_derivatives
from .methods import Roots, StatesMethod, core_orbitals
from .scf import converged_scf

SAME_ROOT = 1e-5  # hartree; a right and a left vector closer than this are of one energy
MAIN_LINE = 0.3  # smallest pole strength of a state that counts as one hole


@dataclass(frozen=True)
class Koopmans(StatesMethod):
    """Frozen orbitals: minus the orbital energies, of Hartree-Fock or of a density `functional`.

    T. Koopmans, Physica 1, 104 (1934), doi:10.1016/S0031-8914(34)90011-2
    """

    functional: str = ""
    name: ClassVar[str] = "koopmans"
    process: ClassVar[str] = "ionization"
    analytic: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """As printed."""
        return f"Koopmans ({self.functional.upper()})" if self.functional else "Koopmans"

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        mf = converged_scf(molecule, self.functional)
        occupied = int(np.count_nonzero(mf.mo_occ))
        index = np.arange(occupied - 1, max(-1, occupied - 1 - n_roots), -1)
        return Roots(-mf.mo_energy[index], np.ones(index.size), mf.mo_coeff[:, index].T, mf.e_tot)

    def derivatives(self, molecule: Any, n_roots: int) -> tuple[Roots, np.ndarray]:
        return koopmans_derivatives(converged_scf(molecule, self.functional), n_roots)

    def memory(self, n_orbitals: int, occupied: int) -> float:
        return 8.0 * (60 * n_orbitals**2 * 3 + n_orbitals**4 / 8) + 2e8


class _ADC(StatesMethod):
    """Algebraic diagrammatic construction for the electron propagator, frozen core.

    S. Banerjee, A. Yu. Sokolov, J. Chem. Phys. 151, 224112 (2019), doi:10.1063/1.5131771
    """

    order: ClassVar[str]
    process: ClassVar[str] = "ionization"

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        mf = converged_scf(molecule)
        solver, log = adc_solver(mf, self.order, "ip")
        energies, _, strengths, dyson = solver.kernel(nroots=n_roots)
        frozen = mf.mo_coeff.shape[1] - dyson.shape[0]
        kept = converged_roots(log.getvalue(), len(energies))
        energies = np.array(energies)
        strengths = np.array(strengths) / 2
        return Roots(
            energies[kept],
            strengths[kept],
            (mf.mo_coeff[:, frozen:] @ dyson)[:, kept].T,
            mf.e_tot,
            lost=energies[~kept & (strengths > MAIN_LINE)],
        )

    def memory(self, n_orbitals: int, occupied: int) -> float:
        virtual = n_orbitals - occupied
        third = 0 if self.order == "adc(2)" else 2.0 * virtual**4 / 4
        return (
            8.0
            * (
                2 * occupied * virtual**3
                + 6 * occupied**2 * virtual**2
                + third
                + n_orbitals**4 / 8
            )
            + 2e8
        )


@dataclass(frozen=True)
class ADC2(_ADC):
    """Second order: cheap, good couplings, energies 0.3-1 eV low."""

    name: ClassVar[str] = "adc2"
    label: ClassVar[str] = "ADC(2)"
    order: ClassVar[str] = "adc(2)"


@dataclass(frozen=True)
class ADC2x(_ADC):
    """Extended second order: satellites to first order, energies still low."""

    name: ClassVar[str] = "adc2x"
    label: ClassVar[str] = "ADC(2)-x"
    order: ClassVar[str] = "adc(2)-x"

    @property
    def step_check(self) -> StatesMethod:
        return ADC2()


@dataclass(frozen=True)
class ADC3(_ADC):
    """Third order: energies good to 0.2-0.3 eV."""

    name: ClassVar[str] = "adc3"
    label: ClassVar[str] = "ADC(3)"
    order: ClassVar[str] = "adc(3)"

    @property
    def step_check(self) -> StatesMethod:
        return ADC2()


@dataclass(frozen=True)
class EOMIPCCSD(StatesMethod):
    """Equation-of-motion coupled cluster for ionization, frozen core; pole strengths and Dyson
    orbitals from left and right vectors.

    J. F. Stanton, J. Gauss, J. Chem. Phys. 101, 8938 (1994)
    """

    name: ClassVar[str] = "eom-ip-ccsd"
    label: ClassVar[str] = "EOM-IP-CCSD"
    process: ClassVar[str] = "ionization"

    @property
    def step_check(self) -> StatesMethod:
        return ADC2()

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        from pyscf.cc import eom_rccsd, momgfccsd

        mf = converged_scf(molecule)
        cc = coupled_cluster(mf)
        cc.solve_lambda()
        eom = eom_rccsd.EOMIP(cc)
        eom.conv_tol = 1e-9
        eom.max_cycle = 200
        eom.max_space = 40
        right = _eom_vectors(eom, min(n_roots, cc.nocc))
        if not right[0].size:
            return Roots(
                np.zeros(0), np.zeros(0), np.zeros((0, molecule.nao)), mf.e_tot, lost=right[2]
            )
        left = _eom_vectors(eom, right[0].size, right[1])
        alone = (
            np.abs(right[0][:, None] - left[0]).min(axis=1, initial=np.inf) > SAME_ROOT
        )  # no pole strength without the left vector
        holes = momgfccsd.MomGFCCSD(cc)
        kets = np.array(
            [momgfccsd.build_ket_hole(holes, eom, cc.t1, cc.t2, p) for p in range(cc.nmo)]
        )
        bras = np.array(
            [
                momgfccsd.build_bra_hole(holes, eom, cc.t1, cc.t2, cc.l1, cc.l2, p)
                for p in range(cc.nmo)
            ]
        )
        strengths, dyson = _dyson(
            bras @ right[1].T, kets @ left[1].T, left[1] @ right[1].T, right[0], left[0]
        )
        orbitals = (mf.mo_coeff[:, core_orbitals(molecule) :] @ dyson).T
        return Roots(
            right[0][~alone],
            strengths[~alone],
            orbitals[~alone],
            mf.e_tot,
            lost=np.concatenate([right[2], right[0][alone]]),
        )

    def memory(self, n_orbitals: int, occupied: int) -> float:
        virtual = n_orbitals - occupied
        return (
            8.0 * (virtual**4 / 2 + 4 * occupied * virtual**3 + 20 * occupied**2 * virtual**2)
            + 2e8
        )


def coupled_cluster(mf: Any) -> Any:
    """Converged CCSD, frozen core."""
    from pyscf import cc

    solver = cc.RCCSD(mf, frozen=core_orbitals(mf.mol) or None)
    solver.conv_tol = 1e-10
    solver.conv_tol_normt = 1e-8
    solver.max_cycle = 200
    solver.kernel()
    if not solver.converged:
        raise CalculationError(
            "The CCSD of the neutral did not converge. It may be no closed-shell molecule; try "
            "adc2."
        )
    return solver


def _eom_vectors(
    eom: Any, n_roots: int, right: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Energies (n,) and vectors (n, size) of the main lines that converged, and energies of those
    that did not; the left vectors that belong to `right` ones, where given.
    """
    energies, vectors = eom.ipccsd(
        nroots=n_roots,
        left=right is not None,
        koopmans=right is None,
        guess=None if right is None else list(right),
    )
    energies = np.atleast_1d(energies)
    kept = np.atleast_1d(eom.converged).astype(bool)
    order = np.argsort(energies[kept], kind="stable")
    return energies[kept][order], np.reshape(vectors, (n_roots, -1))[kept][order], energies[~kept]


def _dyson(
    right: np.ndarray,
    left: np.ndarray,
    overlap: np.ndarray,
    energies: np.ndarray,
    left_energies: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Pole strengths (n,) and Dyson orbitals (n_mo, n): the mean direction of the right and left
    amplitudes.

    `right` and `left` (n_mo, n) belong to vectors with the given `overlap` (left, right); left
    vectors are made biorthogonal to the right ones among roots of the same energy, so that
    degenerate ones need not come in the same order.
    """
    same = np.abs(left_energies[:, None] - energies) < SAME_ROOT
    left = left @ np.linalg.pinv(np.where(same, overlap, 0), rcond=1e-8).T
    strengths = np.einsum("pi,pi->i", left, right)
    with np.errstate(invalid="ignore", divide="ignore"):
        dyson = (left / np.linalg.norm(left, axis=0) + right / np.linalg.norm(right, axis=0)) / 2
    return np.nan_to_num(strengths), np.nan_to_num(dyson)


def adc_solver(mf: Any, order: str, kind: str) -> tuple[Any, StringIO]:
    """A tight ADC calculation, and the log that tells what converged."""
    from pyscf import adc
    from pyscf.lib import logger

    solver = adc.ADC(mf, frozen=core_orbitals(mf.mol) or None)
    log = StringIO()
    solver.method = order
    solver.method_type = kind
    solver.verbose = logger.INFO
    solver.stdout = log
    solver.conv_tol = 1e-9
    solver.tol_residual = 1e-5
    solver.max_cycle = 200
    solver.max_space = 30
    return solver, log


def converged_roots(log: str, n_roots: int) -> np.ndarray:
    """Which roots PySCF reports as converged; it tells only its log."""
    told = dict(re.findall(r"root (\d+) .*conv = (True|False)", log))
    return np.array([told.get(str(k)) == "True" for k in range(n_roots)])
