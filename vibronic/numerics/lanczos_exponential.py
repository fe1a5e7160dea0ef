"""exp(-iHt) of a vector, by long Krylov spaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from .krylov import LanczosRecursion


def lanczos_exponential(
    operator: Any,
    vector: np.ndarray,
    times: Any,
    *,
    tolerance: float = 1e-8,
    max_dimension: int = 400,
    keep: Any = np.float64,
    report: Callable[[float], None] | None = None,
) -> Iterator[np.ndarray]:
    """exp(-iHt) `vector` for rising `times` >= 0, one array (n,) each, by Krylov spaces as long as
    memory allows.

    One space of up to `max_dimension` vectors serves as many times as it can to `tolerance` (what
    has left it is bounded by its last coefficient); from where it ends a new one is started. A
    real vector needs real arithmetic only, until then. `report` is told the part of the time that
    has been reached.

    T. J. Park, J. C. Light, J. Chem. Phys. 85, 5870 (1986), doi:10.1063/1.451548
    """
    rest = [float(t) for t in np.atleast_1d(times)]
    now = 0.0
    psi = np.asarray(vector)
    whole = max(rest[-1], 1e-300)
    tolerance = max(tolerance, 1e-13 * float(np.linalg.norm(psi)))

    while rest:
        recursion = LanczosRecursion(operator, psi, keep=keep)
        reached = recursion.reach(
            rest[-1] - now,
            tolerance / whole * (rest[-1] - now),
            max_dimension,
            partial(_told, report, now, whole),
        )
        ready = [t for t in rest if t - now <= reached * (1 + 1e-12)]
        rest = rest[len(ready) :]
        is_last = not rest or (ready and ready[-1] - now >= 0.9 * reached)
        wanted = np.array(ready if is_last else [*ready, now + reached])

        for k, state in enumerate(recursion.states(wanted - now)):
            if k < len(ready):
                yield state

        now = wanted[-1]
        psi = state


def _told(report: Callable[[float], None] | None, now: float, whole: float, part: float) -> None:
    if report is not None:
        report((now + part) / whole)
