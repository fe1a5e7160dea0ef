"""The relaxed geometry and the dimensionless normal modes of the neutral."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from ..campaign import Campaign, Result
from ..checks import CalculationError
from ..door import public
from ..modes import NormalModes
from ..molecule import Molecule
from ..units import HARTREE
from .ground_state import ground_state
from .scf import geometry_inputs, mean_field_inputs, mole
from .symmetric_modes import symmetric_modes
from .symmetry import PointGroup, symmetrized
from .tasks import geometry_task
from .vibrational_tasks import hessian, relaxed_geometry

STATIONARY = 2e-3  # hartree/bohr; the largest force at a minimum
RELAXED = 2e-3  # angstrom; to which operations hold at a computed minimum


@public
def normal_modes(
    molecule: Molecule,
    *,
    relax: bool = True,
    executor: Executor | Campaign | None = None,
) -> NormalModes:
    """Dimensionless normal modes at the minimum of the molecule's `reference` (a functional, or
    RHF), with irreps; q = (w/hbar)^(1/2) times the mass-weighted coordinate. Frequencies are
    harmonic and not scaled.

    `relax=False` takes the geometry as it stands. `executor` as in `vibronic_hamiltonian`. Raises
    CalculationError where it is not a minimum, and names the mode, and where a closed shell is not
    the ground state (`ground_state`).
    """
    campaign = Campaign.of(executor)
    coordinates, group = symmetrized(molecule.symbols, molecule.coordinates)

    # bad basis sets are found before any work
    for level in (molecule.mean_field.basis_set, molecule.basis_set):
        mole({**geometry_inputs(molecule, coordinates), "basis_set": level})

    if relax:
        coordinates, group = _relaxed(molecule, coordinates, campaign)
    ground_state(molecule, coordinates=coordinates, executor=campaign).check()

    task = geometry_task(hessian, mean_field_inputs(molecule, coordinates))
    found = campaign.result(task, f"Vibrations ({molecule.mean_field} Hessian)")
    _check_stationary(molecule, found)

    modes = symmetric_modes(
        molecule.symbols,
        coordinates,
        principal_masses(molecule.symbols),
        cartesian(found["hessian"]),
        group,
        molecule=molecule.name,
        provenance={
            "level_of_theory": str(molecule.mean_field),
            "pyscf": version("pyscf"),
            "masses": "most abundant isotopes",
        },
    )

    return replace(modes, energy=float(found["energy"]) * HARTREE)


def _relaxed(
    molecule: Molecule, coordinates: np.ndarray, campaign: Campaign
) -> tuple[np.ndarray, PointGroup]:
    task = geometry_task(relaxed_geometry, mean_field_inputs(molecule, coordinates))
    found = campaign.result(task, f"Relaxing the geometry ({molecule.mean_field})")
    return symmetrized(molecule.symbols, found["coordinates"], tolerance=RELAXED)


def _check_stationary(molecule: Molecule, found: Result) -> None:
    force = np.abs(found["gradient"]).max()
    if force > STATIONARY:
        raise CalculationError(
            f"The geometry of {molecule.name} is not a stationary point: the largest force is "
            f"{force:.1e} hartree/bohr. Relax it first."
        )


def cartesian(blocks: np.ndarray) -> np.ndarray:
    """A Hessian (3 n_atoms, 3 n_atoms) from PySCF's blocks (n_atoms, n_atoms, 3, 3)."""
    size = 3 * len(blocks)
    return blocks.transpose(0, 2, 1, 3).reshape(size, size)


def principal_masses(symbols: tuple[str, ...]) -> np.ndarray:
    """Masses (n_atoms,), u, of the most abundant isotopes."""
    # mass_list(isotope_avg=False) of PySCF gives mass numbers
    from pyscf.data.elements import COMMON_ISOTOPE_MASSES, charge

    return np.array([COMMON_ISOTOPE_MASSES[charge(s)] for s in symbols])
