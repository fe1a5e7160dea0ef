"""Small figures that a notebook shows beside a summary."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from .plot import plot
from .style import style

DOTS = 110  # per inch


def inline_png(noun: Any) -> bytes:
    """The figure of a noun as PNG."""
    drawn = plot(noun)
    figure = getattr(drawn, "figure", drawn)
    content = BytesIO()
    with style():
        figure.savefig(content, format="png", dpi=DOTS)
    return content.getvalue()
