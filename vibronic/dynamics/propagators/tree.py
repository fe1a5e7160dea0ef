"""Tree tensor networks: many modes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from ...checks import InputError, check_positive
from ...doorway import Doorway
from ...hamiltonian import VibronicHamiltonian
from ...tensor_trees import Growing, ProjectorSplitting, TreeHamiltonian, product_packet, topology
from ...wavepacket import Wavepacket
from .propagator import Propagator
from .state import State
from .tree_state import TreeState

FIRST = 0.05  # fs; a longer first step from a product leaves an error for ever
FASTER = 1.5  # how much each step is longer than the one before, until all are equal
SINGLE = 3e-4  # from which tolerance on single precision will do
SEEDS = 8  # directions of every edge at the start


@dataclass(frozen=True)
class TreeNetwork(Propagator):
    """A tree tensor network, moved by projector splitting in steps of `step` (fs); its bond
    dimensions grow to at most `max_rank` where the packet leaves it by more than `growth` (None:
    a third of the tolerance). For packets of ten modes and more that start in one vibrational
    level.

    C. Lubich, B. Vandereycken, H. Walach, SIAM J. Numer. Anal. 56, 1252 (2018),
    doi:10.1137/17M1146889; as multilayer MCTDH: H. Wang, M. Thoss, J. Chem. Phys. 119, 1289
    (2003), doi:10.1063/1.1580111
    """

    max_rank: int = 96
    growth: float | None = None
    step: float = 1.0

    state: ClassVar[type[State]] = TreeState

    def __post_init__(self) -> None:
        if self.max_rank < 2:
            raise InputError(f"`max_rank` must be 2 or more, but is {self.max_rank}.")
        check_positive("step", self.step, "fs")
        if self.growth is not None:
            check_positive("growth", self.growth)

    def start(
        self, model: VibronicHamiltonian, packet: Wavepacket, functions: np.ndarray
    ) -> State:
        """Refused: a tree starts from a Doorway."""
        raise InputError(
            "A tree tensor network starts from a state or a Doorway, not from a Wavepacket on a "
            "basis."
        )

    def entered(
        self, model: VibronicHamiltonian, door: Doorway, levels: Sequence[int], growth: float
    ) -> TreeState:
        """The packet of a doorway at time 0, every mode in so many levels."""
        if np.any(door.slopes):
            raise InputError(
                "A tree tensor network starts from a vertical transition, but this doorway's "
                "amplitudes depend on q. Leave out the slopes, or use another `method`."
            )
        tree = topology(model, levels)
        if tree.is_leaf:
            raise InputError(
                "A tree needs two modes or more that do not fit one leaf; this model has "
                f"{model.n_modes}. Use another `method`."
            )
        kind = np.complex64 if growth >= SINGLE else np.complex128
        hamiltonian = TreeHamiltonian(model, tree, levels)
        rank = min(SEEDS, self.max_rank)
        return TreeState(product_packet(hamiltonian, door.amplitudes, door.quanta, rank, kind))

    def states(self, start: State, times: np.ndarray) -> Iterator[TreeState]:
        """The packet after each of `times` (fs)."""
        assert isinstance(start, TreeState)
        threshold = 1e-4 if self.growth is None else self.growth
        moving = ProjectorSplitting(start.packet, Growing(self.max_rank, threshold))
        now = 0.0
        longest = min(FIRST, self.step)

        for time in times.tolist():
            with threadpool_limits(limits=1):  # the tensors are too small for threads to pay
                packet = start.packet
                while time - now > 1e-9:
                    left = time - now
                    packet = moving.step(left / np.ceil(left / longest - 1e-9))
                    now += left / np.ceil(left / longest - 1e-9)
                    longest = min(self.step, longest * FASTER)
            yield start.moved(packet)

    @property
    def error(self) -> float:
        """Unknown by itself: two trees tell it."""
        return 0.0

    @property
    def solver(self) -> str:
        """Our own."""
        return "vibronic, tree tensor network"
