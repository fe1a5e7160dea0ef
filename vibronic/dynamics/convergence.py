"""Find a basis that is large enough, and say how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..bases import PrunedSector, expected_error, first_sector
from ..certificate import Certificate
from ..convergence import certified_error, cost
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..propagation import GrowthStep, Propagation, UnfinishedPropagation
from .checkpoint import Checkpoint
from .measurement import measured
from .methods import Method, QutipIntegrator

FEW = 25  # outputs asked of a basis that is not expected to be the last


def converged(
    model: VibronicHamiltonian,
    start: Doorway,
    times: np.ndarray,
    method: Method,
    tolerance: float,
    *,
    max_size: int,
    memory: float,
    progress: Callable[[str, float], None],
    checkpoint: Checkpoint,
) -> Propagation:
    """Propagate a doorway on ever larger bases until populations and C are certain to `tolerance`.

    Each basis gives the mean density of the packet, the leaks through its edges show which modes
    need more room, and how much the error should fall. The change from the basis before is the
    error of that one; times the ratio of leaks (and a safety factor of 3) it is that of the last,
    which the certificate reports.
    """
    label = start.name(model)
    few = np.unique(np.linspace(0, times.size - 1, min(FEW, times.size)).round().astype(int))
    left = checkpoint.found(UnfinishedPropagation)
    if left is not None and left.step is not None:
        step = left.step
        sector = PrunedSector(model, start, step.weights, step.cutoff)
    else:
        sector = first_sector(model, start)
        step = GrowthStep(sector.weights, sector.cutoff)
    while True:
        when = times if step.complete else times[few]
        checkpoint.step = step
        cost(model, sector.basis, sector.functions, time=times[-1], n_times=when.size).check(
            memory
        )
        run, density = measured(
            model,
            sector.packet,
            sector.functions,
            when,
            method,
            initial=label,
            progress=progress,
            checkpoint=checkpoint,
            left=left,
        )
        left = None
        rates = sector.leak_rates(density)
        expected = expected_error(rates, times[-1])
        reached = _reached(run, step, expected, few) + _numerical(method)
        limiting = model.mode_labels[int(np.argmax(rates))] if model.n_modes else ""
        following = (
            None
            if reached < tolerance
            else sector.enlarged(density, expected / tolerance, max_size)
        )
        if (
            following is not None
            and cost(model, following.basis, following.functions, time=times[-1]).bytes > memory
        ):
            following = None
        if step.complete and (following is None or reached < tolerance):
            worst = (
                min(reached, 1.0) if np.isfinite(reached) else reached
            )  # no population is more wrong than that
            return replace(
                run, certificate=Certificate(tolerance, worst, sector.size, limiting=limiting)
            )
        kept = _part(run, few) if step.complete else run
        if following is None or (
            reached < tolerance and not step.complete
        ):  # all times on the basis that will do, or the last that may be used
            step = replace(step, complete=True)
        else:
            rate = step.rate if step.previous is None else _rate(step, expected, sector.size)
            last = (
                expected * (sector.size / following.size) ** rate < 2 * tolerance
                or 1.4 * following.size > max_size
            )
            step = GrowthStep(
                following.weights, following.cutoff, last, kept, expected, rate, sector.size
            )
            sector = following
        checkpoint.begin(step)


def _part(run: Propagation, few: np.ndarray) -> Propagation:
    return replace(
        run,
        times=run.times[few],
        populations=run.populations[few],
        autocorrelation=run.autocorrelation[few],
        autocorrelation_times=run.autocorrelation_times[few],
    )


def _rate(step: GrowthStep, expected: float, size: int) -> float:
    """Power of the size with which the expected error fell."""
    return float(
        np.clip(
            np.log(max(step.expected, 1e-300) / max(expected, 1e-300)) / np.log(size / step.size),
            0.5,
            12.0,
        )
    )


def _reached(run: Propagation, step: GrowthStep, expected: float, few: np.ndarray) -> float:
    """The certified error of the basis: the change from the one before, times how much the leaks
    fell since.
    """
    if step.previous is None:
        return float(np.inf) if expected > 1e-13 else 0.0
    part = _part(run, few) if step.complete and len(run.times) > len(few) else run
    change = max(
        np.abs(part.populations - step.previous.populations).max(),
        np.abs(part.autocorrelation - step.previous.autocorrelation).max(),
    )
    return certified_error(change, expected, step.expected)


def _numerical(method: Method) -> float:
    """Error of the integration on one basis."""
    own = method.rtol if isinstance(method, QutipIntegrator) else method.tolerance
    return own + (1e-7 if own >= 1e-6 else 1e-11)  # single or double precision
