"""How far a result can be trusted, and what limits it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from .storage import built, noun, reads

PRECISION = float(np.finfo(float).eps)  # no error is known to be smaller


class Limit(StrEnum):
    """What limits a result; the value is what its size counts."""

    BASIS = "functions"
    GRID = "grid points"
    SAMPLE = "draws"
    STEP = "steps"
    HIERARCHY = "matrices"
    TRUNCATION = "lines"
    RANK = "tensor elements"


ADVICE = {
    Limit.BASIS: "raise `max_size` or `memory`, or loosen `tolerance`",
    Limit.GRID: "raise `max_size` or `memory`, or loosen `tolerance`",
    Limit.SAMPLE: "allow more samples, or loosen `tolerance`",
    Limit.STEP: "take more steps, or loosen `tolerance`",
    Limit.HIERARCHY: "raise `memory`, or loosen `tolerance`",
    Limit.RANK: "raise `max_rank`, or loosen `tolerance`",
    Limit.TRUNCATION: "lower the threshold, or loosen `tolerance`",
}


@noun
@dataclass(frozen=True)
class Certificate:
    """The error `asked` and `reached` (inf where it is unknown) of a result of `size` functions,
    points or samples, as `limit` says; `limiting` names the mode (or bath) that wants more most.

    `found` says how the error was found, `remarks` what else must be known to trust the result.
    """

    asked: float
    reached: float
    size: int
    limit: Limit = Limit.BASIS
    limiting: str = ""
    found: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "reached", max(float(self.reached), PRECISION))
        object.__setattr__(self, "limit", Limit(self.limit))
        object.__setattr__(self, "remarks", tuple(self.remarks))

    @property
    def converged(self) -> bool:
        """True when the error is smaller than was asked."""
        return bool(self.reached < self.asked)

    def __str__(self) -> str:
        told = self._success() if self.converged else self._failure()
        return "; ".join([told, *self.remarks])

    def _success(self) -> str:
        return (
            f"converged to {self.reached:.0e} (asked {self.asked:.0e}) with "
            f"{self.size:,} {self.limit}"
        )

    def _failure(self) -> str:
        why = "no second basis fits the limits, so its convergence is unknown"
        if np.isfinite(self.reached):
            why = f"with {self.size:,} {self.limit} an error of {self._left()} is left"
        where = f"; mode {self.limiting} limits" if self.limiting else ""
        return f"NOT CONVERGED: {why} (asked {self.asked:.0e}){where}; {ADVICE[self.limit]}"

    def _left(self) -> str:
        """The error in as many digits as tell it from the one asked."""
        short = f"{self.reached:.0e}"
        return f"{self.reached:.2e}" if short == f"{self.asked:.0e}" else short


def worst(certificates: Iterable[Certificate | None]) -> Certificate | None:
    """The one with the largest error for what was asked; None if any result has none."""
    known = list(certificates)
    if not known or any(c is None for c in known):
        return None
    return max((c for c in known if c is not None), key=lambda c: c.reached)


def is_converged(result: Any) -> bool:
    """True for a result that reached what was asked of it, and says so."""
    certificate: Certificate | None = result.certificate
    return certificate is not None and certificate.converged


@reads("Certificate")
def _certificate(content: dict[str, Any]) -> Certificate:
    """What version 0.1 wrote as a dictionary with its `text`."""
    if "text" not in content:
        return built(Certificate, content)

    text = str(content["text"])
    limit = _limit_of(text)
    counted = "steps" if limit is Limit.STEP else "functions"
    return Certificate(
        asked=content.get("asked", np.inf),
        reached=content["reached"],
        size=content.get(counted, 0),
        limit=limit,
        limiting=content.get("limiting_mode", ""),
        found=_found_by(content),
        remarks=_remarks_of(text),
    )


def _found_by(content: dict[str, Any]) -> str:
    names = {"basis_change": "a larger basis", "steps_change": "more steps"}
    changes = [f"{what} {content[key]:.0e}" for key, what in names.items() if key in content]
    return f"last changes of the curve: {', '.join(changes)}" if changes else ""


def _limit_of(text: str) -> Limit:
    if text.startswith("strength left out"):
        return Limit.TRUNCATION
    if text.startswith("Lanczos steps"):
        return Limit.STEP
    return Limit.GRID if "grid points" in text else Limit.BASIS


def _remarks_of(text: str) -> tuple[str, ...]:
    """What the text says beyond the error and what to do about it."""
    _, advised, after = text.partition("or loosen `tolerance`")
    if not advised:
        _, _, after = text.partition("; ")
    return tuple(remark for remark in after.strip("; ").split("; ") if remark)
