"""The Hamiltonian of a model as a plain sparse matrix, by Kronecker products: the independent road
of the solutions. It uses none of vibronic's engine.
"""

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import expm_multiply

HBAR = 0.6582119569  # eV fs


def position(n):
    """q = (a + a^+)/sqrt(2) on n oscillator functions."""
    return sp.diags([np.sqrt(np.arange(1, n) / 2)] * 2, [-1, 1])


def hamiltonian(model, levels):
    """H of a model with linear terms, energies from the vibrational ground state."""
    units = [sp.identity(n) for n in levels]

    def product(state_part, replaced):
        total = sp.csr_matrix(state_part)
        for m, unit in enumerate(units):
            total = sp.kron(total, replaced.get(m, unit), format="csr")
        return total

    h = product(model.constant, {})
    for m, n in enumerate(levels):
        h = h + product(model.linear[m], {m: position(n)})
        quanta = sp.diags(model.frequencies[m] * np.arange(n))
        h = h + product(np.eye(model.n_states), {m: quanta})
    return h


def entered(model, state, levels):
    """The vertical packet on a state: the first function of all modes."""
    packet = np.zeros(model.n_states * int(np.prod(levels)))
    packet[state * int(np.prod(levels))] = 1.0
    return packet


def populations(model, state, levels, end, count):
    """(times, populations) at `count` equal steps from 0 to `end` (fs)."""
    h = hamiltonian(model, levels)
    packets = expm_multiply(
        -1j * h / HBAR, entered(model, state, levels).astype(complex), 0, end, count
    )
    parts = abs(packets.reshape(count, model.n_states, -1)) ** 2
    return np.linspace(0, end, count), parts.sum(axis=2)


def lowest(model, levels, count=1):
    """The lowest eigenvalues."""
    from scipy.sparse.linalg import eigsh

    return np.sort(eigsh(hamiltonian(model, levels), k=max(count, 2), which="SA")[0])[:count]
