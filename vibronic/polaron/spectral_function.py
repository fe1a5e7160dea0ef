"""What a charge put onto a lattice at rest, and light on a polaron, find: lines of the infinite
lattice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..certificate import Certificate
from ..checks import InputError, check_positive
from ..door import public
from ..limits import Limits
from ..numerics import LanczosRecursion
from ..progress import report
from ..spectrum import StickSpectrum
from ..storage import noun
from .bloch import BlochHamiltonian
from .lattice import Lattice
from .level import GrowingLevel
from .polaron import momentum_vector
from .space import REACH, phonon_space

FIRST = 5  # generations of the first space
STEPS = 600  # of Lanczos; the curve is known to converge exponentially with them
GRID = 8  # points in a full width
MERGED = 1e-9  # of the bandwidth: closer lines are copies of one


@noun
@dataclass(frozen=True, eq=False)
class OpticalConductivity:
    """Light on a polaron at rest: the `drude_weight` d^2E/dk^2 = 2t/m* (eV; a charge that is
    moved), and the `regular` lines at E_n - E_0 of intensity 2 |<n|J|0>|^2/(E_n - E_0) (eV;
    phonons shaken off), J = dH/dk.

    Together they are minus the `kinetic_energy`.
    """

    lattice: Lattice
    regular: StickSpectrum
    drude_weight: float
    kinetic_energy: float

    def __str__(self) -> str:
        total = -self.kinetic_energy
        return (
            f"OpticalConductivity  of {-self.kinetic_energy:.4g} eV in all, "
            f"{self.drude_weight / total:.1%} moves the charge (Drude weight) and "
            f"{self.regular.strength / total:.1%} shakes phonons off"
        )


@public
def spectral_function(
    lattice: Lattice,
    momentum: float | Sequence[float] = 0.0,
    *,
    fwhm: float | None = None,
    tolerance: float = 1e-3,
    limits: Limits = Limits(200_000),
) -> StickSpectrum:
    """A(k, E) = sum_n |<n|c+_k|0>|^2 delta(E - E_n): a bare charge of momentum k (radians per
    site) enters the infinite lattice at 0 K. The intensities add up to 1.

    The phonon space grows until the curve, with lines of `fwhm` (eV, half the frequency unless
    given), changes by less than `tolerance` of its largest value; the lines themselves are not
    certain one by one. Lanczos recursion from the bare charge.
    """
    check_positive("tolerance", tolerance)
    width = lattice.frequency / 2 if fwhm is None else fwhm
    check_positive("fwhm", width, "eV")
    k = momentum_vector(lattice, momentum)

    found: StickSpectrum | None = None
    error = np.inf
    size = 0

    for lines, reached in _growing_lines(lattice, k, limits.max_size):
        error = np.inf if found is None else _difference(found, lines, width)
        found = lines
        size = reached
        report("Spectral function", min(0.95, np.log(min(error, 1)) / np.log(tolerance)))
        if error < tolerance:
            break

    if found is None:
        raise InputError(f"No phonon space fits `max_size` = {limits.max_size}: raise it.")
    certificate = Certificate(
        tolerance,
        error,
        size,
        found="change of the curve, of its largest value, from one phonon space to the next",
    )
    return StickSpectrum(
        found.energies,
        found.intensities,
        source=f"spectral function, k = {k[0] / np.pi:.4g} pi",
        certificate=certificate,
    )


@public
def optical_conductivity(
    lattice: Lattice, *, tolerance: float = 1e-6, limits: Limits = Limits(200_000)
) -> OpticalConductivity:
    """What light does to a polaron at k = 0, along the first axis: Drude weight and lines. The
    space is the one on which `polaron` certifies energy and mass to `tolerance`.
    """
    check_positive("tolerance", tolerance)
    k = momentum_vector(lattice, 0.0)
    growing = GrowingLevel(lattice, k, tolerance, limits.max_size)
    level = growing.grow()
    if level is None:
        raise InputError(f"No phonon space fits `max_size` = {limits.max_size}: raise it.")

    current = level.bloch.slope(k) @ level.vector
    matrix = level.bloch.at(k)
    lines = _lines(matrix, current, lattice)
    energies = lines.energies - level.energy
    kinetic = level.vector @ (level.bloch.curvature(k) @ level.vector)
    regular = StickSpectrum(
        energies,
        2 * lines.intensities / energies,
        source="optical conductivity",
        unit="eV",
        certificate=Certificate(
            tolerance, growing.errors.max(), level.space.size, found="energy and mass"
        ),
    )
    return OpticalConductivity(
        lattice, regular, 2 * lattice.hopping * level.inverse_mass, -float(kinetic)
    )


def _growing_lines(
    lattice: Lattice, k: np.ndarray, most: int
) -> Iterator[tuple[StickSpectrum, int]]:
    """Lines of the bare charge on larger and larger spaces, and the size of each."""
    first = int(np.ceil(lattice.huang_rhys_factor + 2 * abs(lattice.coupling))) + 3
    for generations in range(FIRST, REACH[lattice.dimension]):
        space = phonon_space(
            lattice.dimension,
            generations,
            first + generations - FIRST,
            peierls=lattice.peierls_coupling != 0,
            most=most,
        )
        if space is None:
            return
        matrix = BlochHamiltonian(lattice, space).at(k)
        bare = np.zeros(space.size, matrix.dtype)
        bare[0] = 1
        with threadpool_limits(limits=1):
            lines = _lines(matrix, bare, lattice)
        yield lines, space.size


def _lines(matrix: Any, start: np.ndarray, lattice: Lattice) -> StickSpectrum:
    recursion = LanczosRecursion(lambda x: matrix @ x, start)
    recursion.extend(min(STEPS, start.size))
    energies, intensities, _ = recursion.lines(merge=MERGED * lattice.bandwidth, threshold=1e-12)
    return StickSpectrum(energies, intensities)


def _difference(one: StickSpectrum, other: StickSpectrum, fwhm: float) -> float:
    """Largest difference of two curves, of their largest value."""
    low = min(one.energies[0], other.energies[0]) - 2 * fwhm
    high = max(one.energies[-1], other.energies[-1]) + 2 * fwhm
    grid = np.linspace(low, high, int(GRID * (high - low) / fwhm) + 2)
    curves = [own.broadened(grid, fwhm=fwhm).values for own in (one, other)]
    return float(np.abs(curves[0] - curves[1]).max() / curves[1].max())
