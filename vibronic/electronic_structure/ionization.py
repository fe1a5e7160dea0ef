"""Ionized states at one geometry: energies, pole strengths and Dyson orbitals, by Koopmans or ADC."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from io import StringIO
from typing import Any, ClassVar

import numpy as np

from ..checks import CalculationError, check_known
from ..units import HARTREE
from .cache import Result
from .scf import converged_scf, mole, quiet

MAIN_LINE = 0.3  # smallest pole strength of a state that counts as one hole


class IonizationMethod(ABC):
    """A level of theory for the ionized states."""

    name: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def roots(self, mf: Any, n_roots: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Energies (hartree, rising), pole strengths, and Dyson orbitals (n_ao, n) of the lowest roots that converged."""


@dataclass(frozen=True)
class Koopmans(IonizationMethod):
    """Frozen orbitals: minus the orbital energies (T. Koopmans, Physica 1, 104 (1934), doi:10.1016/S0031-8914(34)90011-2)."""

    name: ClassVar[str] = "koopmans"
    title: ClassVar[str] = "Koopmans"

    def roots(self, mf: Any, n_roots: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        occupied = int(np.count_nonzero(mf.mo_occ))
        index = np.arange(occupied - 1, max(-1, occupied - 1 - n_roots), -1)
        return -mf.mo_energy[index], np.ones(index.size), mf.mo_coeff[:, index]


@dataclass(frozen=True)
class _ADC(IonizationMethod):
    """Algebraic diagrammatic construction for the electron propagator, frozen core.

    S. Banerjee, A. Yu. Sokolov, J. Chem. Phys. 151, 224112 (2019), doi:10.1063/1.5131771
    """

    order: ClassVar[str]

    def roots(self, mf: Any, n_roots: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        from pyscf import adc
        from pyscf.lib import logger

        solver, log = adc.ADC(mf, frozen=_core_orbitals(mf.mol) or None), StringIO()
        solver.method, solver.method_type, solver.verbose, solver.stdout = self.order, "ip", logger.INFO, log
        solver.conv_tol, solver.tol_residual, solver.max_cycle, solver.max_space = 1e-9, 1e-5, 200, 30
        energies, _, strengths, dyson = solver.kernel(nroots=n_roots)
        frozen = mf.mo_coeff.shape[1] - dyson.shape[0]
        converged = _converged_roots(log.getvalue(), len(energies))
        return np.array(energies)[converged], np.array(strengths)[converged] / 2, (mf.mo_coeff[:, frozen:] @ dyson)[:, converged]


@dataclass(frozen=True)
class ADC2(_ADC):
    """Second order: cheap, good couplings, energies 0.3-1 eV low."""

    name: ClassVar[str] = "adc2"
    title: ClassVar[str] = "ADC(2)"
    order: ClassVar[str] = "adc(2)"


@dataclass(frozen=True)
class ADC3(_ADC):
    """Third order: energies good to 0.2-0.3 eV."""

    name: ClassVar[str] = "adc3"
    title: ClassVar[str] = "ADC(3)"
    order: ClassVar[str] = "adc(3)"


METHODS: dict[str, IonizationMethod] = {m.name: m for m in (Koopmans(), ADC2(), ADC3())}


def method(name: str) -> IonizationMethod:
    """The method object of a name used in files and on the command line."""
    check_known("method", name, METHODS)
    return METHODS[name]


def _core_orbitals(molecule: Any) -> int:
    charges = [molecule.atom_charge(a) for a in range(molecule.natm)]
    return sum(0 if z <= 2 else 1 if z <= 10 else 5 if z <= 18 else 9 for z in charges)


def _converged_roots(log: str, n_roots: int) -> np.ndarray:
    """Which roots PySCF reports as converged; it tells only its log."""
    told = dict(re.findall(r"root (\d+) .*conv = (True|False)", log))
    return np.array([told.get(str(k)) == "True" for k in range(n_roots)])


def ionized_states(method_name: str, n_roots: int, **geometry: Any) -> Result:
    """Main ionization lines at one geometry: energies (eV), pole strengths, normalised Dyson orbitals (n_ao, n_roots)."""
    molecule = mole(geometry)
    with quiet():
        energies, strengths, dyson = METHODS[method_name].roots(converged_scf(molecule), n_roots)
    keep = np.flatnonzero(strengths > MAIN_LINE)
    keep = keep[np.argsort(energies[keep], kind="stable")]
    norms = np.sqrt(np.einsum("pi,pq,qi->i", dyson[:, keep], molecule.intor("int1e_ovlp"), dyson[:, keep]))
    if keep.size == 0:
        raise CalculationError("No main ionization line was found among the roots. Ask for more states.")
    return {"energies": energies[keep] * HARTREE, "strengths": strengths[keep], "dyson": dyson[:, keep] / norms}
