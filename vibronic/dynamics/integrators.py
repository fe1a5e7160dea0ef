"""Integrators for QuTiP's `SESolver`: importing this file makes `options={"method": "chebyshev"}`
and `"lanczos"` known to QuTiP.

Both take any constant Hermitian Hamiltonian, whatever data QuTiP keeps it in, and need no other
part of this package.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from qutip.core import data as _data
from qutip.solver.integrator import Integrator
from qutip.solver.sesolve import SESolver

from ..checks import InputError
from ..numerics import chebyshev_exponential, lanczos_exponential, spectral_bounds
from ..operators.operator_sum import applicable

# phase (half-width x time) advanced by one recursion of a complex vector when outputs are close
# together
BLOCK_REACH = 100.0


class _Exponential(Integrator, ABC):  # type: ignore[misc]
    """What the two integrators share: a constant Hermitian Hamiltonian, and a ket that stays real
    as long as it can.
    """

    support_time_dependant = False
    supports_blackbox = False

    def _prepare(self) -> None:
        self.name = self.method
        if not self.system.isconstant:
            raise InputError(
                f"The {self.method} integrator needs a Hamiltonian that does not depend on time."
            )
        hamiltonian = 1j * self.system(0)
        if not hamiltonian.isherm:
            raise InputError(f"The {self.method} integrator needs a Hermitian Hamiltonian.")
        self._size = hamiltonian.shape[0]
        self._matrix, self._is_real = applicable(hamiltonian.data)
        self._settle()

    def _settle(self) -> None:
        """What is found once for all propagations."""

    @abstractmethod
    def _advanced(self, times: np.ndarray) -> Iterator[np.ndarray]:
        """The ket after each of `times`, counted from now."""

    def set_state(self, t: float, state0: Any) -> None:
        if state0.shape[1] != 1:
            raise InputError(f"The {self.method} integrator propagates kets, not operators.")
        psi = state0.to_array()[:, 0]
        self._t = t
        self._is_set = True
        self._psi = np.array(
            psi.real if self._is_real and not np.any(psi.imag) else psi, order="C"
        )

    def get_state(self, copy: bool = True) -> tuple[float, Any]:
        return self._t, _data.dense.fast_from_numpy(
            np.array(self._psi, dtype=complex, copy=True if copy else None).reshape(-1, 1)
        )

    def integrate(self, t: float, copy: bool = True) -> tuple[float, Any]:
        if t != self._t:
            self._psi = next(iter(self._advanced(np.array([t - self._t]))))
            self._t = t
        return self.get_state(copy)

    def run(self, tlist: Any) -> Iterator[tuple[float, Any]]:
        """Outputs share recursions."""
        start = self._t
        times = [float(t) for t in tlist[1:]]
        for t, psi in zip(times, self._advanced(np.array(times) - start), strict=True):
            self._t = t
            self._psi = psi
            yield self.get_state(False)


class ChebyshevIntegrator(_Exponential):
    """Chebyshev propagation of a ket under any constant Hermitian Hamiltonian."""

    method = "chebyshev"
    integrator_options = {"atol": 1e-8, "bounds": None, "memory": 1e9}

    def _settle(self) -> None:
        self._bounds: tuple[float, float] = self.options["bounds"] or spectral_bounds(
            self._matrix, self._size, is_real=self._is_real
        )

    def _advanced(self, times: np.ndarray) -> Iterator[np.ndarray]:
        psi = self._psi
        now = 0.0
        rest = list(times)
        room = max(1, int(self.options["memory"] / (32 * self._size)))

        while rest:
            window = (
                np.inf
                if not np.iscomplexobj(psi)
                else 2 * BLOCK_REACH / (self._bounds[1] - self._bounds[0])
            )
            block = [t for t in rest[:room] if t - now <= window] or rest[:1]
            rest = rest[len(block) :]
            states = chebyshev_exponential(
                self._matrix,
                psi,
                np.array(block) - now,
                self._bounds,
                tolerance=self.options["atol"],
            )
            yield from states
            now = block[-1]
            psi = states[-1].copy()

    @property
    def options(self) -> dict[str, Any]:
        """
        Supported options by Chebyshev propagation:

        atol : float, default: 1e-8
            Size of the series terms left out at each output.

        bounds : tuple, default: None
            Lower and upper bound of the spectrum; found by the Lanczos recursion when not given.

        memory : float, default: 1e9
            Bytes that outputs computed together may take.
        """
        found: dict[str, Any] = self._options
        return found

    @options.setter
    def options(self, new_options: dict[str, Any]) -> None:
        Integrator.options.fset(self, new_options)


class LanczosIntegrator(_Exponential):
    """Lanczos propagation of a ket under any constant Hermitian Hamiltonian: short spaces, or one
    as long as memory allows.
    """

    method = "lanczos"
    integrator_options = {"atol": 1e-8, "krylov_dim": 0, "memory": 2e9, "report": None}

    def _advanced(self, times: np.ndarray) -> Iterator[np.ndarray]:
        atol = self.options["atol"]
        keep = np.float32 if atol >= 1e-6 else np.float64
        real_bytes = np.dtype(keep).itemsize * self._size
        room = int(self.options["memory"] / (2 * real_bytes))
        dimension = self.options["krylov_dim"] or max(
            12, min(4000, room * (1 if np.iscomplexobj(self._psi) else 2))
        )
        yield from lanczos_exponential(
            self._matrix,
            self._psi,
            times,
            tolerance=atol,
            max_dimension=dimension,
            keep=keep,
            report=self.options["report"],
        )

    @property
    def options(self) -> dict[str, Any]:
        """
        Supported options by Lanczos propagation:

        atol : float, default: 1e-8
            Error of the ket at the last output. From 1e-6 on the Krylov vectors are kept in single
            precision.

        krylov_dim : int, default: 0
            Largest number of Krylov vectors of one space (24 is the usual short iterative
            Lanczos); 0 takes as many as fit `memory`, so that one space serves all outputs.

        memory : float, default: 2e9
            Bytes that the Krylov vectors may take when `krylov_dim` is 0.

        report : callable, default: None
            Told the part (0 to 1) of the time that has been reached.
        """
        found: dict[str, Any] = self._options
        return found

    @options.setter
    def options(self, new_options: dict[str, Any]) -> None:
        Integrator.options.fset(self, new_options)


SESolver.add_integrator(ChebyshevIntegrator, "chebyshev")
SESolver.add_integrator(LanczosIntegrator, "lanczos")
