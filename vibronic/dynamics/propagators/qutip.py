"""Integrators of QuTiP's `SESolver`: its own, and the two of ours that are registered with it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ...checks import check_positive
from ...hamiltonian import VibronicHamiltonian
from ...progress import report
from ...units import HBAR
from ...wavepacket import Wavepacket
from .propagator import Propagator
from .state import State
from .vector_state import VectorState

SINGLE = 1e-6  # error from which on Krylov vectors are kept in single precision
STAGE = "Krylov space"


class _QutipPropagator(Propagator):
    """A ket on a sector, moved by one of QuTiP's integrators."""

    state = VectorState

    @property
    @abstractmethod
    def tolerance(self) -> float:
        """Error of the integration."""

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""

    def start(
        self, model: VibronicHamiltonian, packet: Wavepacket, functions: np.ndarray
    ) -> VectorState:
        """The packet on its sector."""
        return VectorState.of(model, packet, functions)

    def states(self, start: State, times: np.ndarray) -> Iterator[VectorState]:
        """The packet after each of `times` (fs)."""
        import qutip

        from .. import integrators  # noqa: F401  registers ours with QuTiP

        assert isinstance(start, VectorState)
        options = {**self.options(), "progress_bar": "", "normalize_output": False}
        solver = qutip.SESolver(_hamiltonian(start), options=options)
        integrator = qutip.SESolver.avail_integrators()[options["method"]](
            solver.rhs, solver.options
        )
        integrator.set_state(0.0, _ket(start))

        with threadpool_limits(limits=1):  # the vectors are too short for threads to pay
            for _, ket in integrator.run([0.0, *times]):
                yield start.moved(ket.to_array()[:, 0])

    def resumed(self, start: State, amplitudes: np.ndarray) -> VectorState:
        """The packet with these amplitudes."""
        assert isinstance(start, VectorState)
        return start.moved(amplitudes)

    @property
    def error(self) -> float:
        """Error of the packet, and of the precision of its vectors."""
        rounding = 1e-7 if self.tolerance >= SINGLE else 1e-11
        return self.tolerance + rounding

    @property
    def solver(self) -> str:
        """QuTiP, its version and the integrator."""
        import qutip

        return f"qutip {qutip.__version__}, SESolver, {self.options()['method']}"


@dataclass(frozen=True)
class Chebyshev(_QutipPropagator):
    """Chebyshev series of exp(-iHt); `tolerance` is the size of the terms left out, `memory`
    (bytes) what outputs may take.
    """

    tolerance: float = 1e-8
    memory: float = 1e9

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)
        check_positive("memory", self.memory, "bytes")

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        return {"method": "chebyshev", "atol": self.tolerance, "memory": self.memory}


@dataclass(frozen=True)
class Lanczos(_QutipPropagator):
    """One Krylov space for all times, as long as `memory` (bytes) allows; `tolerance` is the error
    of the wavepacket at the end.
    """

    tolerance: float = 1e-6
    memory: float = 2e9

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)
        check_positive("memory", self.memory, "bytes")

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        return {
            "method": "lanczos",
            "atol": self.tolerance,
            "memory": self.memory,
            "report": partial(report, STAGE),
        }


@dataclass(frozen=True)
class ShortIterativeLanczos(_QutipPropagator):
    """Krylov spaces of at most `dimension` vectors, each used for as long as its error allows."""

    tolerance: float = 1e-8
    dimension: int = 24

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)
        check_positive("dimension", self.dimension)

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        return {
            "method": "lanczos",
            "atol": self.tolerance,
            "krylov_dim": self.dimension,
            "report": partial(report, STAGE),
        }


@dataclass(frozen=True)
class QutipIntegrator(_QutipPropagator):
    """One of QuTiP's own integrators (`vern7`, `adams`, ...), the independent second road."""

    name: str = "vern7"
    atol: float = 1e-10
    rtol: float = 1e-8

    @property
    def tolerance(self) -> float:
        """Error of the integration."""
        return self.rtol

    def options(self) -> dict[str, Any]:
        """Options of `qutip.sesolve`."""
        return {"method": self.name, "atol": self.atol, "rtol": self.rtol, "nsteps": 10_000_000}


def _hamiltonian(state: VectorState) -> Any:
    """H/hbar, rad/fs, as a Qobj that never stores a matrix of its own."""
    import qutip

    from ...operators.operator_sum import OperatorSum

    operator = state.sector.operator
    data = OperatorSum([(1 / HBAR, operator)], operator.shape)
    return qutip.Qobj(data, isherm=True, copy=False)


def _ket(state: VectorState) -> Any:
    """The amplitudes as QuTiP's dense data."""
    import qutip

    column = np.array(state.psi, dtype=complex).reshape(-1, 1)
    return qutip.core.data.dense.fast_from_numpy(column)
