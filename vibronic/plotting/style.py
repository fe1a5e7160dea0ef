"""One style for every figure, in two sizes: a journal's width, or a lecture's wide screen; colours
that colour-blind readers can tell apart.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ..checks import check_known

# Okabe-Ito colours (M. Okabe, K. Ito, 2008), darkest contrasts first
STATE_COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#8C6D1F",
    "#000000",
)
WARNING = "#B00020"
JOURNAL: dict[str, Any] = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "figure.titlesize": 10,
    "legend.fontsize": 8,
    "legend.title_fontsize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.3,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "savefig.bbox": "tight",
    "svg.fonttype": "none",
    "figure.constrained_layout.use": True,
}
WIDE = (8.0, 4.5)  # inches; 16:9, so that the type is large for its size
SLIDES: dict[str, Any] = {
    **JOURNAL,
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "figure.titlesize": 12.5,
    "legend.fontsize": 10,
    "legend.title_fontsize": 10,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "lines.linewidth": 1.6,
    "savefig.dpi": 240,
    "savefig.bbox": None,
}
LETTERS_IN_AN_INCH = 20  # of small type
STYLES = {"journal": JOURNAL, "slides": SLIDES}

_chosen: ContextVar[str] = ContextVar("style", default="journal")


@contextmanager
def style(name: str = "") -> Iterator[None]:
    """Matplotlib settings of vibronic for the time of a `with` block: `journal` (one or two
    columns wide) or `slides` (16:9, large type); without a name, those of the block around it.
    """
    import matplotlib

    if name:
        check_known("style", name, tuple(STYLES))
    token = _chosen.set(name or _chosen.get())
    try:
        with matplotlib.rc_context(STYLES[_chosen.get()]):  # type: ignore[arg-type]
            yield
    finally:
        _chosen.reset(token)


def is_wide() -> bool:
    """True where figures are drawn for slides."""
    return _chosen.get() == "slides"


def new_figure(width: float, height: float) -> Any:
    """A matplotlib Figure of a size in inches; of a slide's where these are drawn."""
    from matplotlib.figure import Figure

    return Figure(figsize=WIDE if is_wide() else (width, height))


def new_axes(ax: Any, width: float = 3.4, height: float = 2.6) -> Any:
    """`ax`, or new axes of a one-column figure."""
    return new_figure(width, height).add_subplot() if ax is None else ax


def print_small(figure: Any, text: str) -> None:
    """A line below a figure in small type, broken where it is longer than the figure is wide."""
    wrapped = textwrap.fill(text, int(LETTERS_IN_AN_INCH * figure.get_figwidth()))
    figure.supxlabel(wrapped, fontsize="x-small", color="0.35")


def colour(state: int) -> str:
    """Colour of an electronic state."""
    return STATE_COLOURS[state % len(STATE_COLOURS)]


def tint(shade: str, share: float) -> tuple[float, float, float]:
    """A colour mixed with white, of which it has a `share`."""
    from matplotlib.colors import to_rgb

    red, green, blue = (1 - share * (1 - part) for part in to_rgb(shade))
    return red, green, blue


def pretty(irrep: str) -> str:
    """An irrep with its subscript, for matplotlib: B2g -> $B_{2g}$, A" -> $A''$."""
    if not irrep:
        return ""
    rest = irrep[1:].replace('"', "''")
    if not rest:
        return f"${irrep}$"
    if rest[0] in "+-":
        return f"${irrep[0]}^{{{rest[0]}}}" + (f"_{{{rest[1:]}}}$" if rest[1:] else "$")
    return f"${irrep[0]}{rest}$" if "'" in rest else f"${irrep[0]}_{{{rest}}}$"
