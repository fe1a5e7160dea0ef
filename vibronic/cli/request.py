"""What was asked on the command line, read and checked once, before any work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .. import library, storage
from ..checks import InputError, check_positive
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..molecule import Molecule, check_method, method_name, methods
from .workers import Workers

if TYPE_CHECKING:
    from ..ab_initio import AbInitioHamiltonian
    from ..campaign import Campaign
    from ..models import Reduction

MODES = 8  # of a spectrum
Value = TypeVar("Value")


@dataclass(frozen=True)
class Theory:
    """The level of theory that was asked for; None where the molecule's file decides."""

    method: str | None = None
    states: int | None = None
    basis_set: str | None = None
    functional: str | None = None
    energies: str | None = None
    reference: str | None = None

    @property
    def is_asked(self) -> bool:
        """True when any of it was given."""
        return self != Theory()

    def of(self, molecule: Molecule) -> Molecule:
        """The molecule at this level of theory."""
        method = _given(self.method, molecule.method)
        check_method("method", method)
        if self.functional:
            _check_takes_functional(method)

        energies = self.energies
        if self.method is not None and energies is None:
            energies = ""  # the file's better energies belong to the file's method

        return replace(
            molecule,
            method=method,
            n_states=_given(self.states, molecule.n_states),
            basis_set=_given(self.basis_set, molecule.basis_set),
            functional=_given(self.functional, molecule.functional),
            energies=_given(energies, molecule.energies),
            reference=_given(self.reference, molecule.reference),
        )


@dataclass(frozen=True)
class Request:
    """What a command was asked of a `source`: a `model` that was read, or a `molecule` whose model
    is to be computed; which of its modes are kept, what may be used, who computes, and where
    results go.
    """

    command: str
    source: str
    molecule: Molecule | None
    model: VibronicHamiltonian | None
    isotopes: str | None
    modes: tuple[str, ...] | None
    max_modes: int | None
    limits: Limits
    workers: Workers
    out: Path | None
    quiet: bool

    def reduced(self, model: VibronicHamiltonian, most: int | None = None) -> Reduction:
        """The model in the modes that were asked for: without a word about it the `most`
        important, or as many as suit the molecule's spectrum.
        """
        from ..models import reduction

        if most is None:
            most = self.molecule.max_modes if self.molecule else MODES
        return reduction(model, max_modes=_given(self.max_modes, most), modes=self.modes)

    @contextmanager
    def campaign(self) -> Iterator[Campaign | None]:
        """Who computes the molecule's Hamiltonian; nobody where a model was read."""
        if self.model is not None:
            yield None
            return
        with self.workers.campaign() as campaign:
            yield campaign

    def hamiltonian(
        self, campaign: Campaign | None, *, bilinear: bool = False, audit: bool = False
    ) -> tuple[VibronicHamiltonian, AbInitioHamiltonian | None]:
        """The model that was read or is computed now, and in the second case what made it."""
        if self.model is not None:
            return self.model, None

        from ..ab_initio import hamiltonian

        assert self.molecule is not None
        made = hamiltonian(
            self.molecule,
            isotopes=self.isotopes,
            bilinear=bilinear,
            audit=audit,
            campaign=campaign,
        )

        return made.model, made

    @property
    def name(self) -> str:
        """What the results are named after."""
        return Path(self.source).stem if storage.is_file_name(self.source) else self.source

    @property
    def folder(self) -> Path:
        """Where the results go."""
        return self.out or Path(f"{self.name}-{self.command}")


def asked(
    command: str,
    source: str,
    hamiltonian: str | None = None,
    *,
    theory: Theory = Theory(),
    isotopes: str | None = None,
    modes: str | None = None,
    max_modes: int | None = None,
    max_size: int = Limits().max_size,
    memory: float | None = None,
    workers: Workers = Workers(),
    out: Path | None = None,
    quiet: bool = False,
) -> Request:
    """The request that these options make: `hamiltonian` names a model that ships, `modes` are
    joined by commas, `memory` is in GB.
    """
    molecule, model = read_source(source, hamiltonian)
    if theory.is_asked and model is not None:
        raise InputError(
            "`--method`, `--states`, `--basis-set`, `--functional`, `--reference` and "
            "`--energies` belong to a computed Hamiltonian, not to one that is read."
        )

    if memory is not None:
        check_positive("--memory", memory, "GB")

    return Request(
        command=command,
        source=source,
        molecule=theory.of(molecule) if molecule and theory.is_asked else molecule,
        model=model,
        isotopes=isotopes,
        modes=tuple(modes.split(",")) if modes else None,
        max_modes=max_modes,
        limits=Limits(max_size, None if memory is None else 1e9 * memory),
        workers=workers,
        out=out,
        quiet=quiet,
    )


def shipped(source: str) -> str | None:
    """The name of the published Hamiltonian of a library molecule, None without one."""
    known = source in library.names() and "published" in library.hamiltonian_names(source)
    return "published" if known else None


def read_source(
    source: str, model: str | None
) -> tuple[Molecule | None, VibronicHamiltonian | None]:
    """The molecule a source names, and the Hamiltonian it names or that `model` picks."""
    if not storage.is_file_name(source):
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


def _check_takes_functional(method: str) -> None:
    """Raise InputError where the method has no choice of orbitals."""
    kind = methods()[method_name(method)]
    if kind.from_text(method, "b3lyp") == kind.from_text(method):
        raise InputError(
            "`--functional` chooses the orbitals of koopmans, tda and tddft, but the method is "
            f"{method}. The functional of geometry and vibrations is `--reference`."
        )


def _given(asked: Value | None, otherwise: Value) -> Value:
    return otherwise if asked is None else asked
