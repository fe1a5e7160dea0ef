"""Save and load every noun, atomically, in the format that a file's name tells.

A format registers itself; nothing else names a suffix:

    register(Format("xyz", ("*.xyz",), read=read_xyz))

Files of earlier versions stay readable. A noun that got another name, or whose fields moved, says
beside its class how the old form is read, from what the file holds by name:

    @reads("Table")  # as the file calls it
    def _table(content: dict[str, Any]) -> Readings:
        return built(Readings, {**content, "values": content["array"]})

`built` leaves out what is no field of the noun any more, and lets a noun that used to be a plain
dictionary (`Certificate`) read it by its own rule.
"""

from __future__ import annotations

import inspect
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from .checks import InputError, check_known, described, nearest
from .notebook import summary_html

NOUNS: dict[str, type] = {}
STORED: dict[str, StoredReader] = {}  # a noun's name in a file -> reader of what it holds there
Noun = TypeVar("Noun", bound=type)
Built = TypeVar("Built")
StoredReader = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Format:
    """A kind of file: `patterns` of its names (`*.xyz`, `LVC.template`), `read(path, **options)`
    that returns a noun, and `write(noun, path, **options)`. Options are keyword-only arguments.
    """

    name: str
    patterns: tuple[str, ...]
    read: Callable[..., Any] | None = None
    write: Callable[..., None] | None = None

    def fits(self, path: str | os.PathLike[str]) -> bool:
        """True for the name of such a file, in small or capital letters."""
        name = Path(path).name.lower()
        return any(fnmatchcase(name, pattern.lower()) for pattern in self.patterns)


FORMATS: dict[str, Format] = {}


def register(new: Format) -> None:
    """Have `save` and `load` know a format."""
    FORMATS[new.name] = new


_finders: list[Callable[[], None]] = []  # each imports modules that may hold further nouns


def find_nouns_by(finder: Callable[[], None]) -> None:
    """Have `finder` called when a file holds a noun that no module imported so far knows."""
    _finders.append(finder)


def find_nouns() -> None:
    """Import whatever holds nouns."""
    for finder in _finders:
        finder()


def stored_reader(kind: Any) -> StoredReader | None:
    """How files that call a noun `kind` are read; None where it is no noun, in whatever module."""
    if kind not in STORED:
        find_nouns()
    return STORED.get(kind)


def is_noun(value: Any) -> bool:
    """True for a thing that `save` and `load` know."""
    return type(value).__name__ in NOUNS


def noun(cls: Noun) -> Noun:
    """Register a frozen dataclass, so that `save` and `load` know it; its repr is its summary,
    where it has one, and so is what notebooks show unless it says better.
    """
    if any("__str__" in vars(base) for base in cls.__mro__[:-1]):
        cls.__repr__ = cls.__str__  # type: ignore[method-assign]
        if not hasattr(cls, "_repr_html_"):
            cls._repr_html_ = summary_html  # type: ignore[attr-defined]
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
def atomic(path: str | os.PathLike[str]) -> Iterator[Path]:
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


def save(
    thing: Any, path: str | os.PathLike[str], *, format: str | None = None, **options: Any
) -> None:
    """Write a noun to `path` in the format that its name tells, or `format`: `.toml` for nouns
    that people edit, `.h5` for any. Atomic: never half a file. `options` are the format's.
    """
    if not is_noun(thing):
        raise InputError(
            f"Argument `thing` of `save` must be a noun of vibronic, such as a model, a spectrum "
            f"or a propagation, but is {described(thing)}."
        )
    _check_path(path, "save")
    writers = {name: kind.write for name, kind in FORMATS.items() if kind.write}
    chosen = _chosen(path, format, list(writers))
    _check_options(chosen, writers[chosen], options)
    with atomic(path) as temporary:
        writers[chosen](thing, temporary, **options)


def load(path: str | os.PathLike[str], *, format: str | None = None, **options: Any) -> Any:
    """Read the noun stored in `path`, in the format that its name tells, or `format`; `options`
    are the format's.
    """
    _check_path(path, "load")
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no file {path}.")

    readers = {name: kind.read for name, kind in FORMATS.items() if kind.read}
    chosen = _chosen(path, format, list(readers))
    _check_options(chosen, readers[chosen], options)
    return readers[chosen](path, **options)


def _check_path(path: Any, function: str) -> None:
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(
            f"Argument `path` of `{function}` must be the name of a file, but is "
            f"{described(path)}."
        )


def is_file_name(name: str) -> bool:
    """True for a name that `load` would read."""
    return any(known.read and known.fits(name) for known in FORMATS.values())


def _chosen(path: str | os.PathLike[str], asked: str | None, names: list[str]) -> str:
    """The one of the formats `names` that is asked for, or that fits the name of the file."""
    if asked is not None:
        check_known("format", asked, names)
        return asked

    fitting = [name for name in names if FORMATS[name].fits(path)]
    if len(fitting) > 1:
        raise InputError(
            f"{path} may be of the formats {', '.join(fitting)}: say which by `format=`."
        )

    if not fitting:
        endings = [FORMATS[name].patterns[0].removeprefix("*") for name in names]
        known = " or ".join([", ".join(endings[:-1]), endings[-1]])
        raise InputError(
            f"Cannot tell the format of {path}: expected a name ending in {known}, or `format=`."
        )

    return fitting[0]


def _check_options(name: str, function: Callable[..., Any], options: dict[str, Any]) -> None:
    parameters = inspect.signature(function).parameters.values()
    known = [own.name for own in parameters if own.kind is own.KEYWORD_ONLY]
    for option in options:
        if option not in known:
            hint = nearest(option, known) if known else "It takes none."
            raise InputError(f"Format {name} has no option `{option}`. {hint}")
