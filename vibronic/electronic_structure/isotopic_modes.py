"""Normal modes of other isotopes, from the force constants that are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..checks import InputError, check_shape, frozen_array
from ..door import public
from ..modes import NormalModes
from .symmetric_modes import symmetric_modes
from .symmetry import point_group


@public
def isotopic_modes(modes: NormalModes, masses: Sequence[float] | np.ndarray) -> NormalModes:
    """The normal modes of the same molecule with other `masses` (n_atoms,), u, from the same force
    constants: no new electronic structure.

    The Cartesian Hessian sum_m w_m^2 l_m l_m^T (l_m the mass-weighted modes) is diagonalised anew;
    symmetry is what the masses leave of it.
    """
    new = frozen_array(masses, "masses")
    check_shape("masses", new, ("n_atoms",), (len(modes.symbols),))
    if np.any(new <= 0):
        raise InputError(f"Argument `masses` must be positive (u), but is {new.tolist()}.")

    group = point_group(modes.symbols, modes.coordinates)
    kept = np.array([np.allclose(new[images], new) for images in group.images])
    told = ", ".join(f"{s} {m:.4f}" for s, m in zip(modes.symbols, new, strict=True))
    found = symmetric_modes(
        modes.symbols,
        modes.coordinates,
        np.array(new),
        modes.hessian,
        group.subgroup(kept),
        molecule=modes.molecule,
        provenance={**modes.provenance, "masses": told},
    )

    return replace(found, energy=modes.energy)
