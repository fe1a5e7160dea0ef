"""The reference geometry and its dimensionless normal modes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .checks import CalculationError, check_shape, checked_names, frozen_array
from .storage import noun
from .units import ATOMIC_MASS, BOHR, CM, HARTREE

LOWEST = 20 * CM  # a frequency below this is no vibration


@noun
@dataclass(frozen=True, eq=False)
class NormalModes:
    """Geometry (angstrom), masses (u), `frequencies` (eV) and `displacements` dx/dq (n_modes,
    n_atoms, 3), angstrom.

    `irreps` belong to `point_group`; what they are called depends on where the `axes` point. Modes
    with species are numbered as spectroscopists do: the totally symmetric ones first, by falling
    frequency within each species; components of a degenerate mode are v4x and v4y. Without
    `labels` they are v1, v2, ... as they stand (by rising frequency in files of version 0.1). The
    largest component of every displacement (the first, when several are equal) is positive.

    R. S. Mulliken, J. Chem. Phys. 23, 1997 (1955), doi:10.1063/1.1740655
    """

    symbols: tuple[str, ...]
    coordinates: np.ndarray
    masses: np.ndarray
    frequencies: np.ndarray
    displacements: np.ndarray
    irreps: tuple[str, ...]
    point_group: str = "C1"
    molecule: str = ""
    energy: float = 0.0
    provenance: Mapping[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    axes: str = ""

    def __post_init__(self) -> None:
        for name in ("coordinates", "masses", "frequencies", "displacements"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        n = len(self.symbols)
        m = len(self.frequencies)
        check_shape("coordinates", self.coordinates, ("n_atoms", "3"), (n, 3))
        check_shape("masses", self.masses, ("n_atoms",), (n,))
        check_shape("displacements", self.displacements, ("n_modes", "n_atoms", "3"), (m, n, 3))
        labels = self.labels or tuple(f"v{k + 1}" for k in range(m))
        object.__setattr__(self, "labels", checked_names("labels", labels, m, unique=True))

    @property
    def n_modes(self) -> int:
        return len(self.frequencies)

    @classmethod
    def from_hessian(
        cls,
        symbols: tuple[str, ...],
        coordinates: np.ndarray,
        masses: np.ndarray,
        hessian: np.ndarray,
        *,
        molecule: str = "",
        energy: float = 0.0,
        provenance: Mapping[str, Any] | None = None,
    ) -> NormalModes:
        """The modes of a Cartesian `hessian` (3 n_atoms, 3 n_atoms), hartree/bohr^2, without
        species; the neutral's `energy` in eV.

        Raises CalculationError where the geometry is not a minimum.
        """
        values, vectors = vibrations(hessian, coordinates, masses)
        frequencies = signed_frequencies(values)
        largest = vectors[np.arange(len(vectors)), np.abs(vectors).argmax(axis=1)]
        vectors = vectors * np.sign(largest)[:, None]
        irreps = ("",) * len(frequencies)
        check_minimum(molecule, symbols, frequencies, irreps, vectors)

        shifts = dimensionless(vectors, frequencies, masses)
        return cls(
            symbols,
            coordinates,
            masses,
            frequencies,
            shifts,
            irreps,
            molecule=molecule,
            energy=energy,
            provenance=provenance or {},
        )

    @property
    def mass_weighted(self) -> np.ndarray:
        """Orthonormal mass-weighted vectors (n_modes, 3 n_atoms)."""
        weighted = self.displacements * np.sqrt(self.masses)[:, None]
        vectors = weighted.reshape(self.n_modes, -1)
        unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1)[:, None]
        return unit

    @property
    def hessian(self) -> np.ndarray:
        """The Cartesian force constants (3 n_atoms, 3 n_atoms), hartree/bohr^2: sum_m w_m^2 l_m
        l_m^T, l_m the mass-weighted vectors.
        """
        vectors = self.mass_weighted
        squares = (self.frequencies / HARTREE) ** 2
        weighted = np.einsum("ma,m,mb->ab", vectors, squares, vectors)
        roots = _mass_roots(self.masses)
        cartesian: np.ndarray = weighted * np.outer(roots, roots)
        return cartesian

    def geometry(self, q: Any) -> np.ndarray:
        """Coordinates (n_atoms, 3) in angstrom at dimensionless normal coordinates q
        (n_modes,).
        """
        shift = np.einsum("m,max->ax", np.asarray(q, dtype=float), self.displacements)
        moved: np.ndarray = self.coordinates + shift
        return moved

    def position(self, coordinates: np.ndarray) -> np.ndarray:
        """Normal coordinates q (n_modes,) of a geometry (n_atoms, 3), angstrom, after the best
        mass-weighted superposition on the reference (Eckart).
        """
        shares = self.masses[:, None] / self.masses.sum()
        reference = self.coordinates - (shares * self.coordinates).sum(axis=0)
        moved = coordinates - (shares * coordinates).sum(axis=0)

        u, _, vt = np.linalg.svd((shares * moved).T @ reference)
        handed = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
        change = (moved @ u @ handed @ vt - reference).ravel()

        rows = self.displacements.reshape(self.n_modes, -1)
        weighted = rows * np.repeat(self.masses, 3)
        q: np.ndarray = np.linalg.solve(weighted @ rows.T, weighted @ change)
        return q

    def __str__(self) -> str:
        lines = [
            f"NormalModes  {self.molecule}: {self.n_modes} modes, point group {self.point_group}"
            + (f" ({self.axes})" if self.axes else "")
        ]
        lines += [
            f"  {label:<5}{irrep:<5}{w:>9.4f} eV{w / CM:>9.1f} cm-1"
            for label, irrep, w in zip(self.labels, self.irreps, self.frequencies, strict=True)
        ]
        return "\n".join(lines)


def vibrations(
    hessian: np.ndarray, coordinates: np.ndarray, masses: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (n_modes,), rising, and orthonormal vectors (n_modes, 3 n_atoms) of the
    mass-weighted `hessian` (hartree/bohr^2), translations and rotations projected out.
    """
    roots = _mass_roots(masses)
    internal = _internal_space(coordinates, masses)

    weighted = hessian / np.outer(roots, roots)
    values, columns = np.linalg.eigh(internal.T @ weighted @ internal)
    return values, (internal @ columns).T


def signed_frequencies(values: np.ndarray) -> np.ndarray:
    """Frequencies (eV) of eigenvalues in atomic units; imaginary ones are negative."""
    found: np.ndarray = np.sign(values) * np.sqrt(np.abs(values)) * HARTREE
    return found


def dimensionless(vectors: np.ndarray, frequencies: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Displacements dx/dq (n_modes, n_atoms, 3), angstrom, of mass-weighted vectors."""
    widths = np.sqrt(frequencies / HARTREE)[:, None]
    shifts = vectors / _mass_roots(masses) / widths * BOHR
    found: np.ndarray = shifts.reshape(-1, len(masses), 3)
    return found


def check_minimum(
    molecule: str,
    symbols: tuple[str, ...],
    frequencies: np.ndarray,
    irreps: tuple[str, ...],
    vectors: np.ndarray,
    level: str = "",
) -> None:
    """Raise CalculationError for a frequency that is imaginary or too low, and name its mode."""
    where = f" at {level}" if level else ""
    for m in np.flatnonzero(frequencies < LOWEST):
        movement = (vectors[m].reshape(-1, 3) ** 2).sum(axis=1)
        atoms = ", ".join(f"{symbols[a]}{a + 1}" for a in np.argsort(-movement)[:4])
        imaginary = frequencies[m] < 0
        kind = "imaginary" if imaginary else "too low for a vibration"
        wavenumber = f"{abs(frequencies[m]) / CM:.0f}{'i' if imaginary else ''}"
        species = f" ({irreps[m]})" if irreps[m] else ""
        raise CalculationError(
            f"The geometry of {molecule} is not a minimum{where}: a mode{species} has the "
            f"frequency {wavenumber} cm-1 ({kind}); it moves mostly {atoms}. Displace the start "
            "geometry along it (which lowers the symmetry) and run again."
        )


def _mass_roots(masses: np.ndarray) -> np.ndarray:
    """Square roots (3 n_atoms,) of the masses in electron masses."""
    return np.repeat(np.sqrt(masses * ATOMIC_MASS), 3)


def _internal_space(coordinates: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Orthonormal mass-weighted vectors (3n, 3n-6, or 3n-5 of a linear molecule) without
    translation and rotation.
    """
    centred = coordinates - masses @ coordinates / masses.sum()
    roots = np.sqrt(masses)[:, None]
    rigid = [(roots * axis).ravel() for axis in np.eye(3)]
    rigid += [(roots * np.cross(axis, centred)).ravel() for axis in np.eye(3)]

    u, s, _ = np.linalg.svd(np.array(rigid).T, full_matrices=True)
    rank = int((s > 1e-6 * s[0]).sum())
    return u[:, rank:]
