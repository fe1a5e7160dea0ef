"""What to compute and at which level of theory."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .checks import InputError, check_known, check_positive, check_shape, frozen_array
from .storage import load, noun

TOO_CLOSE = 0.4  # angstrom
IONIZATION_METHODS = ("koopmans", "adc2", "adc2x", "adc3", "eom-ip-ccsd")
EXCITATION_METHODS = ("tda", "tddft", "ee-adc2", "eom-ee-ccsd", "sa-casscf")
METHODS = (
    IONIZATION_METHODS + EXCITATION_METHODS
)  # levels of theory of the ionized or excited states


def active_space(method: str) -> tuple[int, int] | None:
    """Electrons and orbitals in the brackets of a method such as sa-casscf(4,4), or None;
    InputError where it cannot have these.
    """
    name, bracket, inside = method.partition("(")
    if not bracket:
        return None
    found = re.fullmatch(r"(\d+),(\d+)\)", inside.replace(" ", ""))
    electrons, orbitals = (int(found[1]), int(found[2])) if found else (0, 0)
    if name != "sa-casscf" or electrons < 2 or electrons % 2 or orbitals <= electrons // 2:
        raise InputError(
            f"{method!r} is no method with an active space: write sa-casscf(4,4), an even "
            "number of electrons, then of "
            "orbitals, more than the electrons fill in pairs."
        )
    return electrons, orbitals


def check_method(what: str, method: str, known: tuple[str, ...] = METHODS) -> None:
    """Raise InputError unless `method` is one of `known`, with or without an active space."""
    check_known(what, method.partition("(")[0], known)
    active_space(method)


@noun
@dataclass(frozen=True)
class Band:
    """An observed band: vertical (maximum) and adiabatic (onset) energy in eV, and where the
    figure comes from. `label` is the term symbol of its state, as in 2B2g; a band that
    `is_mystery` has none.
    """

    label: str
    vertical: float
    adiabatic: float | None = None
    note: str = ""
    source: str = ""
    is_mystery: bool = False

    @property
    def irrep(self) -> str:
        """The irrep of its state: the term symbol without its multiplicity."""
        return "" if self.is_mystery else self.label.lstrip("0123456789 ")


def hill_formula(symbols: tuple[str, ...]) -> str:
    """Elements and their numbers: carbon and hydrogen first, the others by the alphabet."""
    order = sorted(
        set(symbols), key=lambda s: (s not in ("C", "H"), s) if "C" in symbols else (True, s)
    )
    return "".join(s + (str(n) if (n := symbols.count(s)) > 1 else "") for s in order)


@noun
@dataclass(frozen=True, eq=False)
class Molecule:
    """A closed-shell neutral: `symbols`, `coordinates` (n_atoms, 3) in angstrom, and how its
    ionized states are computed.

    `method` names the level of the ionized states (koopmans, adc2, adc2x, adc3, eom-ip-ccsd) or of
    the excited ones of the neutral (tda, tddft, ee-adc2, eom-ee-ccsd, sa-casscf, or sa-casscf(4,4)
    to choose the active space) in `basis_set`; `n_states` how many of them. `functional` makes the
    mean field of geometry, vibrations, Koopmans and TDA a density functional; without it, it is
    Hartree-Fock. `energies` names a better level for the vertical energies. `fwhm` (eV) and
    `max_modes` suit its spectrum; `bands` is the experiment.
    """

    name: str
    symbols: tuple[str, ...]
    coordinates: np.ndarray
    basis_set: str = "cc-pvdz"
    method: str = "adc3"
    n_states: int = 2
    functional: str = ""
    energies: str = ""
    charge: int = 0
    spin: int = 0
    fwhm: float = 0.04
    max_modes: int = 8
    title: str = ""
    bands: tuple[Band, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbols", tuple(self.symbols))
        object.__setattr__(self, "coordinates", frozen_array(self.coordinates, "coordinates"))
        check_shape("coordinates", self.coordinates, ("n_atoms", "3"), (len(self.symbols), 3))
        object.__setattr__(self, "bands", tuple(self.bands))
        if not self.symbols:
            raise InputError(f"Molecule {self.name!r} has no atoms.")
        check_method("method", self.method)
        if self.energies:
            check_method(
                "energies",
                self.energies,
                IONIZATION_METHODS if self.process == "ionization" else EXCITATION_METHODS,
            )
        check_positive("fwhm", self.fwhm, "eV")
        for name in ("n_states", "max_modes"):
            if getattr(self, name) < 1:
                raise InputError(
                    f"Argument `{name}` must be 1 or more, but is {getattr(self, name)}."
                )
        if self.charge != 0 or self.spin != 0:
            raise InputError(
                "Only closed-shell neutrals are supported: charge 0 and spin 0 (no unpaired "
                "electrons), but "
                f"{self.name!r} has charge {self.charge} and spin {self.spin}."
            )
        self._check_distances()

    def _check_distances(self) -> None:
        gaps = np.linalg.norm(self.coordinates[:, None] - self.coordinates, axis=2)
        gaps[np.diag_indices_from(gaps)] = np.inf
        a, b = np.unravel_index(int(gaps.argmin()), gaps.shape)
        if gaps[a, b] < TOO_CLOSE:
            raise InputError(
                f"Atoms {a + 1} ({self.symbols[a]}) and {b + 1} ({self.symbols[b]}) are "
                f"{gaps[a, b]:.3f} angstrom apart, "
                f"closer than {TOO_CLOSE}. Coordinates are in angstrom."
            )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Molecule:
        """Read a molecule from a `.toml` or `.xyz` file."""
        found = load(Path(path))
        if not isinstance(found, cls):
            raise InputError(f"{path} holds a {type(found).__name__}, not a Molecule.")
        return found

    @property
    def process(self) -> str:
        """`ionization` or `excitation`, as the method has it."""
        return "ionization" if self.method in IONIZATION_METHODS else "excitation"

    @property
    def formula(self) -> str:
        """Hill formula."""
        return hill_formula(self.symbols)

    def __str__(self) -> str:
        kind = "ionized" if self.process == "ionization" else "excited"
        return (
            f"Molecule  {self.name} ({self.formula}), {len(self.symbols)} atoms; {self.method} "
            f"for {self.n_states} {kind} "
            f"states on {self.functional.upper() or 'RHF'}/{self.basis_set}; {len(self.bands)} "
            "experimental bands"
        )
