"""A way to solve the equations of motion of an open system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ...certificate import Certificate
from .open_system import OpenSystem


@dataclass(frozen=True, eq=False)
class OpenReadings:
    """What the observables of an open system read, `values` (n_t, n_observables), and the standard
    `errors` (n_t, n_states) of the populations where these are means of samples; `about` names the
    equation; `certificate` tells what limits them besides the basis.
    """

    values: np.ndarray
    about: str
    certificate: Certificate | None = None
    errors: np.ndarray | None = None


class OpenMethod(ABC):
    """A frozen object with its settings."""

    @abstractmethod
    def readings(
        self, system: OpenSystem, times: np.ndarray, tolerance: float, room: float
    ) -> OpenReadings:
        """The observables at `times` (fs), within `room` bytes."""
