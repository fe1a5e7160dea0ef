"""Readers of other programs' files against files with something wrong in them.

`python -m tests.benchmarks formats` reads 100,000 mutated files of every format (MUTATED_FILES
sets another number): each must give a noun or an InputError of one line, in time and memory. A
seed that does not is printed, and belongs into the tests.
"""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from pathlib import Path

from vibronic.formats import FormatWarning

from ..file_samples import SAMPLES, Sample
from ..mutations import LARGEST, SLOWEST, mutated, outcome, peak_memory
from .tables import Table

COUNT = int(os.environ.get("MUTATED_FILES", "100000"))
WATCHED = 200  # files of each sample whose memory is measured


def run() -> list[dict]:
    """Print a row for every format."""
    table = Table(
        f"{COUNT} files of every format with something wrong in them",
        {
            "format": "s|16",
            "read": "d|8",
            "refused": "d|8",
            "failed": "d|8",
            "slowest/s": ".3f|10",
            "memory/MB": ".1f|10",
        },
    )
    for name, samples in SAMPLES.items():
        found = {"format": name, "read": 0, "refused": 0, "failed": 0}
        slowest = 0.0
        memory = 0.0
        for sample in samples:
            with tempfile.TemporaryDirectory() as folder:
                slowest = max(slowest, _read(sample, Path(folder), COUNT // len(samples), found))
                memory = max(memory, _memory(sample, Path(folder)))
        table.add(**found, **{"slowest/s": slowest, "memory/MB": memory / 1e6})
        assert not found["failed"], found
        assert slowest < SLOWEST, slowest
        assert memory < LARGEST, memory

    return table.rows


def _read(sample: Sample, folder: Path, count: int, found: dict) -> float:
    """Read mutated files and count what comes of it; the longest time, s."""
    for name, text in sample.beside.items():
        (folder / name).write_text(text)
    slowest = 0.0
    for seed in range(count):
        path = _written(sample, folder, seed)
        start = time.perf_counter()
        try:
            result = outcome(path, **sample.options)
            found["refused" if isinstance(result, Exception) else "read"] += 1
        except Exception as error:
            found["failed"] += 1
            print(f"{found['format']} seed {seed}: {error!r}")
        slowest = max(slowest, time.perf_counter() - start)
    return slowest


def _memory(sample: Sample, folder: Path) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FormatWarning)
        seeds = range(WATCHED)
        return max(peak_memory(_written(sample, folder, k), **sample.options) for k in seeds)


def _written(sample: Sample, folder: Path, seed: int) -> Path:
    path = folder / sample.name
    text = mutated(sample.text, seed)
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    return path
