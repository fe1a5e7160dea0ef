"""PySCF's algebraic diagrammatic construction, of every order."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any, ClassVar

import numpy as np

from ..scf import converged_scf, core_orbitals
from .states_method import MAIN_LINE, IonizedStates, Roots


class ElectronPropagator(IonizedStates):
    """Algebraic diagrammatic construction for the electron propagator, frozen core.

    S. Banerjee, A. Yu. Sokolov, J. Chem. Phys. 151, 224112 (2019), doi:10.1063/1.5131771
    """

    order: ClassVar[str]
    frozen_core = True

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        return ionized_roots(converged_scf(molecule), self.order, n_roots)

    def memory(self, n_orbitals: int, occupied: int) -> float:
        virtual = n_orbitals - occupied
        third = 0 if self.order == "adc(2)" else virtual**4 / 2
        amplitudes = 2 * occupied * virtual**3 + 6 * occupied**2 * virtual**2
        return 8.0 * (amplitudes + third + n_orbitals**4 / 8) + 2e8


def ionized_roots(
    mf: Any, order: str, n_roots: int, *, strengths_to_first_order: bool = False
) -> Roots:
    """The lowest ionized states on a mean field; on a density-fitted one density-fitted."""
    solver, log = adc_solver(mf, order, "ip")
    solver.approx_trans_moments = strengths_to_first_order
    energies, _, strengths, dyson = solver.kernel(nroots=n_roots)

    kept = converged_roots(log.getvalue(), len(energies))
    energies = np.array(energies)
    strengths = np.array(strengths) / 2
    frozen = mf.mo_coeff.shape[1] - dyson.shape[0]
    amplitudes = (mf.mo_coeff[:, frozen:] @ dyson)[:, kept].T
    lost = energies[~kept & (strengths > MAIN_LINE)]
    return Roots(energies[kept], strengths[kept], amplitudes, mf.e_tot, lost=lost)


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
