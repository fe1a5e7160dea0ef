"""What a calculation may use."""

from __future__ import annotations

import os
from dataclasses import dataclass

from .checks import check_positive


@dataclass(frozen=True)
class Limits:
    """At most `max_size` basis functions (or grid points) and `memory` bytes, half the machine's
    unless given.
    """

    max_size: int = 1_000_000
    memory: float | None = None

    def __post_init__(self) -> None:
        check_positive("max_size", self.max_size)
        if self.memory is not None:
            check_positive("memory", self.memory, "bytes")

    @property
    def bytes(self) -> float:
        """Memory that may be used."""
        if self.memory is not None:
            return self.memory
        return 0.5 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
