"""What `vibronic dynamics` runs, writes and prints, one step after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..checks import InputError, check_positive
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from .outputs import Results

if TYPE_CHECKING:
    from ..models import Reduction
    from ..passage import Passage, PopulationsBeside
    from ..surfaces import ConicalIntersection

MOST_OPEN = 20_000  # functions of a basis in a bath


@dataclass(frozen=True)
class Extent:
    """How long, how well, and how many wavepackets are kept; checked."""

    time: float
    tolerance: float
    snapshots: int

    def __post_init__(self) -> None:
        check_positive("--time", self.time, "fs")
        check_positive("--tolerance", self.tolerance)
        if self.snapshots < 0 or self.snapshots == 1:
            raise InputError(f"`--snapshots` must be 0, or 2 or more, but is {self.snapshots}.")

    @property
    def times(self) -> np.ndarray:
        """Every half femtosecond."""
        return np.linspace(0, self.time, 2 * max(1, int(np.ceil(self.time))) + 1)


@dataclass(frozen=True)
class BathAsked:
    """The bath that was asked for, if one was; checked."""

    lifetime: float | None
    dephasing: float | None
    temperature: float

    def __post_init__(self) -> None:
        for name, value in (("--lifetime", self.lifetime), ("--dephasing", self.dephasing)):
            if value is not None:
                check_positive(name, value, "fs")
        if self.temperature and not self.is_asked:
            raise InputError(
                "`--temperature` belongs to a bath: give `--lifetime` or `--dephasing` too."
            )

    @property
    def is_asked(self) -> bool:
        """True when there is one."""
        return self.lifetime is not None or self.dephasing is not None


@dataclass(frozen=True, eq=False)
class PassageTold:
    """A passage, and the intersection that it is told beside."""

    passage: Passage
    point: ConicalIntersection | None

    @property
    def mark(self) -> list[float] | None:
        """Where the intersection lies in the plane of the densities."""
        densities = self.passage.densities
        if self.point is None or densities is None:
            return None
        labels = self.passage.model.mode_labels
        return [float(self.point.position[labels.index(m)]) for m in densities.modes]

    def film(self, kind: str, results: Results) -> None:
        """The passage as a film."""
        from ..plotting import save_film

        save_film(self.passage, results.folder / f"passage.{kind}", mark=self.mark)
        results.written.append(f"passage.{kind}")


def watched(
    model: VibronicHamiltonian,
    start: int,
    extent: Extent,
    of_surfaces: bool,
    limits: Limits,
    results: Results,
) -> PassageTold:
    """The propagation and all that is measured on its way, written."""
    from ..passage import lowest_intersection, passage, watching_intersection

    point = lowest_intersection(model, start)
    found = passage(
        model,
        start,
        extent.times,
        watching=watching_intersection(
            model, point, of_surfaces=of_surfaces, snapshots=extent.snapshots
        ),
        tolerance=extent.tolerance,
        limits=limits,
        checkpoint=results.folder / "unfinished.h5",
    )

    results.noun(found.run, "results.h5")
    results.noun(replace(found, snapshots=None), "passage.h5")
    told = PassageTold(found, point)
    _save_tables(found, results)
    _save_figures(told, results)
    if found.snapshots is not None:
        results.noun(found.snapshots, "snapshots.h5")

    return told


def _save_tables(found: Passage, results: Results) -> None:
    run = found.run
    means = found.means
    adiabatic = found.adiabatic
    names = [f"population_{label}" for label in run.state_labels]
    results.table("populations.csv", ",".join(["time_fs", *names]), [run.times, run.populations])

    surfaces = [name.replace(" ", "_") for name in adiabatic.labels]
    names += [f"surface_{a}" for a in surfaces]
    names += [f"error_{a}" for a in surfaces]
    names.append("purity")
    names += [f"q_{m}" for m in found.model.mode_labels]
    names += [f"width_{m}" for m in found.model.mode_labels]
    columns = [means.times, means.populations, adiabatic.populations, adiabatic.errors]
    columns += [means.purity, means.positions, means.position_widths]
    results.table("passage.csv", ",".join(["time_fs", *names]), columns)


def _save_figures(told: PassageTold, results: Results) -> None:
    from ..plotting import density_figure, intersection_figure, passage_figure, populations_figure

    found = told.passage
    model = found.model
    results.figure(populations_figure([found.run], model.title), "populations.png")
    results.figure(passage_figure(found), "passage.png")
    if found.densities is not None:
        results.figure(density_figure(found.densities, model, mark=told.mark), "densities.png")

    if told.point is not None and told.point.is_conical:
        path = found.means.positions
        shares = found.adiabatic.populations
        results.figure(intersection_figure(model, told.point, path, shares), "cone.png")


def moved_in_bath(
    found: Passage, start: int, bath: BathAsked, limits: Limits, results: Results
) -> PopulationsBeside:
    """The same start in a bath, written."""
    from ..passage import in_bath

    beside = in_bath(
        found,
        start,
        lifetime=bath.lifetime,
        dephasing=bath.dephasing,
        temperature=bath.temperature,
        limits=replace(limits, max_size=min(limits.max_size, MOST_OPEN)),
    )
    results.noun(beside.found[0], "open.h5")

    return beside


def moved_as_trajectories(found: Passage, start: int, results: Results) -> PopulationsBeside:
    """Trajectories of both kinds, written."""
    from ..campaign import local_processes
    from ..passage import by_trajectories

    with local_processes(None) as executor:
        beside = by_trajectories(found, start, executor=executor)
    for name, run in zip(beside.names, beside.found, strict=True):
        results.noun(run, f"{name.replace(' ', '-').lower()}.h5")
    return beside


def tell(
    kept: Reduction,
    told: PassageTold,
    start: int,
    beside: list[PopulationsBeside],
    results: Results,
) -> None:
    """Print everything."""
    from ..passage import recurrences
    from ..plotting import comparison_figure

    found = told.passage
    others = [pair for b in beside for pair in zip(b.names, b.found, strict=True)]
    if others:
        results.figure(comparison_figure(found.run, start, others), "comparison.png")

    print(kept)
    if told.point is not None:
        print(told.point)
    print(found)

    texts = [recurrences(found, start), found.snapshots, *beside, results]
    for text in texts:
        if text is not None:
            print(f"\n{text}")
