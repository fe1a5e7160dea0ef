"""Densities of two modes: a strip of moments, and a film."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import CalculationError, InputError
from ..door import public
from ..progress import report
from ..storage import atomic
from .style import WIDE, colour, new_figure, print_small, style

if TYPE_CHECKING:
    from ..dynamics import ReducedDensities
    from ..hamiltonian import VibronicHamiltonian
    from ..passage import Passage

EDGE = 0.9995  # of the probability lies inside the picture
SHADE = 0.5  # exponent of the colour scale: faint parts of a packet are seen
LINES = 9  # contours of a surface
FILM_WIDTH = 1280  # pixels, of 720 in height


@public
def density_figure(
    densities: ReducedDensities,
    model: VibronicHamiltonian | None = None,
    *,
    count: int = 5,
    mark: Any = None,
) -> Any:
    """One row a state or surface, `count` moments from first to last; with a `model` the contours
    of its potential in this plane.

    `mark` (2,) is a point to show, such as a conical intersection. All panels share one colour
    scale. Returns the matplotlib Figure.
    """
    moments = np.linspace(0, len(densities.times) - 1, count).round().astype(int)
    n = len(densities.labels)

    with style():
        figure = new_figure(1.5 * count + 0.6, 1.55 * n + 0.9)
        axes = figure.subplots(n, count, sharex=True, sharey=True, squeeze=False)
        for i, row in enumerate(axes):
            for ax, k in zip(row, moments, strict=True):
                _panel(ax, densities, model, i, k, mark)
                if i == 0:
                    ax.set_title(f"{densities.times[k]:.0f} fs")
            row[0].set_ylabel(f"{_name(densities, i)}\n{densities.modes[1]} (q)")
        for ax in axes[-1]:
            ax.set_xlabel(f"{densities.modes[0]} (q)")
        if model is not None:
            figure.suptitle(f"{model.title}: where the packet is")
        print_small(figure, _small_print(densities, model, mark))

    return figure


def _small_print(densities: ReducedDensities, model: VibronicHamiltonian | None, mark: Any) -> str:
    """What shades, lines and the cross are."""
    told = ["shade: root of the density, on one scale for all panels"]
    if model is not None:
        kind = "adiabatic" if densities.of_surfaces else "diabatic"
        told.append(f"lines: the {kind} potential, all other modes at q = 0")
    if mark is not None:
        told.append("cross: lowest point of the conical intersection")
    return "; ".join(told)


@public
def save_film(
    passage: Passage,
    path: str | os.PathLike[str],
    *,
    mark: Any = None,
    frames_per_second: int = 12,
) -> None:
    """Write the passage as a .gif or .mp4 of 1280 x 720 pixels: densities of every state (or
    surface) over the potential, and the populations up to each moment.

    An .mp4 needs the program ffmpeg. Raises InputError for other names, and where ffmpeg is
    missing.
    """
    from matplotlib.animation import FFMpegWriter, PillowWriter

    target = Path(path)
    if target.suffix not in (".gif", ".mp4"):
        raise InputError(f"A film is a .gif or an .mp4, but its name is {target.name}.")
    if target.suffix == ".mp4" and not FFMpegWriter.isAvailable():
        raise InputError(
            "An .mp4 needs the program ffmpeg, which was not found. Install it, or ask for a .gif."
        )
    if passage.densities is None:
        raise CalculationError("A model of one mode has no density of two modes to film.")

    writer = (PillowWriter if target.suffix == ".gif" else FFMpegWriter)(fps=frames_per_second)
    with style(), atomic(target) as temporary:
        figure, update = _film(passage, mark)
        with writer.saving(figure, str(temporary), dpi=FILM_WIDTH / WIDE[0]):
            for k in range(len(passage.densities.times)):
                update(k)
                writer.grab_frame()
                report("Film", (k + 1) / len(passage.densities.times))


def _film(passage: Passage, mark: Any) -> tuple[Any, Callable[[int], None]]:
    """The figure, and what draws its frame k."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    densities = passage.densities
    assert densities is not None
    n = len(densities.labels)
    figure = Figure(figsize=WIDE)
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, n, height_ratios=[2.3, 1])

    images = []
    for i in range(n):
        ax = figure.add_subplot(grid[0, i])
        images.append(_panel(ax, densities, passage.model, i, 0, mark))
        ax.set(
            title=_name(densities, i),
            xlabel=f"{densities.modes[0]} (q)",
            ylabel=f"{densities.modes[1]} (q)" if i == 0 else "",
        )

    ax = figure.add_subplot(grid[1, :])
    shares = passage.adiabatic.populations if densities.of_surfaces else passage.means.populations
    lines = [ax.plot([], [], color=colour(i), label=densities.labels[i])[0] for i in range(n)]
    ax.set(
        xlim=(densities.times[0], densities.times[-1]),
        ylim=(-0.03, 1.05),
        xlabel="time (fs)",
        ylabel="population",
    )
    ax.legend(loc="center right", ncols=1)
    title = figure.suptitle(passage.model.title)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # laid out once, for all frames

    def update(k: int) -> None:
        for i, image in enumerate(images):
            image.set_data(_shaded(densities, i, k))
            lines[i].set_data(densities.times[: k + 1], shares[: k + 1, i])
        title.set_text(f"{passage.model.title}    {densities.times[k]:.1f} fs")

    return figure, update


def _panel(
    ax: Any,
    densities: ReducedDensities,
    model: VibronicHamiltonian | None,
    i: int,
    k: int,
    mark: Any,
) -> Any:
    x = densities.x
    y = densities.y
    (low_x, high_x), (low_y, high_y) = _window(densities)
    image = ax.imshow(
        _shaded(densities, i, k),
        origin="lower",
        cmap=_shades(i),
        vmin=0,
        vmax=1,
        extent=(x[0], x[-1], y[0], y[-1]),
        aspect="auto",
        interpolation="bilinear",
    )

    if model is not None:
        fine_x = np.linspace(low_x, high_x, 80)
        fine_y = np.linspace(low_y, high_y, 80)
        q = np.zeros((80, 80, model.n_modes))
        a, b = (model.mode_labels.index(label) for label in densities.modes)
        q[..., a], q[..., b] = np.meshgrid(fine_x, fine_y)
        w = model.potential(q)
        height = np.linalg.eigvalsh(w)[..., i] if densities.of_surfaces else w[..., i, i]
        levels = height.min() + np.linspace(0.03, 0.9, LINES) * (
            np.quantile(height, 0.9) - height.min()
        )
        ax.contour(
            fine_x, fine_y, height, levels=levels, colors="0.6", linewidths=0.5, linestyles="solid"
        )

    if mark is not None:
        ax.plot(*mark, marker="x", color="k", markersize=5, markeredgewidth=1.2)
    ax.set(xlim=(low_x, high_x), ylim=(low_y, high_y))
    return image


def _shaded(densities: ReducedDensities, i: int, k: int) -> np.ndarray:
    """Shades from 0 to 1, which the highest density of all moments and states has."""
    brightest = float(densities.values.max())
    share = np.clip(densities.values[k, i].T / max(brightest, 1e-300), 0, 1)
    values: np.ndarray = share**SHADE
    return values


def _shades(i: int) -> Any:
    """From white to the state's colour."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(f"state {i}", ["white", colour(i)])


def _name(densities: ReducedDensities, i: int) -> str:
    kind = "adiabatic" if densities.of_surfaces else "state"
    return f"{kind} {densities.labels[i]}"


def _window(densities: ReducedDensities) -> tuple[tuple[float, float], tuple[float, float]]:
    """The intervals that hold nearly all of the packet at all times."""
    found = []
    most = densities.values.sum(axis=1).max(axis=0)
    for axis, points in ((1, densities.x), (0, densities.y)):
        share = np.cumsum(most.sum(axis=axis)) / most.sum()
        low, high = np.searchsorted(share, [(1 - EDGE) / 2, (1 + EDGE) / 2])
        found.append(
            (float(points[max(low - 1, 0)]), float(points[min(high + 1, points.size - 1)]))
        )
    return found[0], found[1]
