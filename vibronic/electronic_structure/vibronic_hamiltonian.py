"""Molecule and modes -> VibronicHamiltonian, by analytic couplings or by diabatized states at
displaced geometries.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from ..campaign import Campaign
from ..checks import InputError
from ..door import public
from ..energy_origin import EnergyOrigin
from ..hamiltonian import VibronicHamiltonian
from ..modes import NormalModes
from ..molecule import Molecule
from .analytic_couplings import analytic_parameters
from .diabatized_states import DiabatizedStates, diabatized_parameters
from .diffuse import diffuse_shift
from .ground_state import GroundState, ground_state
from .methods.method import method as method_named
from .methods.states_method import StatesMethod
from .parameters import CouplingScheme, Parameters
from .reference_geometry import ReferenceGeometry
from .reference_states import ReferenceStates
from .same_states import better_energies, parent_energies, transition_dipoles
from .scf import has_diffuse_functions

ORIGIN = "the vibrational ground state of the {}"
DECIMALS = 8  # of eV that are kept


@public
def vibronic_hamiltonian(
    molecule: Molecule,
    modes: NormalModes,
    *,
    method: StatesMethod | None = None,
    states: int | None = None,
    energies: StatesMethod | None = None,
    couplings: CouplingScheme | None = None,
    executor: Executor | Campaign | None = None,
) -> VibronicHamiltonian:
    """The model of the `states` lowest ionized (or excited) states in all `modes`; vertical
    energies are differences at q = 0.

    Methods with analytic derivatives (`Koopmans`, `SACASSCF`) give kappa and lambda from one
    geometry, no quadratic terms, unless `couplings` has `analytic=False`. All others are
    diabatized by the overlap of their amplitudes with those at the reference, at displacements of
    its `step` in q, and give kappa, lambda and gamma: diagonal, with `bilinear` also between
    different modes. Symmetry decides which geometries are needed, and its relations hold exactly.
    `check` repeats the displacements at twice the step (at the method's `step_check` level) and
    stores |c(2h) - c(h)|/3 as the error of every coefficient. `energies` replaces the vertical
    energies by those of a better method, which `Composite` does by itself.

    The method defaults to the molecule's. Koopmans' energies of the parent orbitals (RHF) come
    along with ionized states. Without a number of states they are the lowest two, and what is
    degenerate with them. The geometries are computed by `executor` (any
    `concurrent.futures.Executor`; local processes by default), or as a `Campaign`, which also sets
    the cache. Raises InputError where a degenerate set would be cut, CalculationError where a
    state leaves the model, or where a closed shell is not the ground state.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """
    campaign = Campaign.of(executor)
    scheme = couplings or CouplingScheme()
    method = method or method_named(molecule.method, molecule.functional)
    if energies is None and molecule.energies:
        energies = method_named(molecule.energies, molecule.functional)
    _check_same_process(method, energies)
    if energies is None and method.couplings != method:
        energies = method

    method = method.couplings
    n_states = molecule.n_states if states is None else states
    geometry = ReferenceGeometry(molecule, modes)
    check_states(geometry, method, n_states)

    ground = ground_state(molecule, coordinates=modes.coordinates, executor=campaign)
    ground.check()

    analytic = method.analytic if scheme.analytic is None else scheme.analytic
    if analytic:
        found = analytic_parameters(geometry, method, n_states, campaign)
    else:
        displaced = DiabatizedStates(geometry, method, campaign, scheme.step)
        found = diabatized_parameters(displaced, n_states, scheme)

    made = _assembled(found, geometry, method, energies, campaign)
    model = _rising(made, found.reference, method)
    return replace(model, provenance={**model.provenance, **_told(ground, molecule)})


def _rising(
    model: VibronicHamiltonian, reference: ReferenceStates, method: StatesMethod
) -> VibronicHamiltonian:
    """The states in order of their vertical energies, named by it: a better method may order them
    otherwise than the one that gives the couplings.
    """
    energies = np.diag(model.constant)
    sets = sorted(reference.sets, key=lambda members: float(energies[members].mean()))
    order = [int(i) for members in sets for i in members]
    if order == sorted(order):
        return model

    names = method.state_labels(len(sets))
    labels = [
        f"{name}{reference.letters[i]}"
        for name, members in zip(names, sets, strict=True)
        for i in members
    ]
    return replace(model.subset(states=order), state_labels=tuple(labels))


def _told(ground: GroundState, molecule: Molecule) -> dict[str, Any]:
    """What the model keeps of the ground state."""
    told = dict(ground.told)
    if molecule.charge < 0 and not has_diffuse_functions(molecule.basis_set):
        told["anion_in_basis_set"] = molecule.basis_set
    return {"ground_state": told}


def check_states(geometry: ReferenceGeometry, method: StatesMethod, n_states: int | None) -> None:
    """Raise InputError for a number of states the molecule does not have."""
    most = method.most_states(geometry.occupied, geometry.virtual)
    if n_states is not None and not 1 <= n_states <= most:
        raise InputError(
            f"Argument `states` must be from 1 to {most} ({method.counted} of "
            f"{geometry.molecule.name}), but is {n_states}."
        )


def _check_same_process(method: StatesMethod, energies: StatesMethod | None) -> None:
    if energies is not None and energies.process != method.process:
        raise InputError(
            f"`energies` must be a method of {method.kind} states, as {method.title} is, but is "
            f"{energies.title}."
        )


def _assembled(
    found: Parameters,
    geometry: ReferenceGeometry,
    method: StatesMethod,
    energies: StatesMethod | None,
    campaign: Campaign,
) -> VibronicHamiltonian:
    molecule = geometry.molecule
    modes = geometry.modes
    reference = found.reference
    vertical = reference.energies
    better = energies if energies is not None and energies != method else None
    if better is not None:
        vertical = better_energies(geometry, better, reference, campaign)

    amplitudes = None
    orbital_energies = None
    dipoles = None
    told: Mapping[str, Any] = {"orbitals": f"RHF/{molecule.basis_set}"}
    if method.process == "ionization":
        amplitudes = np.sqrt(reference.strengths)
        orbital_energies = parent_energies(geometry, reference, campaign)
    else:
        dipoles, source = transition_dipoles(geometry, method, reference, campaign)
        told = {**source, **diffuse_shift(geometry, len(vertical), campaign)}

    shift = float(np.diag(vertical - reference.energies).mean())
    level = _level(geometry, method, better)
    linear_errors, quadratic_errors = found.errors or (None, None)
    return VibronicHamiltonian(
        _rounded(modes.frequencies),
        _rounded(vertical),
        _rounded(found.couplings.linear),
        _rounded(found.couplings.quadratic),
        transition_amplitudes=_rounded(amplitudes),
        transition_dipoles=_rounded(dipoles),
        orbital_energies=_rounded(orbital_energies),
        linear_errors=_rounded(linear_errors),
        quadratic_errors=_rounded(quadratic_errors),
        state_labels=reference.named(method.state_labels),
        mode_labels=modes.labels,
        state_irreps=reference.irreps,
        mode_irreps=modes.irreps,
        title=f"{molecule.name} {method.of_molecule(molecule)}, {(better or method).title}",
        process=method.process,
        energy_origin=EnergyOrigin(ORIGIN.format(molecule.kind)),
        provenance={**_provenance(found, geometry, level, shift), **told},
    )


def _level(geometry: ReferenceGeometry, method: StatesMethod, better: StatesMethod | None) -> str:
    """All levels of theory, as printed: energies, couplings, geometry and vibrations."""
    molecule = geometry.molecule
    states = method.level(molecule.basis_set)
    if better is not None:
        states = f"vertical energies {better.level(molecule.basis_set)}; couplings {states}"
    neutral = geometry.modes.provenance.get("level_of_theory", str(molecule.mean_field))
    return f"{states}; geometry and modes {neutral}"


def _provenance(
    found: Parameters, geometry: ReferenceGeometry, level: str, shift: float
) -> dict[str, Any]:
    """What is told of a model; states outside it are moved by the mean `shift` (eV) of those
    inside to the better energies.
    """
    reference = found.reference
    violation = found.couplings.violation.max(initial=0.0)
    told: dict[str, Any] = {
        "level_of_theory": level,
        "pyscf": version("pyscf"),
        "vibronic": version("vibronic"),
        **found.provenance,
        "symmetry_violation_eV": float(f"{violation:.1e}"),
    }
    if reference.next_energy is not None:
        told["next_state_eV"] = round(reference.next_energy + shift, 4)
    if reference.lost:
        told["lost_states_eV"] = [round(e + shift, 4) for e in reference.lost]

    place = {"point_group": geometry.group.name, "axes": geometry.modes.axes}
    return {**told, "molecule": geometry.molecule.name, **place}


def _rounded(values: np.ndarray | None) -> Any:
    return None if values is None else np.round(values, DECIMALS) + 0.0
