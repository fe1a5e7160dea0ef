"""Ionized or excited states at one geometry."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..campaign import Campaign
from ..checks import InputError, check_shape, frozen_array
from ..door import public
from ..modes import NormalModes
from ..molecule import USUAL_STATES, Molecule
from ..storage import noun
from ..units import HARTREE
from .ground_state import ground_state
from .methods.method import method as method_named
from .methods.states_method import StatesMethod
from .normal_modes import RELAXED, principal_masses
from .reference_geometry import ReferenceGeometry
from .reference_states import reference_states, whole_sets
from .symmetry import symmetrized


@noun
@dataclass(frozen=True, eq=False)
class VerticalStates:
    """States of a method at one geometry, rising: `energies` (n,), eV above the neutral there;
    pole `strengths` (n,); species; `amplitudes` in the AO basis, Dyson orbitals (n, n_ao) of ions
    or transition densities (n, n_ao, n_ao) of excitations; `dipoles` (n, 3), e a0, or None.
    `coordinates` (n_atoms, 3), angstrom, are in the standard orientation that amplitudes and
    dipoles refer to. Energies `lost` are those of states below the highest that were reached but
    did not converge.
    """

    energies: np.ndarray
    strengths: np.ndarray
    irreps: tuple[str, ...]
    amplitudes: np.ndarray
    coordinates: np.ndarray
    dipoles: np.ndarray | None
    point_group: str
    level_of_theory: str
    process: str
    lost: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name in ("energies", "strengths", "amplitudes", "coordinates"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        ionized = self.process == "ionization"
        kind = "ionized" if ionized else "excited"
        measure = "pole strength" if ionized else "oscillator strength"
        strengths = self.strengths if ionized else self.oscillator_strengths

        lines = [
            f"VerticalStates  {len(self.energies)} {kind} states, {self.level_of_theory}, "
            f"{self.point_group}",
            f"  {'species':<10}{'energy/eV':>10}{measure:>22}",
        ]
        for k, (irrep, energy) in enumerate(zip(self.irreps, self.energies, strict=True)):
            cell = "-" if strengths is None else f"{strengths[k]:.4f}"
            lines.append(f"  {irrep:<10}{energy:>10.4f}{cell:>22}")

        for energy in self.lost:
            lines.append(f"  A state near {energy:.2f} eV did not converge and is missing.")
        return "\n".join(lines)

    @property
    def oscillator_strengths(self) -> np.ndarray | None:
        """f = 2/3 E |mu|^2 (atomic units), (n,), where there are dipoles."""
        if self.dipoles is None:
            return None
        squares = (np.asarray(self.dipoles) ** 2).sum(axis=1)
        strengths: np.ndarray = 2 / 3 * self.energies / HARTREE * squares
        return strengths


@public
def vertical_states(
    molecule: Molecule,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    coordinates: Any = None,
    executor: Executor | Campaign | None = None,
) -> VerticalStates:
    """The `states` lowest main states and their degenerate partners (all that are found when more
    are asked for than exist) of the molecule at `coordinates` (angstrom), its own unless given.
    Satellites of an ionization, with pole strengths below 0.3, are left out. Raises
    CalculationError where a closed shell is not the ground state.
    """
    method = method or method_named(molecule.method, molecule.functional)
    given = molecule.n_states if states is None else states
    wanted = USUAL_STATES if given is None else given
    if wanted < 1:
        raise InputError(f"Argument `states` must be 1 or more, but is {wanted}.")

    geometry = _still(molecule, coordinates)
    campaign = Campaign.of(executor)
    ground_state(molecule, coordinates=geometry.modes.coordinates, executor=campaign).check()

    n_roots = method.possible_roots(wanted, geometry.occupied)
    task = geometry.states_task(method, n_roots)
    found = campaign.result(task, f"{method.title} at one geometry")
    pure = reference_states(geometry, found, whole_sets(found["energies"], wanted))

    return VerticalStates(
        np.diag(pure.energies),
        pure.strengths,
        pure.irreps,
        pure.amplitudes,
        geometry.modes.coordinates,
        pure.dipoles,
        geometry.group.name,
        method.level(molecule.basis_set),
        method.process,
        pure.lost,
    )


def _still(molecule: Molecule, coordinates: Any) -> ReferenceGeometry:
    """The molecule at a geometry, in standard orientation, without modes."""
    given = molecule.coordinates if coordinates is None else coordinates
    where = frozen_array(given, "coordinates")
    check_shape("coordinates", where, ("n_atoms", "3"), (len(molecule.symbols), 3))

    x, _ = symmetrized(molecule.symbols, where, tolerance=RELAXED)
    masses = principal_masses(molecule.symbols)
    none = np.zeros((0, *x.shape))
    return ReferenceGeometry(
        molecule, NormalModes(molecule.symbols, x, masses, np.zeros(0), none, ())
    )
