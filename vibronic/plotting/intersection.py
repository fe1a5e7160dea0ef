"""A conical intersection: the double cone over its branching plane, and cuts through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..door import public
from ..surface_names import surface_names
from .branching_plane import BranchingPlane
from .style import colour, is_wide, new_axes, new_figure, style

if TYPE_CHECKING:
    from ..hamiltonian import VibronicHamiltonian
    from ..surfaces import ConicalIntersection

REACH = 1.5  # of the pictures, in q
FURTHEST = 5.0  # of a picture with the path of a packet
ROOM = 1.1  # how far the upper sheet rises above the crossing, as the lower falls below it
FEW_DEGREES = 14  # from which the eye looks down: the tip is seen between the sheets
DASHES: Any = (0, (3, 1.5))


@public
def plot_cut(
    model: VibronicHamiltonian,
    point: ConicalIntersection,
    direction: Any,
    name: str,
    ax: Any = None,
) -> Any:
    """Adiabatic energies (solid, by surface) and diabatic ones (dashed) along a direction through
    the intersection; returns the axes.
    """
    from ..surfaces import adiabatic_energies

    unit = np.asarray(direction) / np.linalg.norm(direction)
    t = np.linspace(-REACH, REACH, 301)
    q = point.position + t[:, None] * unit
    diabatic = np.einsum("kii->ki", model.potential(q))
    surfaces = adiabatic_energies(model, q).T
    near = surfaces[list(point.states)]
    margin = 0.1 * np.ptp(near)
    low = near.min() - margin
    high = near.max() + margin

    with style():
        ax = new_axes(ax)
        names = surface_names(model)
        for a, energies in enumerate(surfaces):
            seen = energies.min() < high and energies.max() > low
            label = f"adiabatic {names[a]}" if seen else None
            ax.plot(t, energies, color=colour(a), label=label)
        lines = ax.plot(t, diabatic, color="0.5", linewidth=0.9, linestyle=DASHES)
        lines[0].set_label("diabatic")
        ax.set(xlabel=f"displacement along {name} (q)", ylabel="energy (eV)")
        ax.set(xlim=(-REACH, REACH), ylim=(low, high))

    return ax


@public
def intersection_figure(
    model: VibronicHamiltonian, point: ConicalIntersection, path: Any = None, shares: Any = None
) -> Any:
    """The two surfaces over the branching plane in three dimensions, and cuts along g and h;
    returns the matplotlib Figure.

    A `path` (n_t, n_modes) of mean positions is drawn on the double cone, at the energy of the two
    surfaces weighted by `shares` (n_t, n_states), the populations of all surfaces; without them on
    the lower one.
    """
    from mpl_toolkits.mplot3d import Axes3D  # noqa: F401

    if not point.is_conical:
        with style():
            figure = new_figure(3.8, 3.0)
            plot_cut(model, point, point.g, "g", figure.add_subplot()).legend()
            figure.suptitle(_title(model, point, "\n"))
        return figure

    plane = BranchingPlane.of(point)
    reach = REACH if path is None else plane.reach(np.asarray(path), REACH, FURTHEST)

    with style():
        figure = new_figure(7.4, 4.0)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.45, 1])
        ax = figure.add_subplot(grid[:, 0], projection="3d")
        _draw_cone(ax, model, plane, reach)
        if path is not None:
            _draw_path(ax, reach, plane.path(model, np.asarray(path), shares))
        _explain(figure, ax)

        for k, (direction, name) in enumerate(((point.g, "g"), (point.h, "h"))):
            cut = plot_cut(model, point, direction, name, figure.add_subplot(grid[k, 1]))
            cut.yaxis.tick_right()
            cut.yaxis.set_label_position("right")
            cut.spines["left"].set_visible(False)
            cut.spines["right"].set_visible(True)
        above = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "handlelength": 1.0}
        figure.axes[1].legend(ncols=3, columnspacing=0.8, handletextpad=0.4, **above)
        figure.suptitle(_title(model, point))

    return figure


def _title(model: VibronicHamiltonian, point: ConicalIntersection, between: str = " ") -> str:
    kind = "crossing without coupling"
    if point.is_conical:
        kind = f"{'peaked' if point.is_peaked else 'sloped'} conical intersection"
    pair = " and ".join(surface_names(model)[a] for a in point.states)
    between = "\n" if is_wide() else between
    return f"{model.title}:{between}{kind} of {pair} at {point.energy:.3f} eV"


def _draw_cone(ax: Any, model: VibronicHamiltonian, plane: BranchingPlane, reach: float) -> None:
    """Both sheets, up to as far above the crossing as the lower one falls below it."""
    angle = np.linspace(0, 2 * np.pi, 121)
    lower, upper = plane.point.states
    full = np.broadcast_to(reach, angle.shape)
    below = plane.sheet(model, lower, full, angle)
    top = plane.point.energy + ROOM * (plane.point.energy - float(below[2].min()))
    sheets = [
        plane.sheet(model, a, plane.radii_below(model, a, top, reach, angle), angle)
        for a in (lower, upper)
    ]

    look: dict[str, Any] = {"linewidth": 0, "rstride": 1, "cstride": 1, "antialiased": True}
    names = surface_names(model)
    for a, sheet, opacity in zip((lower, upper), sheets, (0.85, 0.55), strict=True):
        label = f"adiabatic {names[a]}"
        ax.plot_surface(*sheet, color=colour(a), alpha=opacity, label=label, **look)

    look = {"marker": "*", "markersize": 7, "color": "k", "linestyle": "", "zorder": 12}
    ax.plot(0, 0, plane.point.energy, label="intersection", **look)
    labels = model.mode_labels
    ax.set_xlabel(f"along g: {plane.told(plane.x, labels)} (q)")
    ax.set_ylabel(f"along h: {plane.told(plane.y, labels)} (q)")
    ax.set_zlabel("energy (eV)")
    ticks = np.arange(-1, 2)
    if reach > REACH:
        ticks = np.arange(-int(reach), int(reach) + 1, 2 if reach > 3 else 1)
    ax.set(xticks=ticks, yticks=ticks)
    ax.view_init(FEW_DEGREES, -58)
    ax.set_box_aspect(None, zoom=1.05)


def _draw_path(ax: Any, reach: float, line: np.ndarray) -> None:
    """A packet's path as far as the picture reaches; a ring where it starts, a dot where it
    ends.
    """
    inside = np.hypot(line[0], line[1]) <= 1.02 * reach
    seen = np.where(inside, line, np.nan)
    ax.plot(*seen, color="k", linewidth=1.4, zorder=10, label="mean position of the packet")
    look: dict[str, Any] = {"marker": "o", "markersize": 5, "markeredgecolor": "k"}
    look |= {"linestyle": "", "zorder": 11}
    for k, face, label in ((0, "w", "its start"), (-1, "k", "its end")):
        shown = label if inside[k] else None
        ax.plot(*seen[:, k : k + 1 or None], markerfacecolor=face, label=shown, **look)


def _explain(figure: Any, ax: Any) -> None:
    """The legend, under the cone."""
    handles, labels = ax.get_legend_handles_labels()
    look: dict[str, Any] = {"handlelength": 1.3, "columnspacing": 1.0, "handletextpad": 0.5}
    figure.legend(handles, labels, loc="outside lower left", ncols=3, **look)
