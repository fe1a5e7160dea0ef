"""Names, as files and the command line have them, of the methods."""

from __future__ import annotations

from ..molecule import active_space, check_method
from . import casscf, excitation, ionization  # noqa: F401  (methods register themselves)
from .methods import KINDS, StatesMethod


def method(name: str, functional: str = "") -> StatesMethod:
    """The method object of a name used in files and on the command line, on the mean field of
    `functional` where it has a choice.
    """
    check_method("method", name)
    if (space := active_space(name)) is not None:
        return casscf.SACASSCF(holes=space[0] // 2, virtuals=space[1] - space[0] // 2)
    kind = KINDS[name]
    if "functional" in getattr(kind, "__dataclass_fields__", {}):
        return kind(functional=functional)  # type: ignore[call-arg]
    return kind()
