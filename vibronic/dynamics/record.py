"""What has been measured on a moving packet so far, output by output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .observables import (
    AutocorrelationFunction,
    Energy,
    Observable,
    Populations,
    UppermostOccupation,
)
from .observables.autocorrelation import doubled
from .observation import ALMOST, Watch
from .propagators import State
from .unfinished import Readings, UnfinishedObservation

ALWAYS = (Populations(), AutocorrelationFunction(), UppermostOccupation(), Energy())


class Record:
    """Readings of the observables at `times` (fs): always populations, autocorrelation and the
    uppermost occupation at `main` ones, the energy at both ends of them; and those `watched`.
    """

    def __init__(
        self, start: State, main: np.ndarray, times: np.ndarray, watched: Sequence[Watch]
    ) -> None:
        self.start = start
        self.main = main
        self.times = times
        self.observables: list[Observable] = [*ALWAYS, *(w.observable for w in watched)]
        moments = [main if w.times is None else w.times for w in watched]
        self.moments = [main, main, main, main[[0, -1]], *moments]
        self.columns: list[list[tuple[Any, ...]]] = [[] for _ in self.observables]
        self.done = 0
        self.last = start
        self.occupations = np.zeros(0)
        self._due = [_outputs(moment, times) for moment in self.moments]

    def add(self, state: State) -> None:
        """Measure the next output."""
        k = self.done
        every = zip(self.observables, self._due, self.columns, strict=True)
        read = [
            observable.measured(state, len(column)) if k in due else None
            for observable, due, column in every
        ]

        if k in self._due[0] and state.answers("occupations"):
            own = state.occupations()
            self.occupations = self.occupations + own if self.occupations.size else own

        for reading, column in zip(read, self.columns, strict=True):
            if reading is not None:
                column.append(reading)

        self.last = state
        self.done = k + 1

    def readings(self, which: int) -> list[np.ndarray]:
        """The columns of one observable."""
        return [np.array(values) for values in zip(*self.columns[which], strict=True)]

    @property
    def autocorrelation_times(self) -> np.ndarray:
        """Where C is known, fs."""
        return 2 * self.main if doubled(self.start) else self.main

    @property
    def mean_occupations(self) -> np.ndarray | None:
        """Mean probability of every function, (n_functions,); None where states do not tell."""
        if not self.occupations.size:
            return None
        mean: np.ndarray = self.occupations / len(self.columns[0])
        return mean

    def results(self) -> tuple[Any, ...]:
        """What the watched observables give, as nouns."""
        own = range(len(ALWAYS), len(self.observables))
        return tuple(
            self.observables[k].result(self.start, self.moments[k], self.readings(k)) for k in own
        )

    def unfinished(self) -> UnfinishedObservation:
        """All of it, to be saved."""
        widths = tuple(len(column[0]) if column else 0 for column in self.columns)
        columns = [x for k in range(len(self.columns)) for x in self.readings(k)]
        amplitudes = self.last.amplitudes() if self.last.answers("amplitudes") else np.zeros(0)
        return UnfinishedObservation(
            "", self.done, amplitudes, self.occupations, widths, tuple(map(Readings, columns))
        )

    def restore(self, left: UnfinishedObservation) -> None:
        """Go on from what was saved."""
        rest = iter(left.measured)
        for column, width in zip(self.columns, left.widths, strict=True):
            values = [next(rest).values for _ in range(width)]
            column.extend(zip(*values, strict=True))
        self.done = left.done
        self.occupations = left.occupations


def _outputs(moments: np.ndarray, times: np.ndarray) -> set[int]:
    """Which of `times` these moments are."""
    slack = ALMOST * times[-1]
    return set(np.searchsorted(times, moments - slack).tolist())
