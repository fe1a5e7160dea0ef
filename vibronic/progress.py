"""Who is told how far a calculation has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Protocol

from .checks import InputError, described


class Progress(Protocol):
    """Something that is told a stage of the work and the part of it that is done, 0 to 1.

    The text before a colon names the stage, the rest is a detail of it.
    """

    def __call__(self, stage: str, fraction: float, /) -> None: ...


def _nobody(stage: str, fraction: float) -> None:
    """The listener when there is none."""


def _silence(stage: str, fraction: float) -> None:
    """The listener of who wants to hear nothing."""


_listener: ContextVar[Progress] = ContextVar("listener", default=_nobody)
_off: list[object] = []  # who turned bars off for good, in all threads and cells of a notebook


def report(stage: str, fraction: float) -> None:
    """Tell whoever listens."""
    listener()(stage, fraction)


def listener() -> Progress:
    """Whoever listens."""
    found = _listener.get()
    return _silence if found is _nobody and _off else found


def somebody_listens() -> bool:
    """True where reports are heard, or are not to be heard by anybody."""
    return listener() is not _nobody


class progress_to:  # noqa: N801
    """From now on, or within it, every calculation reports to `listener(stage, fraction)`; to
    nobody for None, so that `vb.progress_to(None)` is the switch that turns bars off.

        vb.progress_to(None)  # no bars any more

        with vb.progress_to(lambda stage, fraction: print(stage)):
            vb.dynamics.propagate(model, 1, times)

    Bars are shown without any of this by calls of more than a second in terminals and notebooks;
    the environment variable `VIBRONIC_PROGRESS=0` turns them off as well.
    """

    def __init__(self, listener: Progress | None) -> None:
        if listener is not None and not callable(listener):
            raise InputError(
                "Argument `listener` of `progress_to` must be a function (stage, fraction), or "
                f"None for no progress at all, but is {described(listener)}."
            )
        self._token: Token[Progress] = _listener.set(listener or _silence)
        if listener is None:
            _off.append(self)

    def __enter__(self) -> None:
        if self in _off:
            _off.remove(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _listener.reset(self._token)


@contextmanager
def progress_within(stage: str, begin: float, end: float) -> Iterator[None]:
    """Within it, what is reported counts as the part from `begin` to `end` of one `stage`."""
    outer = listener()

    def scaled(inner: str, fraction: float) -> None:
        outer(stage, begin + fraction * (end - begin))

    with progress_to(scaled):
        yield
