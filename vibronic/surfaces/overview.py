"""All minima and intersections of a model's surfaces, told as a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..checks import CalculationError
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from .adiabatic import adiabatic_energies, adiabatic_states
from .geometric_phase import GeometricPhase, geometric_phase, loop_around
from .intersection import ConicalIntersection, conical_intersection
from .stationary import StationaryPoint, surface_minimum
from .three_state import ThreeStateIntersection, three_state_intersection

SHOWN = 0.02  # eV or q; smaller components of a vector are not printed
FREE = 5  # modes, the fewest for which three surfaces are expected to meet
RADIUS = 0.05  # of the loops, in q


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
        origin = model.energy_origin or "an origin that was not stated"
        head = [
            f"ADIABATIC SURFACES  {model.title}",
            level,
            f"Energies in eV from {origin}, without zero-point energy of the surfaces.",
        ]
        blocks = ["\n".join(line for line in head if line), self._minima(), self._intersections()]
        blocks += [self._vectors(x) for x in self.intersections if x.is_conical]
        blocks += ["\n".join(map(str, self.triples))] if self.triples else []
        return "\n\n".join([*blocks, *self.remarks])

    def _minima(self) -> str:
        vertical = np.linalg.eigvalsh(self.model.potential(np.zeros(self.model.n_modes)))
        lines = [
            "MINIMA OF THE SURFACES",
            f"{'surface':<9}{'vertical':>9}{'minimum':>9}{'released':>10}  "
            f"{'what it is':<24}moved along (q)",
        ]
        for x in self.minima:
            kind = "tip of a cone" if x.is_cone else "minimum"
            lines.append(
                f"{x.surface:<9}{vertical[x.surface]:>9.3f}{x.energy:>9.3f}"
                f"{vertical[x.surface] - x.energy:>10.3f} "
                f" {kind:<24}"
                f"{_components(self.model, x.position)}"
            )
        return "\n".join([*lines, "released: energy from the vertical point down to the minimum."])

    def _intersections(self) -> str:
        if not self.intersections:
            return "NO INTERSECTIONS"
        low = {x.surface: x.energy for x in self.minima}
        vertical = np.linalg.eigvalsh(self.model.potential(np.zeros(self.model.n_modes)))
        lines = [
            "LOWEST POINTS AT WHICH NEIGHBOURING SURFACES MEET",
            f"{'surfaces':<10}{'energy':>9}{'above min.':>12}{'below vert.':>12}{'barrier':>9}"
            f"{'pitch':>8}{'asymmetry':>11}{'tilt':>7}"
            f"{'seam dim.':>11}  {'kind':<10}phase",
        ]
        phases = iter(self.phases)
        for x, barrier in zip(
            self.intersections, self.barriers or (0.0,) * len(self.intersections), strict=True
        ):
            a, b = x.states
            kind = ("peaked" if x.is_peaked else "sloped") if x.is_conical else "crossing"
            phase = ("pi" if next(phases).phase else "0") if x.is_conical else "-"
            above = f"{x.energy - low[a]:>12.3f}" if a in low else f"{'-':>12}"
            lines.append(
                f"{f'{a}/{b}':<10}{x.energy:>9.3f}{above}{vertical[b] - x.energy:>12.3f}"
                f"{barrier:>9.3f}{x.pitch:>8.3f}"
                f"{x.asymmetry:>11.2f}{x.tilt:>7.2f}{x.seam_dimension:>11}  {kind:<10}{phase}"
            )
        lines.append(
            "above min.: over the lower surface's minimum; below vert.: under the upper state's "
            "vertical point; barrier: largest"
        )
        lines.append(
            "climb of the upper surface on the straight way there from the vertical point;"
        )
        lines.append(
            "pitch: mean steepness (eV); asymmetry: 0 for a round cone; peaked: the upper "
            "surface funnels into it from all sides;"
        )
        lines.append(
            "phase: what the electronic state gathers on a small loop round it (pi: it comes "
            "back with the other sign)."
        )
        return "\n".join(lines)

    def _vectors(self, x: ConicalIntersection) -> str:
        weights = (
            adiabatic_states(self.model, np.atleast_2d(x.position))[0][:, list(x.states)] ** 2
        )
        pair = np.argsort(-weights.sum(axis=1))[:2]
        names = " and ".join(self.model.state_labels[i] for i in sorted(pair))
        rows = {
            "position (q):": x.position,
            "branching plane g (eV):": x.g,
            "branching plane h (eV):": x.h,
            "mean gradient s (eV):": x.s,
        }
        return "\n".join(
            [
                f"INTERSECTION {x.states[0]}/{x.states[1]}, of states {names}",
                *(f"{name:<24}{_components(self.model, vector)}" for name, vector in rows.items()),
            ]
        )


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
