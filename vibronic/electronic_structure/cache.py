"""Tasks and their results on disk, under a hash of everything that changes them."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from ..storage import atomic

Result = dict[str, np.ndarray]
INPUTS = "task_inputs"  # stored beside the arrays
DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Task:
    """A pure function of module level and its JSON-able keyword inputs; the result is a dict of
    arrays. `memory` is what it may need, bytes.
    """

    function: Callable[..., Result]
    inputs: Mapping[str, Any]
    memory: float = 0.0

    @cached_property
    def key(self) -> str:
        """Hash of the function's name, its inputs and the version of PySCF."""
        from importlib.metadata import version

        content = {
            "task": self.function.__name__,
            "inputs": dict(self.inputs),
            "pyscf": version("pyscf"),
            "format": 1,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def default_folder() -> Path:
    """VIBRONIC_CACHE, or the user's cache folder."""
    return Path(os.environ.get("VIBRONIC_CACHE") or user_cache_path("vibronic"))


@dataclass(frozen=True)
class Cache:
    """A folder of finished results, one file each, written atomically and safe to share between
    runs.
    """

    folder: Path

    def path(self, task: Task) -> Path:
        """Where the result of `task` lives."""
        return self.folder / task.function.__name__ / f"{task.key}.npz"

    def get(self, task: Task) -> Result | None:
        """The stored result, or None; a damaged entry counts as none and is computed again."""
        try:
            with np.load(self.path(task), allow_pickle=False) as entry:
                return {name: entry[name] for name in entry.files if name != INPUTS}
        except DAMAGE:
            return None

    def put(self, task: Task, result: Result) -> None:
        """Store a result."""
        with atomic(self.path(task)) as temporary:
            np.savez(temporary, **result, **{INPUTS: np.array(json.dumps(dict(task.inputs)))})  # type: ignore[arg-type]

    def entries(self) -> list[Entry]:
        """What the folder holds; damaged entries have no inputs."""
        return [
            Entry(path, path.parent.name, _inputs(path), path.stat().st_size)
            for path in sorted(self.folder.glob("*/[!.]*.npz"))
        ]


@dataclass(frozen=True)
class Entry:
    """One stored result: its file, the task's name, its inputs (None where the file is damaged)
    and its size in bytes.
    """

    path: Path
    task: str
    inputs: Mapping[str, Any] | None
    size: int


def _inputs(path: Path) -> Mapping[str, Any] | None:
    try:
        with np.load(path, allow_pickle=False) as entry:
            return json.loads(str(entry[INPUTS]))
    except DAMAGE:
        return None


def computed(task: Task, folder: str) -> Result:
    """Run `task` on one thread and store its result before returning it: what is finished is on
    disk.

    Calculations in threads of one process wait for each other, since PySCF's output is caught by
    the whole process.
    """
    from threadpoolctl import threadpool_limits

    with ONE_AT_A_TIME, threadpool_limits(1):
        result = task.function(**task.inputs)
    with suppress(
        OSError
    ):  # a worker elsewhere may not see the folder; whoever asked stores the result, too
        Cache(Path(folder)).put(task, result)
    return result
