"""Apply H on a product basis without ever building its matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator

from ..basis import VibronicBasis
from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..numerics import position_power
from .compiled import kernels, shared
from .row_table import RowTable, oscillator_energies, row_split, row_table
from .sparse import sparse_hamiltonian


class MatrixFreeHamiltonian(LinearOperator):  # type: ignore[misc]
    """H psi on a product basis, or on those of its `functions` that form whole rows; memory a few
    vectors.

    The last modes are the inner ones: their levels form rows, on which they act along a few
    diagonals. The other modes and the electronic states connect whole rows with one factor each.
    Real and complex, double and single precision. Without numba the modes are applied one after
    the other as small matrices, several times slower.
    """

    def __init__(
        self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray | None = None
    ) -> None:
        if not basis.is_product or row_split(basis, functions) is None:
            raise InputError(
                "The matrix-free Hamiltonian needs a product basis, whole or in whole rows; use "
                "`SparseHamiltonian` for a pruned one."
            )
        self.model = model
        self.basis = basis
        self.functions = functions
        self._tables: dict[np.dtype[Any], RowTable] = {}
        size = basis.size if functions is None else functions.size
        super().__init__(np.dtype(float), (size, size))

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        x = np.ascontiguousarray(x)
        return self.apply(x.ravel(), np.empty(x.size, x.dtype)).reshape(x.shape)

    def apply(
        self,
        x: np.ndarray,
        out: np.ndarray,
        scale: float = 1.0,
        shift: float = 0.0,
        add: float = 0.0,
    ) -> np.ndarray:
        """out = scale (H - shift) x + add out, in place, for contiguous x and out of one type."""
        compiled = kernels()
        real = x.real.dtype

        if compiled is None:
            change = scale * (self._mode_by_mode(x) - shift * x)
            out[:] = change if add == 0 else change + add * out
            return out

        if x.dtype not in self._tables:
            self._tables[x.dtype] = row_table(self, 2 if np.iscomplexobj(x) else 1, real)
        table = self._tables[x.dtype]
        numbers = (real.type(scale), real.type(shift), real.type(add))
        vectors = (x.view(real), out.view(real))
        shared(compiled["rows"], table.row_state.size, x.size, table, vectors, numbers)

        return out

    def _mode_by_mode(self, x: np.ndarray) -> np.ndarray:
        """q_m^p along one axis, then the electronic matrix along the first."""
        basis = self.basis
        whole = np.zeros(basis.size, x.dtype)
        kept = slice(None) if self.functions is None else self.functions
        whole[kept] = x
        psi = whole.reshape(basis.n_states, *basis.levels)
        out = oscillator_energies(self.model.frequencies, basis.levels) * psi
        flat = out.reshape(basis.n_states, -1)

        for powers, matrix in self.model.terms():
            moved = psi
            for m, power in powers.items():
                own = position_power(basis.levels[m], power)
                moved = np.moveaxis(np.tensordot(own, moved, (1, m + 1)), 0, m + 1)
            flat += matrix @ moved.reshape(basis.n_states, -1)

        return out.ravel()[kept]

    def _adjoint(self) -> LinearOperator:
        return self

    def tosparse(self) -> sp.csr_array:
        """The CSR matrix, built only when asked for."""
        return sparse_hamiltonian(self.model, self.basis, self.functions)
