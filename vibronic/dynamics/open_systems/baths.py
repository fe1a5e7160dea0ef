"""Surroundings of a molecule: what damps its vibrations, dephases its electronic states, or
couples to them with a memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from ...bases import NeighbourTable
from ...basis import VibronicBasis
from ...checks import InputError, check_positive, check_shape, check_symmetric, frozen_array
from ...hamiltonian import VibronicHamiltonian
from ...units import BOLTZMANN, HBAR
from ..observables.mode_density import mode_indices

SAMPLED = 400  # points of a power spectrum, each side


class Bath(ABC):  # noqa: B024
    """Something outside the Hamiltonian."""


class MarkovianBath(Bath):
    """A bath without memory: Lindblad operators."""

    @abstractmethod
    def jumps(self, model: VibronicHamiltonian, basis: VibronicBasis) -> list[sp.csr_array]:
        """Lindblad operators on the whole basis, per sqrt(fs)."""


@dataclass(frozen=True, eq=False)
class MemoryBath(Bath):
    """A bath of harmonic oscillators with memory, coupled to the electronic `operator` (n_states,
    n_states): a spectral density of `reorganization` energy and `cutoff` (eV) at a `temperature`
    (K).
    """

    operator: np.ndarray
    reorganization: float
    cutoff: float
    temperature: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "operator", frozen_array(self.operator, "operator"))
        check_shape("operator", self.operator, ("n_states", "n_states"), (len(self.operator),) * 2)
        check_symmetric("operator", self.operator)
        for name in ("reorganization", "cutoff", "temperature"):
            check_positive(name, getattr(self, name), "K" if name == "temperature" else "eV")

    @abstractmethod
    def environment(self, exponents: int) -> Any:
        """QuTiP's environment whose correlation function is `exponents` exponentials, energies in
        rad/fs.
        """

    @abstractmethod
    def spectral_density(self, energies: Any) -> np.ndarray:
        """J at `energies` (eV), eV; the reorganization energy is int J/E dE / pi."""


@dataclass(frozen=True)
class VibrationalDamping(MarkovianBath):
    """Energy of one mode (label or index) decays at `rate` (1/fs) to that of `temperature` (K), in
    the oscillator of the reference.

    Lindblad operators sqrt(rate (n + 1)) a and sqrt(rate n) a^+, n = 1/(exp(w/kT) - 1).
    """

    mode: Any
    rate: float
    temperature: float = 0.0

    def __post_init__(self) -> None:
        check_positive("rate", self.rate, "1/fs")
        check_temperature(self.temperature)

    def jumps(self, model: VibronicHamiltonian, basis: VibronicBasis) -> list[sp.csr_array]:
        """a, and above 0 K a^+."""
        (m,) = mode_indices(model, (self.mode,))
        n = basis.n_vibrational
        table = NeighbourTable(basis)
        below = table.neighbours(0, n, ((m, -1),))
        there = np.flatnonzero(below >= 0)
        lower = sp.csr_array(
            (np.sqrt(basis.quanta[there, m]), (below[there], there)), shape=(n, n)
        )
        lower = sp.csr_array(sp.kron(sp.eye_array(basis.n_states), lower))
        mean = occupation(model.frequencies[m], self.temperature)
        found = [np.sqrt(self.rate * (mean + 1)) * lower]

        return [*found, np.sqrt(self.rate * mean) * lower.T.tocsr()] if mean > 1e-12 else found


@dataclass(frozen=True)
class Dephasing(MarkovianBath):
    """Coherences between diabatic states decay at `rate` (1/fs): Lindblad operators sqrt(rate)
    |i><i|.
    """

    rate: float

    def __post_init__(self) -> None:
        check_positive("rate", self.rate, "1/fs")

    def jumps(self, model: VibronicHamiltonian, basis: VibronicBasis) -> list[sp.csr_array]:
        """One for every state."""
        unit = sp.eye_array(basis.n_vibrational)
        return [
            np.sqrt(self.rate) * sp.csr_array(sp.kron(sp.csr_array(np.diag(row)), unit))
            for row in np.eye(basis.n_states)
        ]


@dataclass(frozen=True, eq=False)
class DrudeBath(MemoryBath):
    """J(E) = 2 reorganization E cutoff/(E^2 + cutoff^2)."""

    def spectral_density(self, energies: Any) -> np.ndarray:
        """J, eV."""
        e = np.asarray(energies, dtype=float)
        j: np.ndarray = 2 * self.reorganization * e * self.cutoff / (e**2 + self.cutoff**2)
        return j

    def environment(self, exponents: int) -> Any:
        """Padé expansion."""
        from qutip.core.environment import DrudeLorentzEnvironment

        whole = DrudeLorentzEnvironment(
            BOLTZMANN * self.temperature / HBAR, self.reorganization / HBAR, self.cutoff / HBAR
        )
        return whole.approximate("pade", Nk=max(exponents - 1, 0))


@dataclass(frozen=True, eq=False)
class OhmicBath(MemoryBath):
    """J(E) = pi reorganization (E/cutoff) exp(-E/cutoff)."""

    def spectral_density(self, energies: Any) -> np.ndarray:
        """J, eV."""
        e = np.asarray(energies, dtype=float)
        j: np.ndarray = np.pi * self.reorganization * e / self.cutoff * np.exp(-e / self.cutoff)
        return j

    def environment(self, exponents: int) -> Any:
        """Rational approximation of the power spectrum."""
        from qutip.core.environment import OhmicEnvironment

        cut = self.cutoff / HBAR
        whole = OhmicEnvironment(
            BOLTZMANN * self.temperature / HBAR,
            np.pi * self.reorganization / self.cutoff,
            cut,
            1.0,
        )
        half = np.geomspace(1e-4, 30, SAMPLED) * cut
        samples = np.concatenate([-half[::-1], half])

        return whole.approximate("aaa", samples, Nmax=max(exponents, 2))[0]


def occupation(frequency: float, temperature: float) -> float:
    """Mean quanta of an oscillator (eV) at a temperature (K)."""
    if temperature <= 0:
        return 0.0
    return float(1 / np.expm1(min(frequency / (BOLTZMANN * temperature), 700.0)))


def check_temperature(temperature: float) -> None:
    """Raise unless it is a number of kelvin."""
    if not np.isfinite(temperature) or temperature < 0:
        raise InputError(
            "Argument `temperature` must be a number of kelvin, 0 or more, but is "
            f"{temperature!r}."
        )
