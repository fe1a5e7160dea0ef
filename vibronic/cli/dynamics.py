"""`vibronic dynamics`."""

from __future__ import annotations

from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING, Annotated

import typer

from ..checks import InputError, check_known
from ..hamiltonian import VibronicHamiltonian
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
    Style,
    Time,
    Tolerance,
)
from .outputs import Results, progress_bars
from .passage_results import (
    BathAsked,
    Extent,
    moved_as_trajectories,
    moved_in_bath,
    tell,
    watched,
)
from .request import asked, shipped
from .workers import Workers

if TYPE_CHECKING:
    from ..passage import PopulationsBeside


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
    style: Style = "journal",
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

    results = Results(request.folder, style)
    film = "mp4" if mp4 else "gif" * animate

    with progress_bars(quiet), results.drawing():
        with request.campaign() as campaign:
            model, _ = request.hamiltonian(campaign)
        kept = request.reduced(model, most=24)
        start = _start(kept.model, state, film)
        if not resume:
            _drop_unfinished(results)
        told = watched(kept.model, start, extent, surfaces, request.limits, results)
        if film:
            told.film(film, results)
        beside: list[PopulationsBeside] = []
        if bath.is_asked:
            beside.append(moved_in_bath(told.passage, start, bath, request.limits, results))
        if trajectories:
            beside.append(moved_as_trajectories(told.passage, start, results))

    with results.drawing():
        tell(kept, told, start, beside, results)


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


def _start(model: VibronicHamiltonian, state: str | None, film: str) -> int:
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
