"""The methods by the names that files and the command line have for them."""

from __future__ import annotations

from typing import TypeVar

from ... import molecule
from ...door import public
from .states_method import StatesMethod

Kind = TypeVar("Kind", bound=type[StatesMethod])

METHODS: dict[str, type[StatesMethod]] = {}


def register(kind: Kind) -> Kind:
    """Make a method known by its name, to molecules, files and the command line."""
    METHODS[kind.name] = kind
    molecule.register(kind)
    return kind


@public
def method(name: str, functional: str = "") -> StatesMethod:
    """The method object of a name used in files and on the command line, on the mean field of
    `functional` where it has a choice.
    """
    molecule.check_method("method", name)
    kind = METHODS[molecule.method_name(name)]
    return kind.from_text(name, functional)
