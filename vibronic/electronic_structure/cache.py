"""Tasks and their results on disk, under a hash of everything that changes them."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from ..storage import atomic

Result = dict[str, np.ndarray]


@dataclass(frozen=True)
class Task:
    """A pure function of module level and its JSON-able keyword inputs; the result is a dict of arrays."""

    function: Callable[..., Result]
    inputs: Mapping[str, Any]

    @cached_property
    def key(self) -> str:
        """Hash of the function's name, its inputs and the version of PySCF."""
        from importlib.metadata import version

        content = {"task": self.function.__name__, "inputs": dict(self.inputs), "pyscf": version("pyscf"), "format": 1}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def default_folder() -> Path:
    """VIBRONIC_CACHE, or the user's cache folder."""
    return Path(os.environ.get("VIBRONIC_CACHE") or user_cache_path("vibronic"))


@dataclass(frozen=True)
class Cache:
    """A folder of finished results, one file each, written atomically and safe to share between runs."""

    folder: Path

    def path(self, task: Task) -> Path:
        """Where the result of `task` lives."""
        return self.folder / task.function.__name__ / f"{task.key}.npz"

    def get(self, task: Task) -> Result | None:
        """The stored result, or None; a damaged entry counts as none and is computed again."""
        try:
            with np.load(self.path(task), allow_pickle=False) as entry:
                return {name: entry[name] for name in entry.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def put(self, task: Task, result: Result) -> None:
        """Store a result."""
        with atomic(self.path(task)) as temporary:
            np.savez(temporary, **result)  # type: ignore[arg-type]


def computed(task: Task, folder: str) -> Result:
    """Run `task` and store its result before returning it: what is finished is on disk."""
    result = task.function(**task.inputs)
    Cache(Path(folder)).put(task, result)
    return result
