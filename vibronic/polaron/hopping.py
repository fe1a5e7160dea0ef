"""How often a charge that is caught on one molecule hops to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..checks import InputError, check_positive, frozen_array
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..tables import Column, Table
from ..units import BOLTZMANN, HBAR
from .lattice import Lattice

GAUSSIAN = 9.0  # standard deviations of the classical part that are integrated over
POINTS = 24  # in the period of the fastest oscillation
COLUMNS = (
    Column("T/K", ".0f"),
    Column("rate/fs^-1", ".3e"),
    Column("Marcus/fs^-1", ".3e"),
    Column("ratio", ".3g"),
    Column("band narrows to", ".3g"),
)


@noun
@dataclass(frozen=True, eq=False)
class HoppingRates:
    """Rates (per fs) between two equal molecules at `temperatures` (K): `rates` with the
    vibrations quantised, `marcus` with all of them classical, and the factor of
    `band_narrowing`.

    `reorganization` (eV) is that of the vibrations of both molecules, `classical_reorganization`
    that of their surroundings.
    """

    title: str
    hopping: float
    reorganization: float
    classical_reorganization: float
    temperatures: np.ndarray
    rates: np.ndarray
    marcus: np.ndarray
    narrowing: np.ndarray

    def __post_init__(self) -> None:
        for name in ("temperatures", "rates", "marcus", "narrowing"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        values = (self.temperatures, self.rates, self.marcus, self.rates / self.marcus)
        rows = list(zip(*values, self.narrowing, strict=True))
        return str(
            Table(
                COLUMNS,
                rows,
                "  ",
                title=f"HoppingRates  {self.title}: hopping {self.hopping:.4g} eV, reorganization "
                f"{self.reorganization:.4g} eV of vibrations and "
                f"{self.classical_reorganization:.4g} eV of the surroundings",
                notes=(
                    "  ratio: above 1 the nuclei tunnel where classical ones would have to climb.",
                    f"  {self._validity()}",
                ),
            )
        )

    def _validity(self) -> str:
        """Whether there is anything to hop over."""
        whole = self.reorganization + self.classical_reorganization
        if self.hopping >= whole / 2:
            return (
                "NOT TO BE TRUSTED: the hopping is more than half the reorganization energy, so "
                "there is no barrier and the charge is shared."
            )
        return (
            "Golden rule: good for hoppings well below half the reorganization energy; here it "
            f"is {2 * self.hopping / whole:.2g} of that."
        )


@public
def hopping_rate(
    system: Lattice | VibronicHamiltonian,
    temperature: float,
    *,
    classical_reorganization: float,
    hopping: float | None = None,
    state: int | str = 0,
    bias: float = 0.0,
) -> float:
    """Golden-rule rate (per fs) of a charge from one molecule to the next, all modes of both
    quantised, in classical surroundings.

    k = (V/hbar)^2 int dt exp(-i (bias + l) t/hbar - l k_B T t^2/hbar^2 - sum_m 2 S_m [(2 n_m + 1)
    (1 - cos w_m t) + i sin w_m t]), with l the `classical_reorganization` (eV), S_m the
    Huang-Rhys factors of one molecule (twice, for both), V the `hopping` (eV; that of a lattice
    unless given) and `bias` the energy of the final site less that of the first. Without classical
    surroundings the rate is a comb of delta functions: InputError.

    J. Jortner, J. Chem. Phys. 64, 4860 (1976), doi:10.1063/1.432142
    """
    check_positive("temperature", temperature, "K")
    check_classical(classical_reorganization)
    coupling = _hopping(system, hopping)
    frequencies, factors = _vibrations(system, state)
    thermal = BOLTZMANN * temperature

    occupied = 1 / np.expm1(np.minimum(frequencies / thermal, 700))
    width = np.sqrt(2 * classical_reorganization * thermal)
    longest = GAUSSIAN / width
    fastest = (
        abs(bias)
        + classical_reorganization
        + float((2 * factors * frequencies * (2 * occupied + 1)).sum())
        + frequencies.max(initial=0.0)
        + 4 * width
    )
    n = int(np.ceil(longest * fastest * POINTS / (2 * np.pi))) + 200
    t = np.linspace(0, longest, n)

    turned = np.multiply.outer(frequencies, t)
    real = -((width * t) ** 2) / 2
    real = real - (2 * factors * (2 * occupied + 1)) @ (1 - np.cos(turned))
    imaginary = -(bias + classical_reorganization) * t - (2 * factors) @ np.sin(turned)
    integrand = np.exp(real) * np.cos(imaginary)
    return float(2 * coupling**2 / HBAR * np.trapezoid(integrand, t))


@public
def marcus_rate(
    hopping: float, reorganization: float, temperature: float, bias: float = 0.0
) -> float:
    """All vibrations classical: k = (2 pi/hbar) V^2 (4 pi l k_B T)^(-1/2) exp(-(l + bias)^2/(4 l
    k_B T)), per fs; `reorganization` l (eV) is that of both molecules and their surroundings.

    R. A. Marcus, Rev. Mod. Phys. 65, 599 (1993), doi:10.1103/RevModPhys.65.599
    """
    check_positive("temperature", temperature, "K")
    check_positive("reorganization", reorganization, "eV")
    thermal = 4 * reorganization * BOLTZMANN * temperature
    density = np.exp(-((reorganization + bias) ** 2) / thermal) / np.sqrt(np.pi * thermal)
    return float(2 * np.pi / HBAR * hopping**2 * density)


@public
def band_narrowing(
    system: Lattice | VibronicHamiltonian, temperature: float, *, state: int | str = 0
) -> float:
    """exp(-sum_m S_m coth(w_m/2 k_B T)): the part of the bandwidth that fast vibrations leave;
    `temperature` in K, 0 allowed.

    T. Holstein, Ann. Phys. 8, 343 (1959), doi:10.1016/0003-4916(59)90003-X
    """
    if temperature < 0:
        raise InputError(f"Argument `temperature` must be 0 or more kelvin, but is {temperature}.")
    frequencies, factors = _vibrations(system, state)
    if temperature == 0:
        return float(np.exp(-factors.sum()))
    return float(np.exp(-(factors / np.tanh(frequencies / (2 * BOLTZMANN * temperature))).sum()))


@public
def hopping_rates(
    system: Lattice | VibronicHamiltonian,
    temperatures: Sequence[float] | np.ndarray,
    *,
    classical_reorganization: float,
    hopping: float | None = None,
    state: int | str = 0,
) -> HoppingRates:
    """`hopping_rate` at several `temperatures` (K) beside `marcus_rate` with the same whole
    reorganization energy.
    """
    coupling = _hopping(system, hopping)
    frequencies, factors = _vibrations(system, state)
    inner = float(2 * factors @ frequencies)
    kelvins = np.asarray(temperatures, float)
    rates = [
        hopping_rate(
            system,
            float(T),
            classical_reorganization=classical_reorganization,
            hopping=coupling,
            state=state,
        )
        for T in kelvins
    ]
    whole = inner + classical_reorganization
    marcus = [marcus_rate(coupling, whole, float(T)) for T in kelvins]
    narrowing = [band_narrowing(system, float(T), state=state) for T in kelvins]
    return HoppingRates(
        system.title or "lattice",
        coupling,
        inner,
        classical_reorganization,
        kelvins,
        np.array(rates),
        np.array(marcus),
        np.array(narrowing),
    )


def check_classical(reorganization: float) -> None:
    """Raise for a charge without classical surroundings, and say why."""
    if not reorganization > 0:
        raise InputError(
            "Argument `classical_reorganization` must be a positive number of eV, but is "
            f"{reorganization!r}: with quantised vibrations alone energy is conserved only at "
            "isolated values, and the rate is a comb of delta functions. Give the reorganization "
            "energy of the surroundings, typically 0.05-0.3 eV."
        )


def _hopping(system: Lattice | VibronicHamiltonian, given: float | None) -> float:
    if given is None and isinstance(system, Lattice):
        return system.hopping
    if given is None:
        raise InputError("Argument `hopping` (eV) is needed: a molecule's model has none.")
    check_positive("hopping", given, "eV")
    return float(given)


def _vibrations(
    system: Lattice | VibronicHamiltonian, state: int | str
) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (eV) and Huang-Rhys factors of one molecule."""
    if isinstance(system, Lattice):
        return np.array([system.frequency]), np.array([system.huang_rhys_factor])
    return system.frequencies, system.huang_rhys_factors(state)
