"""What the zero of energy of another program's file is here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..checks import InputError, check_known
from ..energy_origin import EnergyOrigin
from ..hamiltonian import VibronicHamiltonian

ABSOLUTE = "the vibrational ground state of the molecule"
MINIMUM = "potential minimum"
LEVEL = "vibrational ground state"


def counted_from(model: VibronicHamiltonian, origin: str | None, what: str) -> VibronicHamiltonian:
    """The model whose energies count from the `origin` that the user knows of the file `what`.

    Here `constant` holds vertical energies from the minimum of the reference potential, from which
    spectra take the zero-point energy sum_m w_m/2 away. So energies that a file counts from the
    reference's "potential minimum" stay as they are, and to those it counts from its "vibrational
    ground state" the zero-point energy is added. Without a word they stay, and are not absolute.
    """
    if origin is None:
        return replace(model, energy_origin=EnergyOrigin(f"the zero of energy of {what}"))
    check_known("origin", origin, (MINIMUM, LEVEL))
    shift = model.zero_point_energy if origin == LEVEL else 0.0
    return replace(
        model,
        constant=model.constant + shift * np.eye(model.n_states),
        energy_origin=EnergyOrigin(ABSOLUTE),
    )


def without_reference_state(
    model: VibronicHamiltonian, number: int, dipoles: np.ndarray | None
) -> VibronicHamiltonian:
    """The model without the state `number` (from 1) that stands for the reference, its energies
    counted from that state's; `dipoles` (n_states, 3), e a0, lead from it to all states.
    """
    check_state_number(number, model.n_states)
    g = number - 1
    others = [i for i in range(model.n_states) if i != g]
    rows = [np.delete(model.constant[g], g)]
    rows += [matrix[g] for powers, matrix in model.terms() if powers]
    if any(np.any(row) for row in rows):
        raise InputError(
            f"Option `ground_state` must name the reference, a state that nothing couples and "
            f"that has no terms beyond the oscillators, but state {number} has some."
        )
    if not others:
        raise InputError("Option `ground_state` names the only state of the model.")

    kept = model.subset(states=others)
    energy = model.constant[g, g]
    amplitudes = kept.transitions.amplitudes if dipoles is None else None
    return replace(
        kept,
        constant=kept.constant - energy * np.eye(len(others)),
        transition_dipoles=None if dipoles is None else dipoles[others],
        transition_amplitudes=amplitudes,
        energy_origin=EnergyOrigin(ABSOLUTE),
    )


def check_state_number(number: int, n_states: int) -> None:
    """Raise InputError unless the option `ground_state` counts one of the states from 1."""
    is_whole = isinstance(number, int) and not isinstance(number, bool)
    if not is_whole or not 1 <= number <= n_states:
        raise InputError(
            f"Option `ground_state` must be the number of a state, 1 to {n_states}, but is "
            f"{number!r}."
        )
