"""A molecule seen from one side: what of atoms, bonds and orbitals' surfaces meets the eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

PIXELS = 560  # of the longer side
IN_A_ROW = 4  # panels
PADDING = 0.35  # angstrom round everything
LEFT = 0.7  # angstrom, room for the axes
NO_DEPTH = -1e9
BALL = 0.38  # radius of a drawn atom over its covalent radius
ROD = 0.07  # angstrom; radius of a drawn bond
STRETCH = 1.25  # a bond is at most so many times as long as the sum of two radii
LIGHT = np.array([-0.35, 0.5, 0.8]) / np.linalg.norm([-0.35, 0.5, 0.8])
GREYS = {"C": 0.36, "H": 0.93}
OTHER = 0.66
# covalent radii (angstrom) of H to Xe: B. Cordero et al., Dalton Trans. 2008, 2832,
# doi:10.1039/b801115j
TABLE = """
    H .31 He .28 Li 1.28 Be .96 B .84 C .76 N .71 O .66 F .57 Ne .58 Na 1.66 Mg 1.41 Al 1.21
    Si 1.11 P 1.07 S 1.05 Cl 1.02 Ar 1.06 K 2.03 Ca 1.76 Sc 1.70 Ti 1.60 V 1.53 Cr 1.39 Mn
    1.39 Fe 1.32 Co 1.26 Ni 1.24 Cu 1.32 Zn 1.22 Ga 1.22 Ge 1.20 As 1.19 Se 1.20 Br 1.20 Kr
    1.16 Rb 2.20 Sr 1.95 Y 1.90 Zr 1.75 Nb 1.64 Mo 1.54 Tc 1.47 Ru 1.46 Rh 1.42 Pd 1.39 Ag
    1.45 Cd 1.44 In 1.42 Sn 1.39 Sb 1.39 Te 1.38 I 1.39 Xe 1.40
"""
RADII = TABLE.split()
COVALENT = {s: float(r) for s, r in zip(RADII[::2], RADII[1::2], strict=True)}


@dataclass(frozen=True, eq=False)
class View:
    """A parallel projection: the rows of `rotation` are the directions to the right, upwards and
    towards the eye.
    """

    rotation: np.ndarray

    @classmethod
    def of(cls, coordinates: np.ndarray, elevation: float, azimuth: float) -> View:
        """The longest extent of a molecule (n_atoms, 3) lies to the right, the shortest upwards;
        then the eye rises and goes round by so many degrees.
        """
        extents = np.ptp(coordinates, axis=0)
        order = np.argsort(-np.round(extents, 6), kind="stable")
        right, _, upwards = np.eye(3)[order]
        towards = np.cross(right, upwards)
        rise, turn = np.radians([elevation, azimuth])
        side = np.cos(turn) * right + np.sin(turn) * towards
        level = np.cos(turn) * towards - np.sin(turn) * right
        eye = np.cos(rise) * level + np.sin(rise) * upwards
        return cls(np.array([side, np.cross(eye, side), eye]))

    def seen(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) as right, up, and towards the eye, angstrom."""
        found: np.ndarray = points @ self.rotation.T
        return found


@dataclass(frozen=True, eq=False)
class Canvas:
    """Pixels with centres `x` (n_x,) and `y` (n_y,), angstrom, and what is in front in each: its
    `depth` towards the eye and `colour` (n_y, n_x, 3).
    """

    x: np.ndarray
    y: np.ndarray
    depth: np.ndarray
    colour: np.ndarray

    @classmethod
    def around(cls, points: np.ndarray) -> Canvas:
        """An empty one that holds all points (n, 2)."""
        low = points.min(axis=0) - PADDING
        high = points.max(axis=0) + PADDING
        width = float((high - low).max()) / PIXELS
        x, y = (np.arange(a, b + width, width) for a, b in zip(low, high, strict=True))
        shape = (y.size, x.size)
        return cls(x, y, np.full(shape, NO_DEPTH), np.ones((*shape, 3)))

    @property
    def pixel(self) -> float:
        """Width of a pixel, angstrom."""
        return float(self.x[1] - self.x[0])

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Edges as matplotlib's `imshow` wants them."""
        half = 0.5 * self.pixel
        return (self.x[0] - half, self.x[-1] + half, self.y[0] - half, self.y[-1] + half)

    def add_ball(self, centre: np.ndarray, radius: float, grey: float) -> None:
        """Draw a ball where it is in front."""
        columns = slice(*np.searchsorted(self.x, [centre[0] - radius, centre[0] + radius]))
        rows = slice(*np.searchsorted(self.y, [centre[1] - radius, centre[1] + radius]))
        dx = (self.x[columns] - centre[0])[None, :]
        dy = (self.y[rows] - centre[1])[:, None]
        left = radius**2 - dx**2 - dy**2
        height = np.sqrt(np.maximum(left, 0.0))
        depth = centre[2] + height
        front = (left > 0) & (depth > self.depth[rows, columns])
        normal = np.stack(np.broadcast_arrays(dx, dy, height), axis=-1) / radius
        self.depth[rows, columns][front] = depth[front]
        self.colour[rows, columns][front] = shaded(np.full(3, grey), normal[front])


def bonds(symbols: Sequence[str], coordinates: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of atoms nearer to each other than their covalent radii let atoms without a bond
    be.
    """
    radii = np.array([COVALENT.get(s, 1.4) for s in symbols])
    near = np.linalg.norm(coordinates[:, None] - coordinates, axis=2)
    bound = near < STRETCH * (radii[:, None] + radii)
    return [(a, b) for a in range(len(symbols)) for b in range(a) if bound[a, b]]


def draw_skeleton(
    canvas: Canvas, view: View, symbols: Sequence[str], coordinates: np.ndarray
) -> None:
    """Atoms as balls, carbon dark, hydrogen white and others grey, joined by bonds."""
    places = view.seen(coordinates)
    for a, b in bonds(symbols, coordinates):
        count = int(np.linalg.norm(places[a] - places[b]) / canvas.pixel)
        for share in np.linspace(0, 1, max(2, count)):
            canvas.add_ball(share * places[a] + (1 - share) * places[b], ROD, 0.55)
    for symbol, place in zip(symbols, places, strict=True):
        radius = BALL * max(COVALENT.get(symbol, 1.4), 0.5)
        canvas.add_ball(place, radius, GREYS.get(symbol, OTHER))


def shaded(colour: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Colours (..., 3) of a surface with unit `normals` (..., 3), lit from the upper left."""
    facing = np.clip(normals @ LIGHT, 0, 1)[..., None]
    edge = np.clip(normals[..., 2:], 0, 1)
    lit = colour * (0.45 + 0.4 * facing + 0.2 * edge) + 0.35 * facing**24
    found: np.ndarray = np.clip(lit, 0, 1)
    return found


def name_atoms(ax: Any, view: View, symbols: Sequence[str], coordinates: np.ndarray) -> None:
    """The symbols of atoms other than carbon and hydrogen, on them."""
    for symbol, (x, y, _) in zip(symbols, view.seen(coordinates), strict=True):
        if symbol not in GREYS:
            ax.text(x, y, symbol, ha="center", va="center", fontsize="small", color="black")


def show(ax: Any, canvas: Canvas) -> None:
    """A canvas in axes without a frame, with room for the axes at its left."""
    left, right, bottom, top = canvas.extent
    ax.imshow(canvas.colour, origin="lower", extent=canvas.extent)
    ax.set(xlim=(left - LEFT, right), ylim=(bottom, top))


def rows_and_columns(count: int) -> tuple[int, int]:
    """How so many panels are laid out: as few rows as can be, as full as can be."""
    rows = -(-count // IN_A_ROW)
    return rows, max(2, -(-count // rows))


def panel_height(shown: np.ndarray, width: float) -> float:
    """Inches that a canvas around points (n, 2) needs in axes of a `width`."""
    right, up = np.ptp(shown, axis=0) + 2 * PADDING
    return float(width * up / (right + LEFT))


def draw_axes(ax: Any, view: View, canvas: Canvas) -> None:
    """Where x, y and z point, as arrows in the lower left corner."""
    left, right, bottom, _ = canvas.extent
    length = 0.13 * (right - left)
    corner = (left - 0.4, bottom + 0.6 * length)
    for name, direction in zip("xyz", view.seen(np.eye(3)), strict=True):
        tip = np.array(corner) + length * direction[:2]
        look: dict[str, Any] = {"arrowstyle": "-|>", "color": "0.45", "linewidth": 0.8}
        look |= {"mutation_scale": 6, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", tip, corner, arrowprops=look, annotation_clip=False)
        end = np.array(corner) + 1.35 * length * direction[:2]
        if np.linalg.norm(direction[:2]) > 0.25:
            ax.text(*end, name, ha="center", va="center", fontsize="x-small", color="0.35")
