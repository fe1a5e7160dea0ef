"""The relaxed geometry and the dimensionless normal modes of the neutral, and of its
isotopologues.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from importlib.metadata import version
from typing import Any

import numpy as np

from ..campaign import Campaign, Result
from ..checks import CalculationError, InputError, check_shape, frozen_array
from ..modes import NormalModes, check_minimum, dimensionless, signed_frequencies, vibrations
from ..molecule import Molecule
from ..units import HARTREE
from .representation import QUADRUPOLES, blocks_only, canonical_rotation, sets_of_equals, signs
from .scf import converged_scf, geometry_inputs, mean_field_title, mole, quiet
from .symmetry import PointGroup, canonical_order, point_group, symmetrized
from .tasks import geometry_task

EQUAL = 1e-6  # relative difference of the squared frequencies of a degenerate set


def relaxed_geometry(functional: str, **geometry: Any) -> Result:
    """Coordinates (angstrom) of the minimum, by geomeTRIC (L.-P. Wang, C. Song, 2016,
    doi:10.1063/1.4952956).
    """
    from pyscf.geomopt.geometric_solver import kernel

    with quiet():
        start = converged_scf(mole(geometry), functional)
        tight = {
            "convergence_energy": 1e-8,
            "convergence_grms": 1e-5,
            "convergence_gmax": 2e-5,
            "convergence_drms": 5e-5,
            "convergence_dmax": 1e-4,
        }
        converged, found = kernel(start, maxsteps=100, **tight)
    if not converged:
        raise CalculationError(
            "The geometry optimisation did not converge in 100 steps. Start from a better "
            "geometry."
        )
    return {"coordinates": found.atom_coords(unit="Angstrom")}


def hessian(functional: str, **geometry: Any) -> Result:
    """Analytic Hessian (n_atoms, n_atoms, 3, 3), hartree/bohr^2, gradient and energy."""
    with quiet():
        molecule = mole(geometry)
        mf = converged_scf(molecule, functional)
        return {
            "hessian": mf.Hessian().kernel(),
            "gradient": mf.nuc_grad_method().kernel(),
            "energy": np.array(mf.e_tot),
        }


def principal_masses(symbols: tuple[str, ...]) -> np.ndarray:
    """Masses (n_atoms,), u, of the most abundant isotopes."""
    # mass_list(isotope_avg=False) of PySCF gives mass numbers
    from pyscf.data.elements import COMMON_ISOTOPE_MASSES, charge

    return np.array([COMMON_ISOTOPE_MASSES[charge(s)] for s in symbols])


def normal_modes(
    molecule: Molecule,
    *,
    relax: bool = True,
    executor: Executor | None = None,
    campaign: Campaign | None = None,
) -> NormalModes:
    """Dimensionless normal modes at the minimum of the molecule's mean field (RHF, or its
    functional), with irreps; q = (w/hbar)^(1/2) times the mass-weighted coordinate.

    `relax=False` takes the geometry as it stands. `executor` and `campaign` as in
    `vibronic_hamiltonian`. Raises CalculationError where it is not a minimum, and names the mode.
    """
    campaign = campaign or Campaign(executor)
    coordinates, group = symmetrized(molecule.symbols, molecule.coordinates)
    mole(
        geometry_inputs(molecule, coordinates)
    )  # bad basis sets and odd electrons are found before any work
    field = {"functional": molecule.functional}
    title = mean_field_title(molecule.functional)
    if relax:
        task = geometry_task(relaxed_geometry, {**field, **geometry_inputs(molecule, coordinates)})
        found = campaign.result(task, f"Relaxing the geometry ({title})")["coordinates"]
        coordinates, group = symmetrized(molecule.symbols, found, tolerance=2e-3)
    derivatives = campaign.result(
        geometry_task(hessian, {**field, **geometry_inputs(molecule, coordinates)}),
        f"Vibrations ({title} Hessian)",
    )
    gradient = np.abs(derivatives["gradient"]).max()
    if gradient > 2e-3:
        raise CalculationError(
            f"The geometry of {molecule.name} is not a stationary point: the largest force is "
            f"{gradient:.1e} hartree/bohr. "
            "Relax it first."
        )
    n = len(molecule.symbols)
    cartesian = derivatives["hessian"].transpose(0, 2, 1, 3).reshape(3 * n, 3 * n)
    masses = principal_masses(molecule.symbols)
    energy = float(derivatives["energy"]) * HARTREE
    return _modes(
        molecule.symbols,
        coordinates,
        group,
        masses,
        cartesian,
        molecule.name,
        energy,
        {
            "level_of_theory": f"{title}/{molecule.basis_set}",
            "pyscf": version("pyscf"),
            "masses": "most abundant isotopes",
        },
    )


def isotopic_modes(modes: NormalModes, masses: Sequence[float] | np.ndarray) -> NormalModes:
    """The normal modes of the same molecule with other `masses` (n_atoms,), u, from the same force
    constants: no new electronic structure.

    The Cartesian Hessian sum_m w_m^2 l_m l_m^T (l_m the mass-weighted modes) is diagonalised anew;
    symmetry is what the masses leave of it.
    """
    new = frozen_array(masses, "masses")
    check_shape("masses", new, ("n_atoms",), (len(modes.symbols),))
    if np.any(new <= 0):
        raise InputError(f"Argument `masses` must be positive (u), but is {new.tolist()}.")
    group = point_group(modes.symbols, modes.coordinates)
    kept = np.array([np.allclose(new[images], new) for images in group.images])
    provenance = {
        **modes.provenance,
        "masses": ", ".join(f"{s} {m:.4f}" for s, m in zip(modes.symbols, new, strict=True)),
    }
    return _modes(
        modes.symbols,
        modes.coordinates,
        group.subgroup(kept),
        np.array(new),
        modes.hessian,
        modes.molecule,
        modes.energy,
        provenance,
    )


def mode_matrices(
    modes: NormalModes, group: PointGroup
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """How the modes turn under the operations, (order, n_modes, n_modes), and the sets of
    degenerate ones.
    """
    if not modes.n_modes:
        return np.zeros((group.order, 0, 0)), ()
    sets = sets_of_equals(modes.frequencies, 1e-9 * modes.frequencies[-1])
    return blocks_only(group.on_displacements(modes.mass_weighted), sets), tuple(sets)


def _modes(
    symbols: tuple[str, ...],
    coordinates: np.ndarray,
    group: PointGroup,
    masses: np.ndarray,
    cartesian: np.ndarray,
    name: str,
    energy: float,
    provenance: dict[str, Any],
) -> NormalModes:
    """Normal modes of a Cartesian Hessian (hartree/bohr^2): symmetrised, translations and
    rotations projected out.
    """
    operations = group.on_displacements(np.eye(3 * len(masses)))
    turned = operations @ cartesian @ operations.transpose(0, 2, 1)
    values, vectors = vibrations(np.mean(turned, axis=0), coordinates, masses)
    frequencies = signed_frequencies(values)
    sets = sets_of_equals(values, EQUAL * values[-1])
    shapes = [(coordinates**2 @ c)[:, None] + c for c in QUADRUPOLES]
    quadrupoles = np.array([vectors * shape.ravel() @ vectors.T for shape in shapes])
    rotation = canonical_rotation(group, group.on_displacements(vectors), quadrupoles, sets)
    vectors = rotation.T @ vectors
    order = canonical_order(symbols, coordinates)
    vectors = (
        vectors
        * signs(vectors.reshape(-1, len(masses), 3)[:, order].reshape(len(vectors), -1))[:, None]
    )
    characters = np.array(
        [[np.trace(m[np.ix_(s, s)]) for s in sets] for m in group.on_displacements(vectors)]
    )
    of_set = group.labels(characters, np.array([len(s) for s in sets]))
    irreps = tuple(label for label, s in zip(of_set, sets, strict=True) for _ in s)
    frequencies = np.array([np.mean(frequencies[s]) for s in sets for _ in s])
    check_minimum(name, symbols, frequencies, irreps, vectors, provenance["level_of_theory"])
    return NormalModes(
        symbols,
        coordinates,
        masses,
        frequencies,
        dimensionless(vectors, frequencies, masses),
        irreps,
        group.name,
        name,
        energy,
        provenance,
    )
