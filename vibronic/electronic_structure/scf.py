"""PySCF's molecule and a converged closed-shell SCF, from plain inputs that can be hashed and pickled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..checks import CalculationError, InputError
from ..molecule import Molecule

Geometry = Mapping[str, Any]


def geometry_inputs(molecule: Molecule, coordinates: np.ndarray) -> dict[str, Any]:
    """Everything that defines an SCF at `coordinates` (angstrom), as JSON-able values."""
    return {"symbols": list(molecule.symbols), "basis_set": molecule.basis_set,
            "coordinates": [[round(float(v), 10) + 0.0 for v in x] for x in coordinates]}


def mole(geometry: Geometry) -> Any:
    """The `pyscf.gto.Mole` of a geometry."""
    from pyscf import gto
    from pyscf.lib.exceptions import BasisNotFoundError

    atoms = list(zip(geometry["symbols"], geometry["coordinates"], strict=True))
    try:
        return gto.M(atom=atoms, unit="Angstrom", basis=geometry["basis_set"], verbose=0)
    except BasisNotFoundError as error:
        raise InputError(f"Basis set {geometry['basis_set']!r} is not known to PySCF for {'/'.join(sorted(set(geometry['symbols'])))}: "
                         f"{str(error).splitlines()[0]}. Try cc-pvdz, cc-pvtz or def2-svp.") from None
    except RuntimeError as error:
        if "spin" in str(error):
            raise InputError(f"The molecule has an odd number of electrons ({sum(_charges(geometry))}); only closed-shell neutrals "
                             "are supported.") from None
        raise


def _charges(geometry: Geometry) -> list[int]:
    from pyscf.data.elements import charge

    return [charge(s) for s in geometry["symbols"]]


def converged_scf(molecule: Any, name: str = "") -> Any:
    """A tightly converged RHF; DIIS first, then second-order steps."""
    from pyscf import scf

    mf = scf.RHF(molecule)
    mf.conv_tol, mf.conv_tol_grad, mf.max_cycle = 1e-11, 1e-7, 100
    mf.kernel()
    if not mf.converged:
        density = mf.make_rdm1()
        mf = scf.RHF(molecule).newton()
        mf.conv_tol, mf.conv_tol_grad, mf.max_cycle = 1e-11, 1e-6, 60
        mf.kernel(density)
        if not mf.converged:
            atoms = "; ".join(f"{s} {x[0]:.3f} {x[1]:.3f} {x[2]:.3f}"
                              for s, x in zip(molecule.elements, molecule.atom_coords(unit="Angstrom"), strict=True))
            raise CalculationError(f"The RHF calculation did not converge at the geometry {atoms}. Check the geometry (angstrom) and "
                                   "the basis set.")
        plain = scf.RHF(molecule)
        plain.__dict__.update(mo_coeff=mf.mo_coeff, mo_energy=mf.mo_energy, mo_occ=mf.mo_occ, e_tot=mf.e_tot, converged=True)
        mf = plain
    return mf


@contextmanager
def quiet() -> Iterator[None]:
    """Send what libraries print to nowhere, and run in a temporary folder that takes what they write."""
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
