"""Where two surfaces meet, seen from above, and the energy along it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..door import public
from .style import colour, new_figure, style

if TYPE_CHECKING:
    from ..hamiltonian import VibronicHamiltonian
    from ..surfaces import ConicalIntersection, SeamPath

AXIS_MARGIN = 1.3
DOT: dict[str, Any] = {"marker": "o", "markersize": 5, "linestyle": ""}


@public
def seam_figure(model: VibronicHamiltonian, point: ConicalIntersection, path: SeamPath) -> Any:
    """The gap of the two surfaces over the two modes along which the seam moves most, with the
    seam; and the energies along the seam.

    The other modes stay where they are at the minimum-energy intersection, so the seam drawn is
    where it crosses this plane only if these two modes carry it; the marker is the intersection,
    the plus sign the vertical point. Returns the matplotlib Figure.
    """
    with style():
        figure = new_figure(7.4, 3.2)
        above, along = figure.subplots(1, 2)
        _draw_gap(above, model, point, path)
        _draw_energies(along, model, point, path)
        pair = " and ".join(point.pair)
        name = f"{model.title}: seam of {pair}, dimension {point.seam_dimension}"
        figure.suptitle(name)
    return figure


def _draw_gap(
    ax: Any, model: VibronicHamiltonian, point: ConicalIntersection, path: SeamPath
) -> None:
    """The gap over a plane of two modes, and the seam in it."""
    from ..surfaces import adiabatic_energies

    plane = plane_of(model, point, path)
    a, b = plane
    span = np.concatenate([path.positions[:, plane], np.zeros((1, 2))])
    middle = (span.max(axis=0) + span.min(axis=0)) / 2
    half = AXIS_MARGIN * max(float(np.ptp(span, axis=0).max()) / 2, 1.0)
    x, y = (np.linspace(c - half, c + half, 121) for c in middle)
    q = np.tile(point.position, (y.size, x.size, 1))
    q[..., a], q[..., b] = np.meshgrid(x, y)
    low, high = (adiabatic_energies(model, q)[..., s] for s in point.states)

    filled = ax.contourf(x, y, high - low, levels=12, cmap="Blues")
    ax.figure.colorbar(filled, ax=ax, label="gap (eV)")
    ax.plot(path.positions[:, a], path.positions[:, b], color=colour(1), label="seam")
    lowest = point.position[[a, b]]
    ax.plot(*lowest, color=colour(1), label="its lowest point", **DOT)
    ax.plot(0, 0, marker="+", color="k", markersize=7, linestyle="", label="vertical point")
    ax.set(xlabel=f"{model.mode_labels[a]} (q)", ylabel=f"{model.mode_labels[b]} (q)")
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.17)}
    ax.legend(ncols=3, handlelength=1.2, columnspacing=1.0, **below)


def _draw_energies(
    ax: Any, model: VibronicHamiltonian, point: ConicalIntersection, path: SeamPath
) -> None:
    """The energy along the seam, below the upper state at the vertical point."""
    vertical = np.linalg.eigvalsh(model.potential(np.zeros(model.n_modes)))
    top = vertical[point.states[1]]

    ax.plot(path.lengths, path.energies, color=colour(1), label="seam")
    ax.plot(0, point.energy, color=colour(1), **DOT)
    dashes = (0, (3, 1.5))
    ax.axhline(top, color="k", linewidth=0.8, linestyle=dashes, label="upper state, vertical")
    ax.set(xlabel="length along the seam (q)", ylabel="energy (eV)")
    below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.17)}
    ax.legend(ncols=2, **below)


def plane_of(
    model: VibronicHamiltonian, point: ConicalIntersection, path: SeamPath
) -> tuple[int, int]:
    """The mode along which a seam path moves most, and the one that opens the gap most beside
    it.
    """
    along = np.abs(path.positions[-1] - path.positions[0])
    first = int(np.argmax(along))
    across = np.hypot(point.g, 0.0) + along * np.abs(point.g).max()
    across[first] = -1.0
    second = int(np.argmax(across))
    return (second, first) if abs(point.g[second]) > abs(point.g[first]) else (first, second)
