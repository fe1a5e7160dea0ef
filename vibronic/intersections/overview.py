"""All minima and intersections of a model's surfaces, told as a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..checks import CalculationError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..surface_names import surface_names
from ..surfaces import (
    ConicalIntersection,
    GeometricPhase,
    StationaryPoint,
    ThreeStateIntersection,
    adiabatic_energies,
    adiabatic_states,
    conical_intersection,
    geometric_phase,
    loop_around,
    surface_minimum,
    three_state_intersection,
)
from ..tables import Column, Table

SHOWN = 0.02  # eV or q; smaller components of a vector are not printed
FREE = 5  # modes, the fewest for which three surfaces are expected to meet
RADIUS = 0.05  # of the loops, in q
MINIMUM_COLUMNS = (
    Column("surface", left=True),
    Column("vertical", ".3f"),
    Column("minimum", ".3f"),
    Column("released", ".3f"),
    Column("what it is", left=True, width=24),
    Column("moved along (q)", left=True),
)
INTERSECTION_COLUMNS = (
    Column("surfaces", left=True),
    Column("energy", ".3f", width=9),
    Column("above min.", ".3f"),
    Column("below vert.", ".3f"),
    Column("barrier", ".3f"),
    Column("pitch", ".3f"),
    Column("asymmetry", ".2f"),
    Column("tilt", ".2f"),
    Column("seam dim."),
    Column("kind", left=True),
    Column("phase", left=True),
)
INTERSECTION_NOTES = (
    "above min.: over the lower surface's minimum; below vert.: under the upper state's "
    "vertical point; barrier: largest",
    "climb of the upper surface on the straight way there from the vertical point;",
    "pitch: mean steepness (eV); asymmetry: 0 for a round cone; peaked: the upper surface "
    "funnels into it from all sides;",
    "phase: what the electronic state gathers on a small loop round it (pi: it comes back with "
    "the other sign).",
)


@noun
@dataclass(frozen=True, eq=False)
class SurfacesOverview:
    """The `minima` of every adiabatic surface, the lowest `intersections` of neighbouring ones,
    and the `phases` on small loops round these.

    `remarks` name what was not found. Energies (eV) are those of W: at the vertical point q = 0
    they are the vertical energies.
    """

    model: VibronicHamiltonian
    minima: tuple[StationaryPoint, ...]
    intersections: tuple[ConicalIntersection, ...]
    phases: tuple[GeometricPhase, ...]
    remarks: tuple[str, ...] = ()
    triples: tuple[ThreeStateIntersection, ...] = ()
    barriers: tuple[float, ...] = ()

    def __str__(self) -> str:
        model = self.model
        level = model.provenance.get("level_of_theory") or model.provenance.get("citation", "")
        origin = str(model.energy_origin)
        head = [
            f"ADIABATIC SURFACES  {model.title}",
            level,
            f"Energies in eV from {origin}, without zero-point energy of the surfaces.",
        ]
        blocks = ["\n".join(line for line in head if line)]
        blocks += [str(self._minima()), str(self._intersections())]
        blocks += [self._vectors(x) for x in self.reached if x.is_conical]
        if self.triples:
            blocks.append("\n".join(map(str, self.triples)))

        return "\n\n".join([*blocks, *self.remarks])

    @property
    def vertical(self) -> np.ndarray:
        """Energies of all surfaces at q = 0, eV."""
        return adiabatic_energies(self.model, np.zeros(self.model.n_modes))

    @property
    def reached(self) -> tuple[ConicalIntersection, ...]:
        """The intersections not above every vertical energy: a molecule that starts at q = 0 has
        the energy to get there.
        """
        return tuple(x for x in self.intersections if x.energy <= self.vertical.max())

    def _minima(self) -> Table:
        names = surface_names(self.model)
        rows = []
        for x in self.minima:
            top = self.vertical[x.surface]
            kind = "tip of a cone" if x.is_cone else "minimum"
            moved = _components(self.model, x.position)
            rows.append([names[x.surface], top, x.energy, top - x.energy, kind, moved])

        return Table(
            MINIMUM_COLUMNS,
            rows,
            title="MINIMA OF THE SURFACES",
            notes=[
                "A surface is called like the state that it is at the vertical point; released: "
                "energy from there down to",
                "the minimum.",
            ],
        )

    def _intersections(self) -> Table | str:
        if not self.intersections:
            return "NO INTERSECTIONS"

        names = surface_names(self.model)
        lowest = {x.surface: x.energy for x in self.minima}
        barriers = self.barriers or (0.0,) * len(self.intersections)
        phases = iter(self.phases)

        rows = []
        for x, barrier in zip(self.intersections, barriers, strict=True):
            a, b = x.states
            kind = "crossing"
            phase = "-"
            if x.is_conical:
                kind = "peaked" if x.is_peaked else "sloped"
                phase = "pi" if next(phases).phase else "0"
            if x not in self.reached:
                kind = "out of reach"

            rows.append(
                [
                    f"{names[a]}/{names[b]}",
                    x.energy,
                    x.energy - lowest[a] if a in lowest else None,
                    self.vertical[b] - x.energy,
                    barrier,
                    x.pitch,
                    x.asymmetry,
                    x.tilt,
                    x.seam_dimension,
                    kind,
                    phase,
                ]
            )

        return Table(
            INTERSECTION_COLUMNS,
            rows,
            title="LOWEST POINTS AT WHICH NEIGHBOURING SURFACES MEET",
            notes=[*INTERSECTION_NOTES, *self._unreached()],
        )

    def _unreached(self) -> list[str]:
        if len(self.reached) == len(self.intersections):
            return []
        highest = self.vertical.max()
        return [
            f"out of reach: above the highest vertical energy ({highest:.2f} eV), where the model "
            "is no guide and no molecule gets; not drawn."
        ]

    def _vectors(self, x: ConicalIntersection) -> str:
        weights = (
            adiabatic_states(self.model, np.atleast_2d(x.position))[0][:, list(x.states)] ** 2
        )
        pair = np.argsort(-weights.sum(axis=1))[:2]
        names = " and ".join(self.model.state_labels[i] for i in sorted(pair))
        surfaces = surface_names(self.model)
        rows = {
            "position (q):": x.position,
            "branching plane g (eV):": x.g,
            "branching plane h (eV):": x.h,
            "mean gradient s (eV):": x.s,
        }

        return "\n".join(
            [
                f"INTERSECTION {surfaces[x.states[0]]}/{surfaces[x.states[1]]}, of states {names}",
                *(f"{name:<24}{_components(self.model, vector)}" for name, vector in rows.items()),
            ]
        )


@public
def overview(model: VibronicHamiltonian) -> SurfacesOverview:
    """Minima of all surfaces, minimum-energy intersections of all neighbouring pairs, and the
    geometric phase round each.
    """
    minima = []
    points = []
    phases = []
    remarks = []
    for a in range(model.n_states):
        try:
            minima.append(surface_minimum(model, a))
        except CalculationError as error:
            remarks.append(f"No minimum: {error}")

    for a in range(model.n_states - 1):
        try:
            points.append(conical_intersection(model, (a, a + 1)))
        except CalculationError as error:
            remarks.append(f"No intersection: {error}")

    for x in points:
        if x.is_conical:
            phases.append(geometric_phase(model, loop_around(x, RADIUS), x.states[0]))

    triples = []
    for a in range(model.n_states - 2 if model.n_modes >= FREE else 0):
        try:
            triples.append(three_state_intersection(model, a))
        except CalculationError as error:
            remarks.append(f"No three-state intersection: {error}")

    barriers = tuple(barrier_to(model, x) for x in points)
    return SurfacesOverview(
        model,
        tuple(minima),
        tuple(points),
        tuple(phases),
        tuple(remarks),
        tuple(triples),
        barriers,
    )


@public
def barrier_to(model: VibronicHamiltonian, point: ConicalIntersection) -> float:
    """Highest climb (eV) of the upper surface on the straight way from the vertical point to an
    intersection; 0 where it only falls.
    """
    way = np.linspace(0, 1, 201)[:, None] * point.position
    upper = adiabatic_energies(model, way)[:, point.states[1]]
    return float((upper - np.minimum.accumulate(upper)).max())


def _components(model: VibronicHamiltonian, vector: np.ndarray) -> str:
    strong = [m for m in np.argsort(-np.abs(vector)) if abs(vector[m]) >= SHOWN][:8]
    return ", ".join(f"{model.mode_labels[m]} {vector[m]:+.2f}" for m in strong) or "none"
