"""Excited singlets of the neutral: energies, transition densities of their single excitations, and
transition dipoles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..checks import CalculationError
from .ionization import adc_solver, converged_roots, coupled_cluster
from .methods import Roots, StatesMethod, core_orbitals
from .scf import converged_scf, mean_field_title


@dataclass(frozen=True)
class _LinearResponse(StatesMethod):
    """Excitations of a mean field, Hartree-Fock or Kohn-Sham."""

    functional: str = ""
    process: ClassVar[str] = "excitation"

    @property
    def field(self) -> str:
        """The functional, or nothing for Hartree-Fock."""
        return "" if self.functional.lower() == "hf" else self.functional

    def memory(self, n_orbitals: int, occupied: int) -> float:
        return 8.0 * (12 * n_orbitals**3 + 60 * n_orbitals**2) + 3e8


@dataclass(frozen=True)
class TDA(_LinearResponse):
    """Tamm-Dancoff time-dependent density functional theory, or CIS without a `functional` (or
    with "hf").

    S. Hirata, M. Head-Gordon, Chem. Phys. Lett. 314, 291 (1999), doi:10.1016/S0009-2614(99)01149-5
    """

    name: ClassVar[str] = "tda"

    @property
    def title(self) -> str:
        """As printed."""
        return f"TDA-{mean_field_title(self.field)}" if self.field else "CIS"

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        from pyscf import tdscf

        mf = converged_scf(molecule, self.field)
        return _linear_response(mf, tdscf.TDA(mf), n_roots, self.title)


@dataclass(frozen=True)
class TDDFT(_LinearResponse):
    """Full linear response, or time-dependent Hartree-Fock without a `functional`; overlaps from
    the excitations X alone.

    M. E. Casida, in Recent Advances in Density Functional Methods I (1995),
    doi:10.1142/9789812830586_0005
    """

    name: ClassVar[str] = "tddft"

    @property
    def title(self) -> str:
        """As printed."""
        return f"TD-{mean_field_title(self.field)}" if self.field else "TDHF"

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        from pyscf import tdscf

        mf = converged_scf(molecule, self.field)
        return _linear_response(
            mf, tdscf.TDDFT(mf) if self.field else tdscf.TDHF(mf), n_roots, self.title
        )


def _linear_response(mf: Any, solver: Any, n_roots: int, title: str) -> Roots:
    # a residual; energies are right to its square
    solver.nstates = n_roots
    solver.conv_tol = 1e-5
    solver.max_cycle = 200
    solver.kernel()
    kept, lost = _sorted_out(solver.converged)
    if not kept.size:
        raise CalculationError(
            f"No excited state ({title}) converged at one of the geometries. Ask for fewer states."
        )
    occupied = int(np.count_nonzero(mf.mo_occ))
    inside = mf.mo_coeff[:, :occupied]
    outside = mf.mo_coeff[:, occupied:]
    singles = np.array([solver.xy[k][0] for k in kept])
    dipoles = np.array(solver.transition_dipole())[kept]
    return Roots(
        np.array(solver.e)[kept],
        np.ones(kept.size),
        inside @ singles @ outside.T,
        mf.e_tot,
        dipoles,
        np.array(solver.e)[lost],
    )


def _sorted_out(converged: Any) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the roots that converged, and of those that did not."""
    told = np.atleast_1d(converged).astype(bool)
    return np.flatnonzero(told), np.flatnonzero(~told)


@dataclass(frozen=True)
class EEADC2(StatesMethod):
    """Second-order algebraic diagrammatic construction for the polarization propagator, frozen
    core.

    J. Schirmer, Phys. Rev. A 26, 2395 (1982), doi:10.1103/PhysRevA.26.2395
    """

    name: ClassVar[str] = "ee-adc2"
    label: ClassVar[str] = "EE-ADC(2)"
    process: ClassVar[str] = "excitation"

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        mf = converged_scf(molecule)
        solver, log = adc_solver(mf, "adc(2)", "ee")
        energies, vectors, _, densities = solver.kernel(nroots=n_roots)
        kept, lost = _sorted_out(converged_roots(log.getvalue(), len(energies)))
        frozen = core_orbitals(molecule)
        occupied = int(np.count_nonzero(mf.mo_occ))
        inside = mf.mo_coeff[:, frozen:occupied]
        outside = mf.mo_coeff[:, occupied:]
        singles = np.asarray(vectors)[: inside.shape[1] * outside.shape[1]].T.reshape(
            -1, inside.shape[1], outside.shape[1]
        )
        dipoles = np.sqrt(2) * np.einsum("xqp,nqp->nx", solver.dip_mom, densities)
        energies = np.array(energies)
        return Roots(
            energies[kept],
            np.ones(kept.size),
            (inside @ singles @ outside.T)[kept],
            mf.e_tot,
            dipoles[kept],
            energies[lost],
        )

    def memory(self, n_orbitals: int, occupied: int) -> float:
        virtual = n_orbitals - occupied
        return (
            8.0 * (2 * occupied * virtual**3 + 40 * occupied**2 * virtual**2 + n_orbitals**4 / 8)
            + 2e8
        )


@dataclass(frozen=True)
class EOMEECCSD(StatesMethod):
    """Equation-of-motion coupled cluster for excited singlets, frozen core. It gives no transition
    dipoles.

    J. F. Stanton, R. J. Bartlett, J. Chem. Phys. 98, 7029 (1993), doi:10.1063/1.464746
    """

    name: ClassVar[str] = "eom-ee-ccsd"
    label: ClassVar[str] = "EOM-EE-CCSD"
    process: ClassVar[str] = "excitation"

    @property
    def step_check(self) -> StatesMethod:
        return EEADC2()

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        from pyscf.cc import eom_rccsd

        mf = converged_scf(molecule)
        cc = coupled_cluster(mf)
        eom = eom_rccsd.EOMEESinglet(cc)
        eom.conv_tol = 1e-8
        eom.max_cycle = 200
        eom.max_space = 40
        energies, vectors = eom.kernel(nroots=n_roots)
        (kept, lost), energies = _sorted_out(eom.converged), np.atleast_1d(energies)
        if not kept.size:
            raise CalculationError(
                "No EOM-EE-CCSD root converged at one of the geometries. Ask for fewer states."
            )
        vectors = np.reshape(vectors, (n_roots, -1))
        singles = np.array([eom.vector_to_amplitudes(vectors[k])[0] for k in kept])
        frozen = core_orbitals(molecule)
        occupied = int(np.count_nonzero(mf.mo_occ))
        inside = mf.mo_coeff[:, frozen:occupied]
        outside = mf.mo_coeff[:, occupied:]
        return Roots(
            energies[kept],
            np.ones(kept.size),
            inside @ singles @ outside.T,
            mf.e_tot,
            lost=energies[lost],
        )

    def memory(self, n_orbitals: int, occupied: int) -> float:
        virtual = n_orbitals - occupied
        return 8.0 * (virtual**4 + 6 * occupied * virtual**3 + 40 * occupied**2 * virtual**2) + 2e8
