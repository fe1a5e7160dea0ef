"""Solve the time-dependent Schrödinger equation."""

from __future__ import annotations

import os
from typing import Any

from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..propagation import Propagation
from ..wavepacket import Wavepacket
from .measurements import measurements
from .observation import observation
from .propagators import Propagator


@public
def propagate(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int | str,
    times: Any,
    *,
    method: Propagator | None = None,
    tolerance: float = 1e-3,
    limits: Limits = Limits(),
    checkpoint: str | os.PathLike[str] | None = None,
) -> Propagation:
    """Diabatic populations and autocorrelation of a wavepacket at `times` (fs, increasing from 0).

    i hbar d psi/dt = H psi, by `qutip.sesolve`. `start` is a Wavepacket on a basis of your choice,
    or a Doorway, or the index of the state onto which the vibrational ground state is lifted; then
    the basis is grown until populations and autocorrelation are certain to `tolerance`, within
    `limits`, and the certificate says what was reached and which mode limits. `method` is a long
    Krylov space (`Lanczos`) unless given. With a `checkpoint` (a .h5 file) an interrupted
    propagation saves itself, and the same call goes on from there.

    Raises InputError for times that do not increase from 0, a packet that does not fit the model,
    or one that needs more memory.
    """
    asked = observation(model, start, times, method=method, tolerance=tolerance, limits=limits)
    return measurements(asked, checkpoint).run
