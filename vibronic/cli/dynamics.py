"""`vibronic dynamics`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from ..checks import InputError, check_known, check_positive
from ..hamiltonian import VibronicHamiltonian
from ..limits import Limits
from .app import app, friendly
from .options import (
    CacheFolder,
    Dask,
    Jobs,
    MaxModes,
    MaxSize,
    Memory,
    ModelName,
    Modes,
    Out,
    Quiet,
    Source,
    Time,
    Tolerance,
)
from .outputs import Results, progress_bars
from .request import asked, shipped
from .workers import Workers

if TYPE_CHECKING:
    from ..models import Reduction
    from ..passage import Passage, PopulationsBeside
    from ..surfaces import ConicalIntersection

MOST_OPEN = 20_000  # functions of a basis in a bath


@app.command()
@friendly
def dynamics(
    source: Source,
    hamiltonian: ModelName = None,
    state: Annotated[
        str | None,
        typer.Option(
            help="Label of the state the packet starts on. [default: the highest]",
            show_default=False,
        ),
    ] = None,
    time: Time = 120.0,
    tolerance: Tolerance = 1e-3,
    animate: Annotated[
        bool, typer.Option("--animate", help="Also a film of the packet (passage.gif).")
    ] = False,
    mp4: Annotated[
        bool, typer.Option("--mp4", help="Make the film an .mp4 (needs ffmpeg).")
    ] = False,
    surfaces: Annotated[
        bool,
        typer.Option(
            "--surfaces", help="Densities by adiabatic surface instead of by diabatic state."
        ),
    ] = False,
    snapshots: Annotated[
        int, typer.Option(help="Keep this many wavepackets, in snapshots.h5.")
    ] = 0,
    trajectories: Annotated[
        bool, typer.Option("--trajectories", help="Also surface hopping and Ehrenfest (mudslide).")
    ] = False,
    lifetime: Annotated[
        float | None,
        typer.Option(
            help="Also with a bath: fs in which every vibration loses 1 - 1/e of its energy.",
            show_default=False,
        ),
    ] = None,
    dephasing: Annotated[
        float | None,
        typer.Option(
            help="Also with a bath: fs in which electronic coherence falls to 1/e.",
            show_default=False,
        ),
    ] = None,
    temperature: Annotated[
        float, typer.Option(help="Kelvin of the bath and of the start with it.")
    ] = 0.0,
    resume: Annotated[
        bool, typer.Option("--resume/--afresh", help="Go on with an interrupted run, or drop it.")
    ] = True,
    modes: Modes = None,
    max_modes: MaxModes = None,
    max_size: MaxSize = 1_000_000,
    memory: Memory = None,
    out: Out = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    quiet: Quiet = False,
) -> None:
    """A wavepacket through the conical intersection: populations, positions, densities, and what
    passes where.

    The vibrational ground state is lifted vertically onto one state and propagated by QuTiP.
    Molecules with a shipped Hamiltonian use `published` unless another is named. An interrupted
    run saves itself in the folder of its results; the same command goes on with it.
    """
    _check_needs(mp4=mp4, trajectories=trajectories)
    extent = Extent(time, tolerance, snapshots)
    bath = BathAsked(lifetime, dephasing, temperature)
    request = asked(
        "dynamics",
        source,
        hamiltonian or shipped(source),
        modes=modes,
        max_modes=max_modes,
        max_size=max_size,
        memory=memory,
        workers=Workers(jobs, dask, cache),
        out=out,
        quiet=quiet,
    )

    results = Results(request.folder)
    film = ("mp4" if mp4 else "gif") if animate or mp4 else None
    with progress_bars(quiet):
        with request.campaign() as campaign:
            model, _ = request.hamiltonian(campaign)
        kept = request.reduced(model, most=24)
        start = _start(kept.model, state, film)
        if not resume:
            _drop_unfinished(results)
        told = _watched(kept.model, start, extent, surfaces, request.limits, results)
        if film:
            told.film(film, results)
        beside: list[PopulationsBeside] = []
        if bath.is_asked:
            beside.append(_in_bath(told.passage, start, bath, request.limits, results))
        if trajectories:
            beside.append(_by_trajectories(told.passage, start, results))

    _tell(kept, told, start, beside, results)


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


def _check_needs(*, mp4: bool, trajectories: bool) -> None:
    """Refuse what the machine lacks a program for."""
    if mp4 and which("ffmpeg") is None:
        raise InputError(
            "`--mp4` needs the program ffmpeg, which was not found. Install it, or use "
            "`--animate` for a .gif."
        )
    if trajectories and find_spec("mudslide") is None:
        raise InputError(
            "`--trajectories` needs the package mudslide: `pip install 'vibronic[trajectories]'`."
        )


def _start(model: VibronicHamiltonian, state: str | None, film: str | None) -> int:
    """The state the packet starts on: the highest unless another is named."""
    label = state or model.state_labels[-1]
    check_known("state", label, model.state_labels)
    if film and model.n_modes < 2:
        raise InputError(
            "A film shows the density of two modes, but the model has one. Leave `--animate` out."
        )
    return model.state_labels.index(label)


def _drop_unfinished(results: Results) -> None:
    for path in results.folder.glob("unfinished*.h5"):
        path.unlink()


@dataclass(frozen=True, eq=False)
class _Told:
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


def _watched(
    model: VibronicHamiltonian,
    start: int,
    extent: Extent,
    of_surfaces: bool,
    limits: Limits,
    results: Results,
) -> _Told:
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
    told = _Told(found, point)
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

    surfaces = range(found.model.n_states)
    names += [f"surface_{a}" for a in surfaces]
    names += [f"error_{a}" for a in surfaces]
    names.append("purity")
    names += [f"q_{m}" for m in found.model.mode_labels]
    names += [f"width_{m}" for m in found.model.mode_labels]
    columns = [means.times, means.populations, adiabatic.populations, adiabatic.errors]
    columns += [means.purity, means.positions, means.position_widths]
    results.table("passage.csv", ",".join(["time_fs", *names]), columns)


def _save_figures(told: _Told, results: Results) -> None:
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


def _in_bath(
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


def _by_trajectories(found: Passage, start: int, results: Results) -> PopulationsBeside:
    """Trajectories of both kinds, written."""
    from ..campaign import local_processes
    from ..passage import by_trajectories

    with local_processes(None) as executor:
        beside = by_trajectories(found, start, executor=executor)
    for name, run in zip(beside.names, beside.found, strict=True):
        results.noun(run, f"{name.replace(' ', '-').lower()}.h5")
    return beside


def _tell(
    kept: Reduction,
    told: _Told,
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
