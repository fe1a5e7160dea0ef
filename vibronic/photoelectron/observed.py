"""Which observed band belongs to which state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..models import degenerate_sets
from ..molecule import Band

if TYPE_CHECKING:
    from .rungs import Comparison


def observed_bands(found: Comparison) -> list[Band | None]:
    """For every state the observed band of its irrep (the first not yet taken), or None;
    components of a degenerate state share theirs.
    """
    left = [band for band in found.experiment if band.irrep]
    irreps = found.model.state_irreps
    result: list[Band | None] = [None] * len(irreps)

    for states in degenerate_sets(np.diag(found.model.constant), irreps):
        irrep = irreps[states[0]].upper()
        band = next((b for b in left if b.irrep.upper() == irrep), None)
        if band is not None:
            left.remove(band)
        for i in states:
            result[i] = band

    return result


def observed_mysteries(found: Comparison) -> list[Band]:
    """Observed bands that are known to have no parent state."""
    return [band for band in found.experiment if band.is_mystery]
