"""One Krylov space for all times, without QuTiP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from ...checks import check_positive
from ...hamiltonian import VibronicHamiltonian
from ...numerics import lanczos_exponential
from ...units import HBAR
from ...wavepacket import Wavepacket
from .propagator import Propagator
from .state import State
from .vector_state import VectorState

LONGEST = 2000
SHORTEST = 24


@dataclass(frozen=True)
class Krylov(Propagator):
    """One Krylov space for all times, in real arithmetic where the start is real, as long as
    `memory` (bytes) allows; its vectors are kept in single precision. `tolerance` is the error of
    the wavepacket at the end.

    T. J. Park, J. C. Light, J. Chem. Phys. 85, 5870 (1986), doi:10.1063/1.451548
    """

    tolerance: float = 1e-7
    memory: float = 2e9

    state = VectorState

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)
        check_positive("memory", self.memory, "bytes")

    def start(
        self, model: VibronicHamiltonian, packet: Wavepacket, functions: np.ndarray
    ) -> VectorState:
        """The packet on its sector."""
        return VectorState.of(model, packet, functions)

    def states(self, start: State, times: np.ndarray) -> Iterator[VectorState]:
        """The packet after each of `times` (fs)."""
        assert isinstance(start, VectorState)
        room = self.memory / (4 * start.psi.size)
        longest = int(np.clip(room, SHORTEST, LONGEST))

        with threadpool_limits(limits=1):  # the vectors are too short for threads to pay
            for psi in lanczos_exponential(
                start.sector.operator,
                start.psi,
                times / HBAR,
                tolerance=self.tolerance,
                max_dimension=longest,
                keep=np.float32,
            ):
                yield start.moved(psi)

    def resumed(self, start: State, amplitudes: np.ndarray) -> VectorState:
        """The packet with these amplitudes."""
        assert isinstance(start, VectorState)
        return start.moved(amplitudes)

    @property
    def error(self) -> float:
        """Error of the packet, and of single precision."""
        return self.tolerance + 1e-7

    @property
    def solver(self) -> str:
        """Our own."""
        return "vibronic, one Krylov space"
