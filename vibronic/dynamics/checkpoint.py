"""Propagations that survive an interruption."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..propagation import GrowthStep, UnfinishedPropagation
from ..storage import load, save

EVERY = 60.0  # seconds between saves


def fingerprint(model: VibronicHamiltonian, *others: Any) -> str:
    """A digest of the model and of everything else that decides the outcome."""
    digest = hashlib.sha256()
    for part in (model.frequencies, model.constant, model.linear, model.quadratic, *(t.matrix for t in model.higher), *others):
        digest.update(np.ascontiguousarray(part).tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    digest.update(repr([t.powers for t in model.higher]).encode())
    return digest.hexdigest()


@dataclass
class Checkpoint:
    """The file `path` (or none) that a propagation saves itself to: every minute, between bases, and on Ctrl-C."""

    path: Path | None
    fingerprint: str
    step: GrowthStep | None = None
    _saved: float = field(default_factory=monotonic)

    def found(self) -> UnfinishedPropagation | None:
        """What an interrupted run of the same propagation left, if anything.

        Raises InputError when the file holds something else.
        """
        if self.path is None or not self.path.exists():
            return None
        left = load(self.path)
        if not isinstance(left, UnfinishedPropagation) or left.fingerprint != self.fingerprint:
            raise InputError(f"{self.path} belongs to another propagation: its model, state, times, tolerance or method differ. Repeat the "
                             "call that made it, or delete the file to start afresh.")
        self.step = left.step
        return left

    def begin(self, step: GrowthStep) -> None:
        """Note the basis that is about to be used; what was measured with the one before is in `step`."""
        self.step = step
        empty = np.zeros(0)
        self._write(UnfinishedPropagation(self.fingerprint, empty, empty, np.zeros((0, 1)), empty, empty))

    def due(self) -> bool:
        """True when it is time to save."""
        return self.path is not None and monotonic() - self._saved > EVERY

    def save(self, left: UnfinishedPropagation) -> None:
        """Write what has been measured so far."""
        self._write(replace(left, fingerprint=self.fingerprint))

    def _write(self, left: UnfinishedPropagation) -> None:
        if self.path is not None:
            save(replace(left, step=self.step), self.path)
        self._saved = monotonic()

    def finished(self) -> None:
        """Remove the file: the propagation is complete."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
