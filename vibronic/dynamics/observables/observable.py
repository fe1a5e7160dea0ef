"""Something to measure on a moving packet."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...hamiltonian import VibronicHamiltonian
from ..propagators.state import State


class Observable(ABC):
    """A frozen object with its settings, which reads a `State` and nothing else."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The questions that the State must answer."""
        return ()

    def check(self, model: VibronicHamiltonian) -> None:  # noqa: B027
        """Raise InputError for settings that do not fit the model."""

    @abstractmethod
    def measured(self, state: State, k: int) -> tuple[Any, ...]:
        """What is read off at output `k`: arrays or numbers of the same shapes at every output."""

    @abstractmethod
    def result(self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]) -> Any:
        """The noun made of what was measured at `times`: an array (n_t, ...) for each item of
        `measured`.
        """

    def bytes_kept(self, n_functions: int) -> float:
        """Memory of one reading where it grows with the packet, else 0."""
        return 0.0
