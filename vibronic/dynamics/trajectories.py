"""Classical nuclei on the same Hamiltonian: surface hopping and Ehrenfest trajectories, by
mudslide, from Wigner samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from ..campaign import Campaign, Result, Task, Terms, this_process
from ..certificate import Certificate, Limit
from ..checks import InputError, check_positive, checked_times, frozen_array, index_of
from ..door import public
from ..hamiltonian import VibronicHamiltonian
from ..progress import progress_within
from ..storage import noun
from .trajectory import Course, Draw, MeanField, SurfaceHopping, trajectory

BATCH = 40  # trajectories between two looks at the statistical error
PILOT = 4  # trajectories that choose the time step
DRIFT = 5e-3  # eV; a trajectory that drifts more needs a shorter step
SHORTEST = 0.01  # fs
TERMS = Terms(one="trajectory", many="trajectories", smaller="a smaller model")


@noun
@dataclass(frozen=True, eq=False)
class Trajectories:
    """Means over `count` trajectories at `times` (fs): diabatic `populations` and `adiabatic` ones
    (n_t, n_states), their standard `errors` and `adiabatic_errors`, and mean `positions` (n_t,
    n_modes).

    For surface hopping adiabatic populations count the active surfaces, diabatic ones take their
    coherences from the electronic density matrix (B. R. Landry, M. J. Falk, J. E. Subotnik, J.
    Chem. Phys. 139, 211101 (2013), doi:10.1063/1.4837795). `drift` is the largest change of a
    trajectory's energy (eV), `step` (fs) the time step used.
    """

    times: np.ndarray
    populations: np.ndarray
    errors: np.ndarray
    adiabatic: np.ndarray
    adiabatic_errors: np.ndarray
    positions: np.ndarray
    method: str
    count: int
    step: float
    drift: float
    state_labels: tuple[str, ...] = ()
    certificate: Certificate | None = None

    def __post_init__(self) -> None:
        for name in (
            "times",
            "populations",
            "errors",
            "adiabatic",
            "adiabatic_errors",
            "positions",
        ):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        pairs = zip(self.state_labels, self.populations[-1], strict=True)
        final = ", ".join(f"{label} {p:.3f}" for label, p in pairs)
        return (
            f"Trajectories  {self.method}, {self.count} Wigner samples, "
            f"{self.times[0]:g}-{self.times[-1]:g} fs; diabatic populations at the end: {final}; "
            f"standard error at most {self.errors.max():.2f}; steps of {self.step:g} fs keep "
            f"each energy to {self.drift:.0e} eV"
        )


@dataclass(frozen=True)
class WignerSampling:
    """Up to `most` starts from the Wigner function of the reference at `temperature` (K), with
    random numbers from `seed`.
    """

    temperature: float = 0.0
    most: int = 2000
    seed: int = 1


@public
def trajectories(
    model: VibronicHamiltonian,
    state: int | str,
    times: Any,
    *,
    method: SurfaceHopping | MeanField | None = None,
    sampling: WignerSampling = WignerSampling(),
    tolerance: float = 0.03,
    executor: Executor | Campaign | None = None,
) -> Trajectories:
    """Classical trajectories started on diabatic `state` from the Wigner function of the
    reference, at `times` (fs).

    Samples are added until the standard error of every population is below `tolerance`, or as many
    as `sampling` allows have run. Times are rounded to whole steps. An `executor` runs them in
    parallel (this process without one), a campaign with a cache also keeps them; neither changes a
    number. Needs mudslide (`pip install 'vibronic[trajectories]'`).

    Raises InputError where mudslide is missing.
    """
    method = method or SurfaceHopping()
    moments = checked_times(times)
    state = index_of("state", state, model.state_labels)
    for name, value in (("tolerance", tolerance), ("step", method.step), ("most", sampling.most)):
        check_positive(name, value)

    every = _interval(moments)
    _check_mudslide()

    course = Course(state, sampling.temperature, method, moments[-1], every, method.step)
    places = np.round(moments / every).astype(int)

    with _campaign(executor) as campaign:
        course, tries = _slow_enough(model, course, sampling.seed, campaign)
        tried = [tries if k < PILOT else 0 for k in range(int(sampling.most))]
        draws = [Draw(sampling.seed, k, n) for k, n in enumerate(tried)]
        rows = _sampled(model, course, draws, places, tolerance, campaign)

    means = {
        name: np.mean([row[name][places] for row in rows], axis=0)
        for name in ("diabatic", "adiabatic", "positions")
    }
    errors = {name: _errors(rows, name, places) for name in ("diabatic", "adiabatic")}
    reached = max(error.max() for error in errors.values())

    return Trajectories(
        moments,
        means["diabatic"],
        errors["diabatic"],
        means["adiabatic"],
        errors["adiabatic"],
        means["positions"],
        method.name,
        len(rows),
        course.step,
        max(float(row["drift"]) for row in rows),
        model.state_labels,
        Certificate(tolerance, reached, len(rows), Limit.SAMPLE, found="standard error"),
    )


def _interval(moments: np.ndarray) -> float:
    """The smallest interval (fs), of which all times are multiples."""
    every = float(np.diff(moments).min())
    if not np.allclose(moments / every, np.round(moments / every), atol=1e-6):
        raise InputError(
            "Argument `times` must be multiples of its smallest interval, so that trajectories "
            "can be read at fixed steps."
        )
    return every


def _check_mudslide() -> None:
    try:
        import mudslide  # noqa: F401
    except ImportError:
        raise InputError(
            "Trajectories need the package mudslide: `pip install 'vibronic[trajectories]'`."
        ) from None


@contextmanager
def _campaign(executor: Executor | Campaign | None) -> Iterator[Campaign]:
    """The campaign given, or one that keeps nothing."""
    if isinstance(executor, Campaign):
        yield executor
    elif executor is not None:
        yield Campaign(executor, cache=None)
    else:
        with this_process() as alone:
            yield Campaign(alone, cache=None)


def _slow_enough(
    model: VibronicHamiltonian, course: Course, seed: int, campaign: Campaign
) -> tuple[Course, int]:
    """The course with a time step, a whole fraction of `every`, at which a few trajectories keep
    their energy; and how many steps were tried.
    """
    tries = 0
    parts = int(np.ceil(course.every / course.step - 1e-9))
    while course.every / parts > SHORTEST:
        tried = replace(course, step=course.every / parts)
        draws = [Draw(seed, k, tries) for k in range(PILOT)]
        rows = campaign.results(_tasks(model, tried, draws), "Choosing the time step")
        tries += 1
        if max(float(row["drift"]) for row in rows) < DRIFT:
            break
        parts *= 2
    return replace(course, step=course.every / parts), tries


def _sampled(
    model: VibronicHamiltonian,
    course: Course,
    draws: list[Draw],
    places: np.ndarray,
    tolerance: float,
    campaign: Campaign,
) -> list[Result]:
    """Trajectories, in batches, until the error of every population is small enough."""
    rows: list[Result] = []
    while len(rows) < len(draws):
        batch = draws[len(rows) : len(rows) + BATCH]
        stage = f"Trajectories: {course.method.name}, {len(rows) + len(batch)} so far"
        part = (len(rows) / len(draws), (len(rows) + len(batch)) / len(draws))
        with progress_within(stage, *part):
            rows += campaign.results(_tasks(model, course, batch), stage)

        errors = [_errors(rows, name, places) for name in ("diabatic", "adiabatic")]
        if max(error.max() for error in errors) < tolerance:
            break

    return rows


def _errors(rows: list[Result], name: str, places: np.ndarray) -> np.ndarray:
    """Standard errors of the mean of a population, (n_t, n_states)."""
    values = np.array([row[name][places] for row in rows])
    errors: np.ndarray = values.std(axis=0, ddof=1) / np.sqrt(len(rows))
    return errors


def _tasks(model: VibronicHamiltonian, course: Course, draws: list[Draw]) -> list[Task]:
    versions = {"mudslide": version("mudslide")}
    return [
        Task(trajectory, {"model": model, "course": course, "draw": draw}, 0.0, versions, TERMS)
        for draw in draws
    ]
