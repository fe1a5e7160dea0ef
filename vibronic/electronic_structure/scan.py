"""Ab initio surfaces at chosen normal coordinates: what a model's own surfaces are held against."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import CalculationError, InputError, check_shape, frozen_array
from ..modes import NormalModes
from ..molecule import Molecule
from ..storage import noun
from ..units import HARTREE
from . import ionization
from .cache import Result, Task
from .campaign import Campaign
from .hamiltonian import EXTRA_ROOTS
from .ionization import IonizationMethod, Koopmans, ionized_states
from .scf import converged_scf, geometry_inputs, mole, quiet


@noun
@dataclass(frozen=True, eq=False)
class AbInitioSurfaces:
    """Energies (n_points, n_states), eV, rising at every point, of states at `positions` (n_points, n_modes) in q, and the reference's own
    `ground` (n_points,); both count from the reference at q = 0, without zero-point energies, as W(q) does."""

    positions: np.ndarray
    energies: np.ndarray
    ground: np.ndarray
    level_of_theory: str

    def __post_init__(self) -> None:
        for name in ("positions", "energies", "ground"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        return f"AbInitioSurfaces  {self.energies.shape[1]} states at {len(self.positions)} geometries, {self.level_of_theory}"


@dataclass(frozen=True)
class TDA:
    """Excited singlets of the neutral: Tamm-Dancoff time-dependent density functional theory, or CIS with `functional="hf"`.

    S. Hirata, M. Head-Gordon, Chem. Phys. Lett. 314, 291 (1999), doi:10.1016/S0009-2614(99)01149-5
    """

    functional: str = "b3lyp"

    @property
    def title(self) -> str:
        """As printed."""
        return "CIS" if self.functional.lower() == "hf" else f"TDA-{self.functional.upper()}"


def neutral_energy(**geometry: Any) -> Result:
    """RHF energy (eV)."""
    with quiet():
        return {"energy": np.array(converged_scf(mole(geometry)).e_tot * HARTREE)}


def excited_energies(functional: str, n_roots: int, **geometry: Any) -> Result:
    """Ground energy and total energies (n_roots,) of the lowest excited singlets, eV."""
    from pyscf import dft, tdscf

    with quiet():
        molecule = mole(geometry)
        mf = converged_scf(molecule) if functional.lower() == "hf" else dft.RKS(molecule, xc=functional)
        if functional.lower() != "hf":
            mf.grids.level, mf.conv_tol = 4, 1e-10
            mf.kernel()
        solver = tdscf.TDA(mf)
        solver.nstates, solver.conv_tol = n_roots, 1e-6
        solver.kernel()
    if not (mf.converged and np.all(solver.converged)):
        raise CalculationError(f"The excited states ({functional}) did not converge at a displaced geometry. Ask for fewer states.")
    return {"ground": np.array(mf.e_tot * HARTREE), "energies": (mf.e_tot + np.array(solver.e)) * HARTREE}


def ab_initio_surfaces(molecule: Molecule, modes: NormalModes, positions: Any, *, method: IonizationMethod | TDA | None = None,
                       states: int | None = None, executor: Executor | None = None, campaign: Campaign | None = None) -> AbInitioSurfaces:
    """Single points at `positions` (n_points, n_modes) of the normal coordinates: the lowest `states`, adiabatic.

    With an ionization method (the molecule's own unless given) the cation: the RHF energy of the neutral there plus the ionization energies.
    With `TDA()` excited singlets of the neutral, and beside them its ground state as the functional gives it. Every point is kept in the
    cache. Raises CalculationError where too few states are found.
    """
    points = frozen_array(positions, "positions")
    if points.ndim != 2:
        raise InputError(f"Argument `positions` must have shape (n_points, {modes.n_modes}), but has shape {points.shape}.")
    check_shape("positions", points, ("n_points", "n_modes"), (len(points), modes.n_modes))
    campaign, n_states = campaign or Campaign(executor), molecule.n_states if states is None else states
    places = [geometry_inputs(molecule, modes.geometry(q)) for q in [np.zeros(modes.n_modes), *points]]
    if isinstance(method, TDA):
        tasks = [Task(excited_energies, {"functional": method.functional, "n_roots": n_states + 1, **place}) for place in places]
        found = campaign.results(tasks, f"{method.title} excited states")
        ground = np.array([float(x["ground"]) for x in found])
        energies = np.array([np.sort(x["energies"])[:n_states] for x in found])
        return AbInitioSurfaces(points, energies[1:] - ground[0], ground[1:] - ground[0], f"{method.title}/{molecule.basis_set}")
    own = method or ionization.method(molecule.method)
    roots = {"method_name": own.name, "n_roots": n_states + EXTRA_ROOTS}
    ions = campaign.results([Task(ionized_states, {**roots, **place}) for place in places], f"{own.title} ionization energies along cuts")
    neutral = campaign.results([Task(neutral_energy, place) for place in places], "Energies of the neutral along cuts")
    if min(len(x["energies"]) for x in ions) < n_states:
        raise CalculationError(f"Fewer than {n_states} main ionization lines were found at one of the geometries. Ask for fewer states, or stay "
                               "nearer to the reference.")
    ground = np.array([float(x["energy"]) for x in neutral])
    ground -= ground[0]
    energies = np.array([x["energies"][:n_states] for x in ions]) + ground[:, None]
    title = own.title if isinstance(own, Koopmans) else f"{own.title} on RHF"
    return AbInitioSurfaces(points, energies[1:], ground[1:], f"{title}/{molecule.basis_set}")
