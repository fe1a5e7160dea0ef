"""PySCF's molecule and a converged closed-shell SCF, from plain inputs that can be hashed and
pickled.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..campaign.executors import memory_share
from ..checks import CalculationError, InputError
from ..molecule import Molecule

Geometry = Mapping[str, Any]


def geometry_inputs(molecule: Molecule, coordinates: np.ndarray) -> dict[str, Any]:
    """Everything that defines an SCF at `coordinates` (angstrom), as JSON-able values; the charge
    where there is one.
    """
    inputs = {
        "symbols": list(molecule.symbols),
        "basis_set": molecule.basis_set,
        "coordinates": [[round(float(v), 10) + 0.0 for v in x] for x in coordinates],
    }
    return {**inputs, "charge": molecule.charge} if molecule.charge else inputs


def mean_field_inputs(molecule: Molecule, coordinates: np.ndarray) -> dict[str, Any]:
    """The same for the molecule's reference level: its basis set, and its `functional`."""
    level = molecule.mean_field
    return {
        **geometry_inputs(molecule, coordinates),
        "basis_set": level.basis_set,
        "functional": level.functional,
    }


def mole(geometry: Geometry) -> Any:
    """The `pyscf.gto.Mole` of a geometry."""
    from pyscf import gto

    atoms = list(zip(geometry["symbols"], geometry["coordinates"], strict=True))
    basis = geometry["basis_set"]
    charge = geometry.get("charge", 0)
    with _known_basis_set(basis, geometry["symbols"]):
        found = gto.M(atom=atoms, unit="Angstrom", basis=basis, charge=charge, verbose=0)
    return within_share(found)


def has_diffuse_functions(basis_set: str) -> bool:
    """True for a basis set whose name tells of diffuse functions: aug-cc-pvdz, 6-31+g*,
    def2-svpd, ma-def2-svp.
    """
    name = basis_set.lower()
    return "aug" in name or "+" in name or name.startswith("ma-") or name.endswith("pd")


def in_basis_set(molecule: Any, basis_set: str) -> Any:
    """The same `pyscf.gto.Mole` in another basis set."""
    other = molecule.copy()
    other.basis = basis_set
    with _known_basis_set(basis_set, molecule.elements):
        return other.build(dump_input=False, parse_arg=False)


@contextmanager
def _known_basis_set(basis_set: str, symbols: Sequence[str]) -> Iterator[None]:
    """Tell in words that PySCF does not know a basis set for these elements."""
    from pyscf.lib.exceptions import BasisNotFoundError

    try:
        with warnings.catch_warnings():
            # that another package might know the basis set
            warnings.simplefilter("ignore", UserWarning)
            yield
    except BasisNotFoundError as error:
        raise InputError(
            f"Basis set {basis_set!r} is not known to PySCF for "
            f"{' and '.join(sorted(set(symbols)))}: "
            f"{str(error).splitlines()[0]}. Try cc-pvdz, cc-pvtz or def2-svp."
        ) from None


def within_share(molecule: Any) -> Any:
    """The `pyscf.gto.Mole`, told the memory of the worker it is computed by, if it is one of
    several on this machine; PySCF works in blocks beyond it.
    """
    share = memory_share()
    if share is not None:
        molecule.max_memory = share / 1e6  # MB
    return molecule


def core_orbitals(molecule: Any) -> int:
    """Number of frozen core orbitals."""
    charges = [molecule.atom_charge(a) for a in range(molecule.natm)]
    return sum(_core(z) for z in charges)


def _core(charge: int) -> int:
    """Orbitals below the valence shell of an element of the first four rows."""
    shells = {2: 0, 10: 1, 18: 5}
    return next((core for last, core in shells.items() if charge <= last), 9)


def mean_field_title(functional: str) -> str:
    """RHF, or the functional, as printed."""
    return functional.upper() if functional else "RHF"


def converged_scf(molecule: Any, functional: str = "", *, fitted: bool = False) -> Any:
    """A tightly converged RHF (density-fitted if `fitted`), or restricted Kohn-Sham (always
    density-fitted) with a `functional`; DIIS first, then second-order steps.
    """
    mf = _mean_field(molecule, functional, fitted)
    mf.kernel()

    if not mf.converged:
        density = mf.make_rdm1()
        second = _mean_field(molecule, functional, fitted).newton()
        second.conv_tol = 1e-11
        second.conv_tol_grad = 1e-6
        second.max_cycle = 60
        second.kernel(density)

        if not second.converged:
            atoms = "; ".join(
                f"{s} {x[0]:.3f} {x[1]:.3f} {x[2]:.3f}"
                for s, x in zip(
                    molecule.elements, molecule.atom_coords(unit="Angstrom"), strict=True
                )
            )
            raise CalculationError(
                f"The {mean_field_title(functional)} calculation did not converge at the "
                f"geometry {atoms}. Check the "
                "geometry (angstrom) and the basis set."
            )

        mf.__dict__.update(
            mo_coeff=second.mo_coeff,
            mo_energy=second.mo_energy,
            mo_occ=second.mo_occ,
            e_tot=second.e_tot,
            converged=True,
        )

    return mf


def _mean_field(molecule: Any, functional: str, fitted: bool) -> Any:
    from pyscf import dft, scf

    if functional:
        check_functional(functional)
        mf = dft.RKS(molecule, xc=functional).density_fit()
        mf.grids.level = 3
        mf.conv_tol = 1e-10
        mf.conv_tol_grad = 1e-6
    else:
        mf = scf.RHF(molecule)
        if fitted:
            mf = mf.density_fit()
        mf.conv_tol = 1e-11
        mf.conv_tol_grad = 1e-7

    mf.max_cycle = 100
    return mf


def check_functional(functional: str) -> None:
    """Raise InputError for a functional that PySCF does not know."""
    from pyscf.dft import libxc

    try:
        libxc.parse_xc(functional)
    except Exception:
        raise InputError(
            f"Functional {functional!r} is not known to PySCF. Try b3lyp, pbe0 or camb3lyp, or "
            "leave it out for "
            "Hartree-Fock."
        ) from None


@contextmanager
def quiet() -> Iterator[None]:
    """Send what libraries print to nowhere, and run in a temporary folder that takes what they
    write.
    """
    import os
    import tempfile

    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        saved = os.dup(1), os.dup(2)
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(here)
            for target, fd in zip((1, 2), saved, strict=True):
                os.dup2(fd, target)
                os.close(fd)
