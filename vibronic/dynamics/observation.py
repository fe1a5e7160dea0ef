"""What is to be propagated, and what is to be measured on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..checks import InputError, check_positive, checked_times
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..wavepacket import Wavepacket
from .observables import Observable
from .propagators import Krylov, Lanczos, Propagator

ALMOST = 1e-9  # of the whole time; moments closer than that are one


@dataclass(frozen=True, eq=False)
class Watch:
    """An observable, and the `times` (fs) at which it is measured; None for all."""

    observable: Observable
    times: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Observation:
    """A `start` (a Wavepacket on its basis, or a Doorway, whose basis is found) that moves for
    `times` (fs, rising from 0), `watched` on its way. `tolerance` is the error of populations and
    autocorrelation; `method` how they are propagated.

    Raises InputError for times that do not rise from 0, settings that do not fit the model, and
    observables that need more than the states of `method` give.
    """

    model: VibronicHamiltonian
    start: Wavepacket | Doorway
    times: np.ndarray
    watched: tuple[Watch, ...]
    method: Propagator
    tolerance: float = 1e-3
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", checked_times(self.times))
        check_positive("tolerance", self.tolerance)
        for watch in self.watched:
            watch.observable.check(self.model)
            self._check_answers(watch.observable)

    def _check_answers(self, observable: Observable) -> None:
        kind = self.method.state
        lacking = [f"`{q}`" for q in observable.needs if not kind.answers(q)]
        if lacking:
            raise InputError(
                f"{type(observable).__name__} needs {', '.join(lacking)} of a wavepacket, which "
                f"{type(self.method).__name__} does not give. Leave it out, or use another "
                "`method`."
            )

    @property
    def name(self) -> str:
        """What the start is called."""
        if isinstance(self.start, Wavepacket):
            return "a wavepacket"
        return self.start.name(self.model)

    @property
    def all_times(self) -> np.ndarray:
        """The propagation's own times and those at which anything is watched, (n_t,)."""
        extra = [checked_times(w.times) for w in self.watched if w.times is not None]
        merged = np.unique(np.concatenate([self.times, *extra]))
        apart = np.diff(merged, prepend=-np.inf) > ALMOST * self.times[-1]
        values: np.ndarray = merged[apart]
        return values


@public
def observation(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int | str,
    times: Any,
    watched: Sequence[Observable | Watch] = (),
    *,
    method: Propagator | None = None,
    tolerance: float = 1e-3,
    limits: Limits = Limits(),
) -> Observation:
    """The Observation of a packet, or of the vibrational ground state lifted onto a state; by a
    long Krylov space unless another `method` is given.
    """
    packet = start if isinstance(start, Wavepacket) else Doorway.entering(model, start)
    watches = tuple(w if isinstance(w, Watch) else Watch(w) for w in watched)
    check_positive("tolerance", tolerance)

    return Observation(
        model,
        packet,
        times,
        watches,
        method=method or _default_method(packet, watches, tolerance),
        tolerance=tolerance,
        limits=limits,
    )


def _default_method(
    packet: Wavepacket | Doorway, watches: Sequence[Watch], tolerance: float
) -> Propagator:
    if isinstance(packet, Doorway):
        return Lanczos(min(1e-5, 0.01 * tolerance))
    return Krylov() if watches else Lanczos(1e-8)
