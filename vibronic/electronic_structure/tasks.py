"""Tasks of this folder: one geometry each, computed by PySCF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from ..campaign import Result, Task, Terms

TERMS = Terms(
    one="geometry",
    many="geometries",
    smaller="a smaller basis set",
    advice="Use a smaller basis set or a cheaper method (adc2, koopmans), or workers elsewhere "
    "(`--dask`).",
)


def geometry_task(
    function: Callable[..., Result], inputs: Mapping[str, Any], memory: float = 0.0
) -> Task:
    """A task whose result is made by the installed PySCF."""
    return Task(function, inputs, memory, {"pyscf": version("pyscf")}, TERMS)
