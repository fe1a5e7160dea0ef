"""H as a sparse matrix, on a product or a pruned basis."""

from __future__ import annotations

from itertools import product as combinations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator

from ..basis import VibronicBasis
from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from .oscillator import position_power

MEMORY_LIMIT = 6e9  # bytes


def estimated_nonzeros(model: VibronicHamiltonian, basis: VibronicBasis) -> int:
    """Upper estimate of the number of stored elements of the sparse H."""
    per_row = sum(np.count_nonzero(matrix) * np.prod([p + 1 for p in powers.values()])
                  for powers, matrix in model.terms())
    return int(basis.n_vibrational * (per_row + basis.n_states))


def sparse_hamiltonian(model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray | None = None) -> sp.csr_array:
    """H as a real symmetric CSR matrix, eV; functions in the order of the basis, or only those of the rising flat indices given."""
    need = 24 * estimated_nonzeros(model, basis)
    if need > MEMORY_LIMIT:
        raise InputError(f"The sparse Hamiltonian of {basis} would need {need / 1e9:.1f} GB (limit "
                         f"{MEMORY_LIMIT / 1e9:.0f} GB). Use fewer modes, fewer levels or a smaller `max_quanta`.")
    space = _Space(basis)
    blocks: list[list[sp.csr_array]] = [[None] * model.n_states for _ in range(model.n_states)]  # type: ignore[list-item]
    harmonic = (basis.quanta + 0.5) @ model.frequencies
    n, chosen = len(harmonic), np.arange(basis.size) if functions is None else functions
    rows = [chosen[np.searchsorted(chosen, i * n) : np.searchsorted(chosen, (i + 1) * n)] - i * n for i in range(model.n_states)]
    for i in range(model.n_states):
        blocks[i][i] = sp.diags_array(harmonic[rows[i]], format="csr")
    for powers, matrix in model.terms():
        vibrational = space.monomial(powers)
        for i, j in zip(*np.nonzero(matrix), strict=True):
            part = matrix[i, j] * (vibrational if functions is None else vibrational[rows[i]][:, rows[j]])
            blocks[i][j] = part if blocks[i][j] is None else blocks[i][j] + part
    for i in range(model.n_states):
        for j in range(model.n_states):
            if blocks[i][j] is None and i != j:
                blocks[i][j] = sp.csr_array((rows[i].size, rows[j].size))
    return sp.csr_array(sp.block_array(blocks, format="csr"))


class _Space:
    """The vibrational functions of a basis, and how shifts of quanta connect them."""

    def __init__(self, basis: VibronicBasis) -> None:
        self.levels = np.array(basis.levels, dtype=np.int64)
        self.quanta = basis.quanta
        self.strides = np.append(np.cumprod(self.levels[:0:-1])[::-1], 1)[: self.levels.size].astype(np.int64)
        self.codes = self.quanta.astype(np.int64) @ self.strides if self.levels.size else np.zeros(1, dtype=np.int64)

    def monomial(self, powers: dict[int, int]) -> sp.csr_array:
        """prod_m q_m^powers[m] on the vibrational functions."""
        n = len(self.quanta)
        matrices = {m: position_power(int(self.levels[m]), p) for m, p in powers.items()}
        rows, columns, values = [], [], []
        for shifts in combinations(*(range(-p, p + 1, 2) for p in powers.values())):
            valid = np.ones(n, dtype=bool)
            for m, d in zip(powers, shifts, strict=True):
                target = self.quanta[:, m] + d
                valid &= (target >= 0) & (target < self.levels[m])
            row = np.flatnonzero(valid)
            step = sum(d * self.strides[m] for m, d in zip(powers, shifts, strict=True))
            wanted = self.codes[row] + step
            place = np.minimum(np.searchsorted(self.codes, wanted), n - 1)
            found = self.codes[place] == wanted
            row, place = row[found], place[found]
            value = np.ones(row.size)
            for m in powers:
                value *= matrices[m][self.quanta[row, m], self.quanta[place, m]]
            rows.append(row)
            columns.append(place)
            values.append(value)
        data = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        return sp.csr_array(sp.coo_array(data, shape=(n, n)))


class SparseHamiltonian(LinearOperator):
    """The sparse H as a linear operator for real and complex vectors."""

    def __init__(self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray | None = None) -> None:
        self.matrix = sparse_hamiltonian(model, basis, functions)
        super().__init__(np.dtype(float), self.matrix.shape)

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        if np.iscomplexobj(x):  # real matrix: two real columns, without copying the matrix to complex
            pairs = np.ascontiguousarray(x).view(float).reshape(-1, 2)
            return (self.matrix @ pairs).view(complex).reshape(x.shape)
        return self.matrix @ x

    def _adjoint(self) -> LinearOperator:
        return self

    def tosparse(self) -> sp.csr_array:
        """The CSR matrix itself."""
        return self.matrix
