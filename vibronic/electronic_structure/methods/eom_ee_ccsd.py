"""EOM-EE-CCSD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...checks import CalculationError
from ..scf import converged_scf, core_orbitals
from .coupled_cluster import coupled_cluster
from .ee_adc2 import EEADC2
from .linear_response import transition_densities
from .method import register
from .states_method import ExcitedStates, Roots, StatesMethod


@register
@dataclass(frozen=True)
class EOMEECCSD(ExcitedStates):
    """Equation-of-motion coupled cluster for excited singlets, frozen core. It gives no transition
    dipoles.

    J. F. Stanton, R. J. Bartlett, J. Chem. Phys. 98, 7029 (1993), doi:10.1063/1.464746
    """

    name: ClassVar[str] = "eom-ee-ccsd"
    label: ClassVar[str] = "EOM-EE-CCSD"
    frozen_core: ClassVar[bool] = True

    @property
    def step_check(self) -> StatesMethod:
        return EEADC2()

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        mf = converged_scf(molecule)
        eom = _solver(coupled_cluster(mf))
        energies, vectors = eom.kernel(nroots=n_roots)

        kept = np.atleast_1d(eom.converged).astype(bool)
        if not kept.any():
            raise CalculationError(
                "No EOM-EE-CCSD root converged at one of the geometries. Ask for fewer states."
            )

        vectors = np.reshape(vectors, (n_roots, -1))[kept]
        singles = np.array([eom.vector_to_amplitudes(vector)[0] for vector in vectors])
        amplitudes = transition_densities(mf, singles, core_orbitals(molecule))
        energies = np.atleast_1d(energies)
        strengths = np.ones(len(singles))

        return Roots(energies[kept], strengths, amplitudes, mf.e_tot, lost=energies[~kept])

    def memory(self, n_orbitals: int, occupied: int) -> float:
        virtual = n_orbitals - occupied
        amplitudes = 6 * occupied * virtual**3 + 40 * occupied**2 * virtual**2
        return 8.0 * (virtual**4 + amplitudes) + 2e8


def _solver(cc: Any) -> Any:
    from pyscf.cc import eom_rccsd

    eom = eom_rccsd.EOMEESinglet(cc)
    eom.conv_tol = 1e-8
    eom.max_cycle = 200
    eom.max_space = 40
    return eom
