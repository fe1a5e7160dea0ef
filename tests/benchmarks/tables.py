"""Measure, print, keep."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Table:
    """A titled table; `rows` hold one dict each, with the keys of `columns`."""

    title: str
    columns: dict[str, str]  # key -> format specification, and after | the width
    rows: list[dict[str, Any]] = field(default_factory=list)
    note: str = ""

    def add(self, **row: Any) -> None:
        self.rows.append(row)
        if len(self.rows) == 1:
            print(
                f"\n{self.title}\n"
                + "  ".join(f"{name:>{_width(name, spec)}}" for name, spec in self.columns.items())
            )
        cells = []
        for name, spec in self.columns.items():
            value = row.get(name, "")
            width = _width(name, spec)
            text = value if isinstance(value, str) else format(value, spec.split("|")[0])
            cells.append(f"{text:>{width}}")
        print("  ".join(cells), flush=True)

    def close(self) -> dict:
        if self.note:
            print(self.note)
        return asdict(self)


def _width(name: str, spec: str) -> int:
    return max(len(name), int(spec.split("|")[1]) if "|" in spec else 9)


def measured(work: Callable[[], Any], repeat: int = 3) -> tuple[float, float, Any]:
    """(CPU seconds, wall seconds, result): the fastest of `repeat` calls."""
    best = (float("inf"), float("inf"), None)
    for _ in range(repeat):
        cpu = time.process_time()
        wall = time.perf_counter()
        result = work()
        spent = (time.process_time() - cpu, time.perf_counter() - wall, result)
        best = spent if spent[0] < best[0] else best
    return best


def peak_memory() -> float:
    """Largest memory of this process so far, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
