"""QuTiP's data layer: a matrix-free or real sparse Hamiltonian inside an ordinary Qobj.

Importing this file registers `OperatorSum` with QuTiP. It is a lazy sum of operators with complex
factors, and runs unchanged in `sesolve` and `mcsolve` with every integrator, in `QobjEvo` and
`expect`, and in sums, differences and scalar multiples. Any real symmetric
`scipy.sparse.linalg.LinearOperator` can be wrapped (`qutip_operator`); nothing here needs a
molecule.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import qutip
import scipy.sparse as sp
from qutip.core import data as _data
from qutip.core.data import CSR, Data, Dense, Dia
from scipy.sparse.linalg import LinearOperator

from ..checks import InputError
from ..numerics import in_place
from .sparse import SparseOperator

LARGEST = 4e9  # bytes of a stored matrix that QuTiP may ask for
PER_ROW = 40  # stored elements of a row, for the estimate before a matrix is built


def _refuse(kind: str, need: float, advice: str) -> None:
    if need > LARGEST:
        raise InputError(
            f"This operation would store {kind} of {need / 1e9:.3g} GB (limit "
            f"{LARGEST / 1e9:.0f} GB). {advice}"
        )


class OperatorSum(Data):  # type: ignore[misc]
    """sum_k factor_k A_k, each A_k a real symmetric LinearOperator or a stored matrix of any
    kind.
    """

    def __init__(self, terms: Any, shape: tuple[int, int]) -> None:
        super().__init__(shape)
        self.terms = tuple(
            (complex(factor), operator) for factor, operator in terms if factor != 0
        )

    @classmethod
    def sparcity(cls) -> str:
        return "sparse"

    def copy(self) -> OperatorSum:
        return OperatorSum(self.terms, self.shape)

    def conj(self) -> OperatorSum:
        return OperatorSum(
            [(np.conj(f), a.conjugated() if isinstance(a, _Stored) else a) for f, a in self.terms],
            self.shape,
        )

    def transpose(self) -> OperatorSum:
        return OperatorSum(
            [(f, a.transposed() if isinstance(a, _Stored) else a) for f, a in self.terms],
            self.shape,
        )

    def adjoint(self) -> OperatorSum:
        return self.conj().transpose()

    def scaled(self, factor: complex) -> OperatorSum:
        return OperatorSum([(factor * f, a) for f, a in self.terms], self.shape)

    def plus(self, other: OperatorSum, scale: complex = 1.0) -> OperatorSum:
        terms = {id(a): (f, a) for f, a in self.terms}
        for f, a in other.terms:
            old = terms.get(id(a), (0.0, a))[0]
            terms[id(a)] = (old + scale * f, a)
        return OperatorSum(terms.values(), self.shape)

    @property
    def is_real(self) -> bool:
        """True when it maps real vectors to real vectors."""
        return all(
            f.imag == 0 and not (isinstance(a, _Stored) and np.iscomplexobj(a.matrix))
            for f, a in self.terms
        )

    def matvec(self, x: np.ndarray) -> np.ndarray:
        out = np.zeros(x.shape[0], dtype=x.dtype if self.is_real else complex)
        for f, a in self.terms:
            if f.imag == 0 and hasattr(a, "apply") and out.dtype == x.dtype:
                a.apply(x, out, f.real, 0.0, 1.0)
            else:
                out += (f if f.imag else f.real) * a.matvec(x)
        return out

    def apply(
        self,
        x: np.ndarray,
        out: np.ndarray,
        scale: float = 1.0,
        shift: float = 0.0,
        add: float = 0.0,
    ) -> np.ndarray:
        """out = scale (A - shift) x + add out in place, when all factors are real."""
        if not self.terms:
            out *= add
            out -= scale * shift * x
        for k, (f, a) in enumerate(self.terms):
            moved = shift / f.real if k == 0 else 0.0
            in_place(a).apply(x, out, scale * f.real, moved, add if k == 0 else 1.0)
        return out

    def trace(self) -> complex:
        return complex(sum(f * a.tosparse().diagonal().sum() for f, a in self.terms))

    def as_scipy(self) -> sp.csr_array:
        """The stored matrix; refused where it would not fit."""
        _refuse(
            "a matrix",
            20.0 * PER_ROW * self.shape[0],
            "Keep to products with vectors, or use a smaller basis.",
        )
        total = sp.csr_array(self.shape, dtype=complex)
        for f, a in self.terms:
            total = total + f * a.tosparse()
        return sp.csr_array(total)

    def to_array(self) -> np.ndarray:
        _refuse(
            "a dense matrix",
            16.0 * self.shape[0] ** 2,
            "Keep to products with vectors, or use a smaller basis.",
        )
        array: np.ndarray = self.as_scipy().toarray()
        return array

    def __reduce__(self) -> tuple[Any, ...]:
        return OperatorSum, (self.terms, self.shape)


class _Stored(LinearOperator):  # type: ignore[misc]
    """A stored QuTiP matrix as a term of a sum."""

    def __init__(self, matrix: sp.csr_array) -> None:
        self.matrix = matrix
        super().__init__(matrix.dtype, matrix.shape)

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        product: np.ndarray = self.matrix @ x
        return product

    def tosparse(self) -> sp.csr_array:
        return self.matrix

    def conjugated(self) -> _Stored:
        return _Stored(self.matrix.conj())

    def transposed(self) -> _Stored:
        return _Stored(sp.csr_array(self.matrix.T))


def _from_csr(csr: CSR) -> OperatorSum:
    matrix = sp.csr_array(csr.as_scipy())
    return OperatorSum(
        [(1.0, _Stored(matrix if np.any(matrix.data.imag) else matrix.real))], csr.shape
    )


def _to_csr(operator: OperatorSum) -> CSR:
    return CSR(sp.csr_matrix(operator.as_scipy()))


def applicable(data: Data) -> tuple[Any, bool]:
    """Any Hermitian QuTiP data as an operator with in-place `apply`, and whether it keeps real
    vectors real.
    """
    if isinstance(data, OperatorSum):
        if all(f.imag == 0 for f, _ in data.terms):
            return data, data.is_real
        return in_place(data.matvec), False

    if isinstance(data, (CSR, Dia)):
        matrix = sp.csr_array(data.as_scipy())
        if not np.any(matrix.data.imag):
            return SparseOperator(matrix.real), True
        return in_place(lambda x: matrix @ x), False

    array = data.to_array()
    real = not np.any(array.imag)
    array = np.ascontiguousarray(array.real) if real else array
    return in_place(lambda x: array @ x), real


def _matmul(left: OperatorSum, right: Dense, scale: complex = 1.0) -> Dense:
    columns = right.as_ndarray()
    out = np.column_stack(
        [scale * left.matvec(np.ascontiguousarray(columns[:, k])) for k in range(columns.shape[1])]
    )
    return _data.dense.fast_from_numpy(np.asfortranarray(out, dtype=complex))


def _matmul_from_right(left: Dense, right: OperatorSum, scale: complex = 1.0) -> Dense:
    return _matmul(right.transpose(), left.transpose(), scale).transpose()


def _expect(operator: OperatorSum, state: Data) -> complex:
    array = state.to_array()
    if array.shape[1] == 1:
        return complex(np.vdot(array[:, 0], operator.matvec(np.ascontiguousarray(array[:, 0]))))
    return complex(
        sum(operator.matvec(np.ascontiguousarray(array[:, k]))[k] for k in range(array.shape[1]))
    )


def _isherm(operator: OperatorSum, tol: float = -1) -> bool:
    tol = qutip.settings.core["atol"] if tol < 0 else tol
    stored = sum(
        (f * a.matrix for f, a in operator.terms if isinstance(a, _Stored)),
        sp.csr_array(operator.shape),
    )
    return all(abs(f.imag) <= tol for f, a in operator.terms if not isinstance(a, _Stored)) and (
        not stored.nnz or bool(np.abs(stored - stored.conj().T).max() <= tol)
    )


def _kron(left: Data, right: Data) -> CSR:
    elements = [
        PER_ROW * d.shape[0] if isinstance(d, OperatorSum) else _data.to(CSR, d).as_scipy().nnz
        for d in (left, right)
    ]
    _refuse(
        "a product space or superoperator",
        20.0 * elements[0] * elements[1],
        "For open systems of this size use `mcsolve`, whose "
        "trajectories need only products with vectors.",
    )
    return _data.kron(*(_to_csr(d) if isinstance(d, OperatorSum) else d for d in (left, right)))


def _register() -> None:
    own = OperatorSum
    _data.to.add_conversions([(CSR, own, _to_csr, 10), (own, CSR, _from_csr, 5)])
    _data.to.register_aliases(["operator_sum"], own)
    scaled = lambda a, value: a.scaled(value)  # noqa: E731

    table: dict[str, list[tuple[Any, ...]]] = {
        "matmul": [(own, Dense, Dense, _matmul), (Dense, own, Dense, _matmul_from_right)],
        "mul": [(own, own, scaled)],
        "imul": [(own, own, scaled)],
        "neg": [(own, own, lambda a: a.scaled(-1))],
        "add": [
            (own, own, own, own.plus),
            (own, CSR, own, lambda a, b, scale=1.0: a.plus(_from_csr(b), scale)),
            (CSR, own, own, lambda a, b, scale=1.0: _from_csr(a).plus(b, scale)),
        ],
        "sub": [
            (own, own, own, lambda a, b: a.plus(b, -1)),
            (own, CSR, own, lambda a, b: a.plus(_from_csr(b), -1)),
            (CSR, own, own, lambda a, b: _from_csr(a).plus(b, -1)),
        ],
        "adjoint": [(own, own, own.adjoint)],
        "conj": [(own, own, own.conj)],
        "transpose": [(own, own, own.transpose)],
        "isherm": [(own, _isherm)],
        "trace": [(own, own.trace)],
        "expect": [(own, Dense, _expect)],
        "tidyup": [(own, own, lambda a, tol, inplace=True: a)],
        "iszero": [(own, lambda a, tol=-1: not a.terms)],
        "isdiag": [(own, lambda a: False)],
        "kron": [
            (own, own, CSR, _kron),
            (own, CSR, CSR, _kron),
            (CSR, own, CSR, _kron),
            (own, Dia, CSR, _kron),
            (Dia, own, CSR, _kron),
        ],
    }
    for name, specialisations in table.items():
        dispatcher = getattr(_data, name)
        width = len(dispatcher.inputs) + int(dispatcher.output)
        dispatcher.add_specialisations(
            [s if len(s) == width + 1 else (s[0], s[-1]) for s in specialisations]
        )


_register()
