"""From what a user types to the nouns it names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .. import library, storage
from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..molecule import Molecule
from ..spectrum import Spectrum, StickSpectrum
from .workers import Workers


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
        isotopic_modes,
        koopmans_beside,
        normal_modes,
        vibronic_hamiltonian,
    )
    from ..models import isotopes_asked, isotopic_hamiltonian, isotopic_masses

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
