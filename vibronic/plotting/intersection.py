"""A conical intersection: the double cone over its branching plane, and cuts through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .style import colour, new_axes, style

if TYPE_CHECKING:
    from ..hamiltonian import VibronicHamiltonian
    from ..surfaces import ConicalIntersection

REACH = 1.5  # of the pictures, in q


def plot_cut(model: VibronicHamiltonian, point: ConicalIntersection, direction: Any, name: str, ax: Any = None) -> Any:
    """Adiabatic energies (solid, by surface) and diabatic ones (dashed) along a direction through the intersection; returns the axes."""
    from ..surfaces import adiabatic_energies

    unit = np.asarray(direction) / np.linalg.norm(direction)
    t = np.linspace(-REACH, REACH, 301)
    q = point.position + t[:, None] * unit
    with style():
        ax = new_axes(ax)
        ax.plot(t, np.einsum("kii->ki", model.potential(q)), color="0.6", linewidth=0.8, linestyle=(0, (3, 1.5)))
        for a, energies in enumerate(adiabatic_energies(model, q).T):
            ax.plot(t, energies, color=colour(a), label=f"surface {a}")
        near = adiabatic_energies(model, q)[:, list(point.states)]
        margin = 0.1 * np.ptp(near)
        ax.set(xlabel=f"displacement along {name} (q)", ylabel="energy (eV)", xlim=(-REACH, REACH),
               ylim=(near.min() - margin, near.max() + margin))
    return ax


def intersection_figure(model: VibronicHamiltonian, point: ConicalIntersection) -> Any:
    """The two surfaces over the branching plane in three dimensions, and cuts along g and h; returns the matplotlib Figure."""
    from matplotlib.figure import Figure
    from mpl_toolkits.mplot3d import Axes3D  # noqa: F401

    from ..surfaces import adiabatic_energies

    if not point.is_conical:
        with style():
            figure = Figure(figsize=(3.6, 3.0))
            plot_cut(model, point, point.g, "g", figure.add_subplot()).legend()
        return figure
    x, y = point.g / np.linalg.norm(point.g), point.h / np.linalg.norm(point.h)
    radius, angle = np.meshgrid(np.linspace(0, REACH, 40), np.linspace(0, 2 * np.pi, 91))
    u, v = radius * np.cos(angle), radius * np.sin(angle)
    energies = adiabatic_energies(model, point.position + u[..., None] * x + v[..., None] * y)
    with style():
        figure = Figure(figsize=(6.8, 3.6))
        grid = figure.add_gridspec(2, 2, width_ratios=[1.5, 1])
        ax = figure.add_subplot(grid[:, 0], projection="3d")
        for a in point.states:
            ax.plot_surface(u, v, energies[..., a], color=colour(a), alpha=0.75, linewidth=0, rstride=1, cstride=1, antialiased=True)
        ax.set(xlabel="along g (q)", ylabel="along h (q)", zlabel="energy (eV)")
        ax.set_xticks([-1, 0, 1])
        ax.set_yticks([-1, 0, 1])
        ax.view_init(18, -60)
        for k, (direction, name) in enumerate(((point.g, "g"), (point.h, "h"))):
            plot_cut(model, point, direction, name, figure.add_subplot(grid[k, 1]))
        figure.axes[1].legend(loc="upper center", fontsize=7)
        kind = "peaked" if point.is_peaked else "sloped"
        figure.suptitle(f"{model.title}: {kind} conical intersection {point.states[0]}/{point.states[1]} at {point.energy:.3f} eV", fontsize=10)
    return figure
