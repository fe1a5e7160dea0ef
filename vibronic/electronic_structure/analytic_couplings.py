"""Couplings from response theory at one geometry."""

from __future__ import annotations

import numpy as np

from ..campaign import Campaign
from .finite_differences import Couplings
from .methods.electronic_states import states_and_derivatives
from .methods.states_method import StatesMethod
from .parameters import Parameters
from .reference_geometry import ReferenceGeometry
from .reference_states import ReferenceStates, least, reference_states
from .tasks import geometry_task


def analytic_parameters(
    geometry: ReferenceGeometry, method: StatesMethod, n_states: int | None, campaign: Campaign
) -> Parameters:
    """Reference states and first-order couplings, with symmetry's exact relations."""
    n_roots = method.possible_roots(least(n_states), geometry.occupied)
    inputs = {"method": method, "n_roots": n_roots, **geometry.geometry}
    task = geometry_task(states_and_derivatives, inputs, geometry.memory(method))
    found = campaign.result(task, f"{method.title} couplings (analytic)")

    reference = reference_states(geometry, found, n_states)
    n = len(reference.energies)
    derivatives = found["derivatives"][..., :n, :n]
    raw = np.einsum("max,axij->mij", geometry.modes.displacements, derivatives)
    couplings = _allowed(reference, reference.rotation @ raw @ reference.rotation.T)
    return Parameters(reference, couplings, None, {"couplings": f"analytic ({method.response})"})


def _allowed(reference: ReferenceStates, linear: np.ndarray) -> Couplings:
    """The part of linear couplings that symmetry allows, and how large the rest is."""
    allowed = np.zeros_like(linear)
    for modes in reference.symmetry.mode_sets:
        for tensor in reference.symmetry.invariants(modes):
            allowed[modes] += (tensor * linear[modes]).sum() * tensor

    m, n = linear.shape[:2]
    violation = np.abs(linear - allowed).max(axis=(1, 2))
    return Couplings(allowed, np.zeros((m, m, n, n)), violation)
