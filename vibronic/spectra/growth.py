"""Evaluate something on ever larger bases until it is certain to a tolerance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from ..bases import PrunedSector, expected_error, first_sector
from ..convergence import certified_error, cost
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian

Result = TypeVar("Result")
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Grown(Generic[Result]):
    """The result on the last basis, that basis, and the error certified (inf when no second basis
    fitted).
    """

    result: Result
    sector: PrunedSector
    error: float
    limiting: str


def grown(
    model: VibronicHamiltonian,
    start: Doorway | int,
    evaluate: Callable[[PrunedSector, Any], tuple[Result, np.ndarray | None]],
    difference: Callable[[Result, Result], float],
    *,
    time: float,
    tolerance: float,
    max_size: int,
    memory: float,
    report: Progress,
    stage: str,
    whole: bool = False,
) -> Grown[Result]:
    """Call `evaluate(sector, last result)`, which gives a result and the mean density of the
    packet over `time` (fs), until certain.

    `difference` of two results is the error of the first; leaks say how much smaller that of the
    second is. `whole` bases keep all symmetries.
    """
    sector = first_sector(model, start, whole=whole)
    last = None
    before = np.inf
    error = np.inf
    while True:
        report(
            f"{stage}: {cost(model, sector.basis, sector.functions, time=time, n_times=0)}",
            min(0.9, tolerance / max(error, 1e-300)),
        )
        result, density = evaluate(sector, last)
        rates = sector.leak_rates(density) if density is not None else None
        expected = expected_error(rates, time) if rates is not None else before
        if last is not None:
            error = certified_error(
                difference(result, last), expected, before if rates is not None else 0.0
            )
        elif expected < 1e-13:
            error = 0.0  # nothing leaks: the basis is complete
        following = (
            sector.enlarged(density, expected / tolerance, max_size)
            if error >= tolerance
            else None
        )
        if (
            following is None
            or cost(model, following.basis, following.functions, time=time).bytes > memory
        ):
            limiting = (
                model.mode_labels[int(np.argmax(rates))]
                if rates is not None and rates.size
                else ""
            )
            return Grown(result, sector, error, limiting)
        sector = following
        last = result
        before = expected
