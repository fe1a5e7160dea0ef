"""The autocorrelation alone, without propagating all of the packet; and the spectrum as its
Fourier transform.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..bases import PrunedSector, packet_functions
from ..checks import InputError, check_positive, checked_times
from ..convergence import certificate, cost, memory_limit
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..line_shape import LineShape, cells, line_shape, resolved, rising_grid
from ..numerics import (
    LanczosRecursion,
    chebyshev_moments,
    moments_autocorrelation,
    spectral_bounds,
)
from ..operators import hamiltonian_operator
from ..operators.operator import check_fit
from ..propagation import Autocorrelation, Propagation
from ..spectrum import Spectrum
from ..units import HBAR
from ..wavepacket import Wavepacket
from .growth import Progress, grown

SINGLE = 1e-5  # error from which on single precision is enough


def autocorrelation(
    model: VibronicHamiltonian,
    start: Wavepacket | Doorway | int,
    times: Any,
    *,
    tolerance: float = 1e-3,
    max_size: int = 1_000_000,
    memory: float | None = None,
    progress: Progress | None = None,
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
    check_positive("max_size", max_size)
    room = memory_limit(memory)
    report = progress or (lambda name, fraction: None)
    stage = "Autocorrelation"
    if isinstance(start, Wavepacket):
        check_fit(model, start.basis)
        recursion = _recursion(
            model,
            start,
            packet_functions(model, start),
            times[-1],
            0.1 * tolerance,
            room,
            keep=False,
        )
        return Autocorrelation(
            times,
            recursion.autocorrelation(times / HBAR),
            model.zero_point_energy,
            "a wavepacket",
            start.basis,
        )
    door = start if isinstance(start, Doorway) else Doorway.vertical(model, start)

    def evaluate(sector: PrunedSector, last: Any) -> tuple[np.ndarray, np.ndarray]:
        recursion = _recursion(
            model, sector.packet, sector.functions, times[-1], 0.1 * tolerance, room, keep=True
        )
        moments = np.linspace(0, times[-1] / 2, 13)[1:] / HBAR
        density = (
            sum(psi.real**2 + psi.imag**2 for psi in recursion.states(moments)) / moments.size
        )
        return recursion.autocorrelation(times / HBAR), density

    found = grown(
        model,
        door,
        evaluate,
        lambda new, old: float(np.abs(new - old).max()),
        time=times[-1] / 2,
        tolerance=tolerance,
        max_size=max_size,
        memory=room,
        report=report,
        stage=stage,
    )
    return Autocorrelation(
        times,
        found.result,
        model.zero_point_energy,
        door.name(model),
        found.sector.basis,
        certificate(
            tolerance, max(found.error, 0.1 * tolerance), found.sector.size, found.limiting
        ),
    )


def _recursion(
    model: VibronicHamiltonian,
    packet: Wavepacket,
    functions: np.ndarray,
    time: float,
    tolerance: float,
    memory: float,
    *,
    keep: bool,
) -> LanczosRecursion:
    """Lanczos steps until C is right to `time` (fs): until exp(-iHt/2) start has not left their
    space.
    """
    if np.iscomplexobj(packet.amplitudes):
        raise InputError(
            "`autocorrelation` needs real amplitudes; `propagate` takes complex ones."
        )
    cost(
        model, packet.basis, functions, time=time / 2, n_times=0, vectors=2e9 if keep else 0.0
    ).check(memory)
    operator = hamiltonian_operator(
        model, packet.basis, None if functions.size == packet.basis.size else functions
    )
    start = packet.amplitudes.ravel()[functions].astype(
        np.float32 if tolerance >= SINGLE else np.float64
    )
    recursion = LanczosRecursion(operator, start, keep=np.float32 if keep else None)
    with threadpool_limits(limits=1):
        recursion.reach(time / 2 / HBAR, np.sqrt(tolerance))
    return recursion


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
    count = (
        int(0.5 * (reach + 8 * max(reach, 1.0) ** (1 / 3) * max(1.0, -np.log10(tolerance) / 4)))
        + 12
    )
    with threadpool_limits(limits=1):
        moments = chebyshev_moments(
            operator, np.array([packet.amplitudes.ravel() for packet in starts]), bounds, count
        )
    return moments_autocorrelation(moments, times / HBAR, bounds)


def autocorrelation_spectrum(
    run: Propagation | Autocorrelation,
    grid: Any,
    *,
    fwhm: float | None = None,
    shape: LineShape | None = None,
) -> Spectrum:
    """Curve on `grid` (eV) of Gaussian lines of full width `fwhm` (eV) or of another `shape`;
    energies from the reference ground state.

    sigma(E) = 1/(pi hbar) Re int_0^T C(t) W(t) exp(i (E + E_zp) t/hbar) dt with W the window of
    the shape, for a Gaussian exp(-s^2 t^2/(2 hbar^2)), s = fwhm/sqrt(8 ln 2); `provenance` tells
    how much of the peak the last tenth of the times changes. On a grid too coarse for the lines
    the values are means over its cells.
    Raises InputError when the propagation is too short for this width, or its steps too coarse for
    this grid.
    """
    grid = rising_grid(grid)
    profile = line_shape(fwhm, shape)
    t = run.autocorrelation_times
    steps = np.diff(t)
    if not np.allclose(steps, steps[0]):
        raise InputError(
            "The autocorrelation must be sampled at equal time steps for its Fourier transform."
        )
    window = profile.window(t)
    cut = np.abs(window[-1] * run.autocorrelation[-1] / run.autocorrelation[0])
    if cut > 1e-3:
        needed = np.linspace(t[-1], 100 * t[-1], 10_000)
        needed = needed[np.abs(profile.window(needed)) < 1e-4]
        until = f"Propagate until it reaches {needed[0]:.0f} fs, or use" if needed.size else "Use"
        raise InputError(
            f"An autocorrelation of {t[-1]:.0f} fs does not resolve FWHM {profile.fwhm:g} eV: "
            f"it is still {cut:.1e} at the "
            f"end. {until} a larger `fwhm`."
        )
    width = 2 * np.pi * HBAR / steps[0]
    if grid.max() - grid.min() > width:
        raise InputError(
            f"Autocorrelation steps of {steps[0]:g} fs cover {width:.2f} eV, less than the grid's "
            f"{grid.max() - grid.min():.2f} eV. Use shorter time steps."
        )
    values, change = transformed((run.autocorrelation * window)[None], run, grid, profile)
    about = {"time_window_fs": float(t[-1]), "window_change": float(change[0])}
    return Spectrum(
        grid,
        values[0],
        fwhm=float(profile.fwhm),
        source="autocorrelation",
        shape=str(profile),
        provenance=about,
    )


def transformed(
    parts: np.ndarray, run: Propagation | Autocorrelation, grid: np.ndarray, profile: LineShape
) -> tuple[np.ndarray, np.ndarray]:
    """Fourier integrals (n, n_grid) of parts (n, n_t) of a damped autocorrelation, and the share
    of each peak that the last tenth changes.
    """
    t = run.autocorrelation_times
    damped = parts * np.exp(1j * run.zero_point_energy * t / HBAR)
    damped[:, 0] *= 0.5
    if resolved(grid, profile):
        waves = np.exp(1j * np.outer(grid, t) / HBAR)
    else:
        edges = cells(grid)
        middle = 0.5 * (edges[1:] + edges[:-1])
        half = 0.5 * np.diff(edges)
        waves = np.exp(1j * np.outer(middle, t) / HBAR) * np.sinc(
            np.outer(half, t) / (np.pi * HBAR)
        )
    values = (damped @ waves.T).real
    last = int(0.1 * t.size)
    late = (
        np.abs((damped[:, -last:] @ waves[:, -last:].T).real).max(axis=1)
        if last
        else np.zeros(len(damped))
    )
    return values * (t[1] - t[0]) / (np.pi * HBAR), late / np.maximum(
        np.abs(values).max(axis=1), 1e-300
    )
