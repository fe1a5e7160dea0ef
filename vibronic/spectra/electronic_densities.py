"""The electronic character of vibronic states."""

from __future__ import annotations

import numpy as np

from ..basis import VibronicBasis


def electronic_densities(
    functions: np.ndarray, basis: VibronicBasis, vectors: np.ndarray
) -> np.ndarray:
    """Reduced electronic density matrices (n_vectors, n_states, n_states) of real `vectors`
    (n_vectors, n_functions), trace 1.
    """
    states, levels = np.divmod(functions, basis.n_vibrational)
    found = np.empty((len(vectors), basis.n_states, basis.n_states))
    for i in range(basis.n_states):
        own = np.flatnonzero(states == i)
        for j in range(i, basis.n_states):
            other = np.flatnonzero(states == j)
            _, left, right = np.intersect1d(
                levels[own], levels[other], assume_unique=True, return_indices=True
            )
            bra = vectors[:, own[left]]
            ket = vectors[:, other[right]]
            found[:, i, j] = np.einsum("kv,kv->k", bra, ket, dtype=float)
            found[:, j, i] = found[:, i, j]

    traces = np.einsum("kii->k", found)
    normalised: np.ndarray = found / traces[:, None, None]
    return normalised
