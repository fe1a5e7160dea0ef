"""The same start by other roads: in a bath, or with classical nuclei."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from ..campaign import Campaign
from ..checks import index_of
from ..door import public
from ..dynamics import (
    Bath,
    Dephasing,
    MeanField,
    OpenPropagation,
    SurfaceHopping,
    ThermalStart,
    Trajectories,
    VibrationalDamping,
    open_propagation,
    trajectories,
)
from ..limits import Limits
from ..propagation import Propagation
from ..tables import Column, Table
from .passage import Passage

EVERY = 4  # of the times of the propagation, the others have
ROWS = 13  # of the table


@dataclass(frozen=True, eq=False)
class PopulationsBeside:
    """The population of the state `label` that a packet starts on, `exact` (n_t,) at `times` (fs),
    and what the propagations `found`, called by `names`, make of it.
    """

    label: str
    state: int
    times: np.ndarray
    exact: np.ndarray
    names: tuple[str, ...]
    found: tuple[OpenPropagation | Trajectories, ...]

    def __str__(self) -> str:
        return "\n".join([*map(str, self.found), str(self._table())])

    def _table(self) -> Table:
        others = [run.populations[:, self.state] for run in self.found]
        last = self.times.size - 1
        shown = np.unique(np.linspace(0, last, ROWS).round().astype(int))
        rows = [[self.times[k], self.exact[k], *(p[k] for p in others)] for k in shown]
        named = zip(self.names, others, strict=True)
        gaps = [f"{name} {np.abs(p - self.exact).max():.2f}" for name, p in named]

        return Table(
            [
                Column("time/fs", ".1f", width=8),
                *(Column(name, ".4f", width=8) for name in ("exact", *self.names)),
            ],
            rows,
            title=f"POPULATION OF {self.label}",
            notes=[f"largest difference from the exact one: {', '.join(gaps)}"],
        )


@public
def in_bath(
    passage: Passage,
    state: int | str,
    *,
    lifetime: float | None = None,
    dephasing: float | None = None,
    temperature: float = 0.0,
    limits: Limits = Limits(max_size=20_000),
) -> PopulationsBeside:
    """A start on `state` where every vibration loses 1 - 1/e of its energy in `lifetime` (fs) and
    electronic coherence falls to 1/e in `dephasing` (fs), at `temperature` (K).
    """
    model = passage.model
    baths: list[Bath] = []
    if lifetime is not None:
        rate = 1 / lifetime
        baths += [VibrationalDamping(m, rate, temperature) for m in range(model.n_modes)]

    if dephasing is not None:
        baths.append(Dephasing(1 / dephasing))

    times = passage.run.times[::EVERY]
    start = ThermalStart(state, temperature)
    found = open_propagation(model, start, times, baths, limits=limits)
    return _beside(passage.run, state, ("with bath",), (found,))


@public
def by_trajectories(
    passage: Passage, state: int | str, *, executor: Executor | Campaign | None = None
) -> PopulationsBeside:
    """Surface hopping and Ehrenfest trajectories that start on `state`."""
    times = passage.run.times[::EVERY]
    found = tuple(
        trajectories(passage.model, state, times, method=method, executor=executor)
        for method in (SurfaceHopping(), MeanField())
    )
    return _beside(passage.run, state, tuple(run.method for run in found), found)


def _beside(
    run: Propagation,
    state: int | str,
    names: tuple[str, ...],
    found: tuple[OpenPropagation | Trajectories, ...],
) -> PopulationsBeside:
    i = index_of("state", state, run.state_labels)
    exact = run.populations[::EVERY, i]
    return PopulationsBeside(run.state_labels[i], i, found[0].times, exact, names, found)
