"""QuTiP's data layer: a matrix-free or real sparse Hamiltonian inside an ordinary Qobj.

`OperatorSum` is a lazy sum of real symmetric operators with complex factors. Registered with QuTiP's dispatcher, it runs
unchanged in `sesolve` with every integrator, in `expect`, and in sums, differences and scalar multiples.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import qutip
import scipy.sparse as sp
from qutip.core import data as _data
from qutip.core.data import CSR, Data, Dense
from scipy.sparse.linalg import LinearOperator

from ..basis import VibronicBasis
from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..units import HBAR
from ..wavepacket import Wavepacket
from .operator import SMALL, hamiltonian_operator

EXPANSION_LIMIT = 200_000  # largest dimension that is turned into a stored complex matrix on QuTiP's demand


class OperatorSum(Data):
    """sum_k factor_k A_k, each A_k a real symmetric LinearOperator."""

    def __init__(self, terms: Any, shape: tuple[int, int]) -> None:
        super().__init__(shape)
        self.terms = tuple((complex(factor), operator) for factor, operator in terms if factor != 0)

    @classmethod
    def sparcity(cls) -> str:
        return "sparse"

    def copy(self) -> OperatorSum:
        return OperatorSum(self.terms, self.shape)

    def conj(self) -> OperatorSum:
        return OperatorSum([(np.conj(f), a) for f, a in self.terms], self.shape)

    def adjoint(self) -> OperatorSum:
        return self.conj()

    def transpose(self) -> OperatorSum:
        return self.copy()

    def scaled(self, factor: complex) -> OperatorSum:
        return OperatorSum([(factor * f, a) for f, a in self.terms], self.shape)

    def plus(self, other: OperatorSum, scale: complex = 1.0) -> OperatorSum:
        terms = {id(a): (f, a) for f, a in self.terms}
        for f, a in other.terms:
            old = terms.get(id(a), (0.0, a))[0]
            terms[id(a)] = (old + scale * f, a)
        return OperatorSum(terms.values(), self.shape)

    def matvec(self, x: np.ndarray) -> np.ndarray:
        out = np.zeros(x.shape[0], dtype=complex)
        for f, a in self.terms:
            out += f * a.matvec(x)
        return out

    def trace(self) -> complex:
        return complex(sum(f * a.tosparse().diagonal().sum() for f, a in self.terms))

    def as_scipy(self) -> sp.csr_array:
        """The stored matrix; refused where it would not fit."""
        if self.shape[0] > EXPANSION_LIMIT:
            raise InputError(f"This operation would store a complex matrix of dimension {self.shape[0]} (limit "
                             f"{EXPANSION_LIMIT}). Keep to products with vectors, or use a smaller basis.")
        total = sp.csr_array(self.shape, dtype=complex)
        for f, a in self.terms:
            total = total + f * a.tosparse()
        return sp.csr_array(total)

    def to_array(self) -> np.ndarray:
        return self.as_scipy().toarray()

    def __reduce__(self) -> tuple:
        return OperatorSum, (self.terms, self.shape)


class _Stored(LinearOperator):
    """A stored QuTiP matrix as a term: needed when a CSR joins a sum. Must be real symmetric."""

    def __init__(self, matrix: sp.csr_array) -> None:
        self.matrix = matrix
        super().__init__(matrix.dtype, matrix.shape)

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        return self.matrix @ x

    def tosparse(self) -> sp.csr_array:
        return self.matrix


def _from_csr(csr: CSR) -> OperatorSum:
    matrix = sp.csr_array(csr.as_scipy())
    real, imaginary = sp.csr_array(matrix.real), sp.csr_array(matrix.imag)
    for part in (real, imaginary):
        if part.nnz and np.abs(part - part.T).max() > 1e-12:
            raise InputError("Only symmetric matrices can join a matrix-free sum.")
    return OperatorSum([(1.0, _Stored(real)), (1j if imaginary.nnz else 0, _Stored(imaginary))], csr.shape)


def _to_csr(operator: OperatorSum) -> CSR:
    return CSR(sp.csr_matrix(operator.as_scipy()))


def _matmul(left: OperatorSum, right: Dense, scale: complex = 1.0) -> Dense:
    columns = right.as_ndarray()
    out = np.column_stack([scale * left.matvec(np.ascontiguousarray(columns[:, k])) for k in range(columns.shape[1])])
    return _data.dense.fast_from_numpy(np.asfortranarray(out))


def _matmul_from_right(left: Dense, right: OperatorSum, scale: complex = 1.0) -> Dense:
    return _matmul(right.transpose(), left.transpose(), scale).transpose()


def _expect(operator: OperatorSum, state: Data) -> complex:
    array = state.to_array()
    if array.shape[1] == 1:
        return complex(np.vdot(array[:, 0], operator.matvec(np.ascontiguousarray(array[:, 0]))))
    return complex(sum(operator.matvec(np.ascontiguousarray(array[:, k]))[k] for k in range(array.shape[1])))


def _isherm(operator: OperatorSum, tol: float = -1) -> bool:
    tol = qutip.settings.core["atol"] if tol < 0 else tol
    return all(abs(f.imag) <= tol for f, _ in operator.terms)


def _register() -> None:
    _data.to.add_conversions([(CSR, OperatorSum, _to_csr, 10), (OperatorSum, CSR, _from_csr, 5)])
    _data.to.register_aliases(["operator_sum"], OperatorSum)
    own = OperatorSum
    table: dict[str, list[tuple]] = {
        "matmul": [(own, Dense, Dense, _matmul), (Dense, own, Dense, _matmul_from_right)],
        "mul": [(own, own, own.scaled)], "imul": [(own, own, own.scaled)], "neg": [(own, own, lambda a: a.scaled(-1))],
        "add": [(own, own, own, own.plus), (own, CSR, own, lambda a, b, scale=1.0: a.plus(_from_csr(b), scale)),
                (CSR, own, own, lambda a, b, scale=1.0: _from_csr(a).plus(b, scale))],
        "sub": [(own, own, own, lambda a, b: a.plus(b, -1))],
        "adjoint": [(own, own, own.adjoint)], "conj": [(own, own, own.conj)], "transpose": [(own, own, own.transpose)],
        "isherm": [(own, _isherm)], "trace": [(own, own.trace)], "expect": [(own, Dense, _expect)],
        "tidyup": [(own, own, lambda a, tol, inplace=True: a)],
        "iszero": [(own, lambda a, tol=-1: not a.terms)], "isdiag": [(own, lambda a: False)],
    }
    for name, specialisations in table.items():
        dispatcher = getattr(_data, name)
        width = len(dispatcher.inputs) + int(dispatcher.output)
        dispatcher.add_specialisations([s if len(s) == width + 1 else (s[0], s[-1]) for s in specialisations])


_register()


def _dims(basis: VibronicBasis) -> list[int]:
    return [basis.n_states, *basis.levels] if basis.is_product else [basis.n_states, basis.n_vibrational]


def qutip_hamiltonian(model: VibronicHamiltonian, basis: VibronicBasis, *, stored: bool | None = None,
                      functions: np.ndarray | None = None) -> qutip.Qobj:
    """H/hbar in rad/fs as a Qobj for any QuTiP solver (times in fs).

    Its dims are [n_states, *levels] for a product basis, [n_states, n_vibrational] for a pruned one. `stored=True` gives
    plain CSR data, `False` the lazy operator; by default small Hamiltonians are stored. `functions` (as from `sector_functions`) restricts
    it to part of the basis; its dims are then [[n], [n]].
    """
    operator = hamiltonian_operator(model, basis, functions)
    dims = [_dims(basis) if functions is None else [functions.size]] * 2
    if operator.shape[0] <= SMALL if stored is None else stored:
        csr = CSR(sp.csr_matrix(operator.tosparse() / HBAR, dtype=complex))
        return qutip.Qobj(csr, dims=dims, isherm=True, copy=False)
    return qutip.Qobj(OperatorSum([(1 / HBAR, operator)], operator.shape), dims=dims, isherm=True, copy=False)


def qutip_state(packet: Wavepacket, *, functions: np.ndarray | None = None) -> qutip.Qobj:
    """The wavepacket as a ket with the dims of `qutip_hamiltonian`."""
    amplitudes = np.asarray(packet.amplitudes, dtype=complex).ravel()
    column = (amplitudes if functions is None else amplitudes[functions]).reshape(-1, 1)
    dims = _dims(packet.basis) if functions is None else [functions.size]
    return qutip.Qobj(_data.dense.fast_from_numpy(np.asfortranarray(column)), dims=[dims, [1] * len(dims)], copy=False)
