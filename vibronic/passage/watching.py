"""What is watched of a packet on its way, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import CalculationError, index_of
from ..door import public
from ..dynamics import Amplitudes, Flux, Means, ModeDensity, SurfacePopulations, Watch
from ..dynamics.observables import mixing_strengths, mode_indices
from ..hamiltonian import VibronicHamiltonian
from ..surfaces import ConicalIntersection, conical_intersection


@dataclass(frozen=True)
class Watching:
    """Means, adiabatic populations, densities and fluxes at `times` (fs; every second one of the
    propagation unless given), and that many `snapshots` of the packet itself.

    `plane` names the two modes of the densities (by diabatic state, or `of_surfaces`), `through`
    the mode and position of the flux: the two modes that mix the states most, and 0, unless given.
    """

    times: Any = None
    plane: tuple[Any, ...] | None = None
    through: tuple[Any, float] | None = None
    of_surfaces: bool = False
    snapshots: int = 0

    def watches(self, model: VibronicHamiltonian, times: np.ndarray) -> list[Watch]:
        """The observables, each with its times: means, surfaces, fluxes, then densities of two
        modes where there are two, then snapshots where they are wanted.
        """
        strongest = np.argsort(-mixing_strengths(model), kind="stable")[:2]
        modes = mode_indices(model, self.plane or [int(m) for m in strongest])
        line = self.through or (modes[0], 0.0)
        moments = times[::2] if self.times is None else self.times

        found = [Watch(o, moments) for o in (Means(), SurfacePopulations(), Flux(*line))]
        if len(modes) == 2:
            found.append(Watch(ModeDensity(modes, of_surfaces=self.of_surfaces), moments))

        if self.snapshots:
            kept = np.linspace(0, times[-1], self.snapshots)
            found.append(Watch(Amplitudes(), kept))

        return found


@public
def lowest_intersection(
    model: VibronicHamiltonian, state: int | str
) -> ConicalIntersection | None:
    """The lowest intersection of the surface that a packet on a state starts on with the one
    below; None where there is none.
    """
    label = model.state_labels[index_of("state", state, model.state_labels)]
    upper = model.surface_of(label) or 1
    if model.n_states < 2 or model.n_modes < 2:
        return None
    try:
        return conical_intersection(model, (upper - 1, upper))
    except CalculationError:
        return None


@public
def watching_intersection(
    model: VibronicHamiltonian,
    point: ConicalIntersection | None,
    *,
    of_surfaces: bool = False,
    snapshots: int = 0,
) -> Watching:
    """Densities in the two modes of the branching plane, and the flux through the intersection
    along the first; the strongest modes where there is no intersection.
    """
    if point is None:
        return Watching(of_surfaces=of_surfaces, snapshots=snapshots)
    first = int(np.abs(point.g).argmax())
    others = np.where(np.arange(model.n_modes) == first, -1, np.abs(point.h))
    second = int(np.argmax(others))
    return Watching(
        plane=(first, second),
        through=(first, float(point.position[first])),
        of_surfaces=of_surfaces,
        snapshots=snapshots,
    )
