"""A composite of expensive methods in a small basis set and a cheap one in large basis sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import linear_sum_assignment

from ...units import HARTREE
from ..scf import converged_scf, in_basis_set
from .adc import ionized_roots
from .adc2 import ADC2
from .adc3 import ADC3
from .electronic_states import SAME, orthonormal, overlaps
from .eom_ip_ccsd import EOMIPCCSD, with_triples
from .method import register
from .states_method import MAIN_LINE, IonizedStates, Roots, StatesMethod

LARGE = ("cc-pvtz", "cc-pvqz")
SAME_STATE = 0.5  # smallest squared overlap of Dyson orbitals of one state by two methods


@register
@dataclass(frozen=True)
class Composite(IonizedStates):
    """Vertical energies of EOM-IP-CCSD, EOM-IP-CCSD* and ADC(3), averaged, in the molecule's basis
    set, plus what density-fitted ADC(2) adds from there to the limit of large basis sets;
    couplings are ADC(2)'s.

    E = (E_EOM + E_EOM* + E_ADC3)/3 + E_ADC2(limit) - E_ADC2, where the limit is extrapolated from
    cc-pVTZ and cc-pVQZ as X^-3. The same for every molecule, with nothing fitted. States of two
    methods are the same where their Dyson orbitals overlap most.

    T. Helgaker, W. Klopper, H. Koch, J. Noga, J. Chem. Phys. 106, 9639 (1997),
    doi:10.1063/1.473863
    """

    name: ClassVar[str] = "composite"
    label: ClassVar[str] = "composite"
    frozen_core: ClassVar[bool] = True

    @property
    def couplings(self) -> StatesMethod:
        return ADC2()

    @property
    def step_check(self) -> StatesMethod:
        return ADC2()

    def level(self, basis_set: str) -> str:
        return (
            f"composite (mean of EOM-IP-CCSD, EOM-IP-CCSD* and ADC(3) in {basis_set}, plus "
            f"ADC(2) from there to the limit of {' and '.join(LARGE)}; frozen core)"
        )

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        start, starred = with_triples(molecule, n_roots)
        third = energies_of(start, molecule, ADC3().roots(molecule, n_roots), molecule)
        expensive = (start.energies + starred + third) / 3
        small = energies_of(start, molecule, _fitted(molecule, n_roots), molecule)
        triple, quadruple = (
            energies_of(start, molecule, _fitted(large, n_roots), large)
            for large in (in_basis_set(molecule, name) for name in LARGE)
        )

        energies = expensive + _limit(triple, quadruple) - small
        known = np.isfinite(energies)
        missing = start.energies[~known & (start.strengths > MAIN_LINE)]
        return Roots(
            energies[known],
            start.strengths[known],
            start.amplitudes[known],
            start.ground,
            lost=np.concatenate([start.lost, missing]),
        )

    def memory(self, n_orbitals: int, occupied: int) -> float:
        large = 4.5 * n_orbitals  # functions of cc-pVQZ to those of cc-pVDZ
        pairs = occupied * (large - occupied)
        fitted = 8.0 * (4 * pairs**2 + 3 * large * large**2 / 2)
        parts = (EOMIPCCSD().memory(n_orbitals, occupied), ADC3().memory(n_orbitals, occupied))
        return max(*parts, fitted)


def _fitted(molecule: Any, n_roots: int) -> Roots:
    """Density-fitted ADC(2), whose energies need no second-order singles."""
    mf = converged_scf(molecule, fitted=True)
    return ionized_roots(mf, "adc(2)", n_roots, strengths_to_first_order=True)


def energies_of(start: Roots, here: Any, found: Roots, there: Any) -> np.ndarray:
    """Energies (n,), hartree, that another calculation (`found`, in the basis set of `there`) has
    for the states `start` of a molecule `here`; not a number where it has no such state.
    """
    from pyscf import gto

    main = np.flatnonzero(found.strengths > MAIN_LINE)
    levels = found.energies[main]
    metric = gto.intor_cross("int1e_ovlp", here, there)
    bra = _orbitals(here, start.energies, start.amplitudes)
    ket = _orbitals(there, levels, found.amplitudes[main])
    weights = (bra @ metric @ ket.T) ** 2

    # the partners of a degenerate state may be mixed
    of_level = weights @ (np.abs(levels[:, None] - levels) < SAME / HARTREE)
    rows, columns = linear_sum_assignment(-of_level)
    same = of_level[rows, columns] > SAME_STATE

    energies = np.full(len(bra), np.nan)
    energies[rows[same]] = levels[columns[same]]
    return energies


def _orbitals(molecule: Any, energies: np.ndarray, amplitudes: np.ndarray) -> np.ndarray:
    """Normalised Dyson orbitals (n, n_ao), orthogonal within a degenerate set, as the solvers'
    need not be; energies in hartree, rising.
    """
    gram = overlaps(molecule.intor("int1e_ovlp"), amplitudes, amplitudes)
    found: np.ndarray = orthonormal(gram, energies * HARTREE) @ amplitudes
    return found


def _limit(triple: np.ndarray, quadruple: np.ndarray) -> np.ndarray:
    """From cardinal numbers 3 and 4 to infinity."""
    limit: np.ndarray = (4**3 * quadruple - 3**3 * triple) / (4**3 - 3**3)
    return limit
