"""How an answer is judged: right within a tolerance, a known slip with its hint, or not yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import vibronic as vb

PER_CM = 1 / vb.units.CM  # cm^-1 in one eV


@dataclass(frozen=True)
class Slip:
    """A value that a typical error leads to, and the hint that helps."""

    value: float
    hint: str


@dataclass(frozen=True)
class Verdict:
    """What a check says of an answer. `expected` is for the tests; printing does not show it."""

    is_right: bool
    text: str
    expected: float

    def __repr__(self) -> str:
        return self.text


def judged(
    answer: Any,
    right: float,
    unit: str = "",
    *,
    tolerance: float = 0.01,
    slips: Sequence[Slip] = (),
) -> Verdict:
    """The verdict on `answer`; `tolerance` is relative (absolute where the right value is 0).

    The slips of this exercise come first, then the usual ones: sign, factor 2, another unit.
    """
    right = float(right)
    if answer is None or answer is ...:
        return Verdict(False, "Nothing here yet: put your result in place of the dots.", right)
    try:
        value = float(answer)
    except (TypeError, ValueError):
        return Verdict(False, f"One number is asked{_in(unit)}, not {answer!r}.", right)

    if _close(value, right, tolerance):
        return Verdict(True, f"Right: {value:.5g} {unit}".rstrip() + ".", right)

    for slip in [*slips, *_usual(right, unit)]:
        if _close(value, slip.value, tolerance) and not _close(slip.value, right, tolerance):
            return Verdict(False, f"Not yet. {slip.hint}", right)
    return Verdict(False, f"Not yet. The answer is one number{_in(unit)}; try a sketch.", right)


def _in(unit: str) -> str:
    return f" in {unit}" if unit else ""


def _close(value: float, other: float, tolerance: float) -> bool:
    return abs(value - other) <= tolerance * (abs(other) or 1.0)


def _usual(right: float, unit: str) -> list[Slip]:
    slips = [
        Slip(-right, "The size is right, the sign is not: which of the two numbers comes first?"),
        Slip(2 * right, "This is twice the answer: look for a factor 1/2 that got lost."),
        Slip(right / 2, "This is half the answer: look for a factor 2 that got lost."),
    ]
    if unit == "eV":
        slips.append(Slip(right * PER_CM, "This is in cm^-1: the answer is asked in eV."))
        slips.append(Slip(right * 1000, "This is in meV: the answer is asked in eV."))
    if unit == "cm^-1":
        slips.append(Slip(right / PER_CM, "This is in eV: the answer is asked in cm^-1."))
    return slips
