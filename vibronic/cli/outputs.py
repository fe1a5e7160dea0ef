"""Folders, figures, tables and progress bars."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from .. import storage

BETWEEN_LINES = 60.0  # seconds between lines of progress in a log


def output_folder(out: Path | None, name: str, command: str) -> Path:
    """The output folder, made and tried before any work."""
    folder = out or Path(f"{name}-{command}")
    with storage.atomic(folder / ".writable"):
        pass
    (folder / ".writable").unlink()
    return folder


def save_figure(figure: Any, path: Path) -> None:
    """Write a matplotlib Figure."""
    from ..plotting import style

    with storage.atomic(path) as temporary, style():
        figure.savefig(temporary)


def write_curves(found: Any, path: Path, what: str) -> None:
    """The curves of all rungs asked for, the vibronic ones of every transition by itself, and that
    from the wavepackets, as CSV.
    """
    ladder, grid = found.ladder, found.ladder.rungs[0].curve.grid
    columns = {
        "energy_eV": grid,
        **{f"{level}_per_eV": ladder.rung(level).curve.values for level in found.levels},
    }
    if "vibronic" in found.levels and len(found.vibronic) > 1:
        for d, sticks in zip(found.diagnoses, found.vibronic, strict=True):
            columns[f"vibronic_from_{d.label.replace(' ', '')}_per_eV"] = sticks.broadened(
                grid, shape=ladder.shape
            ).values
    if getattr(found, "autocorrelation_curve", None) is not None:
        columns["autocorrelation_per_eV"] = found.autocorrelation_curve.values
    if getattr(found, "absolute", None) is not None:
        columns["cross_section_Mb"] = found.absolute.values
    temperature = f"; {ladder.temperature:g} K" if ladder.temperature else ""
    header = (
        f"{what} spectrum of {found.model.title}; energies in eV from "
        f"{found.model.energy_origin}; intensities per eV, "
        f"area = total strength; {ladder.shape}{temperature}\n" + ",".join(columns)
    )
    with storage.atomic(path) as temporary:
        np.savetxt(
            temporary,
            np.column_stack(list(columns.values())),
            delimiter=",",
            header=header,
            fmt="%.8g",
        )


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A bar per stage on stderr, where that is no terminal also a line every minute; the text
    before a colon names the stage, the rest its detail.
    """
    if quiet:
        yield lambda stage, fraction: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(10),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        TextColumn("{task.fields[detail]}"),
    )
    tasks: dict[str, Any] = {}
    console = Console(stderr=True)
    told = time.monotonic()
    with Progress(
        *columns, console=console, speed_estimate_period=3600
    ) as bars:  # a geometry may take minutes

        def report(stage: str, fraction: float) -> None:
            nonlocal told
            name, _, detail = stage.partition(": ")
            if name not in tasks:
                for other in tasks.values():
                    bars.update(other, completed=1.0)
                tasks[name] = bars.add_task(name, total=1.0, detail="")
            bars.update(tasks[name], completed=fraction, detail=detail)
            if not console.is_terminal and time.monotonic() - told >= BETWEEN_LINES:
                told = time.monotonic()
                left = next(t.time_remaining for t in bars.tasks if t.id == tasks[name])
                console.print(
                    f"{stage} "
                    f"({fraction:.0%}{'' if left is None else f', {ceil(left / 60)} min left'})",
                    soft_wrap=True,
                )

        yield report
        for task in tasks.values():
            bars.update(task, completed=1.0)
