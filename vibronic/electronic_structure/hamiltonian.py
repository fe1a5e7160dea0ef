"""Molecule and modes -> VibronicHamiltonian, by analytic Koopmans couplings or by diabatized ionized states."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from ..checks import CalculationError, InputError
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from ..molecule import Molecule
from . import ionization
from .cache import Task
from .campaign import Campaign
from .diabatization import check_overlap, diabatic_matrix, matched
from .finite_differences import STEP, couplings, displacements
from .ionization import IonizationMethod, Koopmans, ionized_states
from .koopmans import koopmans_couplings, koopmans_derivatives
from .scf import geometry_inputs, mole
from .symmetry import PointGroup, symmetrized

EXTRA_ROOTS = 3  # roots beyond the states asked for: satellites, and states that cross
ORIGIN = "the vibrational ground state of the neutral"


@dataclass(frozen=True)
class _Reference:
    """The ionized states at the reference geometry, in symmetry-pure form."""

    energies: np.ndarray
    strengths: np.ndarray
    dyson: np.ndarray
    irreps: list[str]


def vibronic_hamiltonian(molecule: Molecule, modes: NormalModes, *, method: IonizationMethod | None = None,
                         states: int | None = None, step: float = STEP, executor: Executor | None = None,
                         campaign: Campaign | None = None) -> VibronicHamiltonian:
    """The model of the `states` lowest main ionization lines in all `modes`; vertical energies are differences at q = 0.

    `Koopmans()` gives kappa and lambda analytically (no quadratic terms). `ADC2()`, `ADC3()` are diabatized by the overlap of
    their Dyson orbitals at displacements of `step` in q and give kappa, lambda and the diagonal gamma. The method defaults to
    the molecule's. Koopmans' energies of the parent orbitals come along in either case. The geometries are computed by `executor`
    (any `concurrent.futures.Executor` of processes; local ones by default), or as a `campaign` that also sets cache and progress.
    """
    campaign, method = campaign or Campaign(executor), method or ionization.method(molecule.method)
    n_states = molecule.n_states if states is None else states
    _, group = symmetrized(modes.symbols, modes.coordinates, tolerance=1e-6)
    geometry = geometry_inputs(molecule, modes.coordinates)
    occupied = sum(mole(geometry).nelec) // 2
    if not 1 <= n_states <= occupied:
        raise InputError(f"Argument `states` must be from 1 to {occupied} (occupied orbitals of {molecule.name}), but is {n_states}.")
    orbitals = campaign.result(Task(koopmans_derivatives, geometry), "Koopmans couplings (analytic)")
    if isinstance(method, Koopmans):
        found = _koopmans_model(n_states, modes, group, geometry, orbitals)
    else:
        found = _diabatized_model(n_states, modes, group, molecule, method, orbitals, step, campaign)
    return _named(replace(found, provenance={**found.provenance, "molecule": molecule.name, "point_group": group.name}),
                  molecule, modes, method)


def _named(model: VibronicHamiltonian, molecule: Molecule, modes: NormalModes, method: IonizationMethod) -> VibronicHamiltonian:
    level = f"{method.title}/{molecule.basis_set} on RHF/{molecule.basis_set} geometry and modes"
    labels = ["X", "A", "B", "C", "D", "E", "F", "G"] + [f"s{k}" for k in range(9, 99)]
    figures = {name: np.round(getattr(model, name), 8) + 0.0 for name in ("frequencies", "constant", "linear", "quadratic",
                                                                          "transition_amplitudes", "orbital_energies")}
    return replace(
        model, **figures, state_labels=tuple(labels[: model.n_states]), mode_labels=modes.labels, mode_irreps=modes.irreps,
        title=f"{molecule.name} cation, {method.title}", process="ionization", energy_origin=ORIGIN,
        provenance={"level_of_theory": level, "pyscf": version("pyscf"), "vibronic": version("vibronic"), **model.provenance})


def _koopmans_model(n_states: int, modes: NormalModes, group: PointGroup, geometry: dict, orbitals: dict) -> VibronicHamiltonian:
    count = len(orbitals["energies"])
    index = np.arange(count - 1, count - 1 - n_states, -1)
    reference = _pure(group, geometry, -orbitals["energies"][::-1][: n_states + EXTRA_ROOTS], np.ones(min(count, n_states + EXTRA_ROOTS)),
                      orbitals["orbitals"][:, ::-1][:, : n_states + EXTRA_ROOTS], n_states)
    overlap = mole(geometry).intor("int1e_ovlp")
    rotation = reference.dyson.T @ overlap @ orbitals["orbitals"][:, index]
    linear = rotation @ koopmans_couplings(modes, orbitals["derivatives"], index) @ rotation.T
    allowed = [[[group.product(a, b) == irrep for b in reference.irreps] for a in reference.irreps] for irrep in modes.irreps]
    return VibronicHamiltonian(
        modes.frequencies, np.diag(reference.energies), np.where(allowed, linear, 0), state_irreps=tuple(reference.irreps),
        orbital_energies=reference.energies, provenance={"couplings": "analytic (coupled-perturbed Hartree-Fock, overlap gauge)"})


def _diabatized_model(n_states: int, modes: NormalModes, group: PointGroup, molecule: Molecule, method: IonizationMethod,
                      orbitals: dict, step: float, campaign: Campaign) -> VibronicHamiltonian:
    geometry, moved = geometry_inputs(molecule, modes.coordinates), displacements(modes, group, step)
    places = [modes.geometry(d.vector(modes.n_modes)) for d in moved]
    roots = {"method_name": method.name, "n_roots": n_states + EXTRA_ROOTS}
    tasks = [Task(ionized_states, {**roots, **geometry_inputs(molecule, x)}) for x in [modes.coordinates, *places]]
    results = campaign.results(tasks, f"{method.title} ionization energies")
    first = results[0]
    reference = _pure(group, geometry, first["energies"], first["strengths"], first["dyson"], n_states)
    labels = tuple(f"{k + 1} ({irrep})" for k, irrep in enumerate(reference.irreps))
    matrices, worst = {}, 1.0
    for d, x, found in zip(moved, places, results[1:], strict=True):
        overlap = _cross_overlap(geometry, geometry_inputs(molecule, x), reference.dyson, found["dyson"])
        matrices[d], smallest = diabatic_matrix(overlap, found["energies"], found["strengths"])
        check_overlap(overlap, smallest, labels, f"q = {d.q:+g} of mode {modes.labels[d.mode]} ({modes.irreps[d.mode]})")
        worst = min(worst, smallest)
    linear, quadratic = couplings(np.diag(reference.energies), matrices, modes, group, reference.irreps)
    parents = matched(reference.dyson.T @ mole(geometry).intor("int1e_ovlp") @ orbitals["orbitals"])
    return VibronicHamiltonian(
        modes.frequencies, np.diag(reference.energies), linear, quadratic, state_irreps=tuple(reference.irreps),
        transition_amplitudes=np.sqrt(reference.strengths), orbital_energies=-orbitals["energies"][parents],
        provenance={"couplings": f"finite differences of Dyson-overlap diabatic energies, step {step:g} in q",
                    "geometries": f"{len(tasks)} of {1 + 2 * modes.n_modes} needed (symmetry decides the others)",
                    "smallest_overlap": round(worst, 6)})


def _cross_overlap(reference: dict, displaced: dict, bra: np.ndarray, ket: np.ndarray) -> np.ndarray:
    from pyscf import gto

    return bra.T @ gto.intor_cross("int1e_ovlp", mole(reference), mole(displaced)) @ ket


def _pure(group: PointGroup, geometry: dict, energies: np.ndarray, strengths: np.ndarray, dyson: np.ndarray,
          n_states: int) -> _Reference:
    """The lowest `n_states` states, with degenerate ones rotated to pure symmetry species and a fixed sign."""
    if len(energies) < n_states:
        raise CalculationError(f"Only {len(energies)} converged main ionization lines (pole strength above 0.3) were found, but "
                               f"{n_states} states were asked for. Ask for fewer states.")
    if len(energies) > n_states and energies[n_states] - energies[n_states - 1] < 1e-3:
        raise InputError(f"States {n_states} and {n_states + 1} are degenerate ({energies[n_states]:.3f} eV): a model must keep both or "
                         f"neither. Use {n_states + 1} or {n_states - 1} states.")
    energies, strengths, dyson = energies[:n_states], strengths[:n_states], dyson[:, :n_states]
    molecule = mole(geometry)
    characters = group.orbital_characters(molecule, dyson)
    label = np.tensordot(np.sqrt(np.arange(2, 2 + len(characters))), characters, axes=1)  # a generic operator: pure species differ
    alike = np.abs(energies[:, None] - energies) < 1e-3
    _, rotation = np.linalg.eigh(np.where(alike, label, 0) + 1e6 * np.diag(_cluster(energies)))
    dyson = dyson @ rotation
    largest = np.abs(np.round(dyson, 6)).argmax(axis=0)
    dyson = dyson * np.sign(dyson[largest, np.arange(n_states)])
    pure = group.orbital_characters(molecule, dyson)
    return _Reference(rotation.T**2 @ energies, rotation.T**2 @ strengths, dyson,
                      group.irreps(np.einsum("oii->oi", pure)))


def _cluster(energies: np.ndarray) -> np.ndarray:
    """Number of the group of degenerate states each belongs to."""
    return np.concatenate([[0], np.cumsum(np.diff(energies) > 1e-3)]).astype(float)

