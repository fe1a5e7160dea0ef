"""Watch a moving wavepacket: any number of observables in one propagation; no packet is kept."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..bases import packet_functions
from ..basis import VibronicBasis
from ..checks import InputError, checked_times
from ..convergence import cost, memory_limit
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..numerics import lanczos_exponential
from ..operators import hamiltonian_operator
from ..operators.operator import check_fit
from ..propagation import Table, UnfinishedObservations
from ..units import HBAR
from ..wavepacket import Wavepacket
from .checkpoint import Checkpoint, checkpoint_path, fingerprint
from .measurement import Progress
from .propagate import propagate

FEW = 25  # outputs of the propagation that finds a basis
EXACT = 1e-7  # error of the integration
VECTORS = 2e9  # bytes of Krylov vectors


class Meter(ABC):
    """Measures one observable on amplitudes over given functions of a basis."""

    @abstractmethod
    def measured(self, psi: np.ndarray, k: int) -> tuple[Any, ...]:
        """What is measured on `psi` (n_functions,) at output `k`: arrays of the same shapes at
        every output.
        """

    @abstractmethod
    def outcome(self, times: np.ndarray, columns: Sequence[np.ndarray]) -> Any:
        """The noun made of what was measured: an array (n_t, ...) for each item of `measured`."""


class Observable(ABC):
    """Something to measure on a moving packet: a frozen object with its settings."""

    @abstractmethod
    def meter(
        self, model: VibronicHamiltonian, basis: VibronicBasis, functions: np.ndarray
    ) -> Meter:
        """A meter for packets on these functions (flat indices, rising) of a basis."""

    def bytes_kept(self, n_functions: int) -> float:
        """Memory of one reading where it grows with the basis, else 0."""
        return 0.0


def observations(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int,
    times: Any,
    observables: Sequence[Observable],
    *,
    basis: VibronicBasis | None = None,
    tolerance: float = 1e-3,
    max_size: int = 1_000_000,
    memory: float | None = None,
    checkpoint: str | os.PathLike | None = None,
    progress: Progress | None = None,
) -> tuple[Any, ...]:
    """What every observable gives at `times` (fs, rising from 0), as nouns in the order of
    `observables`.

    `start` is a Wavepacket on a basis of its own, or a Doorway or a state index; for these `basis`
    is that of a propagation made before (`run.basis`, whose certificate holds here too), or one is
    found to `tolerance` within `max_size` functions and `memory` bytes. With a `checkpoint` (.h5)
    an interrupted call saves what it has, and the same call goes on from there.
    """
    moments = checked_times(times)
    room = memory_limit(memory)
    packet = start if isinstance(start, Wavepacket) else None
    if packet is None:
        door = start if isinstance(start, Doorway) else Doorway.vertical(model, start)  # type: ignore[arg-type]
        found = (
            basis
            or propagate(
                model,
                door,
                np.linspace(0, moments[-1], FEW),
                tolerance=tolerance,
                max_size=max_size,
                memory=room,
                progress=progress,
            ).basis
        )
        assert found is not None
        packet = door.packet(found)
    check_fit(model, packet.basis)
    functions = packet_functions(model, packet)
    cost(model, packet.basis, functions, time=moments[-1], n_times=moments.size).check(room)
    need = moments.size * sum(observable.bytes_kept(functions.size) for observable in observables)
    if need > room:
        raise InputError(
            f"{moments.size} packets of {functions.size:,} amplitudes need {need / 1e9:.2g} GB, "
            f"more than the {room / 1e9:.2g} GB "
            "allowed. Keep fewer, or use fewer modes."
        )
    mark = Checkpoint(
        checkpoint_path(checkpoint),
        fingerprint(model, packet.amplitudes, packet.basis, moments, tuple(observables)),
    )
    meters = [observable.meter(model, packet.basis, functions) for observable in observables]
    rows = _measured(
        model, packet, functions, moments, meters, mark, progress or (lambda stage, part: None)
    )
    mark.finished()
    columns = zip(*rows, strict=True)
    return tuple(
        meter.outcome(moments, [np.array(x) for x in zip(*column, strict=True)])
        for meter, column in zip(meters, columns, strict=True)
    )


def _measured(
    model: VibronicHamiltonian,
    packet: Wavepacket,
    functions: np.ndarray,
    times: np.ndarray,
    meters: list[Meter],
    mark: Checkpoint,
    progress: Progress,
) -> list[list[tuple[Any, ...]]]:
    """For every output, what every meter read."""
    left = mark.found(UnfinishedObservations)
    rows = _unpacked(left, len(meters)) if left is not None else []
    first = left.amplitudes if left is not None else packet.amplitudes.ravel()[functions]
    done = len(rows)
    label = f"Watching the wavepacket: {functions.size:,} functions"
    try:
        for k, psi in enumerate(
            _states(model, packet.basis, functions, first, times[max(done - 1, 0) :]),
            max(done - 1, 0),
        ):
            if k >= done:
                rows.append([meter.measured(psi, k) for meter in meters])
                progress(label, times[k] / times[-1])
                if mark.due():
                    mark.save(_packed(psi, rows))
    except KeyboardInterrupt:
        if rows and len(rows) == k + 1:
            mark.save(_packed(psi, rows))
        raise
    return rows


def _states(
    model: VibronicHamiltonian,
    basis: VibronicBasis,
    functions: np.ndarray,
    psi: np.ndarray,
    times: np.ndarray,
) -> Iterator[np.ndarray]:
    operator = hamiltonian_operator(
        model, basis, None if functions.size == basis.size else functions
    )
    longest = int(np.clip(VECTORS / (4 * psi.size), 24, 2000))
    with threadpool_limits(limits=1):
        yield from lanczos_exponential(
            operator,
            psi,
            (times - times[0]) / HBAR,
            tolerance=EXACT,
            max_dimension=longest,
            keep=np.float32,
        )


def _packed(psi: np.ndarray, rows: list[list[tuple[Any, ...]]]) -> UnfinishedObservations:
    columns = [np.array(x) for meter in zip(*rows, strict=True) for x in zip(*meter, strict=True)]
    return UnfinishedObservations(
        "", psi, tuple(len(reading) for reading in rows[0]), tuple(Table(x) for x in columns)
    )


def _unpacked(left: UnfinishedObservations, n_meters: int) -> list[list[tuple[Any, ...]]]:
    columns = [table.values for table in left.measured]
    rows = []
    starts = np.concatenate([[0], np.cumsum(left.widths)]).astype(int)
    for k in range(len(columns[0]) if columns else 0):
        rows.append(
            [
                tuple(columns[c][k] for c in range(starts[m], starts[m + 1]))
                for m in range(n_meters)
            ]
        )
    return rows
