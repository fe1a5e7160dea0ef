"""Versioned, atomic save and load of every noun: TOML for people, HDF5 for arrays.

Files of earlier versions stay readable. A noun that got another name, or whose fields moved, says
beside its class how the old form is read, from what the file holds by name:

    @reads("Table")  # as the file calls it
    def _table(content: dict[str, Any]) -> Readings:
        return built(Readings, {**content, "values": content["array"]})

`built` leaves out what is no field of the noun any more, and lets a noun that used to be a plain
dictionary (`Certificate`) read it by its own rule.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from .checks import InputError, nearest

FORMAT = 1
NOUNS: dict[str, type] = {}
STORED: dict[str, StoredReader] = {}  # a noun's name in a file -> reader of what it holds there
Noun = TypeVar("Noun", bound=type)
Built = TypeVar("Built")
StoredReader = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class TomlForm:
    """How a noun looks in TOML: a table written from it, and the reader of such a document."""

    table: Callable[[Any], dict]
    read: Callable[[Document], Any]


TOML_FORMS: dict[str, TomlForm] = {}
READERS: dict[str, Callable[[Path], Any]] = {}  # file suffix -> reader of another program's format


_finders: list[Callable[[], None]] = []  # each imports modules that may hold further nouns


def find_nouns_by(finder: Callable[[], None]) -> None:
    """Have `finder` called when a file holds a noun that no module imported so far knows."""
    _finders.append(finder)


def _knows(kind: Any) -> bool:
    """True when `kind` is the name of a noun, in whatever module."""
    if kind not in STORED:
        for finder in _finders:
            finder()
    return kind in STORED


def noun(cls: Noun) -> Noun:
    """Register a frozen dataclass, so that `save` and `load` know it."""
    NOUNS[cls.__name__] = cls
    STORED[cls.__name__] = partial(built, cls)
    return cls


def reads(name: str) -> Callable[[StoredReader], StoredReader]:
    """Register how a noun that files call `name` is read where an earlier version wrote it."""

    def register(reader: StoredReader) -> StoredReader:
        STORED[name] = reader
        return reader

    return register


def built(cls: type[Built], content: dict[str, Any]) -> Built:
    """A noun of the class `cls` from the stored values of its fields; others are left out."""
    values: dict[str, Any] = {}
    declared: type = cls
    for field in fields(declared):
        if field.name not in content:
            if field.default is MISSING and str(field.type).endswith("| None"):
                values[field.name] = None  # which is not written
            continue

        value = content[field.name]
        kind = _declared_noun(str(field.type))
        if isinstance(value, dict) and kind:
            value = STORED[kind](value) if value else None
        values[field.name] = value
    return cls(**values)


def _declared_noun(annotation: str) -> str | None:
    """The noun in a field's type, such as `Certificate | None`."""
    return next((word for word in re.findall(r"\w+", annotation) if word in NOUNS), None)


@contextmanager
def atomic(path: str | os.PathLike) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it takes the name of `path` only if all goes well."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
    except OSError as error:
        raise InputError(
            f"Cannot write {path}: {error.strerror}. Choose another folder with `--out`."
        ) from None
    os.close(handle)
    os.chmod(name, 0o666 & ~_umask())
    try:
        yield Path(name)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def save(thing: Any, path: str | os.PathLike) -> None:
    """Write a noun to `path`: `.toml` for nouns that people edit, `.h5` for any. Atomic: never
    half a file.
    """
    path = Path(path)
    if path.suffix == ".toml":
        if type(thing).__name__ not in TOML_FORMS:
            raise InputError(
                f"A {type(thing).__name__} has arrays too large for TOML. Save it as "
                f"{path.stem}.h5."
            )
        with atomic(path) as temporary:
            temporary.write_text(toml_text(thing))
    elif path.suffix in (".h5", ".hdf5"):
        import h5py

        with atomic(path) as temporary, h5py.File(temporary, "w") as file:
            _write(file, thing)
    else:
        raise InputError(
            f"Cannot tell the format of {path}: expected a name ending in .toml or .h5."
        )


def load(path: str | os.PathLike) -> Any:
    """Read the noun stored in `path` (`.toml`, `.h5`, or a format of `vibronic.formats`)."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    if path.suffix in READERS:
        return READERS[path.suffix](path)
    if path.suffix == ".toml":
        return _from_toml(Document.read(path))
    if path.suffix in (".h5", ".hdf5"):
        import h5py

        try:
            with h5py.File(path, "r") as file:
                return _read(file, path)
        except OSError as error:
            raise InputError(f"{path} is not an HDF5 file that can be read: {error}.") from None
    known = ", ".join([".toml", ".h5", *READERS])
    raise InputError(
        f"Cannot tell the format of {path}: expected a name ending in one of {known}."
    )


def toml_text(thing: Any) -> str:
    """The TOML form of a noun."""
    import tomli_w

    header = (
        f"# A {type(thing).__name__} of vibronic; energies in eV unless a key says otherwise.\n"
    )
    table = {
        "format": f"{type(thing).__name__}/{FORMAT}",
        **TOML_FORMS[type(thing).__name__].table(thing),
    }
    return header + tomli_w.dumps(table, multiline_strings=True)


@dataclass(frozen=True)
class Document:
    """A parsed TOML file that can point at the line of a key."""

    path: str
    text: str
    table: dict

    @classmethod
    def read(cls, path: str | os.PathLike) -> Document:
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
        self, table: dict, known: set[str], required: set[str], where: str = ""
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


def _from_toml(document: Document) -> Any:
    kind, _, version = str(document.table.get("format", "")).partition("/")
    readable = sorted(TOML_FORMS)
    if kind not in readable or version != str(FORMAT):
        raise document.error(
            f"key `format` must name a noun and its version, one of "
            f"{', '.join(f'{name}/{FORMAT}' for name in readable)}, but is "
            f"{document.table.get('format')!r}.",
            "format",
        )
    with document.blame():
        return TOML_FORMS[kind].read(document)


def _write(group: Any, value: Any) -> None:
    group.attrs["noun"] = type(value).__name__
    group.attrs["format"] = FORMAT
    for name, part in _stored(value).items():
        _write_field(group, name, part)


def _stored(value: Any) -> dict[str, Any]:
    """What a file holds of a noun, by name: its fields, or what it says itself by `__stored__`."""
    if hasattr(value, "__stored__"):
        content: dict[str, Any] = value.__stored__()
        return content
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _write_field(group: Any, name: str, value: Any) -> None:
    if isinstance(value, np.ndarray):
        group.create_dataset(name, data=value, compression="gzip" if value.size > 1000 else None)
    elif type(value).__name__ in NOUNS:
        _write(group.create_group(name), value)
    elif isinstance(value, tuple) and any(type(item).__name__ in NOUNS for item in value):
        items = group.create_group(name)
        for k, item in enumerate(value):
            _write(items.create_group(f"{k:04d}"), item)
    elif value is not None:
        group.attrs[name] = json.dumps(value, default=lambda x: x.tolist())


def _read(group: Any, path: Path) -> Any:
    kind = group.attrs.get("noun")
    version = group.attrs.get("format")
    if not _knows(kind) or version != FORMAT:
        raise InputError(
            f"{path}: expected a noun of vibronic, format {FORMAT}, but found {kind!r}, format "
            f"{version}."
        )
    try:
        return STORED[kind](_content(group, path))
    except (TypeError, KeyError) as error:
        raise InputError(
            f"{path}: this {kind} lacks a part ({error}); it was written by another version of "
            "vibronic."
        ) from None


def _content(group: Any, path: Path) -> dict[str, Any]:
    names = (set(group.attrs) - {"noun", "format"}) | set(group)
    return {name: _read_field(group, name, path) for name in sorted(names)}


def _read_field(group: Any, name: str, path: Path) -> Any:
    if name in group.attrs:
        return _tuples(json.loads(group.attrs[name]))
    item = group[name]
    if hasattr(item, "shape"):
        return item[()]
    if "noun" in item.attrs:
        return _read(item, path)
    return tuple(_read(item[key], path) for key in sorted(item))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
