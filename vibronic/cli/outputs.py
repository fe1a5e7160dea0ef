"""What a command writes: nouns, figures, tables; and its progress bars."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from .. import storage
from ..checks import check_known
from ..progress import Progress, progress_to
from ..progress_bars import move_bar, rich_progress

BETWEEN_LINES = 60.0  # seconds between lines of progress in a log


class Results:
    """The folder of a command's results, made and tried before any work; it knows what was
    written.
    """

    def __init__(self, folder: Path, look: str = "journal") -> None:
        from ..plotting import STYLES

        check_known("style", look, tuple(STYLES))
        self.folder = folder
        self.look = look
        self.written: list[str] = []
        with storage.atomic(folder / ".writable"):
            pass
        (folder / ".writable").unlink()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Figures that are made in this block have the style that was asked for."""
        from ..plotting import style

        with style(self.look):
            yield

    def noun(self, thing: Any, name: str) -> None:
        """Save a noun."""
        storage.save(thing, self.folder / name)
        self._remember(name)

    def figure(self, figure: Any, name: str, look: str = "") -> None:
        """Write a matplotlib Figure, as a style wants it or the one around."""
        from ..plotting import style

        with storage.atomic(self.folder / name) as temporary, style(look):
            figure.savefig(temporary)
        self._remember(name)

    def text(self, text: str, name: str) -> None:
        """Write a text."""
        with storage.atomic(self.folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
        self._remember(name)

    def table(self, name: str, header: str, columns: Sequence[np.ndarray], mark: str = "") -> None:
        """Columns as CSV under a `header`, whose lines begin with `mark`."""
        with storage.atomic(self.folder / name) as temporary:
            np.savetxt(
                temporary,
                np.column_stack(columns),
                delimiter=",",
                header=header,
                comments=mark,
                fmt="%.8g",
            )
        self._remember(name)

    def _remember(self, name: str) -> None:
        if name not in self.written:
            self.written.append(name)

    def __str__(self) -> str:
        return f"Written to {self.folder}{os.sep}: {', '.join(self.written)}"


def write_curves(results: Results, found: Any, what: str) -> None:
    """The curves of all rungs asked for, the vibronic ones of every transition by itself, and that
    from the wavepackets, as CSV.
    """
    ladder = found.ladder
    grid = ladder.rungs[0].curve.grid
    columns = {"energy_eV": grid}
    for level in found.levels:
        columns[f"{level}_per_eV"] = ladder.rung(level).curve.values

    if "vibronic" in found.levels and len(found.vibronic) > 1:
        for d, sticks in zip(found.diagnoses, found.vibronic, strict=True):
            name = f"vibronic_from_{d.label.replace(' ', '')}_per_eV"
            columns[name] = sticks.broadened(grid, shape=ladder.shape).values

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
    results.table("spectrum.csv", header, list(columns.values()), mark="# ")


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Progress]:
    """A bar per stage on stderr, where that is no terminal also a line every minute; the text
    before a colon names the stage, the rest its detail.
    """
    if quiet:
        with progress_to(_nobody):
            yield _nobody
        return

    from rich.console import Console

    tasks: dict[str, Any] = {}
    console = Console(stderr=True)
    told = time.monotonic()

    with rich_progress(console) as bars:

        def report(stage: str, fraction: float) -> None:
            nonlocal told
            task = move_bar(bars, tasks, stage, fraction)
            if not console.is_terminal and time.monotonic() - told >= BETWEEN_LINES:
                told = time.monotonic()
                left = next(t.time_remaining for t in bars.tasks if t.id == task)
                rest = "" if left is None else f", {ceil(left / 60)} min left"
                console.print(f"{stage} ({fraction:.0%}{rest})", soft_wrap=True)

        with progress_to(report):
            yield report
        for task in tasks.values():
            bars.update(task, completed=1.0)


def _nobody(stage: str, fraction: float) -> None:
    """The listener of a quiet run."""
