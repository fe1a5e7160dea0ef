"""Products with a matrix in the form that recursions use: out = scale (A - shift) x + add out,
without new vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

Matvec = Callable[[np.ndarray], np.ndarray]


class InPlace(Protocol):
    """A symmetric or Hermitian matrix that can be applied in place."""

    def apply(
        self,
        x: np.ndarray,
        out: np.ndarray,
        scale: float = 1.0,
        shift: float = 0.0,
        add: float = 0.0,
    ) -> np.ndarray: ...


class _Wrapped:
    def __init__(self, matvec: Matvec) -> None:
        self.matvec = matvec

    def apply(
        self,
        x: np.ndarray,
        out: np.ndarray,
        scale: float = 1.0,
        shift: float = 0.0,
        add: float = 0.0,
    ) -> np.ndarray:
        change = scale * (self.matvec(x) - shift * x)
        out[:] = change if add == 0 else change + add * out
        return out


def in_place(operator: Any) -> InPlace:
    """`operator` itself when it has `apply`; a function x -> A x, or anything with `matvec`,
    wrapped.
    """
    if hasattr(operator, "apply"):
        found: InPlace = operator
        return found
    return _Wrapped(getattr(operator, "matvec", operator))
