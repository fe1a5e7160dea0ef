"""How far the couplings of a model can be trusted: a table by mode."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from ..campaign import Campaign
from ..checks import frozen_array
from ..door import public
from ..modes import NormalModes
from ..molecule import Molecule
from ..storage import noun
from ..units import CM
from .analytic_couplings import analytic_parameters
from .diabatized_states import DiabatizedStates, DisplacedMatrices, step_change
from .finite_differences import SECOND, STEP, Block, Displacement, plan
from .gap_curvature import gap_curvature_coupling
from .methods.koopmans import Koopmans
from .methods.method import method as method_named
from .methods.states_method import StatesMethod
from .reference_geometry import ReferenceGeometry
from .reference_states import ReferenceStates
from .vibronic_hamiltonian import check_states

ZERO = 1e-6  # eV; smaller couplings count as none


@noun
@dataclass(frozen=True, eq=False)
class Audit:
    """By mode, (n_modes,), eV: the `largest` linear coupling; the difference of `analytic` and
    finite-difference couplings, the method's own or for correlated ions Koopmans' (not a number
    for other excited states); the change of linear and quadratic coefficients from the step to
    twice the step at the method's own level, over 3; the `violation` of symmetry; the smallest
    singular value `overlap` of the displaced states' overlaps; lambda of the isolated pair of
    states that the mode alone couples, by overlap and by gap curvature (not a number elsewhere).
    """

    mode_labels: tuple[str, ...]
    mode_irreps: tuple[str, ...]
    frequencies: np.ndarray
    largest: np.ndarray
    analytic: np.ndarray
    linear_change: np.ndarray
    quadratic_change: np.ndarray
    violation: np.ndarray
    overlap: np.ndarray
    by_overlap: np.ndarray
    by_curvature: np.ndarray
    step: float
    geometries: str
    level_of_theory: str

    def __post_init__(self) -> None:
        for name in (
            "frequencies",
            "largest",
            "linear_change",
            "quadratic_change",
            "violation",
            "overlap",
        ):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        head = (
            f"{'mode':<11}{'w/cm-1':>8}{'largest':>10}{'analytic':>11}{'step':>10}{'step':>10}"
            f"{'symmetry':>11}{'overlap':>9}"
            f"{'lambda':>9}{'lambda':>10}"
        )
        second = (
            f"{'':<11}{'':>8}{'linear':>10}{'- finite':>11}{'linear':>10}{'quadr.':>10}"
            f"{'violated':>11}{'smallest':>9}{'overlap':>9}"
            f"{'curvature':>10}"
        )

        lines = [f"AUDIT  {self.level_of_theory}; {self.geometries}; energies in eV", head, second]
        for m, label in enumerate(self.mode_labels):
            lines.append(
                f"{label + ' ' + self.mode_irreps[m]:<11}{self.frequencies[m] / CM:>8.0f}"
                f"{self.largest[m]:>10.4f}"
                f"{_small(self.analytic[m]):>11}{_small(self.linear_change[m]):>10}"
                f"{_small(self.quadratic_change[m]):>10}"
                f"{_small(self.violation[m]):>11}{self.overlap[m]:>9.4f}"
                f"{_coupling(self.by_overlap[m]):>9}"
                f"{_coupling(self.by_curvature[m]):>10}"
            )

        return "\n".join([*lines, *self._verdict()])

    def _verdict(self) -> list[str]:
        worst = int(self.overlap.argmin())
        lines = [
            f"Step {self.step:g} in q against {SECOND * self.step:g}: linear couplings are "
            f"right to {self.linear_change.max():.1e} eV "
            f"({self.mode_labels[int(self.linear_change.argmax())]}), quadratic to "
            f"{self.quadratic_change.max():.1e} eV "
            f"({self.mode_labels[int(self.quadratic_change.argmax())]}).",
            f"The smallest singular value of an overlap is {self.overlap[worst]:.4f} "
            f"({self.mode_labels[worst]}); symmetry is broken by at "
            f"most {self.violation.max():.1e} eV.",
        ]
        if not np.all(np.isnan(self.analytic)):
            lines.append(
                "Analytic couplings (Koopmans' for correlated ions) and finite differences "
                "differ by "
                f"{np.nanmax(self.analytic):.1e} eV at most."
            )

        if not np.all(np.isnan(self.by_curvature)):
            lines.append(
                "Gap curvature is a diagnostic: exact only where one mode couples two states "
                "and nothing else does."
            )

        return lines


def _small(value: float) -> str:
    return "." if np.isnan(value) else f"{value:.1e}"


def _coupling(value: float) -> str:
    return "." if np.isnan(value) else f"{value:.4f}"


@public
def audit(
    molecule: Molecule,
    modes: NormalModes,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    step: float = STEP,
    executor: Executor | Campaign | None = None,
) -> Audit:
    """The audit of the model that `vibronic_hamiltonian` makes of the same arguments, at the level
    of its couplings: about twice its geometries.
    """
    campaign = Campaign.of(executor)
    method = (method or method_named(molecule.method, molecule.functional)).couplings
    n_states = molecule.n_states if states is None else states
    geometry = ReferenceGeometry(molecule, modes)
    check_states(geometry, method, n_states)

    displaced = DiabatizedStates(geometry, method, campaign, step)
    reference = displaced.reference(n_states)
    blocks = plan(reference.symmetry, False)
    one, matrices = displaced.couplings(reference, blocks)
    two, _ = displaced.couplings(reference, blocks, SECOND)
    linear, quadratic = step_change(one, two)
    by_overlap, by_curvature = _isolated_couplings(reference, one.linear, matrices, step)

    return Audit(
        modes.labels,
        modes.irreps,
        modes.frequencies,
        np.abs(one.linear).max(axis=(1, 2)),
        _analytic_difference(displaced, len(reference.energies)),
        linear.max(axis=(1, 2)),
        quadratic.max(axis=(1, 2, 3)),
        one.violation,
        _smallest_overlaps(blocks, matrices, modes.n_modes),
        by_overlap,
        by_curvature,
        step,
        f"{2 * len(matrices.moved) + 1} geometries",
        method.level(molecule.basis_set),
    )


def _smallest_overlaps(
    blocks: list[Block], matrices: DisplacedMatrices, n_modes: int
) -> np.ndarray:
    """By mode, (n_modes,), the smallest singular value of the overlaps at its displacements."""
    smallest = np.ones(n_modes)
    for d, overlap in matrices.overlaps.items():
        touched = _modes_of(blocks, d)
        smallest[touched] = np.minimum(smallest[touched], overlap)
    return smallest


def _modes_of(blocks: list[Block], d: Displacement) -> np.ndarray:
    """All modes of the sets that a displacement belongs to."""
    inside = [block for block in blocks if d.direction in block.directions]
    return np.concatenate([modes for block in inside for modes in block.sets])


def _isolated_couplings(
    reference: ReferenceStates, linear: np.ndarray, matrices: DisplacedMatrices, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """|lambda| (n_modes,) of pairs that one mode alone couples, by overlap and by gap curvature;
    not a number elsewhere.
    """
    by_overlap = np.full(len(linear), np.nan)
    by_curvature = np.full(len(linear), np.nan)

    for d, matrix in matrices.moved.items():
        if len(d.direction) > 1:
            continue
        m = d.direction[0][0]
        pair = _isolated_pair(reference, linear[m])
        if pair is None:
            continue

        here = np.diag(matrices.start)[list(pair)]
        there = np.linalg.eigvalsh(matrix[np.ix_(pair, pair)])
        by_overlap[m] = abs(linear[m][pair])
        by_curvature[m] = gap_curvature_coupling(here, there, step * d.steps)

    return by_overlap, by_curvature


def _isolated_pair(reference: ReferenceStates, linear: np.ndarray) -> tuple[int, int] | None:
    """The only two states that a mode couples, where it tunes none and they are not degenerate."""
    coupled = np.argwhere(np.triu(np.abs(linear) > ZERO, 1))
    if len(coupled) != 1 or np.abs(np.diag(linear)).max() > ZERO:
        return None

    i, j = (int(k) for k in coupled[0])
    gap = abs(reference.energies[i, i] - reference.energies[j, j])
    return (i, j) if gap > 1e-3 else None


def _analytic_difference(displaced: DiabatizedStates, n_states: int) -> np.ndarray:
    """Largest difference by mode of analytic and finite-difference couplings, each in the order of
    the method that has both.
    """
    geometry = displaced.geometry
    both = displaced.method
    if not both.analytic and both.process != "ionization":
        return np.full(geometry.modes.n_modes, np.nan)

    if not both.analytic:
        both = Koopmans()

    analytic = analytic_parameters(geometry, both, n_states, displaced.campaign)
    blocks = plan(analytic.reference.symmetry, False)
    numeric, _ = replace(displaced, method=both).couplings(analytic.reference, blocks)
    values: np.ndarray = np.abs(numeric.linear - analytic.couplings.linear).max(axis=(1, 2))

    return values
