"""A model's intersection held against electronic structure at the same geometries."""

from __future__ import annotations

import numpy as np

from ..campaign import Campaign
from ..door import public
from ..electronic_structure import (
    AbInitioIntersection,
    ActiveSpace,
    ab_initio_intersection,
    ab_initio_surfaces,
)
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from ..molecule import Molecule
from ..surfaces import ConicalIntersection
from .check import SurfaceCheck, cuts_through, surface_check


@public
def ab_initio_check(
    molecule: Molecule,
    modes: NormalModes,
    model: VibronicHamiltonian,
    point: ConicalIntersection,
    *,
    campaign: Campaign | None = None,
) -> SurfaceCheck:
    """The surfaces of `model`, made in some of these `modes`, beside energies computed at the
    molecule's own level on cuts through `point`.
    """
    cuts = cuts_through(model, point)
    positions = np.concatenate([cut.positions for cut in cuts])
    points = ab_initio_surfaces(
        molecule,
        modes,
        _in_all_modes(modes, model, positions),
        states=model.n_states,
        executor=campaign,
    )

    return surface_check(
        model, point, cuts, points.energies, points.ground, points.level_of_theory
    )


@public
def ab_initio_search(
    molecule: Molecule,
    modes: NormalModes,
    model: VibronicHamiltonian,
    point: ConicalIntersection,
    *,
    campaign: Campaign | None = None,
) -> AbInitioIntersection:
    """The intersection itself by SA-CASSCF, searched from the `point` of a `model` made in some of
    these `modes`.
    """
    start = _in_all_modes(modes, model, point.position[None])[0]
    return ab_initio_intersection(
        molecule, modes, start, space=ActiveSpace(virtuals=1), executor=campaign
    )


def _in_all_modes(
    modes: NormalModes, model: VibronicHamiltonian, positions: np.ndarray
) -> np.ndarray:
    """Positions (n, n_kept) with zeros for the modes that the model left out, (n, n_modes)."""
    kept = [modes.labels.index(label) for label in model.mode_labels]
    whole = np.zeros((len(positions), modes.n_modes))
    whole[:, kept] = positions
    return whole
