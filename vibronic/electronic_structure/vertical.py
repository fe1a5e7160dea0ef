"""Ionized or excited states at one geometry."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..campaign import Campaign
from ..checks import InputError, check_shape, frozen_array
from ..modes import NormalModes
from ..molecule import Molecule
from ..storage import noun
from ..units import HARTREE
from . import registry
from .methods import StatesMethod, electronic_states
from .reference import DEGENERATE, Place, reference_states
from .symmetry import symmetrized
from .tasks import geometry_task
from .vibrations import principal_masses


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
        what = "ionized" if self.process == "ionization" else "excited"
        measure = "pole strength" if self.process == "ionization" else "oscillator strength"
        strengths = self.strengths if self.process == "ionization" else self.oscillator_strengths
        lines = [
            f"VerticalStates  {len(self.energies)} {what} states, {self.level_of_theory}, "
            f"{self.point_group}",
            f"  {'species':<10}{'energy/eV':>10}{measure:>22}",
        ]
        cells = (
            ["-"] * len(self.energies) if strengths is None else [f"{s:.4f}" for s in strengths]
        )
        lines += [
            f"  {i:<10}{e:>10.4f}{c:>22}"
            for i, e, c in zip(self.irreps, self.energies, cells, strict=True)
        ]
        return "\n".join(
            [
                *lines,
                *(
                    f"  A state near {e:.2f} eV did not converge and is missing."
                    for e in self.lost
                ),
            ]
        )

    @property
    def oscillator_strengths(self) -> np.ndarray | None:
        """f = 2/3 E |mu|^2 (atomic units), (n,), where there are dipoles."""
        return (
            None
            if self.dipoles is None
            else 2 / 3 * self.energies / HARTREE * (np.asarray(self.dipoles) ** 2).sum(axis=1)
        )


def vertical_states(
    molecule: Molecule,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    coordinates: Any = None,
    executor: Executor | None = None,
    campaign: Campaign | None = None,
) -> VerticalStates:
    """The `states` lowest main states and their degenerate partners (all that are found when more
    are asked for than exist) of the molecule at `coordinates` (angstrom), its own unless given.
    Satellites of an ionization, with pole strengths below 0.3, are left out.
    """
    campaign = campaign or Campaign(executor)
    method = method or registry.method(molecule.method, molecule.functional)
    wanted = molecule.n_states if states is None else states
    if wanted < 1:
        raise InputError(f"Argument `states` must be 1 or more, but is {wanted}.")
    where = frozen_array(
        molecule.coordinates if coordinates is None else coordinates, "coordinates"
    )
    check_shape("coordinates", where, ("n_atoms", "3"), (len(molecule.symbols), 3))
    x, _ = symmetrized(molecule.symbols, where, tolerance=2e-3)
    masses = principal_masses(molecule.symbols)
    still = np.zeros((0, *x.shape))
    place = Place(molecule, NormalModes(molecule.symbols, x, masses, np.zeros(0), still, ()))
    roots = (
        min(method.n_roots(wanted), place.occupied)
        if method.process == "ionization"
        else method.n_roots(wanted)
    )
    task = geometry_task(
        electronic_states,
        {"method": method.spec, "n_roots": roots, **place.geometry},
        method.memory(place.mole.nao, place.occupied),
    )
    found = campaign.result(task, f"{method.title} at one geometry")
    pure = reference_states(place, found, _whole_sets(found["energies"], wanted))
    return VerticalStates(
        np.diag(pure.energies),
        pure.strengths,
        pure.irreps,
        pure.amplitudes,
        x,
        pure.dipoles,
        place.group.name,
        f"{method.title}/{molecule.basis_set}",
        method.process,
        pure.lost,
    )


def _whole_sets(energies: np.ndarray, wanted: int) -> int:
    """The number of states from `wanted` upwards that cuts no degenerate set; below it where the
    last states computed may lack partners.
    """
    ends = [k for k in range(1, len(energies)) if energies[k] - energies[k - 1] > DEGENERATE]
    return next(
        (k for k in ends if k >= wanted),
        len(energies) if wanted >= len(energies) or not ends else ends[-1],
    )
