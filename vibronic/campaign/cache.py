"""Results on disk, one file each, under the key of their task."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from ..storage import atomic
from .tasks import Result, Task

INPUTS = "task_inputs"  # stored beside the arrays
DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def default_folder() -> Path:
    """VIBRONIC_CACHE, or the user's cache folder."""
    return Path(os.environ.get("VIBRONIC_CACHE") or user_cache_path("vibronic"))


@dataclass(frozen=True)
class Cache:
    """A folder of finished results, written atomically and safe to share between runs."""

    folder: Path

    def path(self, task: Task) -> Path:
        """Where the result of `task` lives."""
        return self.folder / task.name / f"{task.key}.npz"

    def get(self, task: Task) -> Result | None:
        """The stored result, or None; a damaged entry counts as none and is computed again."""
        try:
            with np.load(self.path(task), allow_pickle=False) as entry:
                return {name: entry[name] for name in entry.files if name != INPUTS}
        except DAMAGE:
            return None

    def put(self, task: Task, result: Result) -> None:
        """Store a result."""
        content: dict[str, Any] = {**result, INPUTS: np.array(task.described)}

        with atomic(self.path(task)) as temporary:
            np.savez(temporary, **content)

    def entries(self) -> list[Entry]:
        """What the folder holds; damaged entries have no inputs."""
        paths = sorted(self.folder.glob("*/[!.]*.npz"))
        return [Entry.of(path) for path in paths]


@dataclass(frozen=True)
class Entry:
    """One stored result: its file, the task's name, its inputs (None where the file is damaged)
    and its size in bytes.
    """

    path: Path
    task: str
    inputs: Mapping[str, Any] | None
    size: int

    @classmethod
    def of(cls, path: Path) -> Entry:
        """The entry in a file."""
        return cls(path, path.parent.name, _inputs(path), path.stat().st_size)


def _inputs(path: Path) -> Mapping[str, Any] | None:
    try:
        with np.load(path, allow_pickle=False) as entry:
            found: Mapping[str, Any] = json.loads(str(entry[INPUTS]))
            return found
    except DAMAGE:
        return None
