"""Finds what molecules/ knows by name."""

from __future__ import annotations

from pathlib import Path

from .checks import InputError, nearest
from .door import public
from .hamiltonian import VibronicHamiltonian
from .molecule import Molecule
from .spectrum import Spectrum, StickSpectrum
from .storage import load


def folder() -> Path:
    """The folder of shipped molecules: beside the installed package, or at the top of a
    checkout.
    """
    here = Path(__file__).resolve().parent
    return next(p for p in (here / "molecules", here.parent / "molecules") if p.is_dir())


def names() -> list[str]:
    """Names of the molecules that ship with vibronic."""
    return sorted(p.parent.name for p in folder().glob("*/molecule.toml"))


def hamiltonian_names(name: str) -> list[str]:
    """Names of the published Hamiltonians of a molecule."""
    return sorted(p.stem for p in _folder_of(name).glob("*.toml") if p.name != "molecule.toml")


@public
def molecule(name: str) -> Molecule:
    """The molecule called `name`."""
    return Molecule.load(_folder_of(name) / "molecule.toml")


@public
def hamiltonian(name: str, model: str = "published") -> VibronicHamiltonian:
    """The Hamiltonian called `model` of the molecule called `name`."""
    known = hamiltonian_names(name)
    if model not in known:
        raise InputError(
            f"Molecule {name!r} has no Hamiltonian {model!r}. "
            f"{nearest(model, known) if known else 'It ships with none.'}"
        )
    found: VibronicHamiltonian = load(_folder_of(name) / f"{model}.toml")
    return found


def measured_spectrum(name: str, kind: str) -> Spectrum | StickSpectrum | None:
    """The measured `kind` (absorption, photoelectron) of the molecule called `name`, or None where
    none ships.
    """
    path = _folder_of(name) / f"{kind}.csv"
    return load(path) if path.is_file() else None


def _folder_of(name: str) -> Path:
    if name not in names():
        raise InputError(
            f"Unknown molecule {name!r}. {nearest(name, names())} Or give a .toml or .xyz file."
        )
    return folder() / name
