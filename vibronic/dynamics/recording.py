"""The loop: one propagation on one basis, with all that is measured on its way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..basis import VibronicBasis
from ..checks import InputError
from ..convergence import cost
from ..progress import listener, progress_to
from ..propagation import Propagation
from ..wavepacket import Wavepacket
from .checkpoint import Checkpoint
from .observation import Observation
from .propagators import State
from .record import Record
from .unfinished import UnfinishedObservation

BUILDING = 0.95  # of the way is told while a Krylov space is built


@dataclass(frozen=True, eq=False)
class Measurements:
    """The propagation `run`, and the `results` of what was watched, in its order."""

    run: Propagation
    results: tuple[Any, ...]


def recorded(
    observation: Observation,
    packet: Wavepacket,
    functions: np.ndarray,
    mark: Checkpoint,
    left: UnfinishedObservation | None = None,
    few: np.ndarray | None = None,
) -> Record:
    """The readings on the given functions of the packet's basis, or only the populations and the
    autocorrelation at `few` of the times.

    `left` is an interrupted run to go on from. Saved to `mark` every minute and on Ctrl-C.
    """
    main = observation.times if few is None else observation.times[few]
    times = observation.all_times if few is None else main
    label = _checked_cost(observation, packet.basis, functions, times)
    start = observation.method.start(observation.model, packet, functions)
    return moved(observation, start, label, mark, left, few)


def moved(
    observation: Observation,
    start: State,
    label: str,
    mark: Checkpoint,
    left: UnfinishedObservation | None = None,
    few: np.ndarray | None = None,
) -> Record:
    """The readings on a packet that is there, told as `label`; the rest as in `recorded`."""
    method = observation.method
    main = observation.times if few is None else observation.times[few]
    times = observation.all_times if few is None else main
    watched = observation.watched if few is None else ()
    record = Record(start, main, times, watched)
    last = start

    if left is not None and left.done:
        record.restore(left)
        last = method.resumed(start, left.amplitudes)
        record.last = last

    try:
        if record.done == 0:
            record.add(start)
        now = times[record.done - 1]
        rest = times[record.done :]
        with _told(label, now, times[-1]) as tell:
            tell(now)
            for t, state in zip(rest, method.states(last, rest - now), strict=True):
                record.add(state)
                tell(t)
                if mark.due():
                    mark.save(record.unfinished())
    except KeyboardInterrupt:
        mark.save(record.unfinished())
        raise

    return record


def _checked_cost(
    observation: Observation, basis: VibronicBasis, functions: np.ndarray, times: np.ndarray
) -> str:
    """What the run is called, or InputError when it needs too much memory."""
    room = observation.limits.bytes
    need = cost(observation.model, basis, functions, time=times[-1], n_times=times.size)
    need.check(room)

    moments = [(w.observable, times if w.times is None else w.times) for w in observation.watched]
    kept = sum(len(t) * observable.bytes_kept(functions.size) for observable, t in moments)
    if kept > room:
        raise InputError(
            f"The packets of {functions.size:,} amplitudes to be kept need {kept / 1e9:.2g} GB, "
            f"more than the {room / 1e9:.2g} GB allowed. Keep fewer, or use fewer modes."
        )

    return f"Wavepacket from {observation.name}: {need}"


@contextmanager
def _told(label: str, now: float, end: float) -> Iterator[Any]:
    """Reports of a propagator from `now` to `end` (fs) become those of the whole run; yields what
    is told the time reached.
    """
    outer = listener()

    def inner(stage: str, part: float) -> None:
        outer(label, (now + BUILDING * part * (end - now)) / end)

    with progress_to(inner):
        yield lambda t: outer(label, t / end)


def propagation(
    observation: Observation, basis: VibronicBasis | None, record: Record
) -> Propagation:
    """The noun made of a record."""
    model = observation.model
    populations, correlation, outermost, energies = (record.readings(k)[0] for k in range(4))
    return Propagation(
        record.main,
        populations,
        correlation,
        record.autocorrelation_times,
        energies,
        zero_point_energy=model.zero_point_energy,
        state_labels=model.state_labels,
        initial=observation.name,
        outermost=float(outermost.max()),
        basis=basis,
        provenance={
            "model": model.title,
            "method": repr(observation.method),
            "solver": observation.method.solver,
            "basis": _size(basis, record),
        },
    )


def _size(basis: VibronicBasis | None, record: Record) -> str:
    """How many functions were used."""
    if basis is None:
        return "a tree of tensors"
    levels = "x".join(map(str, basis.levels))
    return f"{record.occupations.size or basis.size} functions, per mode {levels}"
