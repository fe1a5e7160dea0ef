"""What every level of theory of ionized or excited states offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from ...checks import InputError
from ...molecule import Molecule

MAIN_LINE = 0.3  # smallest pole strength of a state that counts as one hole
LETTERS = "XABCDEFG"  # the lowest states of an ion


@dataclass(frozen=True, eq=False)
class Roots:
    """States at one geometry: energies (n,) in hartree, rising; pole `strengths` (n,), 1 for
    excitations; `amplitudes` in the AO basis, Dyson orbitals (n, n_ao) or transition densities of
    single excitations (n, n_ao, n_ao); dipoles (n, 3), e a0, of excitations; the energy of the
    closed-shell `ground` state (hartree); energies (hartree) of states `lost`: reached, but not
    converged.
    """

    energies: np.ndarray
    strengths: np.ndarray
    amplitudes: np.ndarray
    ground: float
    dipoles: np.ndarray | None = None
    lost: np.ndarray = field(default_factory=lambda: np.zeros(0))


class StatesMethod(ABC):
    """A level of theory for the ionized states, or the excited ones of the neutral: a frozen
    dataclass of its settings.
    """

    name: ClassVar[str]  # in files and on the command line
    label: ClassVar[str] = ""  # as printed
    usage: ClassVar[str] = ""  # how settings are written in brackets after the name, if they are
    response: ClassVar[str] = ""  # where first derivatives are analytic, what they come from

    process: ClassVar[str]
    kind: ClassVar[str]  # of states: ionized or excited
    line: ClassVar[str]  # what one state is to the search for it
    counted: ClassVar[str]  # what limits the number of states
    least_strength: ClassVar[float] = 0.0  # weaker ones are satellites
    frozen_core: ClassVar[bool] = False  # core orbitals are left uncorrelated

    @abstractmethod
    def roots(self, molecule: Any, n_roots: int) -> Roots:
        """The lowest roots that converged, of a `pyscf.gto.Mole`."""

    def derivatives(self, molecule: Any, n_roots: int) -> tuple[Roots, np.ndarray]:
        """The lowest roots and first derivatives of their diabatic matrix, (n_atoms, 3, n, n),
        hartree/bohr, where `analytic`.
        """
        raise InputError(f"{self.title} has no analytic couplings; leave `analytic=True` out.")

    @classmethod
    def from_text(cls, text: str, functional: str = "") -> StatesMethod:
        """The method that a `text` names, settings in brackets included, on the mean field of
        `functional` where it has a choice. InputError for settings it cannot have.
        """
        return cls()

    @property
    def spec(self) -> dict[str, Any]:
        """Name and settings, JSON-able."""
        settings = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return {"name": self.name, **settings}

    @property
    def analytic(self) -> bool:
        """True where first derivatives come from response theory."""
        return bool(self.response)

    @property
    def title(self) -> str:
        """As printed."""
        return self.label

    def level(self, basis_set: str) -> str:
        """Method and basis set, as printed."""
        return f"{self.title}/{basis_set}" + (" (frozen core)" if self.frozen_core else "")

    @property
    def couplings(self) -> StatesMethod:
        """The level at which couplings are computed: the method itself, or a cheaper one."""
        return self

    @property
    def step_check(self) -> StatesMethod:
        """The level at which the two step sizes are compared: the method itself, or a cheaper one
        with the same couplings.
        """
        return self

    def n_roots(self, n_states: int) -> int:
        """How many roots to ask for when `n_states` are wanted: more, for satellites and states
        that cross.
        """
        return n_states + 3

    def possible_roots(self, n_states: int, occupied: int) -> int:
        """As `n_roots`, no more than there can be."""
        return self.n_roots(n_states)

    @abstractmethod
    def of_molecule(self, molecule: Molecule) -> str:
        """What the states are those of."""

    @abstractmethod
    def most_states(self, occupied: int, virtual: int) -> int:
        """How many states a molecule with so many orbitals may have."""

    @abstractmethod
    def state_labels(self, n: int) -> tuple[str, ...]:
        """What the lowest n states are called."""

    def memory(self, n_orbitals: int, occupied: int) -> float:
        """Bytes that one geometry needs, roughly: integrals over orbitals, and amplitudes."""
        return 8.0 * 3 * n_orbitals**2 + 1.5e8


class IonizedStates(StatesMethod):
    """States of the cation, whose amplitudes are Dyson orbitals."""

    process = "ionization"
    kind = "ionized"
    line = "main ionization line"
    counted = "occupied orbitals"
    least_strength = MAIN_LINE

    def of_molecule(self, molecule: Molecule) -> str:
        return molecule.ionized_kind

    def possible_roots(self, n_states: int, occupied: int) -> int:
        return min(self.n_roots(n_states), occupied)

    def most_states(self, occupied: int, virtual: int) -> int:
        return occupied

    def state_labels(self, n: int) -> tuple[str, ...]:
        numbered = [f"s{k + 1}" for k in range(len(LETTERS), n)]
        return (*LETTERS[:n], *numbered)


class ExcitedStates(StatesMethod):
    """Singlets of the neutral, whose amplitudes are transition densities."""

    process = "excitation"
    kind = "excited"
    line = "excited state"
    counted = "single excitations"

    def of_molecule(self, molecule: Molecule) -> str:
        return "excited states"

    def most_states(self, occupied: int, virtual: int) -> int:
        return occupied * virtual

    def state_labels(self, n: int) -> tuple[str, ...]:
        return tuple(f"S{k + 1}" for k in range(n))
