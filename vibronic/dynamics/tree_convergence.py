"""Propagate on ever larger trees, until two of them agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from ..bases import reachable_quanta
from ..certificate import Certificate, Limit
from ..doorway import Doorway
from ..propagation import Propagation
from .checkpoint import Checkpoint
from .convergence import FEW, change, part_of
from .observation import Observation
from .propagators import TreeNetwork, TreeState
from .record import Record
from .recording import Measurements, moved, propagation

FIRST_RANK = 16
LARGER = 1.5  # bond dimensions, and levels of modes whose uppermost are occupied
LEAST = 8  # levels of a mode that the classical reach does not tell of
OCCUPIED = 0.1  # of the tolerance; more in the uppermost levels asks for more levels
GROWTH = 1 / 3  # of the tolerance; what leaves the tree, in a femtosecond, is followed
FINER = 0.75  # the steps of a tree against those of the one before


@dataclass(frozen=True)
class _Size:
    """What a tree may use."""

    rank: int
    levels: tuple[int, ...]
    step: float
    growth: float


def converged_tree(observation: Observation, door: Doorway, mark: Checkpoint) -> Measurements:
    """Propagate a doorway on ever larger trees until populations and C change by less than the
    tolerance: with half as large bond dimensions again, more levels where the uppermost ones are
    occupied, and shorter steps. That change, which is the error of the smaller tree, is what the
    certificate reports of the larger one, with the occupation of the uppermost levels and what
    may leave the tree unfollowed.
    """
    method = observation.method
    assert isinstance(method, TreeNetwork)
    few = np.unique(
        np.linspace(0, observation.times.size - 1, min(FEW, observation.times.size)).round()
    ).astype(int)
    size = _first(observation, door)
    before: Propagation | None = None

    while True:
        record, run, outermost = _recorded(observation, door, size, mark)
        error = change(part_of(run, few), before)
        left = error + float(outermost.sum()) + size.growth
        if left < observation.tolerance or (before and size.rank >= method.max_rank):
            break
        before = part_of(run, few)
        size = _larger(size, outermost, observation)

    certificate = _certificate(observation, record, left, outermost)
    return Measurements(replace(run, certificate=certificate), record.results())


def _first(observation: Observation, door: Doorway) -> _Size:
    method = observation.method
    assert isinstance(method, TreeNetwork)
    reach = reachable_quanta(observation.model, door)
    levels = tuple(max(LEAST, ceil(n)) for n in reach.tolist())
    growth = method.growth or GROWTH * observation.tolerance
    return _Size(min(FIRST_RANK, method.max_rank), levels, method.step, growth)


def _larger(size: _Size, outermost: np.ndarray, observation: Observation) -> _Size:
    method = observation.method
    assert isinstance(method, TreeNetwork)
    full = outermost > OCCUPIED * observation.tolerance
    levels = tuple(
        ceil(LARGER * n) if more else n for n, more in zip(size.levels, full, strict=True)
    )
    rank = min(method.max_rank, ceil(LARGER * size.rank))
    return _Size(rank, levels, FINER * size.step, size.growth * FINER)


def _recorded(
    observation: Observation, door: Doorway, size: _Size, mark: Checkpoint
) -> tuple[Record, Propagation, np.ndarray]:
    """The readings on one tree, and the largest occupation of every mode's uppermost levels."""
    method = observation.method
    assert isinstance(method, TreeNetwork)
    own = replace(method, max_rank=size.rank, step=size.step, growth=size.growth)
    start = own.entered(observation.model, door, size.levels, size.growth)
    label = f"Wavepacket from {observation.name}: tree of bond dimension {size.rank}"

    found = moved(replace(observation, method=own), start, label, mark)
    run = propagation(observation, None, found)
    last = found.last
    assert isinstance(last, TreeState)
    return found, run, np.array([n[-2:].sum() for n in last.level_occupations])


def _certificate(
    observation: Observation, record: Record, error: float, outermost: np.ndarray
) -> Certificate:
    last = record.last
    assert isinstance(last, TreeState)
    fullest = int(np.argmax(outermost))
    full = outermost[fullest] > OCCUPIED * observation.tolerance
    return Certificate(
        observation.tolerance,
        min(error, 1.0) if np.isfinite(error) else error,
        sum(tensor.size for tensor in last.packet.tensors),
        Limit.RANK,
        limiting=observation.model.mode_labels[fullest] if full else "",
        found=f"against a smaller tree; bond dimensions up to {max(last.packet.ranks)}",
    )
