"""Whether excited states need diffuse functions that the basis set does not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..campaign import Campaign
from .methods.electronic_states import electronic_states
from .methods.tda import TDA
from .reference_geometry import ReferenceGeometry
from .scf import mole
from .tasks import geometry_task

DIFFUSE = 0.09  # bohr^-2; the smallest exponent of a basis set with diffuse functions is below
WITH = "aug-cc-pvdz"
LARGEST = 250  # functions; beyond, the question costs more than it answers
MATTERS = 0.3  # eV


def diffuse_shift(
    geometry: ReferenceGeometry, n_states: int, campaign: Campaign
) -> Mapping[str, Any]:
    """By how much (eV) CIS lowers one of the `n_states` lowest excited states in a basis set with
    diffuse functions, as provenance: Rydberg states are among them where it is much. Nothing where
    it is little, where the basis set has such functions, and for large molecules.
    """
    exponents = [geometry.mole.bas_exp(k).min() for k in range(geometry.mole.nbas)]
    augmented = {**geometry.geometry, "basis_set": WITH}
    if min(exponents) < DIFFUSE or _functions(augmented) > LARGEST:
        return {}

    n_roots = TDA().n_roots(n_states)
    inputs = {"method": TDA(), "n_roots": n_roots}
    tasks = [
        geometry_task(electronic_states, {**inputs, **place})
        for place in (geometry.geometry, augmented)
    ]
    here, there = campaign.results(tasks, "Excited states with diffuse functions (CIS)")

    shift = float(np.max((here["energies"] - there["energies"])[:n_states]))
    return {"diffuse_shift_eV": round(shift, 3)} if shift > MATTERS else {}


def _functions(inputs: Mapping[str, Any]) -> int:
    return int(mole(inputs).nao)
