"""Excitations of a mean field, Hartree-Fock or Kohn-Sham."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...checks import CalculationError
from ..scf import converged_scf
from .states_method import ExcitedStates, Roots


@dataclass(frozen=True)
class LinearResponse(ExcitedStates):
    """The response of the mean field of a `functional`, or of Hartree-Fock ("" or "hf")."""

    functional: str = ""

    @classmethod
    def from_text(cls, text: str, functional: str = "") -> LinearResponse:
        return cls(functional)

    @abstractmethod
    def solver(self, mf: Any) -> Any:
        """PySCF's calculation."""

    @property
    def field(self) -> str:
        """The functional, or nothing for Hartree-Fock."""
        return "" if self.functional.lower() == "hf" else self.functional

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        mf = converged_scf(molecule, self.field)
        solver = self.solver(mf)
        solver.nstates = n_roots
        solver.conv_tol = 1e-5  # a residual; energies are right to its square
        solver.max_cycle = 200
        solver.kernel()

        kept = np.atleast_1d(solver.converged).astype(bool)
        if not kept.any():
            raise CalculationError(
                f"No excited state ({self.title}) converged at one of the geometries. Ask for "
                "fewer states."
            )

        singles = np.array([solver.xy[k][0] for k in np.flatnonzero(kept)])
        energies = np.array(solver.e)
        return Roots(
            energies[kept],
            np.ones(len(singles)),
            transition_densities(mf, singles),
            mf.e_tot,
            dipoles=np.array(solver.transition_dipole())[kept],
            lost=energies[~kept],
        )

    def memory(self, n_orbitals: int, occupied: int) -> float:
        return 8.0 * (12 * n_orbitals**3 + 60 * n_orbitals**2) + 3e8


def transition_densities(mf: Any, singles: np.ndarray, frozen: int = 0) -> np.ndarray:
    """Single excitations (n, n_occ, n_virt), without `frozen` orbitals, in the AO basis."""
    occupied = int(np.count_nonzero(mf.mo_occ))
    inside = mf.mo_coeff[:, frozen:occupied]
    outside = mf.mo_coeff[:, occupied:]
    found: np.ndarray = inside @ singles @ outside.T
    return found
