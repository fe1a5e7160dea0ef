"""Apply H on a product basis without ever building its matrix."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator

from ..basis import VibronicBasis
from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from .oscillator import position_power
from .sparse import sparse_hamiltonian


class MatrixFreeHamiltonian(LinearOperator):
    """H psi mode by mode: q_m^p along one axis, then the electronic matrix along the first; memory a few vectors."""

    def __init__(self, model: VibronicHamiltonian, basis: VibronicBasis) -> None:
        if not basis.is_product:
            raise InputError("The matrix-free Hamiltonian needs a product basis; use `SparseHamiltonian` for a pruned one.")
        self.model, self.basis = model, basis
        self.tensor = (basis.n_states, *basis.levels)
        self._terms = [([(m, position_power(basis.levels[m], p)) for m, p in powers.items()], matrix)
                       for powers, matrix in model.terms()]
        self._oscillators = np.zeros(basis.levels)
        for m, w in enumerate(model.frequencies):
            shape = [-1 if k == m else 1 for k in range(len(basis.levels))]
            self._oscillators = self._oscillators + w * (np.arange(basis.levels[m]) + 0.5).reshape(shape)
        super().__init__(np.dtype(float), (basis.size, basis.size))

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        psi = np.ascontiguousarray(x).reshape(self.tensor)
        out = self._oscillators * psi
        flat = out.reshape(self.basis.n_states, -1)
        for factors, matrix in self._terms:
            moved = psi
            for m, position in factors:
                moved = self._along(position, moved, m)
            flat += matrix @ moved.reshape(self.basis.n_states, -1)
        return out.reshape(x.shape)

    def _along(self, matrix: np.ndarray, psi: np.ndarray, mode: int) -> np.ndarray:
        n = self.tensor[mode + 1]
        after = int(np.prod(self.tensor[mode + 2 :]))
        if after == 1:
            return (psi.reshape(-1, n) @ matrix.T).reshape(self.tensor)
        return np.matmul(matrix, psi.reshape(-1, n, after)).reshape(self.tensor)

    def _adjoint(self) -> LinearOperator:
        return self

    def tosparse(self) -> sp.csr_array:
        """The CSR matrix, built only when asked for."""
        return sparse_hamiltonian(self.model, self.basis)
