"""Solve the time-dependent Schrödinger equation with QuTiP."""

from __future__ import annotations

import os
from typing import Any

from ..bases import packet_functions
from ..checks import check_positive, checked_times
from ..convergence import cost, memory_limit
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..operators.operator import check_fit
from ..propagation import Propagation, UnfinishedPropagation
from ..wavepacket import Wavepacket
from .checkpoint import Checkpoint, checkpoint_path, fingerprint
from .convergence import converged
from .measurement import Progress, measured
from .methods import Lanczos, Method


def propagate(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int,
    times: Any,
    *,
    method: Method | None = None,
    tolerance: float = 1e-3,
    max_size: int = 1_000_000,
    memory: float | None = None,
    checkpoint: str | os.PathLike | None = None,
    progress: Progress | None = None,
) -> Propagation:
    """Diabatic populations and autocorrelation of a wavepacket at `times` (fs, increasing from 0).

    i hbar d psi/dt = H psi, by `qutip.sesolve`. `start` is a Wavepacket on a basis of your choice,
    or a Doorway, or the index of the state onto which the vibrational ground state is lifted; then
    the basis is grown until populations and autocorrelation are certain to `tolerance`, within
    `max_size` functions and `memory` bytes (half the machine's unless given), and the certificate
    says what was reached and which mode limits. `method` is a long Krylov space (`Lanczos`) unless
    given. With a `checkpoint` (a .h5 file) an interrupted propagation saves itself, and the same
    call goes on from there.

    Raises InputError for times that do not increase from 0, a packet that does not fit the model,
    or one that needs more memory.
    """
    times = checked_times(times)
    check_positive("tolerance", tolerance)
    check_positive("max_size", max_size)
    room = memory_limit(memory)
    method = method or Lanczos(
        1e-8 if isinstance(start, Wavepacket) else min(1e-5, 0.01 * tolerance)
    )
    report = progress or (lambda stage, fraction: None)
    path = checkpoint_path(checkpoint)
    if isinstance(start, Wavepacket):
        check_fit(model, start.basis)
        mark = Checkpoint(path, fingerprint(model, start.amplitudes, start.basis, times, method))
        functions = packet_functions(model, start)
        cost(model, start.basis, functions, time=times[-1], n_times=times.size).check(room)
        run, _ = measured(
            model,
            start,
            functions,
            times,
            method,
            initial="a wavepacket",
            progress=report,
            checkpoint=mark,
            left=mark.found(UnfinishedPropagation),
        )
    else:
        door = Doorway.entering(model, start)
        mark = Checkpoint(
            path,
            fingerprint(
                model, door.amplitudes, door.slopes, door.quanta, times, method, tolerance
            ),
        )
        run = converged(
            model,
            door,
            times,
            method,
            tolerance,
            max_size=max_size,
            memory=room,
            progress=report,
            checkpoint=mark,
        )
    mark.finished()
    return run
