"""What is suspicious in a model: sentences that name the mode or the state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..units import CM

SOFT = 500 * CM  # a mode below this is soft
STRONG = 3.0  # coupling over frequency of a soft mode, above which a harmonic one is doubtful
REACH = 6.0  # sampled range in q, beyond the largest displacement of a minimum
SAMPLES = 41  # points of it; odd, so that the middle is the reference
NEAR = 0.5  # eV; a state left out that is nearer than this
WEAK = 0.02  # eV; reorganization energy of modes left out that is worth telling
LARGE_ERROR = 0.1  # of a coupling
DIRADICAL = 0.1  # character of a ground state that one configuration does not describe
LEAST_COUPLING = 0.01  # eV; errors of smaller ones are held against this


@public
def doubts(model: VibronicHamiltonian, full: VibronicHamiltonian | None = None) -> tuple[str, ...]:
    """One sentence per doubt: soft modes with strong couplings, surfaces that fall without bound
    in the sampled range, states nearby that the model leaves out, states below that did not
    converge, a ground state that is no closed shell, errors of couplings, Rydberg states without
    diffuse functions, and (given the `full` model it was cut from) what the modes left out would
    couple.
    """
    found = [
        *_soft_modes(model),
        *_unbounded(model),
        *_neighbours(model),
        *_lost(model),
        *ground_state_doubts(model),
        *_errors(model),
        *_rydberg(model),
    ]
    if full is not None:
        found += _left_out(model, full)
    return tuple(found)


def _name(model: VibronicHamiltonian, mode: int) -> str:
    label = f"{model.mode_labels[mode]} {model.mode_irreps[mode]}".strip()
    return f"{label} ({model.frequencies[mode] / CM:.0f} cm-1)"


def _soft_modes(model: VibronicHamiltonian) -> Iterator[str]:
    for m, w in enumerate(model.frequencies):
        size = np.abs(model.linear[m])
        i, j = np.unravel_index(size.argmax(), size.shape)
        ratio = size[i, j] / w
        if w >= SOFT or ratio <= STRONG:
            continue

        first = model.state_labels[i]
        second = model.state_labels[j]
        what = f"kappa of {first}" if i == j else f"lambda of {first}/{second}"
        yield (
            f"Soft mode {_name(model, m)}: {what} is {ratio:.1f} times its frequency. "
            "Displacements so large are rarely harmonic; check the mode against ab initio points "
            "(`vibronic intersection --check`), or leave it out."
        )


def _unbounded(model: VibronicHamiltonian) -> list[str]:
    found = [
        _falls(model, m, sides, reach)
        for m in range(model.n_modes)
        for sides, reach in [_falling_sides(model, m)]
        if sides
    ]
    if found or model.higher or not model.n_modes:
        return found
    return list(_without_minimum(model))


def _falling_sides(model: VibronicHamiltonian, mode: int) -> tuple[list[str], float]:
    """Where along a mode the lowest surface still falls, below the reference; and how far it was
    sampled.
    """
    reach = REACH + np.abs(model.linear[mode]).max() / model.frequencies[mode]
    q = np.zeros((SAMPLES, model.n_modes))
    q[:, mode] = np.linspace(-reach, reach, SAMPLES)
    lowest = np.linalg.eigvalsh(model.potential(q))[:, 0]

    middle = lowest[SAMPLES // 2]
    sides = {"negative": lowest[:2], "positive": lowest[:-3:-1]}
    falling = [side for side, (end, before) in sides.items() if end < min(before, middle)]
    return falling, float(reach)


def _falls(model: VibronicHamiltonian, mode: int, sides: list[str], reach: float) -> str:
    return (
        f"The lowest surface falls without bound along {_name(model, mode)} towards "
        f"{' and '.join(sides)} q within {reach:.0f} of the reference: the quadratic or higher "
        "terms are larger than the frequency allows. Spectra and dynamics that reach there are "
        "meaningless; lower the terms or leave the mode out."
    )


def _without_minimum(model: VibronicHamiltonian) -> Iterator[str]:
    """Diabatic surfaces with a negative curvature, which bilinear terms may make."""
    for i, label in enumerate(model.state_labels):
        curvature = np.diag(model.frequencies) + model.quadratic[:, :, i, i]
        values, vectors = np.linalg.eigh(curvature)
        if values[0] >= 0:
            continue

        mode = int(np.abs(vectors[:, 0]).argmax())
        yield (
            f"The diabatic surface of {label} has no minimum along {_name(model, mode)}: its "
            f"curvature there is {values[0]:.3f} eV. Higher terms would have to bind it."
        )


def _rydberg(model: VibronicHamiltonian) -> Iterator[str]:
    shift = model.provenance.get("diffuse_shift_eV")
    if shift is not None:
        yield (
            "The basis set has no diffuse functions, and Rydberg states matter here: with them "
            f"CIS puts one of the lowest {model.n_states} excited states {shift:.1f} eV lower. "
            "Use a basis set that has them (`--basis-set aug-cc-pvdz`)."
        )


def _neighbours(model: VibronicHamiltonian) -> Iterator[str]:
    following = model.provenance.get("next_state_eV")
    if following is None:
        return

    energies = np.diag(model.constant)
    highest = model.state_labels[int(energies.argmax())]
    gap = float(following) - float(energies.max())

    if gap <= NEAR:
        yield (
            f"State {highest} has a neighbour {gap:.2f} eV above it that the model leaves out, at "
            f"{following:.2f} eV: they may mix. Try `--states {model.n_states + 1}`."
        )


def _lost(model: VibronicHamiltonian) -> Iterator[str]:
    highest = np.diag(model.constant).max()
    for energy in model.provenance.get("lost_states_eV", []):
        yield (
            f"A state near {energy:.2f} eV is missing: it was reached, but did not converge, and "
            f"the model's highest is at {highest:.2f} eV. Try another number of `--states`, or "
            "another method."
        )


@public
def ground_state_doubts(model: VibronicHamiltonian) -> Iterator[str]:
    """Sentences about the closed shell that a computed model starts from: one configuration that
    is not enough, an anion in a basis set without diffuse functions, an electron not bound.
    """
    known = model.provenance.get("ground_state", {})
    character = known.get("diradical_character", 0.0)
    if character > DIRADICAL:
        yield (
            "The ground state is more than one closed-shell configuration: its diradical "
            f"character is {character:.2f} (0 closed shell, 1 diradical; open-shell Hartree-Fock "
            f"lies {known['unrestricted_below_eV']:.2f} eV below the closed shell). Energies of "
            "methods that start from one configuration, Koopmans to EOM-CC, may be wrong by an "
            "electronvolt, and states may come in the wrong order; hold them against experiment."
        )

    basis = known.get("anion_in_basis_set")
    if basis is not None:
        yield (
            f"An anion in the basis set {basis}, which has no diffuse functions: its outermost "
            "electrons are squeezed, and detachment energies come out too low, often by an "
            "electronvolt. Try `--basis-set aug-cc-pvdz`."
        )
    highest = known.get("highest_orbital_eV", -1.0)
    if highest >= 0:
        yield (
            f"The highest occupied orbital lies at {highest:+.2f} eV: its electron is not bound "
            "at this level, and what is computed depends on the basis set alone."
        )


def _errors(model: VibronicHamiltonian) -> Iterator[str]:
    if model.linear_errors is None:
        return

    allowed = LARGE_ERROR * np.maximum(np.abs(model.linear), LEAST_COUPLING)
    for m in np.flatnonzero(np.any(model.linear_errors > allowed, axis=(1, 2))).tolist():
        yield (
            f"The couplings of {_name(model, m)} change by more than a tenth (or 1 meV) with the "
            f"step: their error is {model.linear_errors[m].max():.4f} eV. A state nearby may mix; "
            "enlarge the model, or change the step."
        )


def _left_out(model: VibronicHamiltonian, full: VibronicHamiltonian) -> list[str]:
    missing = [m for m, label in enumerate(full.mode_labels) if label not in model.mode_labels]
    strongest = np.abs(full.linear[missing]).max(axis=(1, 2))
    energies = strongest**2 / (2 * full.frequencies[missing])

    worth = [k for k in np.argsort(-energies) if energies[k] > WEAK]
    if not worth:
        return []
    names = ", ".join(f"{_name(full, missing[k])} {energies[k]:.3f} eV" for k in worth)
    return [f"Modes left out would couple with reorganization energies of {names}."]
