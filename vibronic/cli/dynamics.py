"""`vibronic dynamics`."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from shutil import which
from typing import Annotated, Any

import numpy as np
import typer

from ..checks import CalculationError, InputError, check_known, check_positive
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
    Time,
    Tolerance,
)
from .outputs import Results, progress_bars
from .request import Request, asked, shipped
from .workers import Workers

Report = Callable[[str, float], None]


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
    for name, value in (
        ("--time", time),
        ("--tolerance", tolerance),
        ("--lifetime", lifetime),
        ("--dephasing", dephasing),
    ):
        if value is not None:
            check_positive(name, value, "" if name == "--tolerance" else "fs")
    if snapshots < 0 or snapshots == 1:
        raise InputError(f"`--snapshots` must be 0, or 2 or more, but is {snapshots}.")
    if temperature and lifetime is None and dephasing is None:
        raise InputError(
            "`--temperature` belongs to a bath: give `--lifetime` or `--dephasing` too."
        )
    if mp4 and which("ffmpeg") is None:
        raise InputError(
            "`--mp4` needs the program ffmpeg, which was not found. Install it, or use "
            "`--animate` for a .gif."
        )
    if trajectories and find_spec("mudslide") is None:
        raise InputError(
            "`--trajectories` needs the package mudslide: `pip install 'vibronic[trajectories]'`."
        )
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
    with progress_bars(quiet) as report:
        with request.campaign() as campaign:
            model, _ = request.hamiltonian(campaign)
        work = _Work(model, request, results, report, state, time)
        if (animate or mp4) and work.model.n_modes < 2:
            raise InputError(
                "A film shows the density of two modes, but the model has one. Leave "
                "`--animate` out."
            )
        work.watch(surfaces, tolerance, max_size, request.limits.memory, resume)
        if animate or mp4:
            work.film("mp4" if mp4 else "gif")
        if snapshots:
            work.keep(snapshots)
        if lifetime is not None or dephasing is not None:
            work.open(lifetime, dephasing, temperature, request.limits.memory)
        if trajectories:
            work.classical()
    work.tell()


class _Work:
    """Stage after stage, each written before the next begins."""

    def __init__(
        self,
        model: VibronicHamiltonian,
        request: Request,
        results: Results,
        report: Report,
        state: str | None,
        time: float,
    ) -> None:
        self.kept = request.reduced(model, most=24)
        self.model = self.kept.model
        self.results = results
        self.folder = results.folder
        self.report = report
        self.labels = self.model.state_labels
        check_known("state", state or self.labels[-1], self.labels)
        self.start = self.labels.index(state or self.labels[-1])
        self.times = np.linspace(0, time, 2 * max(1, int(np.ceil(time))) + 1)
        self.texts: list[str] = []
        self.beside: list[Any] = []

    def watch(
        self,
        of_surfaces: bool,
        tolerance: float,
        max_size: int,
        memory: float | None,
        resume: bool,
    ) -> None:
        """The propagation and all that is measured on its way."""
        from ..dynamics import passage

        checkpoint = self.folder / "unfinished.h5"
        if not resume:
            for path in self.folder.glob("unfinished*.h5"):
                path.unlink()
        self.point, plane, through = self._where()
        self.passage = passage(
            self.model,
            self.start,
            self.times,
            plane=plane,
            through=through,
            of_surfaces=of_surfaces,
            tolerance=tolerance,
            max_size=max_size,
            memory=memory,
            checkpoint=checkpoint,
            progress=self.report,
        )
        self._save(self.passage.run, "results.h5")
        self._save(self.passage, "passage.h5")
        self._tables()
        self._figures()

    def _where(self) -> tuple[Any, Any, Any]:
        """The lowest intersection with the surface below the start, the two modes of its branching
        plane, and where it lies on the first.
        """
        from ..surfaces import conical_intersection

        upper = int(np.argsort(np.argsort(np.diag(self.model.constant)))[self.start]) or 1
        if self.model.n_states < 2 or self.model.n_modes < 2:
            return None, None, None
        try:
            x = conical_intersection(self.model, (upper - 1, upper))
        except CalculationError:
            return None, None, None
        first = int(np.abs(x.g).argmax())
        second = int(np.argmax(np.where(np.arange(self.model.n_modes) == first, -1, np.abs(x.h))))
        return x, (first, second), (first, float(x.position[first]))

    def _tables(self) -> None:
        watched = self.passage
        run = self.passage.run
        header = "time_fs," + ",".join(f"population_{label}" for label in self.labels)
        self._csv("populations.csv", header, [run.times, run.populations])
        names = [
            *(f"population_{label}" for label in self.labels),
            *(f"surface_{a}" for a in range(self.model.n_states)),
            *(f"error_{a}" for a in range(self.model.n_states)),
            "purity",
            *(f"q_{m}" for m in self.model.mode_labels),
            *(f"width_{m}" for m in self.model.mode_labels),
        ]
        means = watched.means
        self._csv(
            "passage.csv",
            "time_fs," + ",".join(names),
            [
                means.times,
                means.populations,
                watched.adiabatic.populations,
                watched.adiabatic.errors,
                means.purity,
                means.positions,
                means.position_widths,
            ],
        )

    def _figures(self) -> None:
        from ..plotting import (
            density_figure,
            intersection_figure,
            passage_figure,
            populations_figure,
        )

        watched = self.passage
        self._figure(populations_figure([watched.run], self.model.title), "populations.png")
        self._figure(passage_figure(watched), "passage.png")
        if watched.densities is not None:
            self._figure(
                density_figure(watched.densities, self.model, mark=self._mark()), "densities.png"
            )
        if self.point is not None and self.point.is_conical:
            self._figure(
                intersection_figure(
                    self.model, self.point, watched.means.positions, watched.adiabatic.populations
                ),
                "cone.png",
            )

    def _mark(self) -> Any:
        if self.point is None or self.passage.densities is None:
            return None
        return [
            self.point.position[self.model.mode_labels.index(m)]
            for m in self.passage.densities.modes
        ]

    def film(self, kind: str) -> None:
        """The passage as a film."""
        from ..plotting import save_film

        save_film(
            self.passage, self.folder / f"passage.{kind}", mark=self._mark(), report=self.report
        )
        self.results.written.append(f"passage.{kind}")

    def keep(self, count: int) -> None:
        """Wavepackets."""
        from ..dynamics import Amplitudes, observations

        (kept,) = observations(
            self.model,
            self.start,
            np.linspace(0, self.times[-1], count),
            [Amplitudes()],
            basis=self.passage.run.basis,
            progress=self.report,
        )
        self._save(kept, "snapshots.h5")
        self.texts.append(str(kept))

    def open(
        self,
        lifetime: float | None,
        dephasing: float | None,
        temperature: float,
        memory: float | None,
    ) -> None:
        """The same start in a bath."""
        from ..dynamics import Dephasing, VibrationalDamping, open_propagation

        baths: list[Any] = (
            []
            if lifetime is None
            else [
                VibrationalDamping(m, 1 / lifetime, temperature) for m in range(self.model.n_modes)
            ]
        )
        baths += [] if dephasing is None else [Dephasing(1 / dephasing)]
        found = open_propagation(
            self.model,
            self.start,
            self.times[::4],
            baths,
            temperature=temperature,
            memory=memory,
            progress=self.report,
        )
        self._save(found, "open.h5")
        self._compared(found.times, {"with bath": found.populations}, str(found))
        self.beside.append(("with bath", found))

    def classical(self) -> None:
        """Trajectories of both kinds."""
        from ..campaign import local_processes
        from ..dynamics import MeanField, SurfaceHopping, trajectories
        from ..progress import progress_to

        found = {}
        with local_processes(None) as executor:
            for method in (SurfaceHopping(), MeanField()):
                with progress_to(self.report):
                    run = trajectories(
                        self.model, self.start, self.times[::4], method=method, executor=executor
                    )
                self._save(run, f"{method.name.replace(' ', '-').lower()}.h5")
                found[run.method] = run
                self.beside.append((run.method, run))
        first = next(iter(found.values()))
        self._compared(
            first.times,
            {name: run.populations for name, run in found.items()},
            "\n".join(map(str, found.values())),
        )

    def _compared(self, times: np.ndarray, others: dict[str, np.ndarray], text: str) -> None:
        label = self.labels[self.start]
        exact = self.passage.run.populations[::4, self.start]
        wide = {name: max(10, len(name) + 2) for name in others}
        lines = [
            text,
            f"POPULATION OF {label}",
            f"{'time/fs':>8}{'exact':>10}" + "".join(f"{name:>{wide[name]}}" for name in others),
        ]
        for k in np.unique(np.linspace(0, times.size - 1, 13).round().astype(int)):
            lines.append(
                f"{times[k]:>8.1f}{exact[k]:>10.4f}"
                + "".join(f"{p[k, self.start]:>{wide[name]}.4f}" for name, p in others.items())
            )
        worst = {name: float(np.abs(p[:, self.start] - exact).max()) for name, p in others.items()}
        lines.append(
            "largest difference from the exact one: "
            + ", ".join(f"{name} {gap:.2f}" for name, gap in worst.items())
        )
        self.texts.append("\n".join(lines))

    def _csv(self, name: str, header: str, columns: list[np.ndarray]) -> None:
        self.results.table(name, header, columns)

    def _save(self, noun: Any, name: str) -> None:
        self.results.noun(noun, name)

    def _figure(self, figure: Any, name: str) -> None:
        self.results.figure(figure, name)

    def tell(self) -> None:
        """Print everything."""
        from ..plotting import comparison_figure
        from ..spectra import recurrences

        if self.beside:
            self._figure(
                comparison_figure(self.passage.run, self.start, self.beside), "comparison.png"
            )
        print(self.kept)
        if self.point is not None:
            print(self.point)
        print(self.passage)
        run = self.passage.run
        grid = np.linspace(*_band(self.model, self.start, run), 300)
        print(f"\n{recurrences(run, grid, self.model, fwhm=_width(run))}")
        for text in self.texts:
            print(f"\n{text}")
        print(f"\n{self.results}")


def _width(run: Any) -> float:
    """A line width (eV) that the length of the autocorrelation resolves."""
    from ..units import HBAR

    return float(
        HBAR * np.sqrt(8 * np.log(2)) * np.sqrt(2 * np.log(2e3)) / run.autocorrelation_times[-1]
    )


def _band(model: VibronicHamiltonian, state: int, run: Any) -> tuple[float, float]:
    """Energies that hold nearly all of the band of a state, counted as its spectrum is, within
    what the steps of C(t) cover.
    """
    from ..units import HBAR

    spread = float(np.sqrt((model.linear[:, state] ** 2).sum() / 2)) + float(
        model.frequencies.max(initial=0.1)
    )
    half = min(4 * spread, 0.99 * np.pi * HBAR / float(run.autocorrelation_times[1]))
    return float(model.constant[state, state]) - half, float(model.constant[state, state]) + half
