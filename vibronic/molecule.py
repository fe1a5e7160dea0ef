"""What to compute and at which level of theory."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np

from .checks import InputError, check_known, check_positive, check_shape, frozen_array
from .elements import ELEMENTS, nuclear_charge
from .molecule_doors import Atoms, ase_atoms, pyscf_atoms, smiles_atoms
from .storage import load, noun

TOO_CLOSE = 0.4  # angstrom
REFERENCE = "b3lyp/6-311g**"  # where geometry and vibrations come from
METHOD = "composite"
USUAL_STATES = 2
IONS = {-1: "anion", 0: "neutral", 1: "cation", 2: "dication"}


class Method(Protocol):
    """A level of theory that names the states of a molecule: what `electronic_structure` makes
    known of each of its own.
    """

    name: ClassVar[str]
    process: ClassVar[str]
    kind: ClassVar[str]
    usage: ClassVar[str]

    @classmethod
    def from_text(cls, text: str, functional: str = "") -> Any:
        """The method with the settings in the brackets of a text; InputError if they are bad."""


_known: dict[str, type[Method]] = {}
_finders: list[Callable[[], object]] = []


def register(method: type[Method]) -> None:
    """Make a level of theory known by its name."""
    _known[method.name] = method


def find_methods_by(finder: Callable[[], object]) -> None:
    """What makes all levels of theory known; called when a first one is asked for."""
    _finders.append(finder)


def methods(process: str = "") -> dict[str, type[Method]]:
    """The levels of theory of a process (of any), by their names."""
    while _finders:
        _finders.pop()()
    return {n: m for n, m in _known.items() if process in ("", m.process)}


def method_name(text: str) -> str:
    """The name of a method, without the settings in brackets after it."""
    return text.partition("(")[0]


def check_method(what: str, text: str, process: str = "") -> None:
    """Raise InputError unless `text` names a method (of a process), with settings it can have."""
    known = methods(process)
    name = method_name(text)
    check_known(what, name, tuple(known))

    if "(" in text and not known[name].usage:
        ways = ", ".join(m.usage for m in methods().values() if m.usage)
        raise InputError(f"{text!r}: {name} has no settings in brackets; write {ways}.")
    known[name].from_text(text)


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
    def is_approximate(self) -> bool:
        """True where the source of the figure was not checked."""
        return "approximate" in self.note

    @property
    def irrep(self) -> str:
        """The irrep of its state: the term symbol without its multiplicity."""
        return "" if self.is_mystery else self.label.lstrip("0123456789 ")


@dataclass(frozen=True)
class MeanField:
    """A closed-shell mean field: a density `functional`, or Hartree-Fock without one, in a
    `basis_set`.
    """

    functional: str
    basis_set: str

    @classmethod
    def from_text(cls, text: str, basis_set: str) -> MeanField:
        """As written in files: `b3lyp/cc-pvtz`, or `hf` alone in the `basis_set` given."""
        functional, _, own = text.strip().lower().partition("/")
        if not functional:
            raise InputError(
                "`reference` must name a functional (or hf), alone or with a basis set as in "
                f"{REFERENCE}, but is {text!r}."
            )
        return cls("" if functional in ("hf", "rhf") else functional, own or basis_set)

    def __str__(self) -> str:
        return f"{self.functional.upper() or 'RHF'}/{self.basis_set}"


def hill_formula(symbols: tuple[str, ...]) -> str:
    """Elements and their numbers: carbon and hydrogen first, the others by the alphabet."""
    order = sorted(
        set(symbols), key=lambda s: (s not in ("C", "H"), s) if "C" in symbols else (True, s)
    )
    return "".join(s + (str(n) if (n := symbols.count(s)) > 1 else "") for s in order)


def ion_name(charge: int) -> str:
    """What a molecule of this charge is called."""
    return IONS.get(charge, f"ion of charge {charge:+d}")


@noun
@dataclass(frozen=True, eq=False)
class Molecule:
    """A closed-shell molecule or ion: `symbols`, `coordinates` (n_atoms, 3) in angstrom, its
    `charge`, and how its ionized states are computed.

    `reference` names the mean field of geometry and vibrations: a functional (or hf) and a basis
    set, as in b3lyp/cc-pvtz, or alone for that of the states. `method` names the level of the
    ionized states (koopmans, adc2, adc2x, adc3, eom-ip-ccsd, composite) or of the excited ones of
    the neutral (tda, tddft, ee-adc2, eom-ee-ccsd, sa-casscf, or sa-casscf(4,4) to choose the
    active space) in `basis_set`; `n_states` how many of them (None: the lowest two, and what is
    degenerate with them). `functional` makes the orbitals of Koopmans and TDA those of a density
    functional; without it, they are Hartree-Fock's. `energies` names a better level for the
    vertical energies. `fwhm` (eV) and `max_modes` suit its spectrum; `bands` is the experiment.
    """

    name: str
    symbols: tuple[str, ...]
    coordinates: np.ndarray
    basis_set: str = "cc-pvdz"
    method: str = METHOD
    n_states: int | None = None
    functional: str = ""
    energies: str = ""
    reference: str = REFERENCE
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
            check_method("energies", self.energies, self.process)
        check_positive("fwhm", self.fwhm, "eV")
        MeanField.from_text(self.reference, self.basis_set)
        for name in ("n_states", "max_modes"):
            count = getattr(self, name)
            if count is not None and count < 1:
                raise InputError(f"Argument `{name}` must be 1 or more, but is {count}.")
        self._check_closed_shell()
        self._check_distances()

    def _check_closed_shell(self) -> None:
        """Raise for open shells: here, whatever door the molecule came through."""
        for symbol in self.symbols:
            if symbol not in ELEMENTS:
                raise InputError(
                    f"Molecule {self.name!r}: {symbol!r} is no element up to Xe. Symbols are "
                    "written as in 'C', 'Cl'."
                )
        electrons = sum(nuclear_charge(symbol) for symbol in self.symbols) - self.charge
        if electrons < 2:
            raise InputError(
                f"Molecule {self.name!r} has charge {self.charge} and {electrons} electrons; two "
                "or more are needed."
            )

        if electrons % 2:
            found = f"{electrons} electrons, an odd number, so that one has no partner"
        elif self.spin:
            found = f"spin {self.spin} ({self.spin} unpaired electrons)"
        else:
            return
        raise InputError(
            f"{self.name!r} has an open shell: charge {self.charge} and {found}. Its states are "
            "computed by taking electrons from (or exciting them in) orbitals that all hold two, "
            "so only closed shells are supported. If it is an ion, give its charge (`charge = 1` "
            "in a molecule.toml, `charge=1` in the comment line of an .xyz file, `charge=1` in "
            "Python). The states of a radical are those that its closed-shell anion leaves behind "
            "on electron detachment, or its closed-shell parent on ionization: start from that."
        )

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
    def from_pyscf(cls, given: Any, *, name: str = "", **others: Any) -> Molecule:
        """The molecule of a `pyscf.gto.Mole`, in its basis set, or of a converged RHF or RKS
        calculation on one, whose functional and basis set become the `reference` of geometry and
        vibrations, and its orbitals those of `method="koopmans"` and `"tda"`. `others` are
        arguments of a Molecule, such as `method`, and take the place of what was found.
        """
        return cls._of(pyscf_atoms(given), name, others)

    @classmethod
    def from_ase(cls, given: Any, *, name: str = "", **others: Any) -> Molecule:
        """The molecule of an `ase.Atoms`. Its charge is `info["charge"]` or the sum of its initial
        charges; `others` are arguments of a Molecule.
        """
        return cls._of(ase_atoms(given), name, others)

    @classmethod
    def from_smiles(cls, smiles: str, *, name: str = "", **others: Any) -> Molecule:
        """The molecule of a SMILES string such as "C=C", in a start geometry of a force field (by
        RDKit: pip install 'vibronic[smiles]'); `others` are arguments of a Molecule.
        """
        return cls._of(smiles_atoms(smiles), name or smiles, others)

    @classmethod
    def _of(cls, atoms: Atoms, name: str, others: dict[str, Any]) -> Molecule:
        found: dict[str, Any] = {
            "symbols": atoms.symbols,
            "coordinates": atoms.coordinates,
            "charge": atoms.charge,
            "spin": atoms.spin,
        }
        if atoms.basis_set is not None:
            found["basis_set"] = atoms.basis_set
        if atoms.functional is not None:
            found["functional"] = atoms.functional
            found["reference"] = f"{atoms.functional or 'hf'}/{atoms.basis_set}"

        known = [own.name for own in fields(cls)]
        for option in others:
            check_known("argument of a Molecule", option, known)
        return cls(name or hill_formula(atoms.symbols), **{**found, **others})

    @classmethod
    def load(cls, path: str | os.PathLike[str], **options: Any) -> Molecule:
        """Read a molecule from a `.toml` or `.xyz` file (`charge=` for the latter)."""
        found = load(Path(path), **options)
        if not isinstance(found, cls):
            raise InputError(f"{path} holds a {type(found).__name__}, not a Molecule.")
        return found

    @property
    def process(self) -> str:
        """`ionization` or `excitation`, as the method has it."""
        return methods()[method_name(self.method)].process

    @property
    def mean_field(self) -> MeanField:
        """The level of geometry and vibrations."""
        return MeanField.from_text(self.reference, self.basis_set)

    @property
    def formula(self) -> str:
        """Hill formula, and the charge of an ion."""
        size = abs(self.charge)
        sign = "+" if self.charge > 0 else "-"
        charge = f"{size if size > 1 else ''}{sign}" if size else ""
        return f"{hill_formula(self.symbols)}{charge}"

    @property
    def kind(self) -> str:
        """Neutral, cation, anion, ..."""
        return ion_name(self.charge)

    @property
    def ionized_kind(self) -> str:
        """What is left when an electron has gone: the cation of a neutral."""
        left = ion_name(self.charge + 1)
        return f"{left} left by electron detachment" if self.charge < 0 else left

    def __str__(self) -> str:
        kind = methods()[method_name(self.method)].kind
        count = "the lowest" if self.n_states is None else str(self.n_states)
        return (
            f"Molecule  {self.name} ({self.formula}), {len(self.symbols)} atoms; "
            f"{self.method}/{self.basis_set} for {count} {kind} states, geometry and vibrations "
            f"{self.mean_field}; {len(self.bands)} experimental bands"
        )
