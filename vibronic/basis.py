"""Electronic states x oscillator levels: a direct product, or the part of it below a cutoff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from .checks import InputError
from .storage import noun


@noun
@dataclass(frozen=True)
class VibronicBasis:
    """Levels n_m < levels[m] of every mode for each of `n_states` electronic states.

    With `max_quanta` only those with sum_m weights[m] n_m <= max_quanta are kept (a pruned basis;
    weights are 1 unless given). Functions are ordered state by state, the last mode running
    fastest.
    """

    n_states: int
    levels: tuple[int, ...]
    max_quanta: float | None = None
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        try:
            levels = tuple(int(n) for n in self.levels)
        except TypeError:
            raise InputError(
                f"Argument `levels` must list one integer per mode, but is {self.levels!r}."
            ) from None

        object.__setattr__(self, "levels", levels)
        if self.n_states < 1 or any(n < 1 for n in levels):
            raise InputError(
                "A basis needs at least one state and one level in every mode, but has "
                f"{self.n_states} "
                f"states and levels {levels}."
            )

        if self.weights is not None:
            object.__setattr__(self, "weights", tuple(float(w) for w in self.weights))
            if (
                len(self.weights) != len(levels)
                or min(self.weights, default=1.0) <= 0
                or self.max_quanta is None
            ):
                raise InputError(
                    f"Argument `weights` must give {len(levels)} positive numbers, beside "
                    "`max_quanta`."
                )

        if self.max_quanta is not None and self.max_quanta < 0:
            raise InputError(
                f"Argument `max_quanta` must not be negative, but is {self.max_quanta}."
            )

    @classmethod
    def below(
        cls, n_states: int, energy_cutoff: float, frequencies: Sequence[float]
    ) -> VibronicBasis:
        """All levels of harmonic energy sum_m w_m n_m <= energy_cutoff (eV)."""
        levels = tuple(int(energy_cutoff / w + 1e-9) + 1 for w in frequencies)
        return cls(n_states, levels, max_quanta=energy_cutoff, weights=tuple(frequencies))

    @property
    def is_product(self) -> bool:
        """True when no level of the direct product is cut off."""
        return self.max_quanta is None

    @cached_property
    def quanta(self) -> np.ndarray:
        """The quanta of every vibrational function, (n_vibrational, n_modes), in lexicographic
        order.
        """
        rows = np.zeros((1, 0), dtype=np.int16)
        spent = np.zeros(1)
        cutoff = np.inf if self.max_quanta is None else self.max_quanta + 1e-9
        for m, n in enumerate(self.levels):
            weight = self.weights[m] if self.weights else 1.0
            counts = np.minimum(n, np.floor((cutoff - spent) / weight) + 1).astype(np.int64)
            starts = np.repeat(np.cumsum(counts) - counts, counts)
            added = np.arange(counts.sum()) - starts
            rows = np.column_stack([np.repeat(rows, counts, axis=0), added.astype(np.int16)])
            spent = np.repeat(spent, counts) + weight * added
        return rows

    @property
    def n_vibrational(self) -> int:
        """Number of vibrational functions per state."""
        return prod(self.levels) if self.is_product else len(self.quanta)

    @property
    def size(self) -> int:
        """Number of vibronic functions."""
        return self.n_states * self.n_vibrational

    def __str__(self) -> str:
        kind = (
            "product" if self.is_product else f"pruned, weighted quanta up to {self.max_quanta:g}"
        )
        return (
            f"VibronicBasis  {self.n_states} states x {self.n_vibrational} levels ({kind}; "
            f"per mode {self.levels})"
        )
