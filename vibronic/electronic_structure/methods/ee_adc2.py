"""EE-ADC(2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..scf import converged_scf, core_orbitals
from .adc import adc_solver, converged_roots
from .linear_response import transition_densities
from .method import register
from .states_method import ExcitedStates, Roots


@register
@dataclass(frozen=True)
class EEADC2(ExcitedStates):
    """Second-order algebraic diagrammatic construction for the polarization propagator, frozen
    core.

    J. Schirmer, Phys. Rev. A 26, 2395 (1982), doi:10.1103/PhysRevA.26.2395
    """

    name: ClassVar[str] = "ee-adc2"
    label: ClassVar[str] = "EE-ADC(2)"
    frozen_core: ClassVar[bool] = True

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        mf = converged_scf(molecule)
        solver, log = adc_solver(mf, "adc(2)", "ee")
        energies, vectors, _, densities = solver.kernel(nroots=n_roots)
        kept = converged_roots(log.getvalue(), len(energies))

        frozen = core_orbitals(molecule)
        occupied = int(np.count_nonzero(mf.mo_occ)) - frozen
        virtual = int(np.count_nonzero(mf.mo_occ == 0))
        singles = np.asarray(vectors)[: occupied * virtual].T
        amplitudes = transition_densities(mf, singles.reshape(-1, occupied, virtual), frozen)

        dipoles = np.sqrt(2) * np.einsum("xqp,nqp->nx", solver.dip_mom, densities)
        energies = np.array(energies)
        return Roots(
            energies[kept],
            np.ones(int(kept.sum())),
            amplitudes[kept],
            mf.e_tot,
            dipoles=dipoles[kept],
            lost=energies[~kept],
        )

    def memory(self, n_orbitals: int, occupied: int) -> float:
        virtual = n_orbitals - occupied
        amplitudes = 2 * occupied * virtual**3 + 40 * occupied**2 * virtual**2
        return 8.0 * (amplitudes + n_orbitals**4 / 8) + 2e8
