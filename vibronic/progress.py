"""Who is told how far a calculation has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Progress(Protocol):
    """Something that is told a stage of the work and the part of it that is done, 0 to 1.

    The text before a colon names the stage, the rest is a detail of it.
    """

    def __call__(self, stage: str, fraction: float, /) -> None: ...


def _nobody(stage: str, fraction: float) -> None:
    """The listener when there is none."""


_listener: ContextVar[Progress] = ContextVar("listener", default=_nobody)


def report(stage: str, fraction: float) -> None:
    """Tell whoever listens."""
    _listener.get()(stage, fraction)


def listener() -> Progress:
    """Whoever listens."""
    return _listener.get()


@contextmanager
def progress_to(listener: Progress) -> Iterator[None]:
    """Within it, every calculation reports to `listener(stage, fraction)`."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def progress_within(stage: str, begin: float, end: float) -> Iterator[None]:
    """Within it, what is reported counts as the part from `begin` to `end` of one `stage`."""
    outer = _listener.get()

    def scaled(inner: str, fraction: float) -> None:
        outer(stage, begin + fraction * (end - begin))

    with progress_to(scaled):
        yield
