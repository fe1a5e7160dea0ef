"""How large the error of a result on a basis is, and how that is said."""

from __future__ import annotations

import numpy as np

from ..door import public

# the error falls no slower than the leaks but for a factor of 3, and never counts as less than a
# quarter
SAFETY = 3.0
LEAST = 0.25


@public
def certified_error(change: float, expected: float, before: float) -> float:
    """Error of the last of two bases from the change between them, given the errors `expected` of
    the last and the one `before`.

    With r = expected/before the change is (1 - r) times the error of the first basis, and the last
    one's is r times that: change r/(1 - r). Leaks tell r to within a factor of about three, so
    three times this counts, but never less than a quarter of the change; where that is more than
    all of the change, the change counts, or twice the extrapolation if convergence is so slow that
    this is larger. `python -m tests.benchmarks honesty` counts how often the true error is larger
    still.
    """
    r = min(expected / max(before, 1e-300), 0.99)
    left = r / (1 - r)
    return float(change * np.clip(SAFETY * left, LEAST, max(1.0, 2 * left)))
