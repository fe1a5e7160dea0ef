"""What to compute and at which level of theory."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np

from .checks import InputError, check_known, check_positive, check_shape, frozen_array
from .storage import load, noun

TOO_CLOSE = 0.4  # angstrom
REFERENCE = "b3lyp/6-311g**"  # where geometry and vibrations come from
METHOD = "composite"
USUAL_STATES = 2


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


@noun
@dataclass(frozen=True, eq=False)
class Molecule:
    """A closed-shell neutral: `symbols`, `coordinates` (n_atoms, 3) in angstrom, and how its
    ionized states are computed.

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
        return methods()[method_name(self.method)].process

    @property
    def mean_field(self) -> MeanField:
        """The level of geometry and vibrations."""
        return MeanField.from_text(self.reference, self.basis_set)

    @property
    def formula(self) -> str:
        """Hill formula."""
        return hill_formula(self.symbols)

    def __str__(self) -> str:
        kind = methods()[method_name(self.method)].kind
        count = "the lowest" if self.n_states is None else str(self.n_states)
        return (
            f"Molecule  {self.name} ({self.formula}), {len(self.symbols)} atoms; "
            f"{self.method}/{self.basis_set} for {count} {kind} states, geometry and vibrations "
            f"{self.mean_field}; {len(self.bands)} experimental bands"
        )
