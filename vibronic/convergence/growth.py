"""Grow a basis, a grid or a tree until a result on it is certain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar, cast

import numpy as np

from ..certificate import Certificate, Limit
from ..limits import Limits
from ..progress import report

COMPLETE = 1e-13  # expected error below which nothing leaks out of a space
NEARLY_FULL = 1.4  # a space is the last when the next would be this much larger than it may be
SLOWEST = 0.5  # powers of the size with which errors are believed to fall
FASTEST = 12.0

Space = TypeVar("Space")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Leaks:
    """The `expected` error that leaks make, and the mode (if any) through which most is lost."""

    expected: float
    limiting: str = ""


class Spaces(Protocol[Space]):
    """The bases, grids or trees that may be tried, one after the other, within `limits`.

    `evidence` is what a calculation tells about a space besides its result: the mean density of
    the packet on a basis (n_functions,), or None.
    """

    @property
    def limits(self) -> Limits:
        """How large a space may be."""

    @property
    def limit(self) -> Limit:
        """What the size of a space counts."""

    def first(self) -> Space:
        """The space to start from."""

    def following(
        self, space: Space, evidence: np.ndarray | None, shortfall: float
    ) -> Space | None:
        """The next to try when the error is `shortfall` times too large; None where `limits` leave
        none.
        """

    def size(self, space: Space) -> int:
        """What a space counts: functions, points, parameters."""

    def described(self, space: Space) -> str:
        """What it costs, for people."""

    def leaks(self, space: Space, evidence: np.ndarray | None) -> Leaks | None:
        """What leaks out of a space; None where that is not known."""

    def certified(self, change: float, expected: float | None, before: float) -> float:
        """Error on the last of two spaces from the change between them, given the errors expected
        on the last (if known) and the one before.
        """


@dataclass(frozen=True)
class GrowthState(Generic[Space, Result]):
    """Where a growth stands: the `space` that is tried now, and what is known of the one before.

    `complete` tells whether all results are wanted on it (or only a few, as it will hardly be the
    last). Of the space before are known the result, the `expected` error, and the `size`; `rate`
    is the power of the size with which expected errors fell.
    """

    space: Space
    complete: bool = True
    before: Result | None = None
    expected: float = np.inf
    rate: float = 2.0
    size: int = 0


class Growth(Generic[Space, Result]):
    """One space after the other, until the error on the last is smaller than `tolerance`:

        growth = Growth(PrunedSectors(model, door, time, limits), tolerance)
        for sector in growth:
            result, density = ...
            growth.told(result, change from growth.before to result, density)
        growth.result, growth.certificate()

    The change is the error on the space before; what leaks out of the two says how much smaller it
    is on the last. `own` is the error that a calculation makes on every space. With `trials` a
    space that is not expected to be the last is asked for a few results only (`complete` False),
    and the one that will do once more for all. A growth that was interrupted goes on from its
    `state`.
    """

    def __init__(
        self,
        spaces: Spaces[Space],
        tolerance: float,
        *,
        own: float = 0.0,
        trials: bool = False,
        state: GrowthState[Space, Result] | None = None,
    ) -> None:
        self.spaces = spaces
        self.tolerance = tolerance
        self.own = own
        self.trials = trials
        self.state = state or GrowthState(spaces.first(), complete=not trials)
        self.error = np.inf
        self.limiting = ""
        self.finished = False
        self._result: Result | None = None
        self._told = 0

    @property
    def space(self) -> Space:
        """The space that is tried now, or was tried last."""
        return self.state.space

    @property
    def size(self) -> int:
        """Its size."""
        return self.spaces.size(self.state.space)

    @property
    def complete(self) -> bool:
        """Whether all results are wanted on it; else a few are enough."""
        return self.state.complete

    @property
    def before(self) -> Result | None:
        """The result on the space before; None on the first."""
        return self.state.before

    @property
    def result(self) -> Result:
        """The result on the last space."""
        if not self._told:
            raise RuntimeError("A growth has no result before it is told one.")
        return cast(Result, self._result)

    def __iter__(self) -> Iterator[Space]:
        """Spaces to try; each must be `told` of."""
        while not self.finished:
            told = self._told
            yield self.space
            if self._told == told:
                raise RuntimeError("A growth must be told the result on every space it offers.")

    def report(self, stage: str) -> None:
        """Tell whoever listens what is tried now."""
        done = min(0.9, self.tolerance / max(self.error, 1e-300))
        report(f"{stage}: {self.spaces.described(self.space)}", done)

    def told(self, result: Result, change: float, evidence: np.ndarray | None = None) -> None:
        """Take note of the result on the present space, of its change from the one before (of no
        account on the first), and of the packet's density; decide what comes next.
        """
        leaks = self.spaces.leaks(self.space, evidence)
        expected = self.state.expected if leaks is None else leaks.expected

        self._result = result
        self._told += 1
        self.error = self._error(change, leaks) + self.own
        self.limiting = "" if leaks is None else leaks.limiting

        following = None
        if self.error >= self.tolerance:
            shortfall = expected / self.tolerance
            following = self.spaces.following(self.space, evidence, shortfall)

        if following is not None:
            self.state = self._next(following, result, expected)
        elif self.complete:
            self.finished = True
        else:
            self.state = replace(self.state, complete=True)

    def certificate(self, at_least: float = 0.0, at_most: float = np.inf) -> Certificate:
        """How far the last result can be trusted, its error (where one is known) between bounds
        that are known otherwise.
        """
        error = max(self.error, at_least)
        return Certificate(
            self.tolerance,
            min(error, at_most) if np.isfinite(error) else error,
            self.size,
            self.spaces.limit,
            self.limiting,
        )

    def _error(self, change: float, leaks: Leaks | None) -> float:
        """The certified error on the present space."""
        expected = None if leaks is None else leaks.expected
        if self.state.size:
            return self.spaces.certified(change, expected, self.state.expected)
        if expected is not None and expected < COMPLETE:
            return 0.0
        return float(np.inf)

    def _next(
        self, following: Space, result: Result, expected: float
    ) -> GrowthState[Space, Result]:
        size = self.size
        larger = self.spaces.size(following)
        rate = self._rate(expected)

        promised = expected * (size / larger) ** rate
        full = NEARLY_FULL * larger > self.spaces.limits.max_size
        complete = not self.trials or promised < 2 * self.tolerance or full

        return GrowthState(following, complete, result, expected, rate, size)

    def _rate(self, expected: float) -> float:
        """Power of the size with which the expected error fell."""
        state = self.state
        if not state.size or not self.trials:
            return state.rate

        fall = np.log(max(state.expected, 1e-300) / max(expected, 1e-300))
        power = fall / np.log(self.size / state.size)
        return float(np.clip(power, SLOWEST, FASTEST))
