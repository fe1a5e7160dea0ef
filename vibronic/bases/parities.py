"""The symmetry sector of a starting state: which functions of a basis it can ever reach."""

from __future__ import annotations

import numpy as np

from ..basis import VibronicBasis
from ..checks import index_of
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..wavepacket import Wavepacket


@public
def parity_generators(model: VibronicHamiltonian) -> np.ndarray:
    """All independent parities of H: rows (n_modes + n_states) of 0 and 1.

    A row (p, s) means that sum_m p_m n_m + s_i modulo 2 is conserved: every monomial prod q_m^k_m
    with a non-zero element (i, j) obeys sum_m p_m k_m + s_i + s_j = 0. Point-group symmetry of the
    molecule shows up here by itself, as do uncoupled states.
    """
    n = model.n_modes + model.n_states
    constraints = set()
    for powers, matrix in model.terms():
        for i, j in zip(*np.nonzero(matrix), strict=True):
            row = np.zeros(n, dtype=np.uint8)
            for m, power in powers.items():
                row[m] = power % 2
            row[model.n_modes + i] ^= 1
            row[model.n_modes + j] ^= 1
            constraints.add(row.tobytes())

    rows = np.array(
        [np.frombuffer(r, dtype=np.uint8) for r in constraints], dtype=np.uint8
    ).reshape(-1, n)
    return _null_space(rows.copy(), n)


def _null_space(rows: np.ndarray, n: int) -> np.ndarray:
    """Basis of the null space over the integers modulo 2."""
    pivots: list[int] = []
    rank = 0
    for column in range(n):
        hits = np.flatnonzero(rows[rank:, column]) + rank
        if hits.size == 0:
            continue
        rows[[rank, hits[0]]] = rows[[hits[0], rank]]
        others = np.flatnonzero(rows[:, column])
        others = others[others != rank]
        rows[others] ^= rows[rank]
        pivots.append(column)
        rank += 1
        if rank == len(rows):
            break

    free = [c for c in range(n) if c not in pivots]

    found = np.zeros((len(free), n), dtype=np.uint8)
    for k, column in enumerate(free):
        found[k, column] = 1
        for row, pivot in enumerate(pivots):
            found[k, pivot] = rows[row, column]

    return found


@public
def parity_labels(model: VibronicHamiltonian, basis: VibronicBasis) -> np.ndarray:
    """A number for the parities of every function, (n_states, n_vibrational): H connects only
    functions of one number.
    """
    generators = parity_generators(model).astype(np.int64)
    places = 1 << np.arange(len(generators))
    vibrational = (basis.quanta.astype(np.int64) @ generators[:, : model.n_modes].T) % 2
    electronic = generators[:, model.n_modes :].T % 2
    return ((vibrational[None] + electronic[:, None]) % 2) @ places


@public
def sector_functions(
    model: VibronicHamiltonian, basis: VibronicBasis, state: int | str
) -> np.ndarray:
    """Flat indices, rising, of the functions with the parities of the vertical wavepacket on
    `state`.
    """
    i = index_of("state", state, model.state_labels)
    labels = parity_labels(model, basis)
    return np.flatnonzero(labels.ravel() == labels[i, 0])


@public
def packet_functions(model: VibronicHamiltonian, packet: Wavepacket) -> np.ndarray:
    """Flat indices, rising, of all functions in the sectors in which `packet` has amplitude."""
    labels = parity_labels(model, packet.basis).ravel()
    return np.flatnonzero(np.isin(labels, labels[packet.amplitudes.ravel() != 0]))
