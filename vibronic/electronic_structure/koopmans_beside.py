"""Koopmans' model of the states that another method describes."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..campaign import Campaign
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from ..molecule import Molecule
from .methods.koopmans import Koopmans
from .reference_geometry import ReferenceGeometry
from .vibronic_hamiltonian import vibronic_hamiltonian

SAME = 1e-3  # eV; orbital energies closer than this are of one orbital


@public
def koopmans_beside(
    model: VibronicHamiltonian,
    molecule: Molecule,
    modes: NormalModes,
    *,
    executor: Executor | Campaign | None = None,
) -> VibronicHamiltonian | None:
    """Koopmans' model (RHF, analytic couplings) of the parent orbitals of a model's ionized
    states, in the order of these states; None where two states share a parent.
    """
    wanted = model.orbital_energies
    if wanted is None:
        return None

    campaign = Campaign.of(executor)
    geometry = ReferenceGeometry(molecule, modes)
    task = geometry.states_task(Koopmans(), geometry.occupied)
    energies = campaign.result(task, "Orbitals (RHF)")["energies"]
    deepest = int(np.flatnonzero(energies < wanted.max() + SAME)[-1]) + 1
    found = vibronic_hamiltonian(
        molecule, modes, method=Koopmans(), states=deepest, executor=campaign
    )

    orbitals = np.diag(found.constant)
    parents = linear_sum_assignment(np.abs(wanted[:, None] - orbitals))[1]
    if np.abs(wanted - orbitals[parents]).max() > SAME:
        return None

    chosen = found.subset(states=[int(p) for p in parents])
    return replace(chosen, state_labels=model.state_labels)
