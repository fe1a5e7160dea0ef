"""What is known of a model before it is put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .finite_differences import STEP, Couplings
from .reference_states import ReferenceStates


@dataclass(frozen=True)
class CouplingScheme:
    """How couplings are computed: from `analytic` derivatives (None: where the method has them),
    which give no quadratic terms, or from finite differences of `step` in q; then with `bilinear`
    terms between different modes or without, and with a `check` at twice the step or without.
    """

    analytic: bool | None = None
    bilinear: bool = False
    step: float = STEP
    check: bool = True


@dataclass(frozen=True, eq=False)
class Parameters:
    """Reference states, couplings, their errors (linear and quadratic), and what is to be told of
    how they were made.
    """

    reference: ReferenceStates
    couplings: Couplings
    errors: tuple[np.ndarray, np.ndarray] | None
    provenance: Mapping[str, Any]
