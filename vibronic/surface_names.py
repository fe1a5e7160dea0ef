"""What the adiabatic surfaces of a model are called."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .hamiltonian import VibronicHamiltonian

SAME = 1e-9  # eV; states of one species closer than this are components of one state
PLACES = {2: ("lower", "upper"), 3: ("lowest", "middle", "highest")}


def surface_names(model: VibronicHamiltonian) -> tuple[str, ...]:
    """Names of the adiabatic surfaces, from the lowest: each is called like the diabatic state
    that it is at the vertical point, as in S1, S2; those of a degenerate state are the lower E and
    the upper E.
    """
    energies = np.diag(model.constant)
    names: list[str] = []
    for members in _sets(energies, model.state_irreps):
        labels = [model.state_labels[i] for i in members]
        if len(members) == 1:
            names += labels
            continue
        places = PLACES.get(len(members), [str(k + 1) for k in range(len(members))])
        names += [f"{place} {shared_name(labels)}" for place in places]
    return tuple(names)


def shared_name(labels: list[str]) -> str:
    """What the names of the components of one state begin with: Ex and Ey are E."""
    letters = takewhile(lambda same: len(set(same)) == 1, zip(*labels, strict=False))
    return "".join(same[0] for same in letters) or "+".join(labels)


def _sets(energies: np.ndarray, irreps: tuple[str, ...]) -> list[list[int]]:
    """States by rising energy, the components of one together."""
    found: list[list[int]] = []
    for i in np.argsort(energies, kind="stable"):
        last = found[-1][-1] if found else None
        if (
            last is not None
            and irreps[i]
            and irreps[i] == irreps[last]
            and energies[i] - energies[last] < SAME
        ):
            found[-1].append(int(i))
        else:
            found.append([int(i)])
    return found
