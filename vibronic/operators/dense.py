"""Slow, obvious Kronecker products: the reference for the fast operators."""

from __future__ import annotations

from functools import reduce
from math import prod

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..numerics import position_power


@public
def dense_hamiltonian(model: VibronicHamiltonian, basis: VibronicBasis) -> np.ndarray:
    """H as a dense matrix (size, size), eV, on a product basis or on the kept part of it."""
    levels = basis.levels
    full = basis.n_states * prod(levels)
    if full > 20_000:
        raise InputError(
            f"A dense Hamiltonian of dimension {full} needs {8e-9 * full**2:.0f} GB. "
            "Use `sparse_hamiltonian` or `hamiltonian_operator`."
        )

    def product(electronic: np.ndarray, factors: dict[int, np.ndarray]) -> np.ndarray:
        return reduce(
            np.kron, [electronic, *(factors.get(m, np.eye(n)) for m, n in enumerate(levels))]
        )

    total = np.zeros((full, full))
    for m, w in enumerate(model.frequencies):
        total += product(np.eye(model.n_states), {m: w * np.diag(np.arange(levels[m]) + 0.5)})
    for powers, matrix in model.terms():
        total += product(matrix, {m: position_power(levels[m], p) for m, p in powers.items()})

    if basis.is_product:
        return total

    kept = (
        np.ravel_multi_index(tuple(basis.quanta.T), levels) if levels else np.zeros(1, dtype=int)
    )
    index = (np.arange(basis.n_states)[:, None] * prod(levels) + kept).ravel()

    return total[np.ix_(index, index)]
