"""A coupling from energies alone: a diagnostic for overlaps."""

from __future__ import annotations

import numpy as np

from ..door import public


@public
def gap_curvature_coupling(energies: np.ndarray, displaced: np.ndarray, step: float) -> float:
    """|lambda| of two states along a non-totally symmetric mode, from the curvature of their
    squared adiabatic gap.

    lambda^2 = 1/8 d^2 (E2 - E1)^2/dq^2 for states that only this mode couples; `energies` at q = 0
    and `displaced` at q = step (the same at -step). A diagnostic for an isolated pair, independent
    of overlaps.

    H. Köppel, W. Domcke, L. S. Cederbaum, Adv. Chem. Phys. 57, 59 (1984),
    doi:10.1002/9780470142813.ch2
    """
    start = np.diff(np.sort(energies)[:2])[0] ** 2
    end = np.diff(np.sort(displaced)[:2])[0] ** 2
    squared = 2 * (end - start) / step**2 / 8
    return float(np.sign(squared) * np.sqrt(abs(squared)))
