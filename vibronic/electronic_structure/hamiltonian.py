"""Molecule and modes -> VibronicHamiltonian, by analytic couplings or by diabatized states at
displaced geometries.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..campaign import Campaign, Task
from ..checks import CalculationError, InputError
from ..energy_origin import EnergyOrigin
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from ..molecule import Molecule
from . import registry
from .diabatization import check_overlap, diabatic_matrix, matched
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
from .ionization import Koopmans
from .methods import StatesMethod, electronic_states, states_and_derivatives
from .reference import Place, Reference, reference_states
from .scf import mean_field_title
from .tasks import geometry_task

ORIGIN = "the vibrational ground state of the neutral"


def vibronic_hamiltonian(
    molecule: Molecule,
    modes: NormalModes,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    energies: StatesMethod | None = None,
    bilinear: bool = False,
    analytic: bool | None = None,
    step: float = STEP,
    check: bool = True,
    executor: Executor | None = None,
    campaign: Campaign | None = None,
) -> VibronicHamiltonian:
    """The model of the `states` lowest ionized (or excited) states in all `modes`; vertical
    energies are differences at q = 0.

    Methods with analytic derivatives (`Koopmans`, `SACASSCF`) give kappa and lambda from one
    geometry, no quadratic terms, unless `analytic=False`. All others are diabatized by the overlap
    of their amplitudes with those at the reference, at displacements of `step` in q, and give
    kappa, lambda and gamma: diagonal, with `bilinear` also between different modes. Symmetry
    decides which geometries are needed, and its relations hold exactly. `check` repeats the
    displacements at twice the step (at the method's `step_check` level) and stores |c(2h) -
    c(h)|/3 as the error of every coefficient. `energies` replaces the vertical energies by those
    of a better method.

    The method defaults to the molecule's. Koopmans' energies of the parent orbitals come along
    with ionized states. The geometries are computed by `executor` (any
    `concurrent.futures.Executor`; local processes by default), or as a `campaign` that also sets
    cache and progress. Raises InputError where a degenerate set would be cut, CalculationError
    where a state leaves the model.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """
    campaign = campaign or Campaign(executor)
    method = method or registry.method(molecule.method, molecule.functional)
    energies = energies or (
        registry.method(molecule.energies, molecule.functional) if molecule.energies else None
    )
    place = Place(molecule, modes)
    n_states = molecule.n_states if states is None else states
    check_states(place, method, n_states, energies)
    if method.analytic if analytic is None else analytic:
        found = analytic_model(place, method, n_states, campaign)
    else:
        found = _diabatized_model(
            Differences(place, method, campaign, step), n_states, bilinear, check
        )
    return _finished(found, place, method, energies, campaign)


def koopmans_beside(
    model: VibronicHamiltonian,
    molecule: Molecule,
    modes: NormalModes,
    *,
    campaign: Campaign | None = None,
) -> VibronicHamiltonian | None:
    """Koopmans' model (RHF, analytic couplings) of the parent orbitals of a model's ionized
    states, in the order of these states; None where two states share a parent.
    """
    if model.orbital_energies is None:
        return None
    campaign = campaign or Campaign()
    place = Place(molecule, modes)
    task = _states_task(place, Koopmans(), place.geometry, place.occupied)
    energies = campaign.result(task, "Orbitals (RHF)")["energies"]
    deepest = int(np.flatnonzero(energies < model.orbital_energies.max() + 1e-3)[-1]) + 1
    found = vibronic_hamiltonian(
        molecule, modes, method=Koopmans(), states=deepest, campaign=campaign
    )
    parents = linear_sum_assignment(
        np.abs(model.orbital_energies[:, None] - np.diag(found.constant))
    )[1]
    if np.abs(model.orbital_energies - np.diag(found.constant)[parents]).max() > 1e-3:
        return None
    return replace(found.subset(states=[int(p) for p in parents]), state_labels=model.state_labels)


@dataclass(frozen=True, eq=False)
class Found:
    """Reference states, couplings, their errors, and what is to be told of how they were made."""

    reference: Reference
    couplings: Couplings
    errors: tuple[np.ndarray, np.ndarray] | None
    provenance: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Differences:
    """Diabatic matrices of one method at displaced geometries."""

    place: Place
    method: StatesMethod
    campaign: Campaign
    step: float = STEP
    purpose: str = ""  # told with the progress

    def reference(self, n_states: int) -> Reference:
        """The states at q = 0."""
        task = _states_task(
            self.place, self.method, self.place.geometry, self.method.n_roots(n_states)
        )
        return reference_states(
            self.place,
            self.campaign.result(task, f"{self.method.title} at the reference"),
            n_states,
        )

    def matrices(
        self, reference: Reference, moved: list[Displacement]
    ) -> tuple[np.ndarray, dict[Displacement, np.ndarray], dict[str, float]]:
        """W at q = 0 and at the displacements, in the reference's states, and the smallest
        singular value of the overlaps at each.

        The reference may be of another method than the matrices.
        """
        place = self.place
        n = len(reference.energies)
        spots = [place.displaced(d.vector(place.modes.n_modes, self.step)) for d in moved]
        tasks = [
            _states_task(place, self.method, at, self.method.n_roots(n))
            for at in [place.geometry, *spots]
        ]
        results = self.campaign.results(tasks, f"{self.method.title} energies{self.purpose}")
        matrices = {}
        quality = {}
        here = results[0]
        start, _ = diabatic_matrix(
            place.overlap(reference.amplitudes, here["amplitudes"]),
            here["energies"],
            here["strengths"],
        )
        for d, at, found in zip(moved, spots, results[1:], strict=True):
            overlap = place.overlap(reference.amplitudes, found["amplitudes"], at)
            matrices[d], smallest = diabatic_matrix(overlap, found["energies"], found["strengths"])
            where = d.where(place.modes.labels, self.step)
            check_overlap(overlap, smallest, reference.labels, where, tuple(found.get("lost", ())))
            quality[where] = smallest
        return reference.symmetry.averaged(start), matrices, quality

    def couplings(
        self, reference: Reference, blocks: list[Block], scale: float = 1.0
    ) -> tuple[Couplings, dict[str, float]]:
        """Taylor coefficients at `scale` times the step, and the overlaps' quality by geometry."""
        start, matrices, quality = self.matrices(
            reference, displacements(reference.symmetry, blocks, scale)
        )
        return couplings(reference.symmetry, blocks, start, matrices, self.step), quality


def _states_task(place: Place, method: StatesMethod, at: dict[str, Any], n_roots: int) -> Task:
    return geometry_task(
        electronic_states,
        {"method": method.spec, "n_roots": n_roots, **at},
        method.memory(place.mole.nao, place.occupied),
    )


def check_states(
    place: Place, method: StatesMethod, n_states: int, energies: StatesMethod | None
) -> None:
    """Raise InputError for a number of states the molecule does not have, or for `energies` of the
    other process.
    """
    if energies is not None and energies.process != method.process:
        raise InputError(
            "`energies` must be a method of "
            f"{'ionized' if method.process == 'ionization' else 'excited'} states, as "
            f"{method.title} is, but is {energies.title}."
        )
    most = (
        place.occupied
        if method.process == "ionization"
        else place.occupied * (place.mole.nao - place.occupied)
    )
    if not 1 <= n_states <= most:
        what = "occupied orbitals" if method.process == "ionization" else "single excitations"
        raise InputError(
            f"Argument `states` must be from 1 to {most} ({what} of {place.molecule.name}), but "
            f"is {n_states}."
        )


def analytic_model(place: Place, method: StatesMethod, n_states: int, campaign: Campaign) -> Found:
    """Reference states and first-order couplings from response theory at one geometry, with
    symmetry's exact relations.
    """
    n_roots = (
        min(method.n_roots(n_states), place.occupied)
        if method.process == "ionization"
        else method.n_roots(n_states)
    )
    task = geometry_task(
        states_and_derivatives,
        {"method": method.spec, "n_roots": n_roots, **place.geometry},
        method.memory(place.mole.nao, place.occupied),
    )
    found = campaign.result(task, f"{method.title} couplings (analytic)")
    reference = reference_states(place, found, n_states)
    raw = np.einsum(
        "max,axij->mij", place.modes.displacements, found["derivatives"][..., :n_states, :n_states]
    )
    linear = reference.rotation @ raw @ reference.rotation.T
    allowed = np.zeros_like(linear)
    for modes in reference.symmetry.mode_sets:
        for tensor in reference.symmetry.invariants(modes):
            allowed[modes] += (tensor * linear[modes]).sum() * tensor
    m, n = linear.shape[:2]
    violation = np.abs(linear - allowed).max(axis=(1, 2))
    how = (
        "coupled-perturbed mean field, overlap gauge"
        if isinstance(method, Koopmans)
        else "gradients and nonadiabatic couplings times gaps"
    )
    return Found(
        reference,
        Couplings(allowed, np.zeros((m, m, n, n)), violation),
        None,
        {"couplings": f"analytic ({how})"},
    )


def _diabatized_model(
    differences: Differences, n_states: int, bilinear: bool, check: bool
) -> Found:
    reference = differences.reference(n_states)
    blocks = plan(reference.symmetry, bilinear)
    found, quality = differences.couplings(reference, blocks)
    count = len(quality) + 1
    total = full_count(differences.place.modes.n_modes, bilinear) + 1
    provenance = {
        "couplings": "finite differences of overlap-diabatized energies, step "
        f"{differences.step:g} in q"
        + (", bilinear terms included" if bilinear else ", diagonal quadratic terms"),
        "geometries": f"{count} of {total} geometries needed (symmetry gives the others)",
        "smallest_overlap": round(min(quality.values(), default=1.0), 6),
    }
    errors = None
    if check:
        errors = step_errors(differences, reference, blocks, found)
        level = differences.method.step_check.title
        provenance["errors"] = (
            f"change of the coefficients from step {differences.step:g} to "
            f"{SECOND * differences.step:g}, over 3 ({level})"
        )
    return Found(reference, found, errors, provenance)


def step_errors(
    differences: Differences, reference: Reference, blocks: list[Block], found: Couplings
) -> tuple[np.ndarray, np.ndarray]:
    """Estimated errors of `linear` and `quadratic` (same shapes, eV): coefficients are right to
    order h^2, so |c(2h) - c(h)|/(2^2 - 1).
    """
    cheaper = replace(differences, method=differences.method.step_check, purpose=", step checked")
    one = (
        found if cheaper.method == differences.method else cheaper.couplings(reference, blocks)[0]
    )
    two, _ = cheaper.couplings(reference, blocks, SECOND)
    return tuple(
        np.abs(a - b) / (SECOND**2 - 1)
        for a, b in ((two.linear, one.linear), (two.quadratic, one.quadratic))
    )  # type: ignore[return-value]


def _finished(
    found: Found,
    place: Place,
    method: StatesMethod,
    energies: StatesMethod | None,
    campaign: Campaign,
) -> VibronicHamiltonian:
    molecule = place.molecule
    modes = place.modes
    reference = found.reference
    n = len(reference.energies)
    ionization = method.process == "ionization"
    geometry_level = f"{mean_field_title(molecule.functional)}/{molecule.basis_set}"
    vertical = reference.energies
    level = f"{method.title}/{molecule.basis_set}"
    if energies is not None and energies != method:
        vertical = _better_energies(place, energies, reference, campaign)
        level = f"vertical energies {energies.title}, couplings {level}"
    dipoles, source = _dipoles(place, method, reference, campaign)
    labels = (
        ["X", "A", "B", "C", "D", "E", "F", "G"] + [f"s{k}" for k in range(9, 99)]
        if ionization
        else [f"S{k}" for k in range(1, 99)]
    )
    provenance = {
        "level_of_theory": f"{level}, {geometry_level} geometry and modes",
        "pyscf": version("pyscf"),
        "vibronic": version("vibronic"),
        **found.provenance,
        "symmetry_violation_eV": float(f"{found.couplings.violation.max(initial=0.0):.1e}"),
        **(
            {}
            if reference.next_energy is None
            else {"next_state_eV": round(reference.next_energy, 4)}
        ),
        **({"lost_states_eV": [round(e, 4) for e in reference.lost]} if reference.lost else {}),
        **source,
        "molecule": molecule.name,
        "point_group": place.group.name,
    }
    errors = found.errors or (None, None)
    values = {
        "frequencies": modes.frequencies,
        "constant": vertical,
        "linear": found.couplings.linear,
        "quadratic": found.couplings.quadratic,
        "transition_amplitudes": np.sqrt(reference.strengths) if ionization else None,
        "transition_dipoles": dipoles,
        "orbital_energies": _parents(place, reference, campaign) if ionization else None,
        "linear_errors": errors[0],
        "quadratic_errors": errors[1],
    }
    return VibronicHamiltonian(
        **{
            name: None if value is None else np.round(value, 8) + 0.0
            for name, value in values.items()
        },  # type: ignore[arg-type]
        state_labels=tuple(labels[:n]),
        mode_labels=modes.labels,
        state_irreps=reference.irreps,
        mode_irreps=modes.irreps,
        title=f"{molecule.name} {'cation' if ionization else 'excited states'}, {method.title}",
        process=method.process,
        energy_origin=EnergyOrigin(ORIGIN),
        provenance=provenance,
    )


def _better_energies(
    place: Place, method: StatesMethod, reference: Reference, campaign: Campaign
) -> np.ndarray:
    """Vertical energies (n, n), diagonal, of the same states by another method."""
    n = len(reference.energies)
    found = campaign.result(
        _states_task(place, method, place.geometry, method.n_roots(n)),
        f"{method.title} vertical energies",
    )
    overlap = place.overlap(reference.amplitudes, found["amplitudes"])
    w, smallest = diabatic_matrix(overlap, found["energies"], found["strengths"])
    check_overlap(
        overlap,
        smallest,
        reference.labels,
        f"the reference geometry by {method.title}",
        tuple(found.get("lost", ())),
    )
    return np.diag(np.diag(reference.symmetry.averaged(w)))


def _parents(place: Place, reference: Reference, campaign: Campaign) -> np.ndarray:
    """Koopmans' energies (n,) of the orbitals most like the Dyson orbitals, RHF."""
    found = campaign.result(
        _states_task(place, Koopmans(), place.geometry, place.occupied), "Orbitals (RHF)"
    )
    overlap = place.overlap(reference.amplitudes, found["amplitudes"])
    w = np.diag(found["energies"][matched(overlap)])
    return np.diag(reference.symmetry.averaged(w))


def _dipoles(
    place: Place, method: StatesMethod, reference: Reference, campaign: Campaign
) -> tuple[np.ndarray | None, dict[str, str]]:
    """Transition dipoles (n, 3) of excited states, e a0: the method's own, or those of its cheaper
    companion.
    """
    if method.process == "ionization":
        return None, {}
    if reference.dipoles is not None:
        return reference.dipoles, {}
    other = method.step_check
    n = len(reference.energies)
    found = campaign.result(
        _states_task(place, other, place.geometry, other.n_roots(n)), f"{other.title} dipoles"
    )
    overlap = place.overlap(reference.amplitudes, found["amplitudes"])
    if overlap.shape[1] < n:
        raise CalculationError(
            f"Only {overlap.shape[1]} states were found by {other.title}, which gives the "
            "transition dipoles. Ask for "
            "fewer states."
        )
    u, _, vt = np.linalg.svd(overlap[:, chosen := matched(overlap)])
    return u @ vt @ found["dipoles"][chosen], {"transition_dipoles": other.title}
