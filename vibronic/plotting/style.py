"""One style for every figure: journal width, colours that colour-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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
SETTINGS: dict[str, Any] = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "legend.fontsize": 8,
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


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib settings of vibronic, for the time of a `with` block."""
    import matplotlib

    with matplotlib.rc_context(SETTINGS):  # type: ignore[arg-type]
        yield


def colour(state: int) -> str:
    """Colour of an electronic state."""
    return STATE_COLOURS[state % len(STATE_COLOURS)]


def new_axes(ax: Any, width: float = 3.4, height: float = 2.6) -> Any:
    """`ax`, or new axes of a one-column figure."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height)).add_subplot() if ax is None else ax


def pretty(irrep: str) -> str:
    """An irrep with its subscript, for matplotlib: B2g -> $B_{2g}$, A" -> $A''$."""
    if not irrep:
        return ""
    rest = irrep[1:].replace('"', "''")
    if not rest:
        return f"${irrep}$"
    return f"${irrep[0]}{rest}$" if "'" in rest else f"${irrep[0]}_{{{rest}}}$"
