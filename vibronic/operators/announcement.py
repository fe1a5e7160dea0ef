"""What is said when the kernels are compiled."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any


def announce_compilation() -> None:
    """Say once, on stderr, that the kernels are being compiled (numba keeps the result on
    disk).
    """
    from numba.core import event

    class Announcement(event.Listener):
        def on_start(self, event: Any) -> None:
            _say_once()

        def on_end(self, event: Any) -> None:
            """Nothing to say."""

    event.register("numba:compile", Announcement())  # type: ignore[no-untyped-call]


@cache
def _say_once() -> None:
    print(
        "vibronic: compiling the inner loops for this machine; this happens once and takes some "
        "seconds.",
        file=sys.stderr,
    )
