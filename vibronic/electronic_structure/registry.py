"""Names, as files and the command line have them, of the methods."""

from __future__ import annotations

from ..checks import check_known
from ..molecule import METHODS
from . import casscf, excitation, ionization  # noqa: F401  (they register themselves)
from .methods import KINDS, StatesMethod


def method(name: str, functional: str = "") -> StatesMethod:
    """The method object of a name used in files and on the command line, on the mean field of `functional` where it has a choice."""
    check_known("method", name, METHODS)
    kind = KINDS[name]
    return kind(functional=functional) if "functional" in getattr(kind, "__dataclass_fields__", {}) else kind()  # type: ignore[call-arg]
