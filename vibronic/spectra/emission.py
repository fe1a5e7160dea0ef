"""Emission: from the lowest vibronic levels, or a thermal population of them, down to the
reference state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from ..bases import NeighbourTable, PrunedSector
from ..basis import VibronicBasis
from ..checks import CalculationError, check_positive
from ..convergence import Growth, PrunedSectors
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..numerics import lowest_eigenpairs
from ..operators import hamiltonian_operator
from ..spectrum import StickSpectrum
from ..units import BOLTZMANN
from .electronic_densities import electronic_densities
from .lanczos import curve_difference
from .thermal_levels import check_temperature

# eigenstates asked of one basis
FEWEST = 6
MOST = 384
DEGENERATE = 1e-6  # eV; levels closer than this share the population at 0 K
THRESHOLD = 1e-8  # of the strength of one level; weaker lines are left out
TIME = 60.0  # fs; turns the leaks of eigenstates into an expected error


@public
def emission_spectrum(
    model: VibronicHamiltonian,
    temperature: float = 0.0,
    *,
    tolerance: float = 1e-3,
    fwhm: float = 0.02,
    character: bool = True,
    limits: Limits = Limits(),
) -> StickSpectrum:
    """Lines from the vibronic levels k down to the reference's oscillator levels n, after
    relaxation to `temperature` (K).

    sum_k P_k sum_n |<n|T|k>|^2 delta(E - E_k + E_n), P_k = exp(-E_k/kT)/Z; at 0 K from the lowest
    level (all that are degenerate with it). T is the model's transition amplitudes with their
    slopes, taken coherently (its dipoles: one direction at a time). The reference's levels are the
    basis functions, so that amplitudes of eigenvectors are amplitudes of lines. Strengths are <T
    T+>: the rate of photons goes with E^3 times them, the power with E^4. The basis is grown until
    the curve of width `fwhm` (eV) is certain to `tolerance` of its peak.

    Raises CalculationError when more levels are populated than can be computed.
    """
    check_temperature(temperature)
    check_positive("tolerance", tolerance)
    check_positive("fwhm", fwhm, "eV")

    doors = Doorway.of_light(model)

    spaces = PrunedSectors(model, Doorway.transition(model), TIME, limits, whole=True)
    growth: Growth[PrunedSector, _Relaxed] = Growth(spaces, tolerance)

    for sector in growth:
        growth.report("Emission")
        relaxed = _relaxed(model, sector, temperature, tolerance)
        change = np.inf
        if growth.before is not None:
            new = relaxed.lines(model, doors, False)
            change = curve_difference(new, growth.before.lines(model, doors, False), fwhm)
        growth.told(relaxed, change, relaxed.density)

    levels = growth.result.energies.size
    remark = f"from {levels} levels"
    return replace(
        growth.result.lines(model, doors, character),
        certificate=replace(growth.certificate(), remarks=(remark,)),
        provenance={"model": model.title, "temperature_K": temperature, "levels": levels},
    )


@dataclass(frozen=True, eq=False)
class _Relaxed:
    """Populated eigenstates on one basis."""

    basis: VibronicBasis
    energies: np.ndarray
    vectors: np.ndarray
    populations: np.ndarray

    @property
    def density(self) -> np.ndarray:
        """Mean probability of every function."""
        mean: np.ndarray = self.vectors**2 @ self.populations
        return mean

    def lines(
        self, model: VibronicHamiltonian, doors: Sequence[Doorway], character: bool
    ) -> StickSpectrum:
        """The lines of all levels through every doorway, with the electronic character of the
        level each starts from.
        """
        harmonic = self.basis.quanta @ model.frequencies
        squares = np.sum([_lowered(self.basis, door, self.vectors) ** 2 for door in doors], axis=0)
        strength = sum(door.strength for door in doors)

        parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for k, population in enumerate(self.populations):
            strengths = population * squares[:, k]
            seen = np.flatnonzero(strengths > THRESHOLD * population * strength)
            energies = self.energies[k] - model.zero_point_energy - harmonic[seen]
            parts.append((energies, strengths[seen], np.full(seen.size, k)))

        energies, strengths, origin = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        order = np.argsort(energies, kind="stable")
        density = self._densities()[origin[order]] if character else None

        return StickSpectrum(
            energies[order],
            strengths[order],
            None,
            model.state_labels,
            "emission",
            electronic_density=density,
        )

    def _densities(self) -> np.ndarray:
        functions = np.arange(self.basis.size)
        return electronic_densities(functions, self.basis, self.vectors.T)


def _relaxed(
    model: VibronicHamiltonian, sector: PrunedSector, temperature: float, tolerance: float
) -> _Relaxed:
    """The eigenstates that a temperature populates, all but a tenth of the tolerance."""
    operator = hamiltonian_operator(model, sector.basis)
    count = FEWEST
    missing = 0.1 * tolerance

    while True:
        with threadpool_limits(limits=1):
            energies, vectors = lowest_eigenpairs(operator, min(count, sector.size))
        populations = _boltzmann(energies - energies[0], temperature)
        if populations[-1] < missing * populations.sum() / count or energies.size >= sector.size:
            break
        count *= 2
        if count > MOST:
            raise CalculationError(
                f"At {temperature:g} K more than {MOST} vibronic levels are populated. Lower the "
                "temperature, or use fewer modes."
            )

    kept = populations > 1e-3 * missing * populations.sum() / count
    shares = populations[kept] / populations[kept].sum()
    return _Relaxed(sector.basis, energies[kept], vectors[:, kept], shares)


def _boltzmann(above: np.ndarray, temperature: float) -> np.ndarray:
    """Weights of levels by their energy above the lowest; at 0 K all that are degenerate with
    it.
    """
    if temperature > 0:
        weights: np.ndarray = np.exp(-above / (BOLTZMANN * temperature))
        return weights
    return (above < DEGENERATE).astype(float)


def _lowered(basis: VibronicBasis, door: Doorway, vectors: np.ndarray) -> np.ndarray:
    """<n|T|k> for every level n of the basis and every vector k, (n_vibrational, n_vectors)."""
    parts = vectors.reshape(basis.n_states, basis.n_vibrational, -1)
    total = np.tensordot(door.amplitudes, parts, 1)
    table = NeighbourTable(basis)
    for m in np.flatnonzero(np.any(door.slopes != 0, axis=1)):
        slope = np.tensordot(door.slopes[m], parts, 1)
        up = table.neighbours(0, basis.n_vibrational, ((int(m), 1),))
        inside = up >= 0
        element = np.sqrt((basis.quanta[inside, m] + 1) / 2)[:, None]
        total[inside] += element * slope[up[inside]]
        total[up[inside]] += element * slope[inside]
    return total
