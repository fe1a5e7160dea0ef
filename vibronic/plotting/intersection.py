"""A conical intersection: the double cone over its branching plane, and cuts through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .style import colour, new_axes, style

if TYPE_CHECKING:
    from ..hamiltonian import VibronicHamiltonian
    from ..surfaces import ConicalIntersection

REACH = 1.5  # of the pictures, in q
FURTHEST = 5.0  # of a picture with the path of a packet


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
    with style():
        ax = new_axes(ax)
        ax.plot(
            t,
            np.einsum("kii->ki", model.potential(q)),
            color="0.6",
            linewidth=0.8,
            linestyle=(0, (3, 1.5)),
        )
        surfaces = adiabatic_energies(model, q).T
        near = surfaces[list(point.states)]
        margin = 0.1 * np.ptp(near)
        for a, energies in enumerate(surfaces):
            seen = energies.min() < near.max() + margin and energies.max() > near.min() - margin
            ax.plot(t, energies, color=colour(a), label=f"surface {a}" if seen else None)
        ax.set(
            xlabel=f"displacement along {name} (q)",
            ylabel="energy (eV)",
            xlim=(-REACH, REACH),
            ylim=(near.min() - margin, near.max() + margin),
        )
    return ax


def intersection_figure(
    model: VibronicHamiltonian, point: ConicalIntersection, path: Any = None, shares: Any = None
) -> Any:
    """The two surfaces over the branching plane in three dimensions, and cuts along g and h;
    returns the matplotlib Figure.

    A `path` (n_t, n_modes) of mean positions is drawn on the double cone, at the energy of the two
    surfaces weighted by `shares` (n_t, n_states), the populations of all surfaces; without them on
    the lower one.
    """
    from matplotlib.figure import Figure
    from mpl_toolkits.mplot3d import Axes3D  # noqa: F401

    from ..surfaces import adiabatic_energies

    if not point.is_conical:
        with style():
            figure = Figure(figsize=(3.6, 3.0))
            plot_cut(model, point, point.g, "g", figure.add_subplot()).legend()
        return figure
    x = point.g / np.linalg.norm(point.g)
    y = point.h / np.linalg.norm(point.h)
    reach = REACH
    if path is not None:
        reach = float(
            np.clip(
                1.05
                * np.hypot(*(((np.asarray(path) - point.position) @ v) for v in (x, y))).max(),
                REACH,
                FURTHEST,
            )
        )
    radius, angle = np.meshgrid(np.linspace(0, reach, 40), np.linspace(0, 2 * np.pi, 91))
    u = radius * np.cos(angle)
    v = radius * np.sin(angle)
    energies = adiabatic_energies(model, point.position + u[..., None] * x + v[..., None] * y)
    with style():
        figure = Figure(figsize=(6.8, 3.6))
        grid = figure.add_gridspec(2, 2, width_ratios=[1.5, 1])
        ax = figure.add_subplot(grid[:, 0], projection="3d")
        for a in point.states:
            ax.plot_surface(
                u,
                v,
                energies[..., a],
                color=colour(a),
                alpha=0.75,
                linewidth=0,
                rstride=1,
                cstride=1,
                antialiased=True,
            )
        if path is not None:
            _draw_path(ax, model, point, np.asarray(path), shares, (x, y), reach)
        ax.set(xlabel="along g (q)", ylabel="along h (q)", zlabel="energy (eV)")
        ticks = (
            [-1, 0, 1]
            if reach == REACH
            else np.arange(-int(reach), int(reach) + 1, 2 if reach > 3 else 1)
        )
        ax.set_xticks(ticks)
        ax.set_yticks(ticks)
        ax.view_init(18, -60)
        for k, (direction, name) in enumerate(((point.g, "g"), (point.h, "h"))):
            plot_cut(model, point, direction, name, figure.add_subplot(grid[k, 1]))
        figure.axes[1].legend(loc="upper center", fontsize=7)
        kind = "peaked" if point.is_peaked else "sloped"
        figure.suptitle(
            f"{model.title}: {kind} conical intersection {point.states[0]}/{point.states[1]} at "
            f"{point.energy:.3f} eV",
            fontsize=10,
        )
    return figure


def _draw_path(
    ax: Any,
    model: VibronicHamiltonian,
    point: ConicalIntersection,
    path: np.ndarray,
    shares: Any,
    plane: Any,
    reach: float,
) -> None:
    """The packet's mean position over the branching plane, as far as the picture reaches; a ring
    where it starts, a dot where it ends.
    """
    from ..surfaces import adiabatic_energies

    u, v = ((path - point.position) @ axis for axis in plane)
    there = point.position + u[:, None] * plane[0] + v[:, None] * plane[1]
    pair = adiabatic_energies(model, there)[:, list(point.states)]
    two = (
        np.asarray(shares)[:, list(point.states)]
        if shares is not None
        else np.tile([1.0, 0.0], (len(path), 1))
    )
    upper = two[:, 1] / two.sum(axis=1)
    height = pair[:, 0] * (1 - upper) + pair[:, 1] * upper
    inside = np.hypot(u, v) <= 1.02 * reach
    u, v, height = (np.where(inside, z, np.nan) for z in (u, v, height))
    ax.plot(u, v, height, color="k", linewidth=1.4, zorder=10)
    for k, face in ((0, "w"), (-1, "k")):
        ax.plot(
            u[k],
            v[k],
            height[k],
            marker="o",
            markersize=4,
            markerfacecolor=face,
            markeredgecolor="k",
            linestyle="",
            zorder=11,
        )
