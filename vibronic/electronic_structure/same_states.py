"""The reference states as other methods see them: energies, parent orbitals, dipoles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..campaign import Campaign
from ..checks import CalculationError
from .diabatic_matrix import check_overlap, diabatic_matrix, matched
from .methods.koopmans import Koopmans
from .methods.states_method import StatesMethod
from .reference_geometry import ReferenceGeometry
from .reference_states import ReferenceStates


def better_energies(
    geometry: ReferenceGeometry,
    method: StatesMethod,
    reference: ReferenceStates,
    campaign: Campaign,
) -> np.ndarray:
    """Vertical energies (n, n), diagonal, of the same states by another method."""
    task = geometry.states_task(method, method.n_roots(len(reference.energies)))
    found = campaign.result(task, f"{method.title} vertical energies")
    overlap = geometry.overlap(reference.amplitudes, found["amplitudes"])
    w, smallest = diabatic_matrix(overlap, found["energies"], found["strengths"])

    where = f"the reference geometry by {method.title}"
    check_overlap(overlap, smallest, reference.labels, where, tuple(found.get("lost", ())))
    return np.diag(np.diag(reference.symmetry.averaged(w)))


def parent_energies(
    geometry: ReferenceGeometry, reference: ReferenceStates, campaign: Campaign
) -> np.ndarray:
    """Koopmans' energies (n,) of the orbitals most like the Dyson orbitals, RHF."""
    task = geometry.states_task(Koopmans(), geometry.occupied)
    found = campaign.result(task, "Orbitals (RHF)")
    overlap = geometry.overlap(reference.amplitudes, found["amplitudes"])
    w = np.diag(found["energies"][matched(overlap)])
    return np.diag(reference.symmetry.averaged(w))


def transition_dipoles(
    geometry: ReferenceGeometry,
    method: StatesMethod,
    reference: ReferenceStates,
    campaign: Campaign,
) -> tuple[np.ndarray, Mapping[str, str]]:
    """Transition dipoles (n, 3) of excited states, e a0: the method's own, or those of its cheaper
    companion, which is named.
    """
    if reference.dipoles is not None:
        return reference.dipoles, {}

    other = method.step_check
    n = len(reference.energies)
    task = geometry.states_task(other, other.n_roots(n))
    found = campaign.result(task, f"{other.title} dipoles")
    overlap = geometry.overlap(reference.amplitudes, found["amplitudes"])
    if overlap.shape[1] < n:
        raise CalculationError(
            f"Only {overlap.shape[1]} states were found by {other.title}, which gives the "
            "transition dipoles. Ask for fewer states."
        )

    chosen = matched(overlap)
    u, _, vt = np.linalg.svd(overlap[:, chosen])
    return u @ vt @ found["dipoles"][chosen], {"transition_dipoles": other.title}
