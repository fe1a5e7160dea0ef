"""What is computed: pure functions of inputs, known by a hash of everything that changes them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any

import numpy as np

Result = dict[str, np.ndarray]
FORMAT = 1
ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Terms:
    """What messages call one task and several, and what they advise where memory is short."""

    one: str = "task"
    many: str = "tasks"
    smaller: str = "a smaller task"
    advice: str = "Use a smaller task, or workers elsewhere."


@dataclass(frozen=True)
class Task:
    """A pure function of module level, its picklable keyword inputs, and the `versions` of the
    programs that make its result; the result is a dict of arrays. `memory` is what it may need,
    bytes.

    Inputs are JSON-able values, arrays, frozen dataclasses of these, or objects whose `spec` they
    are.
    """

    function: Callable[..., Result]
    inputs: Mapping[str, Any]
    memory: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = field(default=Terms(), repr=False)

    @property
    def name(self) -> str:
        """The function's name: the folder of its results."""
        return self.function.__name__

    @property
    def described(self) -> str:
        """The inputs as JSON; arrays by their hash."""
        return json.dumps(dict(self.inputs), default=_plain)

    @cached_property
    def key(self) -> str:
        """Hash of the function's name, its inputs and the versions."""
        content = {
            "task": self.name,
            "inputs": dict(self.inputs),
            "format": FORMAT,
            **self.versions,
        }
        text = json.dumps(content, sort_keys=True, default=_plain)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def run(self) -> Result:
        """The result, computed on one thread.

        Tasks in threads of one process wait for each other, since a task may hold what belongs to
        the whole process, such as its standard output.
        """
        from threadpoolctl import threadpool_limits

        with ONE_AT_A_TIME, threadpool_limits(1):
            return self.function(**self.inputs)


def _plain(value: Any) -> Any:
    """What JSON can hold of an array, a number of NumPy's, or a dataclass."""
    if isinstance(value, np.ndarray):
        content = hashlib.sha256(value.tobytes()).hexdigest()
        return {"shape": value.shape, "kind": str(value.dtype), "sha256": content}

    if isinstance(value, np.generic):
        return value.item()

    if isinstance(value, Mapping):
        return dict(value)

    if hasattr(value, "spec"):
        return value.spec

    if is_dataclass(value):
        settings = {f.name: getattr(value, f.name) for f in fields(value)}
        return {"class": type(value).__name__, **settings}

    raise TypeError(f"A {type(value).__name__} cannot be an input of a task: it has no hash.")
