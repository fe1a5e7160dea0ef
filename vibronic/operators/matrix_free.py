"""Apply H on a product basis without ever building its matrix."""

from __future__ import annotations

from itertools import product as combinations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator

from ..basis import VibronicBasis
from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..numerics import position_power, transition_elements
from .compiled import kernels, shared
from .sparse import sparse_hamiltonian

ROW = 112  # real numbers in the shortest row worth its bookkeeping, when the basis allows


class MatrixFreeHamiltonian(LinearOperator):
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
                "`SparseHamiltonian` for a "
                "pruned one."
            )
        self.model = model
        self.basis = basis
        self.functions = functions
        self._tables: dict[np.dtype, tuple] = {}
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
            self._tables[x.dtype] = _RowTables(self, 2 if np.iscomplexobj(x) else 1).arrays(real)
        tables = self._tables[x.dtype]
        numbers = (real.type(v) for v in (scale, shift, add))
        shared(
            compiled["rows"],
            tables[0].size,
            x.size,
            *tables,
            x.view(real),
            out.view(real),
            *numbers,
        )
        return out

    def _mode_by_mode(self, x: np.ndarray) -> np.ndarray:
        """q_m^p along one axis, then the electronic matrix along the first."""
        basis, whole = self.basis, np.zeros(self.basis.size, x.dtype)
        kept = slice(None) if self.functions is None else self.functions
        whole[kept] = x
        psi = whole.reshape(basis.n_states, *basis.levels)
        out = _oscillators(self.model.frequencies, basis.levels) * psi
        flat = out.reshape(basis.n_states, -1)
        for powers, matrix in self.model.terms():
            moved = psi
            for m, power in powers.items():
                moved = np.moveaxis(
                    np.tensordot(position_power(basis.levels[m], power), moved, (1, m + 1)),
                    0,
                    m + 1,
                )
            flat += matrix @ moved.reshape(basis.n_states, -1)
        return out.ravel()[kept]

    def _adjoint(self) -> LinearOperator:
        return self

    def tosparse(self) -> sp.csr_array:
        """The CSR matrix, built only when asked for."""
        return sparse_hamiltonian(self.model, self.basis, self.functions)


def row_split(basis: VibronicBasis, functions: np.ndarray | None, width: int = 1) -> int | None:
    """The first inner mode: rows of at least ROW numbers (`width` a function), or the longest that
    `functions` keep whole, or None.
    """
    found = len(basis.levels) if functions is None else None
    length = 1
    for m in reversed(range(len(basis.levels))):
        length *= basis.levels[m]
        if functions is not None:
            if functions.size % length:
                break
            heads = functions.reshape(-1, length)
            if np.any(heads[:, 0] % length) or np.any(heads[:, -1] - heads[:, 0] != length - 1):
                break
        found = m
        if length * width >= ROW:
            break
    return found


def _oscillators(frequencies: np.ndarray, levels: tuple[int, ...]) -> np.ndarray:
    """Harmonic energies of all levels, shape `levels`, eV."""
    total = np.zeros(levels)
    for m, w in enumerate(frequencies):
        shape = [-1 if k == m else 1 for k in range(len(levels))]
        total = total + w * (np.arange(levels[m]) + 0.5).reshape(shape)
    return total


class _RowTables:
    """What the row kernel needs: of which pieces of other rows every row is made.

    Kind 0 is a whole row times a number; every other kind is a diagonal of the inner modes, which
    shifts along the row.
    """

    def __init__(self, operator: MatrixFreeHamiltonian, width: int) -> None:
        self.model = operator.model
        basis = operator.basis
        self.width = width
        split = row_split(basis, operator.functions, width)
        assert split is not None  # checked when the operator was made
        self.split = split
        self.outer = basis.levels[: self.split]
        self.inner = basis.levels[self.split :]
        self.length, self.n_outer = (
            int(np.prod(self.inner)),
            int(np.prod(self.outer, dtype=np.int64)),
        )
        heads = (
            np.arange(0, basis.size, self.length)
            if operator.functions is None
            else operator.functions[:: self.length]
        )
        self.rows = heads // self.length
        self.quanta = (
            np.array(np.unravel_index(self.rows % self.n_outer, self.outer))
            if self.outer
            else np.zeros((0, self.rows.size), int)
        )
        self.kinds: dict[tuple[int, bytes], int] = {}
        self.values: list[tuple[int, np.ndarray]] = [(0, np.ones(self.length))]
        inner_frequencies = self.model.frequencies[self.split :]
        self.own = np.tile(
            np.broadcast_to(
                _oscillators(inner_frequencies, self.inner), self.inner or (1,)
            ).ravel(),
            (self.model.n_states, 1),
        )
        self.pieces: list[list[tuple]] = [[] for _ in range(self.model.n_states)]
        for powers, matrix in self.model.terms():
            self._add(powers, matrix)

    def _add(self, powers: dict[int, int], matrix: np.ndarray) -> None:
        """Pieces of one monomial: every change of outer quanta times every diagonal of its inner
        modes.
        """
        outer = {m: p for m, p in powers.items() if m < self.split}
        diagonals = self._inner_diagonals({m: p for m, p in powers.items() if m >= self.split})
        for i, j in zip(*np.nonzero(matrix), strict=True):
            for offset, value in diagonals:
                if not outer and i == j and offset == 0:
                    self.own[i] += matrix[i, j] * value
                    continue
                kind = 0 if offset == 0 and np.all(value == 1) else self._kind(offset, value)
                for shifts in combinations(*(range(-p, p + 1, 2) for p in outer.values())):
                    changes = tuple(zip(outer.items(), shifts, strict=True))
                    self.pieces[i].append((kind, int(j), float(matrix[i, j]), changes))

    def _inner_diagonals(self, powers: dict[int, int]) -> list[tuple[int, np.ndarray]]:
        """(offset, elements at every place of a row) of a monomial of inner modes."""
        found = []
        for shifts in combinations(*(range(-p, p + 1, 2) for p in powers.values())):
            value = np.ones(self.inner)
            offset = 0
            for (m, power), d in zip(powers.items(), shifts, strict=True):
                k = m - self.split
                shape = [-1 if axis == k else 1 for axis in range(len(self.inner))]
                value = value * transition_elements(self.inner[k], power, d).reshape(shape)
                offset += d * int(np.prod(self.inner[k + 1 :]))
            if np.any(value):
                found.append((offset, value.ravel()))
        return found

    def _kind(self, offset: int, value: np.ndarray) -> int:
        key = (offset, value.tobytes())
        if key not in self.kinds:
            self.kinds[key] = len(self.values)
            self.values.append((offset, value))
        return self.kinds[key]

    def _row_pieces(self, i: int, position: np.ndarray) -> tuple[np.ndarray, ...]:
        """Number of pieces of each row of state i; their source rows, factors and kinds, sorted by
        kind.
        """
        kept = np.flatnonzero(self.rows // self.n_outer == i)
        pieces = sorted(self.pieces[i], key=lambda piece: piece[0])
        sources = np.zeros((kept.size, len(pieces)), dtype=np.int64)
        factors = np.zeros((kept.size, len(pieces)))
        for k, (_, j, coefficient, changes) in enumerate(pieces):
            target = self.rows[kept] % self.n_outer
            value = np.full(kept.size, coefficient)
            for (m, power), d in changes:
                value = value * transition_elements(self.outer[m], power, d)[self.quanta[m, kept]]
                target = target + d * int(np.prod(self.outer[m + 1 :]))
            sources[:, k] = position[j * self.n_outer + np.where(value != 0, target, 0)]
            factors[:, k] = value
        real = factors != 0
        kinds = np.broadcast_to(
            np.array([piece[0] for piece in pieces], dtype=np.int32), real.shape
        )
        return real.sum(axis=1), sources[real], factors[real], kinds[real]

    def arrays(self, real: np.dtype) -> tuple:
        """Everything in the order of the kernel's arguments; rows of complex vectors are twice as
        many real numbers.
        """
        width = self.width
        position = np.full(self.model.n_states * self.n_outer, -1, dtype=np.int64)
        position[self.rows] = np.arange(self.rows.size)
        states = [self._row_pieces(i, position) for i in range(self.model.n_states)]
        counts, sources, factors, kinds = (
            np.concatenate([state[k] for state in states]) for k in range(4)
        )
        energies = np.broadcast_to(
            _oscillators(self.model.frequencies[: self.split], self.outer), self.outer or (1,)
        ).ravel()
        offsets = np.array([offset for offset, _ in self.values], dtype=np.int64)
        spread = lambda rows: np.repeat(np.atleast_2d(rows), width, axis=1).astype(real)  # noqa: E731
        low = np.maximum(0, -offsets)
        high = np.minimum(self.length, self.length - offsets)
        return (
            self.rows // self.n_outer,
            energies[self.rows % self.n_outer].astype(real),
            np.concatenate([[0], np.cumsum(counts)]),
            (sources * self.length + np.maximum(0, offsets)[kinds]) * width,
            factors.astype(real),
            kinds,
            spread(self.own),
            spread([value for _, value in self.values]),
            low * width,
            high * width,
        )
