"""Nouns that people edit, as TOML: `key = value`, checked key by key."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .checks import InputError, nearest
from .storage import Format, register, stored_reader

VERSION = 1


@dataclass(frozen=True)
class TomlForm:
    """How a noun looks in TOML: a table written from it, and the reader of such a document."""

    table: Callable[[Any], dict[str, Any]]
    read: Callable[[Document], Any]


TOML_FORMS: dict[str, TomlForm] = {}


@dataclass(frozen=True)
class Document:
    """A parsed TOML file that can point at the line of a key."""

    path: str
    text: str
    table: dict[str, Any]

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Document:
        """Parse a TOML file, or say where it is not TOML."""
        try:
            text = Path(path).read_text()
            return cls(str(path), text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{path}: not valid TOML: {error}.") from None
        except UnicodeDecodeError:
            raise InputError(f"{path}: not a text file.") from None

    def error(self, message: str, key: str = "") -> InputError:
        """An error that names the file, and the line on which `key` stands."""
        word = rf"(^|[\s\[{{,.\"]){re.escape(key)}"
        for pattern in (
            rf"{word}\"?\s*=",
            rf"^\s*\[.*{word}",
            rf"{word}[\s\]\".,]",
        ):  # as a key, in a table's name, anywhere
            for k, line in enumerate(self.text.splitlines(), 1):
                if key and re.search(pattern, line + " "):
                    return InputError(f"{self.path}:{k}: {message}")
        return InputError(f"{self.path}: {message}")

    def check_keys(
        self, table: dict[str, Any], known: set[str], required: set[str], where: str = ""
    ) -> None:
        """Raise on a misspelt or missing key of `table`."""
        inside = f" in {where}" if where else ""
        for key in table:
            if key not in known:
                raise self.error(f"unknown key `{key}`{inside}. {nearest(key, known)}", key)
        for key in sorted(required - set(table)):
            raise self.error(f"missing key `{key}`{inside}.", where.strip("[]"))

    @contextmanager
    def blame(self) -> Iterator[None]:
        """Put the file's name before the message of any InputError raised inside."""
        try:
            yield
        except InputError as error:
            if str(error).startswith(self.path):
                raise
            raise self.error(str(error)) from None


def toml_text(thing: Any) -> str:
    """The TOML form of a noun."""
    import tomli_w

    header = (
        f"# A {type(thing).__name__} of vibronic; energies in eV unless a key says otherwise.\n"
    )
    table = {
        "format": f"{type(thing).__name__}/{VERSION}",
        **TOML_FORMS[type(thing).__name__].table(thing),
    }
    return header + tomli_w.dumps(table, multiline_strings=True)


def read_toml(path: Path) -> Any:
    """The noun in a TOML file."""
    document = Document.read(path)
    kind, _, version = str(document.table.get("format", "")).partition("/")
    if kind not in TOML_FORMS:
        stored_reader(kind)  # imports the stage whose noun it is, if it is one
    readable = sorted(TOML_FORMS)
    if kind not in readable or version != str(VERSION):
        raise document.error(
            f"key `format` must name a noun and its version, one of "
            f"{', '.join(f'{name}/{VERSION}' for name in readable)}, but is "
            f"{document.table.get('format')!r}.",
            "format",
        )

    with document.blame():
        return TOML_FORMS[kind].read(document)


def write_toml(thing: Any, path: Path) -> None:
    """Write a noun that has a TOML form."""
    if type(thing).__name__ not in TOML_FORMS:
        raise InputError(
            f"A {type(thing).__name__} has arrays too large for TOML. Save it in a file whose "
            "name ends in .h5."
        )
    path.write_text(toml_text(thing))


register(Format("toml", ("*.toml",), read_toml, write_toml))
