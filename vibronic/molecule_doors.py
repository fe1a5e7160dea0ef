"""Atoms, charge and unpaired electrons of molecules that other programs hold in memory.

What PySCF and ASE made is read by its attributes, so neither is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .checks import CalculationError, InputError
from .elements import ELEMENTS

SEED = 7  # of RDKit's start geometry, so that a SMILES always gives the same one
WHOLE = 1e-6  # sums of atomic charges and moments this near to an integer are one

# attributes of PySCF's mean fields that change the energy: what they are
EXTRAS = {
    "with_solvent": "a solvent model",
    "with_x2c": "relativistic (X2C) integrals",
    "disp": "a dispersion correction",
    "mm_mol": "surrounding point charges",
}


@dataclass(frozen=True, eq=False)
class Atoms:
    """Element `symbols`, `coordinates` (n_atoms, 3) in angstrom, the total charge, and the number
    of unpaired electrons; basis set and functional where a calculation came along.
    """

    symbols: tuple[str, ...]
    coordinates: np.ndarray
    charge: int = 0
    spin: int = 0
    basis_set: str | None = None
    functional: str | None = None


def pyscf_atoms(given: Any) -> Atoms:
    """What a `pyscf.gto.Mole`, or a converged restricted mean field on one, holds."""
    is_field = hasattr(given, "mol") and hasattr(given, "mo_coeff")
    mole = given.mol if is_field else given
    if not hasattr(mole, "atom_coords") or not hasattr(mole, "nelectron"):
        raise InputError(
            "`from_pyscf` takes a pyscf.gto.Mole or a converged mean field (scf.RHF, dft.RKS), "
            f"but got a {type(given).__name__}."
        )

    _check_mole(mole)
    return Atoms(
        symbols=tuple(mole.atom_pure_symbol(a) for a in range(mole.natm)),
        coordinates=mole.atom_coords(unit="Angstrom"),
        charge=int(mole.charge),
        spin=int(mole.spin or 0),
        basis_set=_basis_set(mole.basis),
        functional=_functional(given) if is_field else None,
    )


def _check_mole(mole: Any) -> None:
    """Raise where a Mole holds what a Molecule cannot."""
    refused = None
    if hasattr(mole, "lattice_vectors"):
        refused = "is periodic; molecules stand alone"
    elif not getattr(mole, "_built", True) or not mole.natm:
        refused = "was not built; call its `build()` first"
    elif mole.has_ecp():
        refused = "has effective core potentials; electrons are all computed here"
    elif mole.cart:
        refused = "has Cartesian Gaussians; pure ones are used here: build it with `cart=False`"
    elif any(mole.atom_charge(a) == 0 for a in range(mole.natm)):
        refused = "has ghost atoms, which have no mass; leave them out"
    elif mole.nucprop or mole.nucmod:
        refused = (
            "has nuclei of its own (masses or sizes); leave them out, and name isotopes in the "
            "run (`isotopes=`)"
        )
    if refused is not None:
        raise InputError(f"`from_pyscf`: the {type(mole).__name__} {refused}.")


def _basis_set(basis: Any) -> str:
    """The one name that a Mole's basis set has."""
    names = set(basis.values()) if isinstance(basis, dict) else {basis}
    if len(names) == 1 and isinstance(name := next(iter(names)), str):
        return name
    raise InputError(
        "`from_pyscf`: the Mole's basis set must have one name for all atoms, such as 'cc-pvdz', "
        f"but is {basis!r:.80}. Build it with one, or hand over `from_ase` or "
        "Molecule(symbols=..., coordinates=...) without it."
    )


def _functional(field: Any) -> str:
    """The functional of a converged closed-shell mean field, nothing for Hartree-Fock."""
    kind = type(field).__name__
    if not field.converged:
        raise InputError(
            f"`from_pyscf`: the {kind} is not converged. Run its `kernel()` first, or hand over "
            "its `.mol`."
        )
    occupation = np.asarray(field.mo_occ)
    if occupation.ndim != 1 or not set(occupation.tolist()) <= {0.0, 2.0}:
        raise InputError(
            f"`from_pyscf`: the {kind} is no restricted closed-shell calculation with orbitals "
            "that hold two electrons or none. Use scf.RHF or dft.RKS, or hand over its `.mol`."
        )
    for name, what in EXTRAS.items():
        if getattr(field, name, None):
            raise InputError(
                f"`from_pyscf`: the {kind} has {what}, which is not computed here. Hand over its "
                "`.mol` for the molecule alone."
            )

    functional = str(getattr(field, "xc", "") or "")
    return "" if functional.lower() == "hf" else functional


def ase_atoms(given: Any) -> Atoms:
    """What an `ase.Atoms` holds: its charge is `info["charge"]` or the sum of its initial charges,
    its unpaired electrons the sum of its initial magnetic moments.
    """
    if not hasattr(given, "get_chemical_symbols") or not hasattr(given, "get_positions"):
        raise InputError(f"`from_ase` takes an ase.Atoms, but got a {type(given).__name__}.")
    if np.any(given.get_pbc()):
        raise InputError("`from_ase`: the Atoms are periodic; set their `pbc` to False.")
    if given.has("masses"):
        raise InputError(
            "`from_ase`: the Atoms have masses of their own. Leave them out, and name isotopes in "
            "the run (`isotopes=`)."
        )

    told = given.info.get("charge")
    charge = given.get_initial_charges().sum() if told is None else told
    moment = np.abs(given.get_initial_magnetic_moments().sum())
    return Atoms(
        symbols=tuple(given.get_chemical_symbols()),
        coordinates=given.get_positions(),
        charge=_whole("charge", charge),
        spin=_whole("magnetic moment", moment),
    )


def _whole(what: str, value: Any) -> int:
    if isinstance(value, (int, float, np.number)) and abs(value - np.round(value)) < WHOLE:
        return int(np.round(value))
    raise InputError(
        f"`from_ase`: the {what} of the Atoms must be a whole number, but is {value!r}. Give "
        "`charge=`."
    )


def smiles_atoms(smiles: str) -> Atoms:
    """The atoms of a SMILES string, hydrogens included, in a start geometry: distance geometry
    (RDKit's ETKDG), then the force field MMFF94 (UFF for atoms it does not know).

    S. Riniker, G. A. Landrum, J. Chem. Inf. Model. 55, 2562 (2015), doi:10.1021/acs.jcim.5b00654
    """
    try:
        from rdkit import Chem, RDLogger
    except ImportError:
        raise InputError("`from_smiles` needs RDKit: pip install 'vibronic[smiles]'.") from None

    RDLogger.DisableLog("rdApp.*")
    try:
        flat = Chem.MolFromSmiles(smiles) if isinstance(smiles, str) else None
    finally:
        RDLogger.EnableLog("rdApp.error")
    if flat is None or not flat.GetNumAtoms():
        raise InputError(
            f"`from_smiles` takes a SMILES string such as 'C=C', but {smiles!r} is none that "
            "RDKit can read."
        )
    _check_flat(smiles, flat, Chem)

    full = Chem.AddHs(flat)
    unpaired = sum(atom.GetNumRadicalElectrons() for atom in full.GetAtoms())
    return Atoms(
        symbols=tuple(atom.GetSymbol() for atom in full.GetAtoms()),
        coordinates=_embedded(smiles, full),
        charge=Chem.GetFormalCharge(full),
        spin=unpaired,
    )


def _check_flat(smiles: str, flat: Any, chem: Any) -> None:
    """Raise for what is not one molecule of known elements in their usual isotopes."""
    if len(chem.GetMolFrags(flat)) > 1:
        raise InputError(f"`from_smiles`: {smiles!r} has several molecules; give one.")
    if any(atom.GetIsotope() for atom in flat.GetAtoms()):
        raise InputError(
            f"`from_smiles`: {smiles!r} names isotopes. Leave them out, and name them in the run "
            "(`isotopes='H=2'`)."
        )
    for atom in flat.GetAtoms():
        if atom.GetSymbol() not in ELEMENTS:
            raise InputError(f"`from_smiles`: {smiles!r} has {atom.GetSymbol()}, unknown here.")


def _embedded(smiles: str, full: Any) -> np.ndarray:
    """Coordinates (n_atoms, 3), angstrom, of RDKit's start geometry."""
    from rdkit import RDLogger
    from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

    RDLogger.DisableLog("rdApp.*")
    try:
        settings = rdDistGeom.ETKDGv3()
        settings.randomSeed = SEED
        found = rdDistGeom.EmbedMolecule(full, settings)
        if found < 0:
            settings.useRandomCoords = True
            found = rdDistGeom.EmbedMolecule(full, settings)
        if found < 0:
            raise CalculationError(
                f"RDKit found no geometry for {smiles!r}. Give one as an .xyz file."
            )
        if rdForceFieldHelpers.MMFFHasAllMoleculeParams(full):
            rdForceFieldHelpers.MMFFOptimizeMolecule(full, maxIters=2000)
        elif rdForceFieldHelpers.UFFHasAllMoleculeParams(full):
            rdForceFieldHelpers.UFFOptimizeMolecule(full, maxIters=2000)
    finally:
        RDLogger.EnableLog("rdApp.error")

    coordinates: np.ndarray = full.GetConformer().GetPositions()
    return coordinates
