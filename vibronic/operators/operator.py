"""The operator that suits a basis."""

from __future__ import annotations

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from .matrix_free import MatrixFreeHamiltonian
from .row_table import row_split
from .sparse import SparseOperator, sparse_hamiltonian

SMALL = 25_000  # below this the stored matrix is as fast as the matrix-free product


def check_fit(model: VibronicHamiltonian, basis: VibronicBasis) -> None:
    """Raise unless the basis has the model's states and modes."""
    if (basis.n_states, len(basis.levels)) != (model.n_states, model.n_modes):
        raise InputError(
            f"The basis has {basis.n_states} states and {len(basis.levels)} modes, but the "
            "model has "
            f"{model.n_states} states and {model.n_modes} modes."
        )


@public
def hamiltonian_operator(
    model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray | None = None
) -> MatrixFreeHamiltonian | SparseOperator:
    """H (eV) as a real symmetric linear operator: matrix-free on product bases, stored where they
    are small or pruned.

    `functions` (rising flat indices, as from `sector_functions`) restricts it to part of the
    basis. Both kinds have `apply(x, out, scale, shift, add)`: out = scale (H - shift) x + add out,
    in place.
    """
    check_fit(model, basis)
    size = basis.size if functions is None else functions.size
    if basis.is_product and size > SMALL and row_split(basis, functions) is not None:
        return MatrixFreeHamiltonian(model, basis, functions)
    return SparseOperator(sparse_hamiltonian(model, basis, functions))
