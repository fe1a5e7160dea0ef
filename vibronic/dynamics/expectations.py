"""Means, widths and the electronic density of a packet on its way."""

from __future__ import annotations

from typing import Any

from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..wavepacket import Wavepacket
from .observables.means import Expectations, Means
from .observations import observations


@public
def expectations(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int | str,
    times: Any,
    *,
    tolerance: float = 1e-3,
) -> Expectations:
    """Means, widths and the electronic density of a wavepacket at `times` (fs, rising from 0).

    `start` is a Wavepacket on a basis of its own (`Wavepacket.vertical(run.basis, state)` for that
    of a propagation made before), or a Doorway or a state index; for these a basis is found to
    `tolerance`. Widths are standard deviations; 1/sqrt(2) in the reference's ground state.
    """
    found: Expectations
    (found,) = observations(model, start, times, [Means()], tolerance=tolerance)
    return found
