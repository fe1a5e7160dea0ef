"""The relaxed geometry and the dimensionless normal modes of the neutral."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

import numpy as np

from ..checks import CalculationError
from ..modes import NormalModes
from ..molecule import Molecule
from ..units import ATOMIC_MASS, BOHR, CM, HARTREE
from .cache import Result, Task
from .campaign import Campaign
from .scf import converged_scf, geometry_inputs, mole, quiet
from .symmetry import PointGroup, symmetrized

LOWEST = 20 * CM  # a frequency below this is no vibration


def relaxed_geometry(**geometry: Any) -> Result:
    """Coordinates (angstrom) of the RHF minimum, by geomeTRIC (L.-P. Wang, C. Song, 2016, doi:10.1063/1.4952956)."""
    from pyscf.geomopt.geometric_solver import kernel

    with quiet():
        start = converged_scf(mole(geometry))
        tight = {"convergence_energy": 1e-8, "convergence_grms": 1e-5, "convergence_gmax": 2e-5,
                 "convergence_drms": 5e-5, "convergence_dmax": 1e-4}
        converged, found = kernel(start, maxsteps=100, **tight)
    if not converged:
        raise CalculationError("The geometry optimisation did not converge in 100 steps. Start from a better geometry.")
    return {"coordinates": found.atom_coords(unit="Angstrom")}


def hessian(**geometry: Any) -> Result:
    """Analytic RHF Hessian (n_atoms, n_atoms, 3, 3), hartree/bohr^2, gradient, energy and principal-isotope masses (u)."""
    molecule = mole(geometry)
    mf = converged_scf(molecule)
    return {"hessian": mf.Hessian().kernel(), "gradient": mf.nuc_grad_method().kernel(), "energy": np.array(mf.e_tot),
            "masses": np.array(molecule.atom_mass_list(isotope_avg=False))}


def normal_modes(molecule: Molecule, *, relax: bool = True, executor: Executor | None = None,
                 campaign: Campaign | None = None) -> NormalModes:
    """Dimensionless normal modes at the RHF minimum, with irreps; q = (w/hbar)^(1/2) times the mass-weighted coordinate.

    `relax=False` takes the geometry as it stands. `executor` and `campaign` as in `vibronic_hamiltonian`.
    Raises CalculationError where it is not a minimum, and names the mode.
    """
    campaign = campaign or Campaign(executor)
    coordinates, group = symmetrized(molecule.symbols, molecule.coordinates)
    mole(geometry_inputs(molecule, coordinates))  # bad basis sets and odd electrons are found before any work
    if relax:
        task = Task(relaxed_geometry, geometry_inputs(molecule, coordinates))
        found = campaign.result(task, "Relaxing the geometry (RHF)")["coordinates"]
        coordinates, group = symmetrized(molecule.symbols, found, tolerance=2e-3)
    derivatives = campaign.result(Task(hessian, geometry_inputs(molecule, coordinates)), "Vibrations (RHF Hessian)")
    return modes_of_hessian(molecule, coordinates, group, derivatives)


def modes_of_hessian(molecule: Molecule, coordinates: np.ndarray, group: PointGroup, derivatives: Result) -> NormalModes:
    """Normal modes of a Cartesian Hessian: translations and rotations projected out, one symmetry species at a time."""
    from importlib.metadata import version

    masses = derivatives["masses"]
    n = len(masses)
    cartesian = derivatives["hessian"].transpose(0, 2, 1, 3).reshape(3 * n, 3 * n)
    roots = np.repeat(np.sqrt(masses * ATOMIC_MASS), 3)
    weighted = cartesian / np.outer(roots, roots)
    internal = _internal_space(coordinates, masses)
    found: list[tuple[float, str, np.ndarray]] = []
    for irrep, characters in group.characters.items():
        projector = sum(c * group.cartesian(k) for k, c in enumerate(characters)) / len(characters)
        u, s, _ = np.linalg.svd(projector @ internal, full_matrices=False)
        space = u[:, s > 0.5]
        values, vectors = np.linalg.eigh(space.T @ weighted @ space)
        found += [(v, irrep, space @ c) for v, c in zip(values, vectors.T, strict=True)]
    found.sort(key=lambda item: item[0])
    frequencies = np.array([np.sign(v) * np.sqrt(abs(v)) for v, _, _ in found]) * HARTREE
    irreps = tuple(irrep for _, irrep, _ in found)
    vectors = np.array([_signed(vector) for _, _, vector in found])
    _check_minimum(molecule, frequencies, irreps, vectors, derivatives["gradient"])
    displacements = vectors / roots / np.sqrt(frequencies / HARTREE)[:, None] * BOHR
    return NormalModes(
        molecule.symbols, coordinates, masses, frequencies, displacements.reshape(-1, n, 3), irreps, group.name, molecule.name,
        float(derivatives["energy"]) * HARTREE,
        {"level_of_theory": f"RHF/{molecule.basis_set}", "pyscf": version("pyscf"), "masses": "most abundant isotopes"})


def _internal_space(coordinates: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Orthonormal mass-weighted vectors (3n, 3n-6) without translation and rotation."""
    centred = coordinates - masses @ coordinates / masses.sum()
    roots = np.sqrt(masses)[:, None]
    rigid = [(roots * axis).ravel() for axis in np.eye(3)]
    rigid += [(roots * np.cross(axis, centred)).ravel() for axis in np.eye(3)]
    u, _, _ = np.linalg.svd(np.array(rigid).T, full_matrices=True)
    return u[:, 6:]


def _signed(vector: np.ndarray) -> np.ndarray:
    largest = np.flatnonzero(np.abs(vector) > 0.999 * np.abs(vector).max())[0]
    return vector * np.sign(vector[largest])


def _check_minimum(molecule: Molecule, frequencies: np.ndarray, irreps: tuple[str, ...], vectors: np.ndarray, gradient: np.ndarray) -> None:
    if np.abs(gradient).max() > 2e-3:
        raise CalculationError(f"The geometry of {molecule.name} is not a stationary point: the largest force is "
                               f"{np.abs(gradient).max():.1e} hartree/bohr. Relax it first.")
    for m in np.flatnonzero(frequencies < LOWEST):
        movement = (vectors[m].reshape(-1, 3) ** 2).sum(axis=1)
        atoms = ", ".join(f"{molecule.symbols[a]}{a + 1}" for a in np.argsort(-movement)[:4])
        kind = "imaginary" if frequencies[m] < 0 else "too low for a vibration"
        raise CalculationError(
            f"The geometry of {molecule.name} is not a minimum at RHF/{molecule.basis_set}: mode v{m + 1} ({irreps[m]}) has the frequency "
            f"{abs(frequencies[m]) / CM:.0f}{'i' if frequencies[m] < 0 else ''} cm-1 ({kind}); it moves mostly {atoms}. "
            "Displace the start geometry along it (which lowers the symmetry) and run again.")
