"""Integrators for QuTiP's `SESolver`: importing this file makes `options={"method": "chebyshev"}` known to QuTiP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from qutip.core import data as _data
from qutip.solver.integrator import Integrator
from qutip.solver.sesolve import SESolver

from ..checks import InputError
from ..numerics import chebyshev_exponential, spectral_bounds
from ..operators.qutip_data import OperatorSum

BLOCK_REACH = 40.0  # phase (half-width x time) advanced by one recursion when outputs are close together


class ChebyshevIntegrator(Integrator):
    """Chebyshev propagation of a ket under any constant Hermitian Hamiltonian, whatever data QuTiP keeps it in."""

    method = "chebyshev"
    support_time_dependant = False
    supports_blackbox = False
    integrator_options = {"atol": 1e-8, "bounds": None}

    def _prepare(self) -> None:
        self.name = "chebyshev"
        if not self.system.isconstant:
            raise InputError("The chebyshev integrator needs a Hamiltonian that does not depend on time.")
        hamiltonian = 1j * self.system(0)
        if not hamiltonian.isherm:
            raise InputError("The chebyshev integrator needs a Hermitian Hamiltonian.")
        self._data = hamiltonian.data
        self._bounds: tuple[float, float] | None = self.options["bounds"]
        if self._bounds is None:
            self._bounds = spectral_bounds(self._apply, self._data.shape[0])

    def _apply(self, vector: np.ndarray) -> np.ndarray:
        if isinstance(self._data, OperatorSum):
            result = self._data.matvec(vector)
        else:
            column = _data.dense.fast_from_numpy(np.asfortranarray(vector, dtype=complex).reshape(-1, 1))
            result = _data.matmul(self._data, column).to_array()[:, 0]
        return result if np.iscomplexobj(vector) else result.real

    def set_state(self, t: float, state0: Any) -> None:
        if state0.shape[1] != 1:
            raise InputError("The chebyshev integrator propagates kets, not operators.")
        self._t, self._psi, self._is_set = t, np.ascontiguousarray(state0.to_array()[:, 0], dtype=complex), True

    def get_state(self, copy: bool = True) -> tuple[float, Any]:
        return self._t, _data.dense.fast_from_numpy(self._psi.reshape(-1, 1).copy(order="F"))

    def _advanced(self, times: Any) -> np.ndarray:
        return chebyshev_exponential(self._apply, self._psi, np.asarray(times) - self._t, self._bounds,  # type: ignore[arg-type]
                                     tolerance=self.options["atol"])

    def integrate(self, t: float, copy: bool = True) -> tuple[float, Any]:
        if t != self._t:
            self._psi, self._t = self._advanced([t])[0], t
        return self.get_state(copy)

    def run(self, tlist: Any) -> Iterator[tuple[float, Any]]:
        """Outputs close together share one recursion."""
        low, high = self._bounds  # type: ignore[misc]
        window, rest = 2 * BLOCK_REACH / (high - low), list(tlist[1:])
        while rest:
            block = [t for t in rest[:24] if t - self._t <= window] or rest[:1]
            rest = rest[len(block) :]
            for t, psi in zip(block, self._advanced(block), strict=True):
                self._t, self._psi = t, psi
                yield self.get_state(False)

    @property
    def options(self) -> dict[str, Any]:
        """
        Supported options by Chebyshev propagation:

        atol : float, default: 1e-8
            Size of the series terms left out at each output.

        bounds : tuple, default: None
            Lower and upper bound of the spectrum; found by the Lanczos recursion when not given.
        """
        return self._options

    @options.setter
    def options(self, new_options: dict[str, Any]) -> None:
        Integrator.options.fset(self, new_options)  # type: ignore[attr-defined]


SESolver.add_integrator(ChebyshevIntegrator, "chebyshev")
