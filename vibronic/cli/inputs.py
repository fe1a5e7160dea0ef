"""From what a user types to the nouns it names."""

from __future__ import annotations

from pathlib import Path

from .. import library, storage
from ..checks import InputError
from ..spectrum import Spectrum, StickSpectrum


def measured(source: str, path: Path | None, kind: str) -> Spectrum | StickSpectrum | None:
    """The measured spectrum in a CSV file, or the one that ships with a molecule, or None."""
    if path is None:
        return library.measured_spectrum(source, kind) if source in library.names() else None
    found = storage.load(path)
    if not isinstance(found, (Spectrum, StickSpectrum)):
        raise InputError(
            f"`--experiment` takes a measured spectrum (.csv), but {path} holds a "
            f"{type(found).__name__}."
        )
    return found
