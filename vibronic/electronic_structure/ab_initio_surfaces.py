"""Ab initio surfaces at chosen normal coordinates: what a model's own surfaces are held
against.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..campaign import Campaign, Result
from ..checks import CalculationError, InputError, check_shape, frozen_array
from ..door import public
from ..modes import NormalModes
from ..molecule import USUAL_STATES, Molecule
from ..storage import noun
from ..units import HARTREE
from .methods.electronic_states import electronic_states
from .methods.method import method as method_named
from .methods.states_method import StatesMethod
from .reference_states import least, whole_sets
from .scf import converged_scf, geometry_inputs, mean_field_inputs, mole, quiet
from .tasks import geometry_task


@noun
@dataclass(frozen=True, eq=False)
class AbInitioSurfaces:
    """Energies (n_points, n_states), eV, rising at every point, of states at `positions`
    (n_points, n_modes) in q, and the reference's own `ground` (n_points,); both count from the
    reference at q = 0, without zero-point energies, as W(q) does.
    """

    positions: np.ndarray
    energies: np.ndarray
    ground: np.ndarray
    level_of_theory: str

    def __post_init__(self) -> None:
        for name in ("positions", "energies", "ground"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        return (
            f"AbInitioSurfaces  {self.energies.shape[1]} states at {len(self.positions)} "
            f"geometries, {self.level_of_theory}"
        )


def neutral_energy(functional: str, **geometry: Any) -> Result:
    """Mean-field energy (eV)."""
    with quiet():
        return {"energy": np.array(converged_scf(mole(geometry), functional).e_tot * HARTREE)}


@public
def ab_initio_surfaces(
    molecule: Molecule,
    modes: NormalModes,
    positions: Any,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    executor: Executor | Campaign | None = None,
) -> AbInitioSurfaces:
    """Single points at `positions` (n_points, n_modes) of the normal coordinates: the lowest
    `states`, adiabatic.

    With a method of ionized states (the molecule's own unless given) the cation: the energy of the
    neutral there plus the ionization energies; with one of excited states the neutral's singlets.
    The ground state is the molecule's reference for ions, the method's own for excited states.
    `executor` as in `vibronic_hamiltonian`. Raises CalculationError where too few states are
    found, or one of them does not converge.
    """
    points = _checked(positions, modes.n_modes)
    campaign = Campaign.of(executor)
    method = method or method_named(molecule.method, molecule.functional)
    n_states = molecule.n_states if states is None else states

    everywhere = np.vstack([np.zeros(modes.n_modes), points])
    geometries = [modes.geometry(q) for q in everywhere]
    roots = {"method": method, "n_roots": method.n_roots(least(n_states))}
    inputs = [{**roots, **geometry_inputs(molecule, x)} for x in geometries]
    tasks = [geometry_task(electronic_states, each) for each in inputs]
    found = campaign.results(tasks, f"{method.title} energies along cuts")
    n_states = n_states or whole_sets(found[0]["energies"], USUAL_STATES)
    _check_complete(found, everywhere, method, n_states)

    level = method.level(molecule.basis_set)
    if method.process == "excitation":
        ground = np.array([float(point["ground"]) for point in found])
    else:
        ground = _neutral(molecule, geometries, campaign)
        level = f"{level} on {molecule.mean_field}"
    ground -= ground[0]
    energies = np.array([point["energies"][:n_states] for point in found]) + ground[:, None]

    return AbInitioSurfaces(points, energies[1:], ground[1:], level)


def _checked(positions: Any, n_modes: int) -> np.ndarray:
    points = frozen_array(positions, "positions")
    if points.ndim != 2:
        raise InputError(
            f"Argument `positions` must have shape (n_points, {n_modes}), but has shape "
            f"{points.shape}."
        )
    check_shape("positions", points, ("n_points", "n_modes"), (len(points), n_modes))
    return points


def _check_complete(
    found: list[Result], positions: np.ndarray, method: StatesMethod, n_states: int
) -> None:
    """Raise CalculationError where one of the lowest states is missing."""
    if min(len(point["energies"]) for point in found) < n_states:
        raise CalculationError(
            f"Fewer than {n_states} main states were found at one of the geometries. Ask for "
            "fewer states, or stay nearer to the reference."
        )

    for point, q in zip(found, positions, strict=True):
        highest = point["energies"][n_states - 1]
        lost = [energy for energy in point.get("lost", ()) if energy < highest]
        if lost:
            raise CalculationError(
                f"{method.title} did not converge for a state near {lost[0]:.2f} eV at q = "
                f"{np.round(q, 3)}, one of the lowest {n_states}. Stay nearer to the reference, "
                "or take another method or number of states."
            )


def _neutral(molecule: Molecule, geometries: list[np.ndarray], campaign: Campaign) -> np.ndarray:
    """Energies (n,), eV, of the neutral at every geometry, by its reference."""
    inputs = [mean_field_inputs(molecule, x) for x in geometries]
    tasks = [geometry_task(neutral_energy, each) for each in inputs]
    neutral = campaign.results(tasks, "Energies of the neutral along cuts")
    return np.array([float(point["energy"]) for point in neutral])
