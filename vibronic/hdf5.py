"""Any noun as HDF5: arrays as datasets, everything else as attributes."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from .checks import InputError
from .storage import Format, is_noun, register, stored_reader

VERSION = 1


def write_hdf5(thing: Any, path: Path) -> None:
    """Write a noun."""
    import h5py

    with h5py.File(path, "w") as file:
        _write(file, thing)


def read_hdf5(path: Path) -> Any:
    """The noun in an HDF5 file."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return _read(file, path)
    except OSError as error:
        raise InputError(f"{path} is not an HDF5 file that can be read: {error}.") from None


def _write(group: Any, value: Any) -> None:
    group.attrs["noun"] = type(value).__name__
    group.attrs["format"] = VERSION
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
    elif is_noun(value):
        _write(group.create_group(name), value)
    elif isinstance(value, tuple) and any(is_noun(item) for item in value):
        items = group.create_group(name)
        for k, item in enumerate(value):
            _write(items.create_group(f"{k:04d}"), item)
    elif value is not None:
        group.attrs[name] = json.dumps(value, default=lambda x: x.tolist())


def _read(group: Any, path: Path) -> Any:
    kind = group.attrs.get("noun")
    version = group.attrs.get("format")
    reader = stored_reader(kind)
    if reader is None or version != VERSION:
        raise InputError(
            f"{path}: expected a noun of vibronic, format {VERSION}, but found {kind!r}, format "
            f"{version}."
        )

    try:
        return reader(_content(group, path))
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


register(Format("hdf5", ("*.h5", "*.hdf5"), read_hdf5, write_hdf5))
