"""A way to solve the time-dependent Schrödinger equation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from ...checks import InputError
from ...hamiltonian import VibronicHamiltonian
from ...wavepacket import Wavepacket
from .state import State


class Propagator(ABC):
    """Solves i hbar d psi/dt = H psi: a frozen object with its settings, whose states are of the
    kind `state`.
    """

    state: ClassVar[type[State]]

    @abstractmethod
    def start(
        self, model: VibronicHamiltonian, packet: Wavepacket, functions: np.ndarray
    ) -> State:
        """The packet at time 0; it has amplitude, now or later, on these `functions` of its basis
        only (flat indices, rising).
        """

    @abstractmethod
    def states(self, start: State, times: np.ndarray) -> Iterator[State]:
        """The packet after each of `times` (fs, rising, above 0) counted from `start`, in time
        order.
        """

    def resumed(self, start: State, amplitudes: np.ndarray) -> State:
        """The packet of an interrupted propagation from `start`, from its amplitudes."""
        raise InputError(f"A propagation by {type(self).__name__} cannot go on from a file.")

    @property
    @abstractmethod
    def error(self) -> float:
        """Error of the packet at the end."""

    @property
    @abstractmethod
    def solver(self) -> str:
        """The program that solves the equation, and its version."""
