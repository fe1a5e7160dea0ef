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
from ..modes import NormalModes
from ..molecule import Molecule
from ..storage import noun
from ..units import HARTREE
from . import registry
from .ionization import Koopmans
from .methods import StatesMethod, electronic_states
from .scf import converged_scf, geometry_inputs, mean_field_title, mole, quiet
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


def ab_initio_surfaces(
    molecule: Molecule,
    modes: NormalModes,
    positions: Any,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    executor: Executor | None = None,
    campaign: Campaign | None = None,
) -> AbInitioSurfaces:
    """Single points at `positions` (n_points, n_modes) of the normal coordinates: the lowest
    `states`, adiabatic.

    With a method of ionized states (the molecule's own unless given) the cation: the energy of the
    neutral there plus the ionization energies; with one of excited states the neutral's singlets.
    The ground state is the molecule's mean field for ions, the method's own for excited states.
    Every point is kept in the cache. Raises CalculationError where too few states are found, or
    one of them does not converge.
    """
    points = frozen_array(positions, "positions")
    if points.ndim != 2:
        raise InputError(
            f"Argument `positions` must have shape (n_points, {modes.n_modes}), but has shape "
            f"{points.shape}."
        )
    check_shape("positions", points, ("n_points", "n_modes"), (len(points), modes.n_modes))
    campaign = campaign or Campaign(executor)
    n_states = molecule.n_states if states is None else states
    places = [
        geometry_inputs(molecule, modes.geometry(q)) for q in [np.zeros(modes.n_modes), *points]
    ]
    own = method or registry.method(molecule.method, molecule.functional)
    roots = {"method": own.spec, "n_roots": own.n_roots(n_states)}
    found = campaign.results(
        [geometry_task(electronic_states, {**roots, **place}) for place in places],
        f"{own.title} energies along cuts",
    )
    if min(len(x["energies"]) for x in found) < n_states:
        raise CalculationError(
            f"Fewer than {n_states} main states were found at one of the geometries. Ask for "
            "fewer states, or stay "
            "nearer to the reference."
        )
    for point, at in zip(found, [np.zeros(modes.n_modes), *points], strict=True):
        lost = [e for e in point.get("lost", ()) if e < point["energies"][n_states - 1]]
        if lost:
            raise CalculationError(
                f"{own.title} did not converge for a state near {lost[0]:.2f} eV at q = "
                f"{np.round(at, 3)}, one of "
                f"the lowest {n_states}. Stay nearer to the reference, or take another method "
                "or number of states."
            )
    title = own.title
    if own.process == "ionization":
        field = {"functional": molecule.functional}
        neutral = campaign.results(
            [geometry_task(neutral_energy, {**field, **place}) for place in places],
            "Energies of the neutral along cuts",
        )
        ground = np.array([float(x["energy"]) for x in neutral])
        title = (
            own.title
            if isinstance(own, Koopmans)
            else f"{own.title} on {mean_field_title(molecule.functional)}"
        )
    else:
        ground = np.array([float(x["ground"]) for x in found])
    ground -= ground[0]
    energies = np.array([x["energies"][:n_states] for x in found]) + ground[:, None]
    return AbInitioSurfaces(points, energies[1:], ground[1:], f"{title}/{molecule.basis_set}")
