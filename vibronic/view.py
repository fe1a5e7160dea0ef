"""Constructor arguments that a noun keeps in another form."""

from __future__ import annotations

from typing import Any


class View:
    """A constructor argument that the noun keeps in another form, made again where it is read."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, model: Any, owner: type | None = None) -> Any:
        return None if model is None else model._view(self.name)

    def __set__(self, model: Any, value: Any) -> None:
        model.__dict__[self.name] = value
