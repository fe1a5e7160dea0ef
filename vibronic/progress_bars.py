"""Bars of progress: in a terminal by rich, in a notebook as HTML of its own; where a call takes
longer than a second, and gone when it ends.
"""

from __future__ import annotations

import html
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from .progress import progress_to

PATIENCE = 1.0  # seconds before a bar appears
SWITCH = "VIBRONIC_PROGRESS"  # in the environment; 0 turns bars off
ELSEWHERE = "VIBRONIC_WORKER_MEMORY"  # in the environment of worker processes alone


def are_wanted() -> bool:
    """True in the main thread of a process that somebody watches, unless bars are turned off."""
    return (
        (_in_terminal() or _in_notebook())
        and os.environ.get(SWITCH, "1").lower() not in ("0", "off", "no", "false")
        and ELSEWHERE not in os.environ
        and threading.current_thread() is threading.main_thread()
        and multiprocessing.current_process().name == "MainProcess"
    )


def _in_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _in_notebook() -> bool:
    """True in a cell of a notebook, whose kernel holds IPython already."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel")


@contextmanager
def bars() -> Iterator[None]:
    """Within it, what is reported moves bars, which appear after a second and go at the end."""
    shown = _Shown(_NotebookBars() if _in_notebook() else _TerminalBars())
    try:
        with progress_to(shown.told):
            yield
    finally:
        shown.close()


class _Bars(Protocol):
    """What can show bars."""

    def show(self, stage: str, fraction: float) -> None: ...

    def clear(self) -> None: ...


class _Shown:
    """Bars that wait for a second before they appear, with what was told last."""

    def __init__(self, display: _Bars) -> None:
        self.display = display
        self.timer: threading.Timer | None = None
        self.lock = threading.Lock()
        self.last = ("", 0.0)
        self.visible = False
        self.closed = False

    def told(self, stage: str, fraction: float) -> None:
        """Show it, or keep it until the second has passed."""
        with self.lock:
            self.last = (stage, fraction)
            if self.visible:
                self.display.show(stage, fraction)
            elif self.timer is None:
                self.timer = threading.Timer(PATIENCE, self._appear)
                self.timer.daemon = True
                self.timer.start()

    def _appear(self) -> None:
        with self.lock:
            if not self.closed:
                self.visible = True
                self.display.show(*self.last)

    def close(self) -> None:
        """Take the bars away."""
        with self.lock:
            self.closed = True
            if self.timer is not None:
                self.timer.cancel()
            if self.visible:
                self.display.clear()


class _TerminalBars:
    """A bar for every stage on stderr, by rich."""

    def __init__(self) -> None:
        self.progress: Any = None
        self.tasks: dict[str, Any] = {}

    def show(self, stage: str, fraction: float) -> None:
        """Move the bar of a stage; the first call makes it."""
        if self.progress is None:
            from rich.console import Console

            console = Console(stderr=True, force_jupyter=False)
            self.progress = rich_progress(console, transient=True)
            self.progress.start()
        move_bar(self.progress, self.tasks, stage, fraction)

    def clear(self) -> None:
        """Erase them."""
        if self.progress is not None:
            self.progress.stop()


class _NotebookBars:
    """A bar for the last stage below the cell."""

    def __init__(self) -> None:
        self.handle: Any = None

    def show(self, stage: str, fraction: float) -> None:
        """Move the bar; the first call makes it."""
        from IPython.display import HTML, display

        bar = HTML(notebook_bar(stage, fraction))
        if self.handle is None:
            self.handle = display(bar, display_id=True)
        else:
            self.handle.update(bar)

    def clear(self) -> None:
        """Erase it."""
        from IPython.display import HTML

        if self.handle is not None:
            self.handle.update(HTML(""))


def notebook_bar(stage: str, fraction: float) -> str:
    """One bar as HTML."""
    return (
        f'<div style="font-family:monospace"><progress max="1" value="{fraction:.4f}">'
        f"</progress> {100 * fraction:3.0f}% {html.escape(stage)}</div>"
    )


def rich_progress(console: Any, *, transient: bool = False) -> Any:
    """Bars of rich: stage, bar, percentage, time left, detail."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [
        TextColumn("{task.description:<28}"),
        BarColumn(10),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        TextColumn("{task.fields[detail]}"),
    ]

    # a geometry may take minutes
    return Progress(*columns, console=console, speed_estimate_period=3600, transient=transient)


def move_bar(progress: Any, tasks: dict[str, Any], stage: str, fraction: float) -> Any:
    """Set the bar of a stage, at whose beginning the others are done; the text before a colon
    names the stage, the rest is its detail. Returns the bar's number.
    """
    name, _, detail = stage.partition(": ")
    if name not in tasks:
        for other in tasks.values():
            progress.update(other, completed=1.0)
        tasks[name] = progress.add_task(name, total=1.0, detail="")
    progress.update(tasks[name], completed=fraction, detail=detail)
    return tasks[name]
