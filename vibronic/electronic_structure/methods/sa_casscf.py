"""SA-CASSCF, with analytic gradients and nonadiabatic couplings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import comb
from typing import Any, ClassVar

import numpy as np

from ...checks import CalculationError, InputError
from ..scf import converged_scf
from .method import register
from .states_method import ExcitedStates, Roots

SPIN_SHIFT = 2.0  # hartree; S^2 times this keeps states of higher spin above the singlets
SINGLET = 1e-3  # largest S^2 of a state that counts as one


@register
@dataclass(frozen=True)
class SACASSCF(ExcitedStates):
    """State-averaged complete active space: the `holes` highest occupied and `virtuals` lowest
    virtual RHF orbitals, or those listed in `orbitals` (from 0); ground and excited singlets with
    equal weights, other spins shifted by S^2 times `spin_shift` (hartree).

    Couplings are analytic: kappa the gradient of a state less that of the ground state, lambda the
    nonadiabatic coupling times the gap. Overlaps of transition densities, which finite differences
    use, miss what a doubly excited state brings to lambda; the audit tells. B. H. Lengsfield III,
    P. Saxe, D. R. Yarkony, J. Chem. Phys. 81, 4549 (1984)
    """

    holes: int = 2
    virtuals: int = 2
    orbitals: tuple[int, ...] = ()
    spin_shift: float = SPIN_SHIFT
    name: ClassVar[str] = "sa-casscf"
    usage: ClassVar[str] = "sa-casscf(4,4) for the active space"
    response: ClassVar[str] = "gradients and nonadiabatic couplings times gaps"

    def __post_init__(self) -> None:
        object.__setattr__(self, "orbitals", tuple(int(k) for k in self.orbitals))
        if not self.orbitals and (self.holes < 1 or self.virtuals < 1):
            raise InputError(
                "An active space needs one occupied and one virtual orbital or more, but has "
                f"holes={self.holes} and virtuals={self.virtuals}."
            )

    @classmethod
    def from_text(cls, text: str, functional: str = "") -> SACASSCF:
        _, bracket, inside = text.partition("(")
        if not bracket:
            return cls()

        found = re.fullmatch(r"(\d+),(\d+)\)", inside.replace(" ", ""))
        electrons, orbitals = (int(found[1]), int(found[2])) if found else (0, 0)
        pairs = electrons // 2
        if electrons < 2 or electrons % 2 or orbitals <= pairs:
            raise InputError(
                f"{text!r} is no method with an active space: write sa-casscf(4,4), an even "
                "number of electrons, then of orbitals, more than the electrons fill in pairs."
            )

        return cls(holes=pairs, virtuals=orbitals - pairs)

    @property
    def title(self) -> str:
        """As printed."""
        size = len(self.orbitals) or self.holes + self.virtuals
        space = f"orbitals {self.orbitals}" if self.orbitals else f"{2 * self.holes},{size}"
        return f"SA-CASSCF({space})"

    def n_roots(self, n_states: int) -> int:
        """No more than the states wanted: the average over them is part of the method."""
        return n_states

    def roots(self, molecule: Any, n_roots: int) -> Roots:
        return self.solved(molecule, n_roots)[0]

    def derivatives(self, molecule: Any, n_roots: int) -> tuple[Roots, np.ndarray]:
        found, casscf = self.solved(molecule, n_roots)
        gradients = casscf.nuc_grad_method()
        coupling = casscf.nac_method()
        each = [gradients.kernel(state=k) for k in range(n_roots + 1)]

        result = np.zeros((molecule.natm, 3, n_roots, n_roots))
        for i in range(n_roots):
            result[:, :, i, i] = each[i + 1] - each[0]
            for j in range(i):
                value = coupling.kernel(state=(i + 1, j + 1), mult_ediff=True, use_etfs=False)
                result[:, :, i, j] = value
                result[:, :, j, i] = value

        return found, result

    def solved(self, molecule: Any, n_roots: int) -> tuple[Roots, Any]:
        """The states, and PySCF's converged calculation."""
        occupied = molecule.nelectron // 2
        chosen = self.orbitals or tuple(range(occupied - self.holes, occupied + self.virtuals))
        pairs = sum(k < occupied for k in chosen)
        self._check_singlets(n_roots, _singlets(pairs, len(chosen)))

        casscf = self._converged(molecule, chosen, pairs, n_roots)
        self._check_spins(casscf, n_roots)

        amplitudes = _transition_densities(casscf)
        dipoles = np.einsum("npq,xpq->nx", amplitudes, molecule.intor("int1e_r"))
        energies = np.array(casscf.e_states)
        excitations = energies[1:] - energies[0]
        roots = Roots(excitations, np.ones(n_roots), amplitudes, energies[0], dipoles)

        return roots, casscf

    def _converged(self, molecule: Any, chosen: tuple[int, ...], pairs: int, n_roots: int) -> Any:
        from pyscf import mcscf

        mf = converged_scf(molecule)
        casscf = mcscf.CASSCF(mf, len(chosen), 2 * pairs)
        casscf.fix_spin_(ss=0.0, shift=self.spin_shift)
        casscf = casscf.state_average_(np.ones(n_roots + 1) / (n_roots + 1))
        casscf.conv_tol = 1e-10
        casscf.conv_tol_grad = 1e-6
        casscf.max_cycle_macro = 200
        casscf.kernel(casscf.sort_mo([k + 1 for k in chosen], mf.mo_coeff))

        if not casscf.converged:
            raise CalculationError(
                f"The {self.title} of {n_roots + 1} states did not converge. Choose another "
                "active space."
            )

        return casscf

    def _check_singlets(self, n_roots: int, most: int) -> None:
        if n_roots >= most:
            raise InputError(
                f"The active space of {self.title} has {most} singlets, {most - 1} of them "
                f"excited, but {n_roots} excited states were asked for. Ask for fewer, or enlarge "
                "the active space."
            )

    def _check_spins(self, casscf: Any, n_roots: int) -> None:
        from pyscf.fci.spin_op import spin_square0

        spins = [spin_square0(ci, casscf.ncas, casscf.nelecas)[0] for ci in casscf.ci]
        if max(spins) > SINGLET:
            others = sum(s > SINGLET for s in spins)
            raise CalculationError(
                f"Of the {n_roots + 1} states of {self.title}, {others} are no singlets. Ask for "
                "fewer states, or choose another active space."
            )


def _transition_densities(casscf: Any) -> np.ndarray:
    """From the ground state, (n, n_ao, n_ao); holes first, as other methods have them."""
    density = casscf.fcisolver.trans_rdm1
    space = (casscf.ncas, casscf.nelecas)
    densities = np.array([density(casscf.ci[0], ci, *space) for ci in casscf.ci[1:]])

    active = casscf.mo_coeff[:, casscf.ncore : casscf.ncore + casscf.ncas]
    found: np.ndarray = active @ densities.transpose(0, 2, 1) @ active.T
    return found


def _singlets(pairs: int, orbitals: int) -> int:
    """Number of singlet configurations of 2 `pairs` electrons in so many orbitals (Weyl's
    dimension formula).
    """
    return comb(orbitals + 1, pairs) * comb(orbitals + 1, pairs + 1) // (orbitals + 1)
