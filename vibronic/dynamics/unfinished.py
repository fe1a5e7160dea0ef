"""What an interrupted propagation leaves, to go on from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import frozen_array
from ..propagation import Propagation
from ..storage import built, noun, reads


@noun
@dataclass(frozen=True, eq=False)
class GrowthStep:
    """Where a search for a large enough basis stands: the basis in use, and the outcome of the one
    before.

    `weights` (n_modes,) and `cutoff` define the pruned basis; `complete` tells whether all times
    are asked of it or only a few; `expected` is the error that the leaks of the basis before made
    expect, `rate` how fast it fell with its size.
    """

    weights: np.ndarray
    cutoff: float
    complete: bool = False
    previous: Propagation | None = None
    expected: float = 0.0
    rate: float = 2.0
    size: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", frozen_array(self.weights, "weights"))


@noun
@dataclass(frozen=True, eq=False)
class Readings:
    """What was read off at some outputs, (n, ...)."""

    values: np.ndarray


@noun
@dataclass(frozen=True, eq=False)
class UnfinishedObservation:
    """An observation that was interrupted after `done` outputs: the `amplitudes` (n_functions,) at
    the last, the summed `occupations` (n_functions,), and all that was `measured`, for the
    observables in turn as many columns as `widths` says.

    `fingerprint` tells which observation it belongs to, `step` with which basis it was done when
    the program chooses it.
    """

    fingerprint: str
    done: int
    amplitudes: np.ndarray
    occupations: np.ndarray
    widths: tuple[int, ...]
    measured: tuple[Readings, ...]
    step: GrowthStep | None = None

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "amplitudes", frozen_array(self.amplitudes, "amplitudes", complex)
        )
        object.__setattr__(self, "occupations", frozen_array(self.occupations, "occupations"))


@reads("Table")
def _table(content: dict[str, Any]) -> Readings:
    """What version 0.1 called readings."""
    return built(Readings, content)


@reads("UnfinishedObservations")
def _observations(content: dict[str, Any]) -> UnfinishedObservation:
    """Version 0.1 watched a packet on a basis that was there."""
    measured = content.get("measured", ())
    done = len(measured[0].values) if measured else 0
    return built(UnfinishedObservation, {**content, "done": done, "occupations": np.zeros(0)})


@reads("UnfinishedPropagation")
def _propagation(content: dict[str, Any]) -> UnfinishedObservation:
    """Version 0.1 propagated by a loop of its own."""
    names = ("populations", "autocorrelation", "energies")
    measured = tuple(Readings(content[name]) for name in names)
    given = {
        **content,
        "done": len(content["autocorrelation"]),
        "occupations": content["density"],
        "widths": (1, 1, 1),
        "measured": measured,
    }
    return built(UnfinishedObservation, given)
