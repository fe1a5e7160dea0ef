"""Text that both the summary and the whole report print."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..models import ground_state_doubts

if TYPE_CHECKING:
    from .rungs import Comparison

WIDTH = 118  # characters of a printed line


def joined(blocks: Sequence[Any]) -> str:
    """Blocks that are not empty, a blank line between them."""
    texts = [str(block) for block in blocks]
    return "\n\n".join(text for text in texts if text)


def wrapped(text: str) -> str:
    """A paragraph in lines of readable length."""
    return textwrap.fill(text, WIDTH)


def heading(title: str, found: Comparison) -> str:
    """What was computed, at which level of theory, from which origin."""
    model = found.model
    about = model.provenance
    temperature = f", at {found.ladder.temperature:g} K" if found.ladder.temperature else ""
    origin = str(model.energy_origin)

    lines = [
        f"{title}  {model.title}{temperature}",
        about.get("level_of_theory") or about.get("citation", ""),
        f"Energies in eV from {origin}.",
    ]
    lines += [wrapped(f"Warning: {doubt}") for doubt in ground_state_doubts(model)]
    return "\n".join(line for line in lines if line)


def modes_and_geometries(found: Comparison) -> str:
    """Which modes were kept, and how many geometries the couplings took."""
    about = found.model.provenance
    lines = [str(found.modes)]
    if "geometries" in about:
        lines.append(
            f"Geometries: {about['geometries']}; smallest overlap of a displaced state with the "
            f"reference {about['smallest_overlap']:.4f}."
        )
    return "\n".join(lines)


def percent(error: float) -> str:
    """An error in per cent, as 'over 100 %' where it is as large as the thing itself."""
    if error >= 1:
        return "over 100 %"
    return f"{100 * error:.1g} %" if error < 0.1 else f"{100 * error:.0f} %"
