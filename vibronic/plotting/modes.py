"""Normal modes as arrows on the atoms, and what each does to the electronic states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import InputError
from ..door import public
from ..units import CM
from .molecule_view import (
    IN_A_ROW,
    Canvas,
    View,
    draw_axes,
    draw_skeleton,
    name_atoms,
    panel_height,
    rows_and_columns,
    show,
)
from .style import new_figure, pretty, print_small, style

Effect = tuple[str, str]  # a line of text, and its colour

if TYPE_CHECKING:
    from ..hamiltonian import VibronicHamiltonian
    from ..modes import NormalModes

TUNING = "#009E73"  # Okabe-Ito green
COUPLING = "#D55E00"  # and vermillion
BOTH = "#CC79A7"
PLAIN = "#0072B2"
LINE = 0.145  # inches of a line
LETTERS = 18  # of couplings, beside what they are
LONGEST = 0.17  # of the molecule's extent: the longest arrow
SHORTEST = 0.12  # of the longest arrow; shorter ones are not drawn
HEAD_ON = 0.3  # of its length is what is seen of an arrow that is drawn as a dot or a cross
NAMED = 0.1  # of a mode's largest coupling; smaller ones are not named
MOST_NAMED = 3
LEAST = 5e-4  # eV; a mode whose couplings are all smaller does nothing
ELEVATION = 52.0  # degrees
AZIMUTH = 24.0


@public
def modes_figure(modes: NormalModes, model: VibronicHamiltonian | None = None) -> Any:
    """A panel a mode: arrows where its atoms go, its name, species and wavenumber, and with a
    `model` in these modes (or some) what it does: tuning, kappa moves the energy of a state;
    coupling, lambda mixes two. Returns the matplotlib Figure.

    Raises InputError for a model whose modes are others.
    """
    chosen = _chosen(modes, model)
    view = View.of(modes.coordinates, ELEVATION, AZIMUTH)
    reach = LONGEST * float(np.ptp(modes.coordinates, axis=0).max()) + 0.25
    arrows = [_arrows(modes.displacements[m], reach) for m in chosen]
    tips = np.concatenate([modes.coordinates, *(modes.coordinates + a for a in arrows)])
    shown = view.seen(tips)[:, :2]
    canvas = Canvas.around(shown)
    draw_skeleton(canvas, view, modes.symbols, modes.coordinates)

    rows, columns = rows_and_columns(len(chosen))
    width = max(4.4, 7.4 * columns / IN_A_ROW)
    effects = [_effects(modes.labels[m], model) for m in chosen]
    room = max(len(lines) for lines in effects)
    above = 0.25 + LINE * room
    height = rows * (panel_height(shown, width / columns) + above) + 0.6

    with style():
        figure = new_figure(width, height)
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for ax in axes:
            ax.set_axis_off()
        for ax, m, arrow, lines in zip(axes, chosen, arrows, effects, strict=False):
            show(ax, canvas)
            name_atoms(ax, view, modes.symbols, modes.coordinates)
            _draw_arrows(ax, view, modes.coordinates, arrow, _colour(lines))
            _write_above(ax, modes, m, lines, room)
        draw_axes(axes[0], view, canvas)
        figure.suptitle(f"{_heading(modes, model)}\n", linespacing=0.5)
        print_small(
            figure, _small_print(modes, model, any(_is_head_on(view.seen(a)) for a in arrows))
        )

    return figure


def _chosen(modes: NormalModes, model: VibronicHamiltonian | None) -> list[int]:
    """Indices of the modes to draw: all, or those of the model that do something."""
    if model is None:
        return list(range(modes.n_modes))

    unknown = [label for label in model.mode_labels if label not in modes.labels]
    if unknown:
        raise InputError(
            f"The model {model.title!r} has modes that `modes` has not: {', '.join(unknown)}. "
            "Give the normal modes that it was made in."
        )
    doing = np.abs(model.linear).max(axis=(1, 2), initial=0.0) > LEAST
    labels = [x for x, does in zip(model.mode_labels, doing, strict=True) if does]
    return [modes.labels.index(label) for label in labels or model.mode_labels]


def _arrows(displacement: np.ndarray, longest: float) -> np.ndarray:
    """Displacements (n_atoms, 3) of which the largest has a given length."""
    arrows: np.ndarray = displacement * longest / np.linalg.norm(displacement, axis=1).max()
    return arrows


def _draw_arrows(
    ax: Any, view: View, coordinates: np.ndarray, arrows: np.ndarray, colour: str
) -> None:
    """An arrow an atom; a dot or a cross in a ring where it comes to the eye or goes away."""
    longest = float(np.linalg.norm(arrows, axis=1).max())
    look = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "mutation_scale": 9}
    look |= {"shrinkA": 0, "shrinkB": 0}
    for start, along in zip(view.seen(coordinates), view.seen(arrows), strict=True):
        if np.linalg.norm(along) < SHORTEST * longest:
            continue
        if _is_head_on(along[None]):
            mark = "." if along[2] > 0 else "x"
            ax.plot(*start[:2], "o", color=colour, markersize=8, markerfacecolor="white")
            ax.plot(*start[:2], mark, color=colour, markersize=5)
            continue
        tip = start[:2] + along[:2]
        ax.annotate("", tip, start[:2], arrowprops=look, annotation_clip=False)


def _colour(lines: list[Effect]) -> str:
    """By what a mode does."""
    colours = {colour for _, colour in lines}
    if len(colours) > 1:
        return BOTH
    return colours.pop() if colours else PLAIN


def _is_head_on(arrows: np.ndarray) -> bool:
    """True where one of some arrows (n, 3), as seen, points to the eye or away from it."""
    lengths = np.linalg.norm(arrows, axis=1)
    flat = np.linalg.norm(arrows[:, :2], axis=1) < HEAD_ON * lengths
    return bool(np.any(flat & (lengths >= SHORTEST * lengths.max())))


def _write_above(ax: Any, modes: NormalModes, m: int, lines: list[Effect], room: int) -> None:
    """Name, species and wavenumber; and what the mode does, in the colour of that, in `room` for
    so many lines.
    """
    wavenumber = rf"{modes.frequencies[m] / CM:.0f} cm$^{{-1}}$"
    head = f"{modes.labels[m]}  {pretty(modes.irreps[m])}  {wavenumber}"
    size = 72 * LINE
    ax.set_title(head, pad=4 + size * room)
    for k, (text, colour) in enumerate(lines):
        place = (0.5, 1.0)
        offset = (0, 3 + size * (room - 1 - k))
        look: dict[str, Any] = {"color": colour, "fontsize": "small", "ha": "center"}
        look |= {"xycoords": "axes fraction", "textcoords": "offset points"}
        ax.annotate(text, place, offset, annotation_clip=False, **look)


def _effects(label: str, model: VibronicHamiltonian | None) -> list[Effect]:
    """What a mode does, in short lines: shifts of states (kappa), and mixing of pairs (lambda)."""
    if model is None:
        return []
    matrix = model.linear[model.mode_labels.index(label)]
    names = model.state_labels
    least = max(LEAST, NAMED * float(np.abs(matrix).max()))
    tuning = [(matrix[i, i], names[i]) for i in range(model.n_states)]
    pairs = [(i, j) for i in range(model.n_states) for j in range(i + 1, model.n_states)]
    coupling = [(matrix[i, j], f"{names[i]}/{names[j]}") for i, j in pairs]

    lines: list[Effect] = []
    for what, colour, values in (
        (r"tuning $\kappa$: ", TUNING, tuning),
        (r"coupling $\lambda$: ", COUPLING, coupling),
    ):
        strong = sorted((x for x in values if abs(x[0]) >= least), key=lambda x: -abs(x[0]))
        named = [f"{name} {value:+.2f}".replace("-", "\N{MINUS SIGN}") for value, name in strong]
        if len(named) > MOST_NAMED:
            named = [*named[:MOST_NAMED], "..."]
        shown = ", ".join(named)
        if len(shown) > LETTERS:
            lines += [(what, colour), (shown, colour)]
        elif shown:
            lines.append((what + shown, colour))
    return lines


def _heading(modes: NormalModes, model: VibronicHamiltonian | None) -> str:
    what = "normal modes" if model is None else "the normal modes that couple"
    return f"{modes.molecule}: {what}"


def _small_print(modes: NormalModes, model: VibronicHamiltonian | None, head_on: bool) -> str:
    """How long arrows are, what colours mean, where axes point."""
    told = ["arrows: where the atoms go, the longest of every mode equally long"]
    if head_on:
        told.append("a dot in a ring comes towards the eye, a cross goes away")
    if model is not None:
        told.append("couplings in eV: tuning moves states (green), coupling mixes two (orange)")
    if modes.axes:
        told.append(f"numbered by species and falling frequency; {modes.axes}")
    return "; ".join(told)
