"""Propagations that survive an interruption."""

from __future__ import annotations

import hashlib
import os
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from ..checks import InputError
from ..storage import FORMATS, load, save
from ..wavepacket import Wavepacket
from .observation import Observation
from .unfinished import GrowthStep, UnfinishedObservation

EVERY = 60.0  # seconds between saves


def checkpoint_path(checkpoint: str | os.PathLike[str] | None) -> Path | None:
    """The file that an interrupted calculation is saved to, if one was named."""
    path = Path(checkpoint) if checkpoint is not None else None
    if path is not None and not FORMATS["hdf5"].fits(path):
        raise InputError(f"Argument `checkpoint` must name an .h5 file, but is {str(path)!r}.")
    return path


def fingerprint(observation: Observation) -> str:
    """A digest of all that decides the outcome."""
    start = observation.start
    if isinstance(start, Wavepacket):
        parts: list[Any] = [start.amplitudes, astuple(start.basis)]
    else:
        parts = [start.amplitudes, start.slopes, start.quanta, observation.tolerance]

    for watch in observation.watched:
        parts += [watch.observable, watch.times]

    digest = hashlib.sha256()
    for part in (*_parts(observation.model), *parts, observation.times, observation.method):
        is_array = isinstance(part, np.ndarray)
        digest.update(np.ascontiguousarray(part).tobytes() if is_array else repr(part).encode())

    return digest.hexdigest()


def _parts(model: Any) -> list[Any]:
    terms = [part for powers, matrix in model.terms() for part in (dict(powers), matrix)]
    return [model.frequencies, *terms]


@dataclass
class Checkpoint:
    """The file `path` (or none) that a propagation saves itself to: every minute, between bases,
    and on Ctrl-C.
    """

    path: Path | None
    fingerprint: str
    step: GrowthStep | None = None
    _saved: float = field(default_factory=monotonic)

    def found(self) -> UnfinishedObservation | None:
        """What an interrupted run of the same calculation left, if anything.

        Raises InputError when the file holds something else.
        """
        if self.path is None or not self.path.exists():
            return None

        left = load(self.path)
        is_ours = isinstance(left, UnfinishedObservation)
        if not is_ours or left.fingerprint != self.fingerprint:
            raise InputError(
                f"{self.path} belongs to another propagation: its model, state, times, "
                "tolerance or method differ, or another version of vibronic made it. Repeat the "
                "call that made it, or delete the file to start afresh (`--afresh`)."
            )

        self.step = left.step
        return left  # type: ignore[no-any-return]

    def begin(self, step: GrowthStep) -> None:
        """Note the basis that is about to be used; what was measured with the one before is in
        `step`.
        """
        self.step = step
        empty = np.zeros(0)
        self.save(UnfinishedObservation("", 0, empty, empty, (), ()))

    def due(self) -> bool:
        """True when it is time to save."""
        return self.path is not None and monotonic() - self._saved > EVERY

    def save(self, left: UnfinishedObservation) -> None:
        """Write what has been measured so far."""
        if self.path is not None:
            save(replace(left, fingerprint=self.fingerprint, step=self.step), self.path)
        self._saved = monotonic()

    def finished(self) -> None:
        """Remove the file: the propagation is complete."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
