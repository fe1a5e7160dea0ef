"""Watch a moving wavepacket: any number of observables in one propagation; no packet is kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..wavepacket import Wavepacket
from .measurements import measurements
from .observables import Observable
from .observation import Watch, observation


@public
def observations(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int | str,
    times: Any,
    observables: Sequence[Observable | Watch],
    *,
    tolerance: float = 1e-3,
    limits: Limits = Limits(),
    checkpoint: str | os.PathLike[str] | None = None,
) -> tuple[Any, ...]:
    """What every observable gives at `times` (fs, rising from 0), as nouns in the order of
    `observables`; a `Watch` has times of its own.

    `start` is a Wavepacket on a basis of its own (`Wavepacket.vertical(run.basis, state)` for that
    of a propagation made before), or a Doorway or a state index; for these a basis is found to
    `tolerance` within `limits`. With a `checkpoint` (.h5) an interrupted call saves what it has,
    and the same call goes on from there.
    """
    asked = observation(model, start, times, observables, tolerance=tolerance, limits=limits)
    return measurements(asked, checkpoint).results
