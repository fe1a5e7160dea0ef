"""H as a sparse matrix, on a product or a pruned basis, built from tables of neighbours."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator

from ..bases import NeighbourTable, quanta_changes
from ..bases.neighbours import Powers, QuantaChange
from ..basis import VibronicBasis
from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..numerics import transition_elements
from .compiled import kernels, shared

MEMORY_LIMIT = 8e9  # bytes
CHUNK = 1 << 16  # vibrational functions whose neighbours are looked up at a time


def stored_bytes(model: VibronicHamiltonian, n_functions: int) -> float:
    """Upper estimate of the memory of the sparse H on `n_functions` functions, the average state
    taken.
    """
    per_state = sum(
        np.count_nonzero(np.any([matrix for _, matrix in parts], axis=0))
        for parts in quanta_changes(model).values()
        if parts
    )
    return 12.0 * n_functions * (1 + per_state / model.n_states) + 8.0 * n_functions


@public
def sparse_hamiltonian(
    model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray | None = None
) -> sp.csr_array:
    """H as a real symmetric CSR matrix, eV; functions in the order of the basis, or only those of
    the rising flat indices given.
    """
    size = basis.size if functions is None else functions.size
    need = stored_bytes(model, size)
    if need > MEMORY_LIMIT:
        raise InputError(
            f"The sparse Hamiltonian of {size} functions would need {need / 1e9:.1f} GB (limit "
            f"{MEMORY_LIMIT / 1e9:.0f} GB). "
            "Use fewer modes, fewer levels or a smaller `max_quanta`."
        )

    n = basis.n_vibrational
    position = np.full((basis.n_states, n), -1, dtype=np.int32)
    kept = slice(None) if functions is None else functions
    position.ravel()[kept] = np.arange(size, dtype=np.int32)

    table = NeighbourTable(basis)
    changes = quanta_changes(model)
    pieces: list[list[tuple[np.ndarray, ...]]] = [[] for _ in range(model.n_states)]

    for first in range(0, n, CHUNK):
        part = _Chunk(model, table, changes, first, min(first + CHUNK, n))
        for i in range(model.n_states):
            pieces[i].append(part.rows(i, position))

    parts = zip(*(piece for state in pieces for piece in state), strict=True)
    counts, columns, values = map(np.concatenate, parts)
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    if starts[-1] < 2**31:
        starts = starts.astype(np.int32)

    return sp.csr_array((values, columns, starts), shape=(size, size))


class _Chunk:
    """The neighbours and monomial elements of a run of vibrational functions, shared by all
    electronic states.
    """

    def __init__(
        self,
        model: VibronicHamiltonian,
        table: NeighbourTable,
        changes: dict[QuantaChange, list[tuple[Powers, np.ndarray]]],
        first: int,
        last: int,
    ) -> None:
        self.first = first
        self.last = last
        self.n_states = model.n_states
        self.harmonic = (table.quanta[first:last] + 0.5) @ model.frequencies
        self.parts = []
        for change, monomials in changes.items():
            steps = dict(change)
            elements = [(self._element(table, powers, steps), a) for powers, a in monomials]
            self.parts.append((table.neighbours(first, last, change), elements, not change))

    def _element(self, table: NeighbourTable, powers: Powers, steps: dict[int, int]) -> np.ndarray:
        """Elements of a monomial for a change of quanta, from every function of the chunk."""
        value = np.ones(self.last - self.first)
        for m, power in powers.items():
            own = transition_elements(int(table.levels[m]), power, steps.get(m, 0))
            value *= own[table.quanta[self.first : self.last, m]]
        return value

    def rows(self, i: int, position: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Stored elements per row, their columns and values, of the kept functions of state i."""
        kept = np.flatnonzero(position[i, self.first : self.last] >= 0)
        columns = []
        values = []
        for neighbours, elements, is_diagonal in self.parts:
            for j in range(self.n_states):
                terms = [
                    matrix[i, j] * element[kept] for element, matrix in elements if matrix[i, j]
                ]
                if is_diagonal and i == j:
                    terms.append(self.harmonic[kept])
                if terms:
                    target = neighbours[kept]
                    columns.append(np.where(target >= 0, position[j, target], -1))
                    values.append(sum(terms[1:], terms[0]))

        table = np.array(columns).T
        stored = (table >= 0) & (np.array(values).T != 0)
        return stored.sum(axis=1), table[stored].astype(np.int32), np.array(values).T[stored]


class SparseOperator(LinearOperator):  # type: ignore[misc]
    """A real symmetric CSR matrix as a linear operator for real and complex vectors, in double and
    single precision.
    """

    def __init__(self, matrix: sp.csr_array) -> None:
        self.matrix = matrix
        super().__init__(np.dtype(float), matrix.shape)

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
        numbers = (real.type(scale), real.type(shift), real.type(add))
        m = self.matrix if real == np.float64 else self._single()
        if compiled is None:
            return _slow_product(m, x, out, *numbers)

        matrix = (m.indptr, m.indices, m.data)
        if np.iscomplexobj(x):
            pairs = (x.view(real).reshape(-1, 2), out.view(real).reshape(-1, 2))
            shared(compiled["csr_complex"], x.size, 2 * x.size, matrix, pairs, numbers)
        else:
            shared(compiled["csr_real"], x.size, x.size, matrix, (x, out), numbers)

        return out

    def _single(self) -> sp.csr_array:
        if not hasattr(self, "_rounded"):
            m = self.matrix
            self._rounded = sp.csr_array(
                (m.data.astype(np.float32), m.indices, m.indptr), shape=m.shape
            )
        return self._rounded

    def _adjoint(self) -> LinearOperator:
        return self

    def tosparse(self) -> sp.csr_array:
        """The CSR matrix itself."""
        return self.matrix


def _slow_product(
    matrix: sp.csr_array, x: np.ndarray, out: np.ndarray, scale: float, shift: float, add: float
) -> np.ndarray:
    columns = (
        x.view(x.real.dtype).reshape(-1, 2) if np.iscomplexobj(x) else x
    )  # real columns: no complex copy of the matrix
    product = (matrix @ columns).reshape(-1).view(x.dtype)
    change = scale * (product - shift * x)
    out[:] = change if add == 0 else change + add * out
    return out
