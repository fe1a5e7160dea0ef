"""The orbitals that the ionized states are the holes of, on a grid."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

import numpy as np

from ..campaign import Campaign
from ..checks import InputError, check_positive
from ..door import public
from ..modes import NormalModes
from ..molecule import Molecule
from ..orbitals import Orbitals
from ..units import BOHR
from .diabatic_matrix import matched
from .diabatized_states import DiabatizedStates
from .methods.koopmans import Koopmans
from .methods.method import method as method_named
from .methods.states_method import StatesMethod
from .reference_geometry import ReferenceGeometry
from .reference_states import ReferenceStates

STEP = 0.2  # angstrom between points
MARGIN = 3.0  # angstrom from the outermost atoms to the edges
SAME = 1e-3  # eV; orbitals closer than this are one degenerate set


@public
def parent_orbitals(
    molecule: Molecule,
    modes: NormalModes,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    step: float = STEP,
    executor: Executor | Campaign | None = None,
) -> Orbitals:
    """The Hartree-Fock orbitals most like the Dyson orbitals of the ionized `states` of a
    `method` (the molecule's), on a grid of `step` (angstrom) at the reference geometry of the
    modes; labels and order are those of `vibronic_hamiltonian`.

    A degenerate one is the part of the orbital energy's whole set that its Dyson orbital overlaps
    with. Raises InputError for excited states, which have no one parent orbital.
    """
    check_positive("step", step, "angstrom")
    campaign = Campaign.of(executor)
    own = (method or method_named(molecule.method, molecule.functional)).couplings
    if own.process != "ionization":
        raise InputError(
            f"{own.title} describes excited states, which have no one parent orbital; only "
            "ionized states have."
        )

    geometry = ReferenceGeometry(molecule, modes)
    n_states = molecule.n_states if states is None else states
    reference = DiabatizedStates(geometry, own, campaign).reference(n_states)
    energies, coefficients = _parents(geometry, reference, campaign)
    origin, points = _grid(modes.coordinates, step)
    values = _values(geometry.mole, coefficients, points.reshape(-1, 3))

    return Orbitals(
        modes.symbols,
        modes.coordinates,
        reference.named(own.state_labels),
        reference.irreps,
        energies,
        origin,
        step,
        values.reshape(-1, *points.shape[:3]),
        f"RHF/{molecule.basis_set}",
        molecule.name,
        modes.axes,
    )


def _parents(
    geometry: ReferenceGeometry, reference: ReferenceStates, campaign: Campaign
) -> tuple[np.ndarray, np.ndarray]:
    """Koopmans' energies (n,), eV, and coefficients (n, n_ao) of the parent orbitals."""
    task = geometry.states_task(Koopmans(), geometry.occupied)
    found = campaign.result(task, "Orbitals (RHF)")
    overlap = geometry.overlap(reference.amplitudes, found["amplitudes"])
    levels = found["energies"]
    matches = matched(overlap)

    coefficients = []
    for bra, k in zip(overlap, matches, strict=True):
        shares = np.where(np.abs(levels - levels[k]) < SAME, bra, 0.0)
        coefficients.append(shares @ found["amplitudes"] / np.linalg.norm(shares))
    return levels[matches], np.array(coefficients)


def _grid(coordinates: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """The first point (3,) and all points (n_x, n_y, n_z, 3), angstrom, with the same margin on
    all sides.
    """
    low = coordinates.min(axis=0) - MARGIN
    high = coordinates.max(axis=0) + MARGIN
    counts = np.ceil((high - low) / step).astype(int) + 1
    origin = (low + high) / 2 - step * (counts - 1) / 2
    axes = [o + step * np.arange(n) for o, n in zip(origin, counts, strict=True)]
    return origin, np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def _values(mole: Any, coefficients: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Values (n, n_points), a0^-3/2, at points (n_points, 3), angstrom."""
    values: np.ndarray = mole.eval_gto("GTOval", points / BOHR) @ coefficients.T
    return values.T
