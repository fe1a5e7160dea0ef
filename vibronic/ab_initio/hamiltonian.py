"""From a molecule to its Hamiltonian and what can be said about it."""

from __future__ import annotations

from dataclasses import dataclass

from ..campaign import Campaign
from ..door import public
from ..electronic_structure import (
    Audit,
    CouplingScheme,
    Koopmans,
    isotopic_modes,
    koopmans_beside,
    normal_modes,
    parent_orbitals,
    vibronic_hamiltonian,
)
from ..electronic_structure import audit as audit_of
from ..hamiltonian import VibronicHamiltonian
from ..models import doubts, isotopes_asked, isotopic_hamiltonian, isotopic_masses
from ..modes import NormalModes
from ..molecule import Molecule
from ..orbitals import Orbitals
from ..storage import noun


@noun
@dataclass(frozen=True, eq=False)
class AbInitioHamiltonian:
    """The `model` of a molecule's states in its normal `modes` (or those of other isotopes);
    `koopmans` is the same in first order, None for excited states and where it is the model
    itself; `audit` says how far the couplings can be trusted, where that was asked; `orbitals` are
    the parents of ionized states on a grid, None for excited states.
    """

    model: VibronicHamiltonian
    modes: NormalModes
    koopmans: VibronicHamiltonian | None = None
    audit: Audit | None = None
    orbitals: Orbitals | None = None

    def __str__(self) -> str:
        blocks = [str(self.model)]
        if self.audit is not None:
            blocks.append(str(self.audit))
        blocks += [f"Warning: {warning}" for warning in doubts(self.model)]
        return "\n\n".join(blocks)


@public
def hamiltonian(
    molecule: Molecule,
    *,
    isotopes: str | None = None,
    bilinear: bool = False,
    audit: bool = False,
    campaign: Campaign | None = None,
) -> AbInitioHamiltonian:
    """The Hamiltonian of a molecule's states at its own level of theory, with Koopmans' beside it;
    for other `isotopes` (as in H=2) without new electronic structure; `bilinear` adds quadratic
    terms between different modes, `audit` the audit of its couplings.
    """
    if isotopes is not None:
        isotopes_asked(molecule.symbols, isotopes)  # before any work
    modes = normal_modes(molecule, executor=campaign)
    scheme = CouplingScheme(bilinear=bilinear)
    model = vibronic_hamiltonian(molecule, modes, couplings=scheme, executor=campaign)
    koopmans = None
    if molecule.method != Koopmans.name:
        koopmans = koopmans_beside(model, molecule, modes, executor=campaign)
    orbitals = None
    if molecule.process == "ionization":
        orbitals = parent_orbitals(molecule, modes, executor=campaign)
    audited = audit_of(molecule, modes, executor=campaign) if audit else None
    if isotopes is None:
        return AbInitioHamiltonian(model, modes, koopmans, audited, orbitals)

    new = isotopic_modes(modes, isotopic_masses(modes, isotopes))
    model = isotopic_hamiltonian(model, modes, new)
    if koopmans is not None:
        koopmans = isotopic_hamiltonian(koopmans, modes, new)

    return AbInitioHamiltonian(model, new, koopmans, audited, orbitals)
