"""The door of public functions: their arguments are of the kinds that the signature says, and a
long call shows how far it is.

    @public
    def propagate(model: VibronicHamiltonian, start: Wavepacket | Doorway | int | str, ...)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from types import UnionType
from typing import Any, ParamSpec, TypeVar, get_args, get_origin

import numpy as np

from .checks import check_kind
from .progress import somebody_listens
from .progress_bars import are_wanted, bars
from .storage import NOUNS, find_nouns

P = ParamSpec("P")
R = TypeVar("R")


def public(function: Callable[P, R]) -> Callable[P, R]:
    """The function with its arguments checked: InputError for one of the wrong kind, that says
    what was expected and found.

    The outermost call shows bars of progress when it is long, unless somebody else listens.
    """
    signature = _Signature(function)

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        signature.check(args, kwargs)
        if somebody_listens() or not are_wanted():
            return function(*args, **kwargs)
        with bars():
            return function(*args, **kwargs)

    return checked


@dataclass(frozen=True)
class _Kinds:
    """The kinds of things that one parameter takes; those that a sequence holds, if it is one."""

    name: str
    position: int | None
    own: tuple[type, ...]
    items: tuple[type, ...]

    def check(self, value: Any, function: str) -> None:
        if self.own:
            check_kind(self.name, value, self.own, function)
        if self.items and value is not None:
            check_kind(self.name, value, (Sequence, np.ndarray), function)
            for k, item in enumerate(value):
                check_kind(f"{self.name}[{k}]", item, self.items, function)


class _Signature:
    """The parameters of a function whose annotations name classes; read at the first call, when
    all modules are there.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    @cached_property
    def kinds(self) -> list[_Kinds]:
        """What each parameter takes, where the annotation tells."""
        found = []
        for k, parameter in enumerate(inspect.signature(self.function).parameters.values()):
            own, items = self._classes(parameter.annotation)
            if own or items:
                position = None if parameter.kind is parameter.KEYWORD_ONLY else k
                found.append(_Kinds(parameter.name, position, own, items))
        return found

    def _classes(self, annotation: Any) -> tuple[tuple[type, ...], tuple[type, ...]]:
        """Classes of an argument, and of the items of one that is a sequence."""
        meant = self._meant(annotation) if isinstance(annotation, str) else annotation
        members = get_args(meant) if isinstance(meant, UnionType) else (meant,)
        listed = [member for member in members if get_origin(member) is Sequence]
        if not listed:
            return _union(meant), ()
        items = _union(get_args(listed[0])[0])
        return (), items if any(_is_own(item) for item in items) else ()

    def _meant(self, annotation: str) -> Any:
        """What an annotation means; nouns may be imported for type checkers alone."""
        scope = getattr(self.function, "__globals__", {})
        try:
            return eval(annotation, scope, {"Sequence": Sequence, **NOUNS})
        except NameError:
            find_nouns()
        try:
            return eval(annotation, scope, {"Sequence": Sequence, **NOUNS})
        except NameError:
            return Any

    def check(self, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Raise for the first argument of another kind."""
        for kinds in self.kinds:
            if kinds.name in kwargs:
                kinds.check(kwargs[kinds.name], self.function.__name__)
            elif kinds.position is not None and kinds.position < len(args):
                kinds.check(args[kinds.position], self.function.__name__)


def _union(meant: Any) -> tuple[type, ...]:
    """The classes of a union or of a single class; none where anything else is among them."""
    members = get_args(meant) if isinstance(meant, UnionType) else (meant,)
    classes = tuple(type(None) if member is None else member for member in members)
    return classes if all(_is_class(member) for member in classes) else ()


def _is_class(member: Any) -> bool:
    return (
        isinstance(member, type)
        and get_origin(member) is None
        and not getattr(member, "_is_protocol", False)
        and member not in (Any, object, np.ndarray, inspect.Parameter.empty)
    )


def _is_own(member: type) -> bool:
    return member.__module__.partition(".")[0] == __name__.partition(".")[0]
