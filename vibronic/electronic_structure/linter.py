"""What is suspicious in a model: warnings that name the mode or the state."""

from __future__ import annotations

import numpy as np

from ..hamiltonian import VibronicHamiltonian
from ..units import CM

SOFT = 500 * CM  # a mode below this is soft
STRONG = (
    3.0  # coupling over frequency of a soft mode, above which a harmonic reference is doubtful
)
REACH = 6.0  # sampled range in q, beyond the largest displacement of a minimum
NEAR = 0.5  # eV; a state left out that is nearer than this
WEAK = 0.02  # eV; reorganization energy of modes left out that is worth telling


def model_warnings(
    model: VibronicHamiltonian, full: VibronicHamiltonian | None = None
) -> tuple[str, ...]:
    """One sentence per doubt: soft modes with strong couplings, surfaces that fall without bound
    in the sampled range, states nearby that the model leaves out, states below that did not
    converge, errors of couplings, and (given the `full` model it was cut from) what the modes left
    out would couple.
    """
    found = [
        *_soft_modes(model),
        *_unbounded(model),
        *_neighbours(model),
        *_lost(model),
        *_errors(model),
    ]
    return tuple(found + (_left_out(model, full) if full is not None else []))


def _name(model: VibronicHamiltonian, mode: int) -> str:
    return (
        f"{model.mode_labels[mode]} {model.mode_irreps[mode]}".strip()
        + f" ({model.frequencies[mode] / CM:.0f} cm-1)"
    )


def _soft_modes(model: VibronicHamiltonian) -> list[str]:
    found = []
    for m, w in enumerate(model.frequencies):
        i, j = np.unravel_index(np.abs(model.linear[m]).argmax(), model.linear[m].shape)
        ratio = abs(model.linear[m, i, j]) / w
        if w < SOFT and ratio > STRONG:
            what = (
                f"kappa of {model.state_labels[i]}"
                if i == j
                else f"lambda of {model.state_labels[i]}/{model.state_labels[j]}"
            )
            found.append(
                f"Soft mode {_name(model, m)}: {what} is {ratio:.1f} times its frequency. "
                "Displacements so large are rarely harmonic; "
                "check the mode against ab initio points (`vibronic intersection --check`), or "
                "leave it out."
            )
    return found


def _unbounded(model: VibronicHamiltonian) -> list[str]:
    found = []
    for m in range(model.n_modes):
        reach = REACH + np.abs(model.linear[m]).max() / model.frequencies[m]
        q = np.zeros((41, model.n_modes))
        q[:, m] = np.linspace(-reach, reach, 41)
        lowest = np.linalg.eigvalsh(model.potential(q))[:, 0]
        ends = [("negative", lowest[0], lowest[1]), ("positive", lowest[-1], lowest[-2])]
        falling = [side for side, end, before in ends if end < before and end < lowest[20]]
        if falling:
            found.append(
                f"The lowest surface falls without bound along {_name(model, m)} towards "
                f"{' and '.join(falling)} q within {reach:.0f} "
                "of the reference: the quadratic or higher terms are larger than the frequency "
                "allows. Spectra and dynamics that "
                "reach there are meaningless; lower the terms or leave the mode out."
            )
    if found or model.higher or not model.n_modes:
        return found
    for i in range(model.n_states):
        values, vectors = np.linalg.eigh(np.diag(model.frequencies) + model.quadratic[:, :, i, i])
        if values[0] < 0:
            mode = int(np.abs(vectors[:, 0]).argmax())
            found.append(
                f"The diabatic surface of {model.state_labels[i]} has no minimum along "
                f"{_name(model, mode)}: its curvature there is "
                f"{values[0]:.3f} eV. Higher terms would have to bind it."
            )
    return found


def _neighbours(model: VibronicHamiltonian) -> list[str]:
    following = model.provenance.get("next_state_eV")
    if following is None:
        return []
    energies = np.diag(model.constant)
    gap = float(following) - float(energies.max())
    if gap > NEAR:
        return []
    return [
        f"State {model.state_labels[int(energies.argmax())]} has a neighbour {gap:.2f} eV above "
        "it that the model leaves out, at "
        f"{following:.2f} eV: they may mix. Try `--states {model.n_states + 1}`."
    ]


def _lost(model: VibronicHamiltonian) -> list[str]:
    return [
        f"A state near {energy:.2f} eV is missing: it was reached, but did not converge, and "
        "the model's highest is at "
        f"{np.diag(model.constant).max():.2f} eV. Try another number of `--states`, or another "
        "method."
        for energy in model.provenance.get("lost_states_eV", [])
    ]


def _errors(model: VibronicHamiltonian) -> list[str]:
    if model.linear_errors is None:
        return []
    wrong = model.linear_errors - 0.1 * np.maximum(np.abs(model.linear), 0.01)
    return [
        f"The couplings of {_name(model, m)} change by more than a tenth (or 1 meV) with the "
        "step: their error is "
        f"{model.linear_errors[m].max():.4f} eV. A state nearby may mix; enlarge the model, or "
        "change the step."
        for m in range(model.n_modes)
        if np.any(wrong[m] > 0)
    ]


def _left_out(model: VibronicHamiltonian, full: VibronicHamiltonian) -> list[str]:
    missing = [m for m, label in enumerate(full.mode_labels) if label not in model.mode_labels]
    strength = np.array(
        [np.abs(full.linear[m]).max() ** 2 / (2 * full.frequencies[m]) for m in missing]
    )
    worth = [k for k in np.argsort(-strength) if strength[k] > WEAK]
    if not worth:
        return []
    names = ", ".join(f"{_name(full, missing[k])} {strength[k]:.3f} eV" for k in worth)
    return [f"Modes left out would couple with reorganization energies of {names}."]
