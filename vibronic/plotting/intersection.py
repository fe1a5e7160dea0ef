"""A conical intersection: the double cone over its branching plane, and cuts through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..door import public
from .style import colour, new_axes, style

if TYPE_CHECKING:
    from ..hamiltonian import VibronicHamiltonian
    from ..surfaces import ConicalIntersection

REACH = 1.5  # of the pictures, in q
FURTHEST = 5.0  # of a picture with the path of a packet


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
        ax.plot(t, diabatic, color="0.6", linewidth=0.8, linestyle=(0, (3, 1.5)))
        for a, energies in enumerate(surfaces):
            seen = energies.min() < high and energies.max() > low
            ax.plot(t, energies, color=colour(a), label=f"surface {a}" if seen else None)
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
    from matplotlib.figure import Figure
    from mpl_toolkits.mplot3d import Axes3D  # noqa: F401

    if not point.is_conical:
        with style():
            figure = Figure(figsize=(3.6, 3.0))
            plot_cut(model, point, point.g, "g", figure.add_subplot()).legend()
        return figure

    plane = _Plane.of(point)
    reach = REACH if path is None else plane.reach(np.asarray(path))

    with style():
        figure = Figure(figsize=(6.8, 3.6))
        grid = figure.add_gridspec(2, 2, width_ratios=[1.5, 1])
        ax = figure.add_subplot(grid[:, 0], projection="3d")
        _draw_cone(ax, model, plane, reach)
        if path is not None:
            _draw_path(ax, plane, reach, _path_on_cone(model, plane, np.asarray(path), shares))

        for k, (direction, name) in enumerate(((point.g, "g"), (point.h, "h"))):
            plot_cut(model, point, direction, name, figure.add_subplot(grid[k, 1]))
        figure.axes[1].legend(loc="upper center", fontsize="small")
        figure.suptitle(_title(model, point))

    return figure


@dataclass(frozen=True, eq=False)
class _Plane:
    """The branching plane through an intersection, spanned by unit vectors along g and h."""

    point: ConicalIntersection
    x: np.ndarray
    y: np.ndarray

    @classmethod
    def of(cls, point: ConicalIntersection) -> _Plane:
        return cls(point, point.g / np.linalg.norm(point.g), point.h / np.linalg.norm(point.h))

    def projection(self, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates of points in the plane."""
        away = q - self.point.position
        return away @ self.x, away @ self.y

    def positions(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Points of the plane, (..., n_modes)."""
        q: np.ndarray = self.point.position + u[..., None] * self.x + v[..., None] * self.y
        return q

    def reach(self, path: np.ndarray) -> float:
        """How far a picture with this path goes."""
        furthest = np.hypot(*self.projection(path)).max()
        return float(np.clip(1.05 * furthest, REACH, FURTHEST))


def _title(model: VibronicHamiltonian, point: ConicalIntersection) -> str:
    kind = "peaked" if point.is_peaked else "sloped"
    pair = f"{point.states[0]}/{point.states[1]}"
    return f"{model.title}: {kind} conical intersection {pair} at {point.energy:.3f} eV"


def _draw_cone(ax: Any, model: VibronicHamiltonian, plane: _Plane, reach: float) -> None:
    from ..surfaces import adiabatic_energies

    radius, angle = np.meshgrid(np.linspace(0, reach, 40), np.linspace(0, 2 * np.pi, 91))
    u = radius * np.cos(angle)
    v = radius * np.sin(angle)
    energies = adiabatic_energies(model, plane.positions(u, v))
    look = {"alpha": 0.75, "linewidth": 0, "rstride": 1, "cstride": 1, "antialiased": True}
    for a in plane.point.states:
        ax.plot_surface(u, v, energies[..., a], color=colour(a), **look)

    ticks = np.arange(-1, 2)
    if reach > REACH:
        ticks = np.arange(-int(reach), int(reach) + 1, 2 if reach > 3 else 1)
    ax.set(xlabel="along g (q)", ylabel="along h (q)", zlabel="energy (eV)")
    ax.set_xticks(ticks)
    ax.set_yticks(ticks)
    ax.view_init(18, -60)


def _path_on_cone(
    model: VibronicHamiltonian, plane: _Plane, path: np.ndarray, shares: Any
) -> np.ndarray:
    """The packet's mean position in the plane and its height, (3, n_t)."""
    from ..surfaces import adiabatic_energies

    states = list(plane.point.states)
    u, v = plane.projection(path)
    pair = adiabatic_energies(model, plane.positions(u, v))[:, states]
    two = np.tile([1.0, 0.0], (len(path), 1))
    if shares is not None:
        two = np.asarray(shares)[:, states]

    upper = two[:, 1] / two.sum(axis=1)
    height = pair[:, 0] * (1 - upper) + pair[:, 1] * upper
    return np.array([u, v, height])


def _draw_path(ax: Any, plane: _Plane, reach: float, line: np.ndarray) -> None:
    """A packet's path as far as the picture reaches; a ring where it starts, a dot where it
    ends.
    """
    inside = np.hypot(line[0], line[1]) <= 1.02 * reach
    seen = np.where(inside, line, np.nan)
    ax.plot(*seen, color="k", linewidth=1.4, zorder=10)
    look = {"marker": "o", "markersize": 4, "markeredgecolor": "k", "linestyle": ""}
    for k, face in ((0, "w"), (-1, "k")):
        ax.plot(*seen[:, k], markerfacecolor=face, zorder=11, **look)
