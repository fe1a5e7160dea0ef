"""Propagations that survive an interruption."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import numpy as np

from ..checks import InputError
from ..hamiltonian import VibronicHamiltonian
from ..propagation import GrowthStep, UnfinishedObservations, UnfinishedPropagation
from ..storage import load, save

EVERY = 60.0  # seconds between saves
Unfinished = TypeVar("Unfinished", UnfinishedPropagation, UnfinishedObservations)


def checkpoint_path(checkpoint: str | os.PathLike | None) -> Path | None:
    """The file that an interrupted calculation is saved to, if one was named."""
    path = Path(checkpoint) if checkpoint is not None else None
    if path is not None and path.suffix not in (".h5", ".hdf5"):
        raise InputError(f"Argument `checkpoint` must name an .h5 file, but is {str(path)!r}.")
    return path


def fingerprint(model: VibronicHamiltonian, *others: Any) -> str:
    """A digest of the model and of everything else that decides the outcome."""
    digest = hashlib.sha256()
    for part in (
        model.frequencies,
        model.constant,
        model.linear,
        *(part for pair in sorted(model.quadratic_pairs.items()) for part in pair),
        *(t.matrix for t in model.higher),
        *others,
    ):
        digest.update(
            np.ascontiguousarray(part).tobytes()
            if isinstance(part, np.ndarray)
            else repr(part).encode()
        )
    digest.update(repr([t.powers for t in model.higher]).encode())
    return digest.hexdigest()


@dataclass
class Checkpoint:
    """The file `path` (or none) that a propagation saves itself to: every minute, between bases,
    and on Ctrl-C.
    """

    path: Path | None
    fingerprint: str
    step: GrowthStep | None = None
    _saved: float = field(default_factory=monotonic)

    def found(self, kind: type[Unfinished]) -> Unfinished | None:
        """What an interrupted run of the same calculation left, if anything.

        Raises InputError when the file holds something else.
        """
        if self.path is None or not self.path.exists():
            return None
        left = load(self.path)
        if not isinstance(left, kind) or left.fingerprint != self.fingerprint:
            raise InputError(
                f"{self.path} belongs to another propagation: its model, state, times, "
                "tolerance or method differ. Repeat the "
                "call that made it, or delete the file to start afresh."
            )
        self.step = getattr(left, "step", None)
        return left

    def begin(self, step: GrowthStep) -> None:
        """Note the basis that is about to be used; what was measured with the one before is in
        `step`.
        """
        self.step = step
        empty = np.zeros(0)
        self._write(
            UnfinishedPropagation(self.fingerprint, empty, empty, np.zeros((0, 1)), empty, empty)
        )

    def due(self) -> bool:
        """True when it is time to save."""
        return self.path is not None and monotonic() - self._saved > EVERY

    def save(self, left: UnfinishedPropagation | UnfinishedObservations) -> None:
        """Write what has been measured so far."""
        self._write(replace(left, fingerprint=self.fingerprint))

    def _write(self, left: UnfinishedPropagation | UnfinishedObservations) -> None:
        if self.path is not None:
            save(
                replace(left, step=self.step) if isinstance(left, UnfinishedPropagation) else left,
                self.path,
            )
        self._saved = monotonic()

    def finished(self) -> None:
        """Remove the file: the propagation is complete."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
