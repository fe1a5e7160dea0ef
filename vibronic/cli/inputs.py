"""From what a user types to the nouns it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import library, storage
from ..checks import InputError, check_positive
from ..hamiltonian import VibronicHamiltonian
from ..molecule import Molecule
from ..spectrum import Spectrum, StickSpectrum
from .workers import Workers


def memory_bytes(gigabytes: float | None) -> float | None:
    """`--memory` in bytes."""
    if gigabytes is not None:
        check_positive("--memory", gigabytes, "GB")
    return None if gigabytes is None else 1e9 * gigabytes


def ships(source: str) -> bool:
    """True for a library molecule with a published Hamiltonian."""
    return source in library.names() and "published" in library.hamiltonian_names(source)


def source_name(source: str) -> str:
    """What the results are named after."""
    return Path(source).stem if source.endswith((".toml", ".xyz", ".h5")) else source


def read_source(
    source: str, model: str | None
) -> tuple[Molecule | None, VibronicHamiltonian | None]:
    """The molecule a source names, and the Hamiltonian it names or that `model` picks."""
    if not source.endswith((".toml", ".xyz", ".h5")):
        return library.molecule(source), library.hamiltonian(source, model) if model else None
    found = storage.load(source)
    if isinstance(found, VibronicHamiltonian):
        return None, found
    if not isinstance(found, Molecule):
        raise InputError(
            f"{source} holds a {type(found).__name__}; expected a Molecule or a "
            "VibronicHamiltonian."
        )
    if model:
        raise InputError(
            "`--hamiltonian` picks a model that ships with a molecule; give the molecule's "
            "name, or the model's own .toml file."
        )
    return found, None


def adjusted(
    molecule: Molecule | None, model: VibronicHamiltonian | None, **asked: Any
) -> Molecule | None:
    """The molecule with the level of theory that was asked for: `method`, `n_states`, `basis_set`,
    `functional`, `energies`, where not None.
    """
    changes = {key: value for key, value in asked.items() if value is not None}
    if changes and model is not None:
        raise InputError(
            "`--method`, `--states`, `--basis-set`, `--functional` and `--energies` belong to a "
            "computed Hamiltonian, not to one "
            "that is read."
        )
    if molecule and "method" in changes and "energies" not in changes:
        changes["energies"] = ""  # the file's better energies belong to the file's method
    return replace(molecule, **changes) if molecule and changes else molecule


def computed(
    molecule: Molecule,
    workers: Workers,
    report: Callable[[str, float], None],
    isotopes: str | None = None,
    bilinear: bool = False,
) -> tuple[VibronicHamiltonian, VibronicHamiltonian | None]:
    """The Hamiltonian of a molecule's states, and Koopmans' beside it (None for excited states, or
    where it is Koopmans' itself).
    """
    from ..electronic_structure import (
        Koopmans,
        isotopic_hamiltonian,
        isotopic_masses,
        isotopic_modes,
        koopmans_beside,
        normal_modes,
        vibronic_hamiltonian,
    )
    from ..electronic_structure.isotopes import isotopes_asked

    if isotopes is not None:
        isotopes_asked(molecule.symbols, isotopes)  # before any work
    with workers.campaign(report) as campaign:
        modes = normal_modes(molecule, campaign=campaign)
        new = isotopic_modes(modes, isotopic_masses(modes, isotopes)) if isotopes else None
        model = vibronic_hamiltonian(molecule, modes, bilinear=bilinear, campaign=campaign)
        koopmans = (
            None
            if molecule.method == Koopmans.name
            else koopmans_beside(model, molecule, modes, campaign=campaign)
        )
        if new is not None:
            model = isotopic_hamiltonian(model, modes, new)
            koopmans = None if koopmans is None else isotopic_hamiltonian(koopmans, modes, new)
        return model, koopmans


def measured(source: str, path: Path | None, kind: str) -> Spectrum | StickSpectrum | None:
    """The measured spectrum in a CSV file, or the one that ships with a molecule, or None."""
    if path is None:
        return library.measured_spectrum(source, kind) if source in library.names() else None
    if path.suffix != ".csv":
        raise InputError(f"`--experiment` takes a .csv file, but is {path}.")
    found = storage.load(path)
    assert isinstance(found, (Spectrum, StickSpectrum))
    return found
