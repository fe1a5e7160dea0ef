"""The autocorrelation alone, without propagating all of the packet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..bases import PrunedSector, packet_functions
from ..checks import InputError, check_positive, checked_times
from ..convergence import Growth, PrunedSectors, cost
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from ..numerics import (
    LanczosRecursion,
    chebyshev_moments,
    moments_autocorrelation,
    spectral_bounds,
)
from ..operators import hamiltonian_operator
from ..operators.operator import check_fit
from ..propagation import Autocorrelation
from ..units import HBAR
from ..wavepacket import Wavepacket

SINGLE = 1e-5  # error from which on single precision is enough
KEPT = 2e9  # bytes of Lanczos vectors, for the densities
OWN = 0.1  # share of the tolerance for the error of the recursion


@public
def autocorrelation(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int | str,
    times: Any,
    *,
    tolerance: float = 1e-3,
    limits: Limits = Limits(),
) -> Autocorrelation:
    """C(t) = <start| exp(-iHt/hbar) |start> at `times` (fs, rising from 0), from one Lanczos
    recursion in real arithmetic.

    n steps give the first 2n moments of the spectrum, so that half the products of a propagation
    suffice. `start` is a real Wavepacket on a basis of your choice, or a Doorway or a state index:
    then the basis is grown until C is certain to `tolerance`.

    T. J. Park, J. C. Light, J. Chem. Phys. 85, 5870 (1986), doi:10.1063/1.451548
    """
    times = checked_times(times)
    check_positive("tolerance", tolerance)

    precise = _Precision(times[-1], OWN * tolerance, limits.bytes)
    if isinstance(start, Wavepacket):
        check_fit(model, start.basis)
        functions = packet_functions(model, start)
        recursion = _recursion(model, start, functions, precise)
        values = recursion.autocorrelation(times / HBAR)
        return Autocorrelation(times, values, model.zero_point_energy, "a wavepacket", start.basis)

    door = Doorway.entering(model, start)
    spaces = PrunedSectors(model, door, times[-1] / 2, limits)
    growth: Growth[PrunedSector, np.ndarray] = Growth(spaces, tolerance)
    moments = np.linspace(0, times[-1] / 2, 13)[1:] / HBAR

    for sector in growth:
        growth.report("Autocorrelation")
        recursion = _recursion(model, sector.packet, sector.functions, precise, keep=True)
        parts = (psi.real**2 + psi.imag**2 for psi in recursion.states(moments))
        density = sum(parts) / moments.size
        values = recursion.autocorrelation(times / HBAR)
        before = growth.before
        change = np.inf if before is None else float(np.abs(values - before).max())
        growth.told(values, change, density)

    return Autocorrelation(
        times,
        growth.result,
        model.zero_point_energy,
        door.name(model),
        growth.space.basis,
        growth.certificate(at_least=OWN * tolerance),
    )


@dataclass(frozen=True)
class _Precision:
    """Until which `time` (fs) and to what `error` C is right, within how much `memory` (bytes)."""

    time: float
    error: float
    memory: float


def _recursion(
    model: VibronicHamiltonian,
    packet: Wavepacket,
    functions: np.ndarray,
    precise: _Precision,
    *,
    keep: bool = False,
) -> LanczosRecursion:
    """Lanczos steps until C is right: until exp(-iHt/2) start has not left their space."""
    if np.iscomplexobj(packet.amplitudes):
        raise InputError(
            "`autocorrelation` needs real amplitudes; `propagate` takes complex ones."
        )

    basis = packet.basis
    half = precise.time / 2
    vectors = KEPT if keep else 0.0
    cost(model, basis, functions, time=half, n_times=0, vectors=vectors).check(precise.memory)

    whole = functions.size == basis.size
    operator = hamiltonian_operator(model, basis, None if whole else functions)
    precision = np.float32 if precise.error >= SINGLE else np.float64
    start = packet.amplitudes.ravel()[functions].astype(precision)
    recursion = LanczosRecursion(operator, start, keep=np.float32 if keep else None)
    with threadpool_limits(limits=1):
        recursion.reach(half / HBAR, np.sqrt(precise.error))

    return recursion


@public
def correlation_functions(
    model: VibronicHamiltonian,
    starts: Sequence[Wavepacket],
    times: Any,
    *,
    tolerance: float = 1e-6,
) -> np.ndarray:
    """C_ab(t) = <a| exp(-iHt/hbar) |b> of several real wavepackets on one basis, (n_times, n, n),
    from Chebyshev moments.

    All packets share the spectral bounds, and each product serves two moments (see
    `numerics.chebyshev_moments`).
    """
    times = checked_times(times)
    check_positive("tolerance", tolerance)
    if not starts:
        raise InputError("Argument `starts` must list at least one wavepacket, but is empty.")

    basis = starts[0].basis
    check_fit(model, basis)
    if any(packet.basis != basis or np.iscomplexobj(packet.amplitudes) for packet in starts):
        raise InputError("`correlation_functions` needs real wavepackets on one basis.")

    operator = hamiltonian_operator(model, basis)
    bounds = spectral_bounds(operator, basis.size)
    reach = 0.5 * (bounds[1] - bounds[0]) * times[-1] / HBAR
    beyond = 8 * max(reach, 1.0) ** (1 / 3) * max(1.0, -np.log10(tolerance) / 4)
    count = int(0.5 * (reach + beyond)) + 12
    packets = np.array([packet.amplitudes.ravel() for packet in starts])
    with threadpool_limits(limits=1):
        moments = chebyshev_moments(operator, packets, bounds, count)

    return moments_autocorrelation(moments, times / HBAR, bounds)
