"""The parent orbitals of ionized states, as surfaces on which they have one size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..door import public
from .molecule_view import (
    IN_A_ROW,
    Canvas,
    View,
    draw_axes,
    draw_skeleton,
    name_atoms,
    panel_height,
    rows_and_columns,
    shaded,
    show,
)
from .style import new_figure, pretty, print_small, style

if TYPE_CHECKING:
    from ..hamiltonian import VibronicHamiltonian
    from ..orbitals import Orbitals

POSITIVE = (0.0, 0.447, 0.698)  # Okabe-Ito blue
NEGATIVE = (0.902, 0.624, 0.0)  # and orange: told apart by colour-blind readers, and in grey
SHARE = 0.7  # of the electron inside the surface
OPACITY = 0.78
SAME = 0.005  # eV; energies closer than this are told once
LINE = 0.16  # inches of a line of a title
ELEVATION = 32.0  # degrees
AZIMUTH = 24.0


@public
def orbitals_figure(orbitals: Orbitals, model: VibronicHamiltonian | None = None) -> Any:
    """One panel an orbital: the surface that holds 70 % of its electron, its two signs in two
    colours, over atoms and bonds; its species, its energy by Koopmans, and with the `model` of the
    ionized states their vertical energies. Returns the matplotlib Figure.
    """
    view = View.of(orbitals.coordinates, ELEVATION, AZIMUTH)
    insides = [_inside(orbitals, label) for label in orbitals.labels]
    shown = view.seen(np.concatenate([*insides, orbitals.coordinates]))[:, :2]
    rows, columns = rows_and_columns(len(insides))
    width = max(4.4, 7.4 * columns / IN_A_ROW)
    titles = 0.1 + LINE * (2 + (model is not None))
    height = rows * (panel_height(shown, width / columns) + titles) + 0.7

    with style():
        figure = new_figure(width, height)
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for ax in axes:
            ax.set_axis_off()
        for k, inside in enumerate(insides):
            canvas = Canvas.around(shown)
            _draw(canvas, orbitals, k, view, inside)
            show(axes[k], canvas)
            name_atoms(axes[k], view, orbitals.symbols, orbitals.coordinates)
            axes[k].set_title(_title(orbitals, k, model))
        draw_axes(axes[0], view, canvas)
        figure.suptitle(
            f"{orbitals.molecule}: the orbitals that lose the electron\n", linespacing=0.5
        )
        print_small(figure, _small_print(orbitals))

    return figure


def _title(orbitals: Orbitals, k: int, model: VibronicHamiltonian | None) -> str:
    """State, orbital and energies."""
    label = orbitals.labels[k]
    irrep = orbitals.irreps[k]
    name = pretty(irrep[:1].lower() + irrep[1:])
    lines = [f"{label}: electron from {name}", f"Koopmans {orbitals.energies[k]:.2f} eV"]
    if model is not None and label in model.state_labels:
        i = model.state_labels.index(label)
        if abs(model.constant[i, i] - orbitals.energies[k]) > SAME:
            lines.append(f"correlated {model.constant[i, i]:.2f} eV")
    return "\n".join(lines)


def _small_print(orbitals: Orbitals) -> str:
    what = f"{orbitals.level_of_theory} orbitals; inside the surface: {100 * SHARE:.0f} % of the "
    axes = f"; {orbitals.axes}" if orbitals.axes else ""
    return f"{what}electron; blue and orange: the two signs{axes}"


def _inside(orbitals: Orbitals, label: str) -> np.ndarray:
    """Points of the grid (n, 3) inside the surface of an orbital."""
    level = orbitals.contour(label, SHARE)
    values = orbitals.values[orbitals.labels.index(label)]
    points: np.ndarray = np.argwhere(np.abs(values) >= level) * orbitals.step + orbitals.origin
    return points


def _draw(canvas: Canvas, orbitals: Orbitals, k: int, view: View, inside: np.ndarray) -> None:
    """Atoms and bonds, and the surface of orbital k, which holds the points `inside`, over
    them.
    """
    draw_skeleton(canvas, view, orbitals.symbols, orbitals.coordinates)
    level = orbitals.contour(orbitals.labels[k], SHARE)
    values = np.asarray(orbitals.values[k])
    surface = _Surface(values, orbitals.origin, orbitals.step, level, view)
    surface.draw(canvas, view.seen(inside))


class _Surface:
    """Where |psi| first reaches a `level` on the way from the eye."""

    def __init__(
        self, values: np.ndarray, origin: np.ndarray, step: float, level: float, view: View
    ) -> None:
        self.values = values
        self.origin = origin
        self.step = step
        self.level = level
        self.view = view
        self.slopes = np.gradient(values)

    def draw(self, canvas: Canvas, inside: np.ndarray) -> None:
        """Lay it over a canvas, where points (n, 3) are seen `inside` it."""
        rows, columns = np.nonzero(self._footprint(canvas, inside))
        x = canvas.x[columns]
        y = canvas.y[rows]
        met = np.full(x.size, np.nan)
        left = np.arange(x.size)
        before = np.zeros(x.size)

        highest = float(inside[:, 2].max()) + self.step
        for depth in np.arange(highest, float(inside[:, 2].min()) - self.step, -self.step):
            there = np.abs(self._at(self.values, x[left], y[left], np.full(left.size, depth)))
            reached = there >= self.level
            missing = (self.level - before[reached]) / (there - before)[reached]
            met[left[reached]] = depth + self.step * (1 - np.clip(missing, 0, 1))
            left = left[~reached]
            before = there[~reached]

        front = met > canvas.depth[rows, columns]  # never where nothing was met
        rows = rows[front]
        columns = columns[front]
        behind = canvas.colour[rows, columns]
        canvas.colour[rows, columns] = self._blended(behind, x[front], y[front], met[front])

    def _footprint(self, canvas: Canvas, inside: np.ndarray) -> np.ndarray:
        """Pixels (n_y, n_x) that may see the surface."""
        from scipy.ndimage import binary_dilation

        found = np.zeros((canvas.y.size, canvas.x.size), dtype=bool)
        found[
            np.searchsorted(canvas.y, inside[:, 1]) - 1,
            np.searchsorted(canvas.x, inside[:, 0]) - 1,
        ] = True
        reach = int(np.ceil(1.5 * self.step / canvas.pixel))
        return np.asarray(binary_dilation(found, iterations=reach))

    def _blended(
        self, behind: np.ndarray, x: np.ndarray, y: np.ndarray, depth: np.ndarray
    ) -> np.ndarray:
        """Colours (n, 3) of the surface before those `behind` it."""
        value = self._at(self.values, x, y, depth - 0.25 * self.step)
        slope = np.stack([self._at(s, x, y, depth) for s in self.slopes], axis=-1)
        outwards = -np.sign(value)[:, None] * slope @ self.view.rotation.T
        normals = outwards / np.maximum(np.linalg.norm(outwards, axis=1), 1e-12)[:, None]
        colours = np.where((value > 0)[:, None], POSITIVE, NEGATIVE)
        blended: np.ndarray = OPACITY * shaded(colours, normals)
        blended += (1 - OPACITY) * behind
        return blended

    def _at(self, field: np.ndarray, x: np.ndarray, y: np.ndarray, depth: np.ndarray) -> Any:
        """A field at points seen at (x, y, depth)."""
        from scipy.ndimage import map_coordinates

        points = np.stack([x, y, depth], axis=-1) @ self.view.rotation
        index = np.moveaxis((points - self.origin) / self.step, -1, 0)
        return map_coordinates(field, index, order=1, mode="constant")
