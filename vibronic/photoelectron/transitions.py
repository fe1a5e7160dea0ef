"""What becomes of what enters a state, the components of a degenerate state taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..models import degenerate_sets

if TYPE_CHECKING:
    from .rungs import Comparison


def kept_by_the_entered(found: Comparison, k: int) -> float:
    """Share of the strength of transition k that keeps the character of the states entered."""
    model = found.model
    entered = found.ladder.doorways[k].states
    sets = degenerate_sets(np.diag(model.constant), model.state_irreps)
    kin = np.concatenate([s for s in sets if np.isin(s, entered).any()])
    return float(np.clip(found.diagnoses[k].carried[kin].sum(), 0.0, 1.0))
