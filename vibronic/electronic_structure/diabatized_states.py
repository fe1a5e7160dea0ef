"""Couplings from diabatized states at displaced geometries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..campaign import Campaign, Result
from .diabatic_matrix import check_overlap, diabatic_matrix
from .finite_differences import (
    SECOND,
    STEP,
    Block,
    Couplings,
    Displacement,
    couplings,
    displacements,
    full_count,
    plan,
)
from .methods.states_method import StatesMethod
from .parameters import CouplingScheme, Parameters
from .reference_geometry import ReferenceGeometry
from .reference_states import ReferenceStates, least, reference_states


@dataclass(frozen=True, eq=False)
class DisplacedMatrices:
    """Diabatic matrices W (n, n), eV, at q = 0 and at displacements, in the reference's states,
    and the smallest singular value of the overlaps at each.
    """

    start: np.ndarray
    moved: Mapping[Displacement, np.ndarray]
    overlaps: Mapping[Displacement, float]


@dataclass(frozen=True, eq=False)
class DiabatizedStates:
    """States of one method at displaced geometries, diabatized by their overlaps with those at
    the reference.
    """

    geometry: ReferenceGeometry
    method: StatesMethod
    campaign: Campaign
    step: float = STEP
    purpose: str = ""  # told with the progress

    def reference(self, n_states: int | None) -> ReferenceStates:
        """The states at q = 0; without a number the lowest two, and what is degenerate with
        them.
        """
        task = self.geometry.states_task(self.method, self.method.n_roots(least(n_states)))
        found = self.campaign.result(task, f"{self.method.title} at the reference")
        return reference_states(self.geometry, found, n_states)

    def matrices(
        self, reference: ReferenceStates, moved: Sequence[Displacement]
    ) -> DisplacedMatrices:
        """W at q = 0 and at the displacements. The reference may be of another method than the
        matrices.
        """
        here, *there = self._states(moved, len(reference.energies))
        overlap = self.geometry.overlap(reference.amplitudes, here["amplitudes"])
        start, _ = diabatic_matrix(overlap, here["energies"], here["strengths"])

        matrices = {}
        smallest = {}
        for d, found in zip(moved, there, strict=True):
            matrices[d], smallest[d] = self._diabatized(reference, d, found)
        return DisplacedMatrices(reference.symmetry.averaged(start), matrices, smallest)

    def couplings(
        self, reference: ReferenceStates, blocks: list[Block], scale: float = 1.0
    ) -> tuple[Couplings, DisplacedMatrices]:
        """Taylor coefficients at `scale` times the step, and the matrices they come from."""
        moved = displacements(reference.symmetry, blocks, scale)
        found = self.matrices(reference, moved)
        fitted = couplings(reference.symmetry, blocks, found.start, found.moved, self.step)
        return fitted, found

    def step_errors(
        self, reference: ReferenceStates, blocks: list[Block], found: Couplings
    ) -> tuple[np.ndarray, np.ndarray]:
        """Estimated errors of the couplings `found`, linear and quadratic (same shapes, eV), at
        the method's `step_check` level: coefficients are right to order h^2, so |c(2h) -
        c(h)|/(2^2 - 1).
        """
        level = self.method.step_check
        cheaper = replace(self, method=level, purpose=", step checked")
        one = found if level == self.method else cheaper.couplings(reference, blocks)[0]
        two, _ = cheaper.couplings(reference, blocks, SECOND)
        return step_change(one, two)

    def _states(self, moved: Sequence[Displacement], n_states: int) -> list[Result]:
        """The states at q = 0 and at the displacements."""
        n_roots = self.method.n_roots(n_states)
        spots = [None, *(self._spot(d) for d in moved)]
        tasks = [self.geometry.states_task(self.method, n_roots, at) for at in spots]
        return self.campaign.results(tasks, f"{self.method.title} energies{self.purpose}")

    def _spot(self, d: Displacement) -> dict[str, object]:
        q = d.vector(self.geometry.modes.n_modes, self.step)
        return self.geometry.displaced(q)

    def _diabatized(
        self, reference: ReferenceStates, d: Displacement, found: Result
    ) -> tuple[np.ndarray, float]:
        """W at a displacement, and the smallest singular value of the overlaps."""
        bra = reference.amplitudes
        overlap = self.geometry.overlap(bra, found["amplitudes"], self._spot(d))
        matrix, smallest = diabatic_matrix(overlap, found["energies"], found["strengths"])

        where = d.where(self.geometry.modes.labels, self.step)
        lost = tuple(found.get("lost", ()))
        check_overlap(overlap, smallest, reference.labels, where, lost)
        return matrix, smallest


def step_change(one: Couplings, two: Couplings) -> tuple[np.ndarray, np.ndarray]:
    """Changes of linear and quadratic couplings from one step to the second, as the errors of the
    first.
    """
    weight = SECOND**2 - 1
    linear = np.abs(two.linear - one.linear) / weight
    quadratic = np.abs(two.quadratic - one.quadratic) / weight
    return linear, quadratic


def diabatized_parameters(
    states: DiabatizedStates, n_states: int | None, scheme: CouplingScheme
) -> Parameters:
    """Reference states and couplings to second order, with symmetry's exact relations."""
    reference = states.reference(n_states)
    blocks = plan(reference.symmetry, scheme.bilinear)
    found, matrices = states.couplings(reference, blocks)

    total = full_count(states.geometry.modes.n_modes, scheme.bilinear) + 1
    terms = ", bilinear terms included" if scheme.bilinear else ", diagonal quadratic terms"
    provenance = {
        "couplings": "finite differences of overlap-diabatized energies, step "
        f"{states.step:g} in q{terms}",
        "geometries": f"{len(matrices.moved) + 1} of {total} geometries needed (symmetry gives "
        "the others)",
        "smallest_overlap": round(min(matrices.overlaps.values(), default=1.0), 6),
    }
    if not scheme.check:
        return Parameters(reference, found, None, provenance)

    errors = states.step_errors(reference, blocks, found)
    provenance["errors"] = (
        f"change of the coefficients from step {states.step:g} to {SECOND * states.step:g}, over "
        f"3 ({states.method.step_check.title})"
    )

    return Parameters(reference, found, errors, provenance)
