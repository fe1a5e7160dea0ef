"""Wavepackets kept on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...basis import VibronicBasis
from ...checks import check_index, frozen_array
from ...storage import noun
from ...wavepacket import Wavepacket
from ..propagators.state import State
from .observable import Observable


@noun
@dataclass(frozen=True, eq=False)
class Snapshots:
    """`amplitudes` (n_t, n_functions) of a packet at `times` (fs), on the functions (flat indices)
    of a basis in which it moves.
    """

    times: np.ndarray
    amplitudes: np.ndarray
    functions: np.ndarray
    basis: VibronicBasis

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", frozen_array(self.times, "times"))
        object.__setattr__(
            self, "amplitudes", frozen_array(self.amplitudes, "amplitudes", complex)
        )
        object.__setattr__(self, "functions", frozen_array(self.functions, "functions", int))

    def packet(self, k: int) -> Wavepacket:
        """The packet at `times[k]`, on the whole basis."""
        check_index("k", k, len(self.times))
        whole = np.zeros(self.basis.size, complex)
        whole[self.functions] = self.amplitudes[k]
        return Wavepacket(self.basis, whole.reshape(self.basis.n_states, -1))

    def __str__(self) -> str:
        return (
            f"Snapshots  {len(self.times)} packets of {self.functions.size:,} amplitudes, "
            f"{self.times[0]:g}-{self.times[-1]:g} fs"
        )


@dataclass(frozen=True)
class Amplitudes(Observable):
    """The packet itself at every output: gives Snapshots, refused where they do not fit memory."""

    needs = ("amplitudes", "functions", "basis")

    def bytes_kept(self, n_functions: int) -> float:
        """Complex amplitudes."""
        return 16.0 * n_functions

    def measured(self, state: State, k: int) -> tuple[np.ndarray]:
        """A copy."""
        return (state.amplitudes().astype(complex),)

    def result(self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]) -> Snapshots:
        """The readings, as Snapshots."""
        return Snapshots(times, columns[0], start.functions(), start.basis())
