"""What `import vibronic` costs beside the packages that everybody has loaded anyway."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from .tables import Table

ROUNDS = 11
WORK = {"numpy, scipy.sparse": "numpy, scipy.sparse", "vibronic": "vibronic"}


def run() -> dict:
    """Median seconds of fresh processes, taken in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in WORK}
    for _ in range(ROUNDS):
        for name, modules in WORK.items():
            seconds[name].append(_import_time(modules))

    table = Table("Imports in a fresh process", {"import": "|22", "s": ".3f|7", "ratio": ".2f|7"})
    base = float(np.median(seconds["numpy, scipy.sparse"]))
    for name, values in seconds.items():
        middle = float(np.median(values))
        table.add(**{"import": name, "s": middle, "ratio": middle / base})
    return table.close()


def _import_time(modules: str) -> float:
    code = (
        f"import time; t = time.perf_counter(); import {modules}; print(time.perf_counter() - t)"
    )
    command = [sys.executable, "-c", code]
    return float(subprocess.check_output(command, text=True))
