"""How far the couplings of a model can be trusted: a table by mode."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from ..campaign import Campaign
from ..checks import frozen_array
from ..modes import NormalModes
from ..molecule import Molecule
from ..storage import noun
from ..units import CM
from . import registry
from .diabatization import gap_curvature_coupling
from .finite_differences import SECOND, STEP, couplings, displacements, plan
from .hamiltonian import Differences, analytic_model, check_states
from .ionization import Koopmans
from .methods import StatesMethod
from .reference import Place, Reference


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


def audit(
    molecule: Molecule,
    modes: NormalModes,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    step: float = STEP,
    executor: Executor | None = None,
    campaign: Campaign | None = None,
) -> Audit:
    """The audit of the model that `vibronic_hamiltonian` makes of the same arguments, at the
    method's own level: about twice its geometries.
    """
    campaign = campaign or Campaign(executor)
    method = method or registry.method(molecule.method, molecule.functional)
    place = Place(molecule, modes)
    n_states = molecule.n_states if states is None else states
    check_states(place, method, n_states, None)
    work = Differences(place, method, campaign, step)
    reference = work.reference(n_states)
    blocks = plan(reference.symmetry, False)
    start, matrices, quality = work.matrices(reference, displacements(reference.symmetry, blocks))
    one = couplings(reference.symmetry, blocks, start, matrices, step)
    two, _ = work.couplings(reference, blocks, SECOND)
    overlap = np.ones(modes.n_modes)
    curved = np.full((2, modes.n_modes), np.nan)
    for d in matrices:
        touched = np.concatenate(
            [s for b in blocks if d.direction in b.directions for s in b.sets]
        )
        overlap[touched] = np.minimum(overlap[touched], quality[d.where(modes.labels, step)])
        if len(d.direction) == 1 and (
            pair := _isolated_pair(reference, one.linear[d.direction[0][0]])
        ):
            m, (i, j) = d.direction[0][0], pair
            curved[:, m] = (
                abs(one.linear[m, i, j]),
                gap_curvature_coupling(
                    np.diag(start)[[i, j]],
                    np.linalg.eigvalsh(matrices[d][np.ix_([i, j], [i, j])]),
                    step * d.steps,
                ),
            )
    linear, quadratic = (
        np.abs(a - b) / (SECOND**2 - 1)
        for a, b in ((two.linear, one.linear), (two.quadratic, one.quadratic))
    )
    return Audit(
        modes.labels,
        modes.irreps,
        modes.frequencies,
        np.abs(one.linear).max(axis=(1, 2)),
        _analytic_difference(place, method, n_states, campaign, step),
        linear.max(axis=(1, 2)),
        quadratic.max(axis=(1, 2, 3)),
        one.violation,
        overlap,
        curved[0],
        curved[1],
        step,
        f"{2 * len(matrices) + 1} geometries",
        f"{method.title}/{molecule.basis_set}",
    )


def _isolated_pair(reference: Reference, linear: np.ndarray) -> tuple[int, int] | None:
    """The only two states that a mode couples, where it tunes none and they are not degenerate."""
    coupled = np.argwhere(np.triu(np.abs(linear) > 1e-6, 1))
    if len(coupled) != 1 or np.abs(np.diag(linear)).max() > 1e-6:
        return None
    i, j = (int(k) for k in coupled[0])
    return (i, j) if abs(reference.energies[i, i] - reference.energies[j, j]) > 1e-3 else None


def _analytic_difference(
    place: Place, method: StatesMethod, n_states: int, campaign: Campaign, step: float
) -> np.ndarray:
    """Largest difference by mode of analytic and finite-difference couplings, each in the order of
    the method that has both.
    """
    if method.process != "ionization" and not method.analytic:
        return np.full(place.modes.n_modes, np.nan)
    both = method if method.analytic else Koopmans()
    analytic = analytic_model(place, both, n_states, campaign)
    numeric, _ = Differences(place, both, campaign, step).couplings(
        analytic.reference, plan(analytic.reference.symmetry, False)
    )
    return np.abs(numeric.linear - analytic.couplings.linear).max(axis=(1, 2))
