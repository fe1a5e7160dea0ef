"""Hamiltonians and wavepackets as QuTiP's Qobj."""

from __future__ import annotations

from typing import Any

import numpy as np
import qutip
import scipy.sparse as sp
from qutip.core import data as _data
from qutip.core.data import CSR
from scipy.sparse.linalg import LinearOperator

from ..basis import VibronicBasis
from ..checks import InputError
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..units import HBAR
from ..wavepacket import Wavepacket
from .operator import SMALL, hamiltonian_operator
from .operator_sum import OperatorSum


@public
def qutip_operator(operator: LinearOperator, *, dims: Any = None) -> qutip.Qobj:
    """Any real symmetric LinearOperator as a Hermitian Qobj that never stores a matrix, for every
    ket solver of QuTiP.

    `dims` are QuTiP's, [[n], [n]] unless given. The integrators `chebyshev` and `lanczos` of
    `vibronic.dynamics` use its `apply(x, out, scale, shift, add)` if it has one, else its
    `matvec`; conversions to CSR need `tosparse()`.
    """
    n = operator.shape[0]
    if operator.shape != (n, n) or np.issubdtype(operator.dtype, np.complexfloating):
        raise InputError(
            "Argument `operator` must be real, symmetric and square, but has shape "
            f"{operator.shape} and type "
            f"{operator.dtype}."
        )

    x, y = np.random.default_rng(0).standard_normal((2, n))
    left = x @ operator.matvec(y)
    right = operator.matvec(x) @ y
    if not abs(left - right) <= 1e-8 * (
        np.linalg.norm(x) * np.linalg.norm(operator.matvec(y)) + 1e-300
    ):
        raise InputError(
            f"Argument `operator` must be symmetric, but <x|A y> = {left:.6g} and <A x|y> = "
            f"{right:.6g} for random vectors."
        )

    return qutip.Qobj(
        OperatorSum([(1.0, operator)], operator.shape),
        dims=dims or [[n], [n]],
        isherm=True,
        copy=False,
    )


def _dims(basis: VibronicBasis) -> list[int]:
    return (
        [basis.n_states, *basis.levels]
        if basis.is_product
        else [basis.n_states, basis.n_vibrational]
    )


@public
def qutip_hamiltonian(
    model: VibronicHamiltonian,
    basis: VibronicBasis,
    *,
    stored: bool | None = None,
    functions: np.ndarray | None = None,
) -> qutip.Qobj:
    """H/hbar in rad/fs as a Qobj for any QuTiP solver (times in fs).

    Its dims are [n_states, *levels] for a product basis, [n_states, n_vibrational] for a pruned
    one. `stored=True` gives plain CSR data, `False` the lazy operator; by default small
    Hamiltonians are stored. `functions` (as from `sector_functions`) restricts it to part of the
    basis; its dims are then [[n], [n]].
    """
    operator = hamiltonian_operator(model, basis, functions)
    dims = [_dims(basis) if functions is None else [functions.size]] * 2
    if operator.shape[0] <= SMALL if stored is None else stored:
        csr = CSR(sp.csr_matrix(operator.tosparse() / HBAR, dtype=complex))
        return qutip.Qobj(csr, dims=dims, isherm=True, copy=False)
    return qutip.Qobj(
        OperatorSum([(1 / HBAR, operator)], operator.shape), dims=dims, isherm=True, copy=False
    )


@public
def qutip_state(packet: Wavepacket, *, functions: np.ndarray | None = None) -> qutip.Qobj:
    """The wavepacket as a ket with the dims of `qutip_hamiltonian`."""
    amplitudes = np.asarray(packet.amplitudes, dtype=complex).ravel()
    column = (amplitudes if functions is None else amplitudes[functions]).reshape(-1, 1)
    dims = _dims(packet.basis) if functions is None else [functions.size]
    return qutip.Qobj(
        _data.dense.fast_from_numpy(np.asfortranarray(column)),
        dims=[dims, [1] * len(dims)],
        copy=False,
    )
