"""Figures of orbitals and modes: what is written and drawn is what the nouns hold."""

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

import vibronic as vb
from vibronic.plotting import modes_figure, orbitals_figure
from vibronic.plotting.molecule_view import Canvas, View, bonds, draw_skeleton
from vibronic.units import BOHR, CM

WATER = np.array([[0, 0, 0.12], [0, 0.76, -0.47], [0, -0.76, -0.47]])


def lobes():
    """Two p functions, along x and along y, at the oxygen of water."""
    step = 0.25
    axis = np.arange(-2.5, 2.51, step)
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    values = np.array([x, y]) * np.exp(-2.0 * np.sqrt(x**2 + y**2 + (z - 0.12) ** 2))
    values /= np.sqrt((values**2).sum(axis=(1, 2, 3), keepdims=True) * (step / BOHR) ** 3)
    return vb.Orbitals(
        ("O", "H", "H"),
        WATER,
        ("X", "A"),
        ("B1", "B2"),
        [13.5, 15.25],
        [-2.5] * 3,
        step,
        values,
        "RHF/test",
        "water",
    )


def modes():
    """Two modes of water, made of its motions."""
    stretch = np.array([[0, 0, 0.01], [0, -0.08, 0.06], [0, 0.08, 0.06]])
    other = np.array([[0, 0.01, 0], [0, -0.08, 0.06], [0, -0.08, -0.06]])
    return vb.NormalModes(
        ("O", "H", "H"),
        WATER,
        [15.995, 1.008, 1.008],
        [0.45, 0.46],
        [stretch, other],
        ("A1", "B2"),
        "C2v",
        "water",
        labels=("v1", "v3"),
        axes="z along the twofold axis",
    )


def model():
    linear = [np.diag([0.25, -0.125]), [[0, 0.375], [0.375, 0]]]
    return vb.VibronicHamiltonian(
        [0.45, 0.46],
        np.diag([12.6, 14.8]),
        linear,
        state_labels=("X", "A"),
        mode_labels=("v1", "v3"),
        mode_irreps=("A1", "B2"),
    )


def test_orbitals_are_named_with_their_energies():
    figure = orbitals_figure(lobes(), model())
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == [
        "X: electron from $b_{1}$\nKoopmans 13.50 eV\ncorrelated 12.60 eV",
        "A: electron from $b_{2}$\nKoopmans 15.25 eV\ncorrelated 14.80 eV",
    ]
    assert "70 % of the electron" in figure.get_supxlabel().replace("\n", " ")
    assert [ax.get_title().count("\n") for ax in orbitals_figure(lobes()).axes] == [1, 1]


def test_the_two_signs_have_two_colours_on_their_sides():
    """The lobe of p_x points up, that of p_y to the right of the eye, blue where positive."""
    view = View.of(WATER, 32.0, 24.0)
    upwards, aside = (view.seen(axis)[:2] for axis in np.eye(3)[:2])
    for ax, direction in zip(orbitals_figure(lobes()).axes, (upwards, aside), strict=True):
        image = ax.images[0]
        colours = image.get_array()
        left, right, low, high = image.get_extent()
        x = np.linspace(left, right, colours.shape[1])
        y = np.linspace(low, high, colours.shape[0])
        blue = colours[..., 2] - colours[..., 0]
        weight = np.where(np.abs(blue) > 0.2, blue, 0.0)
        along = x[None, :] * direction[0] + (y[:, None]) * direction[1]
        centre = view.seen(WATER[0])[:2] @ direction
        assert (weight * (along - centre)).sum() > 0
        assert (weight > 0).sum() > 1000 < (weight < 0).sum()


def test_modes_are_named_with_what_they_do():
    figure = modes_figure(modes(), model())
    first, second = figure.axes[:2]
    assert first.get_title() == rf"v1  $A_{{1}}$  {0.45 / CM:.0f} cm$^{{-1}}$"
    texts = [text for ax in (first, second) for text in ax.texts]
    told = {text.get_text(): to_hex(text.get_color()) for text in texts if ":" in text.get_text()}
    assert told == {
        r"tuning $\kappa$: X +0.25, A −0.12": "#009e73",
        r"coupling $\lambda$: X/A +0.38": "#d55e00",
    }
    for text in told:
        for name, value in re.findall(r"([XA/]+) ([+−][\d.]+)", text):
            i, j = ({"X": 0, "A": 1}[s] for s in (name[0], name[-1]))
            m = 0 if "kappa" in text else 1
            shown = float(value.replace("−", "-"))
            assert shown == pytest.approx(model().linear[m, i, j], abs=0.0051)


def arrows(ax):
    """Start and end of every arrow on the atoms."""
    found = []
    for text in ax.texts:
        if text.get_text() == "" and hasattr(text, "xy") and text.arrow_patch is not None:
            found.append((np.array(text.xyann), np.array(text.xy)))
    return found


def test_arrows_are_the_displacements_seen_from_one_side():
    figure = modes_figure(modes(), model())
    view = View.of(WATER, 52.0, 24.0)
    drawn = arrows(figure.axes[1])
    moved = modes().displacements[1]
    lengths = np.linalg.norm(moved, axis=1)
    big = lengths > 0.12 * lengths.max()
    assert len(drawn) == big.sum()
    directions = np.array([end - start for start, end in drawn])
    expected = view.seen(moved[big])[:, :2]
    scale = np.linalg.norm(directions) / np.linalg.norm(expected)
    np.testing.assert_allclose(directions, scale * expected, atol=1e-9)
    np.testing.assert_allclose([s for s, _ in drawn], view.seen(WATER[big])[:, :2], atol=1e-9)


def test_all_modes_are_drawn_without_a_model_and_others_refused():
    figure = modes_figure(modes())
    assert "normal modes" in figure.get_suptitle()
    assert not any(":" in text.get_text() for ax in figure.axes for text in ax.texts)
    other = replace(model(), mode_labels=("v1", "v9"))
    with pytest.raises(vb.InputError, match="has modes that `modes` has not: v9"):
        modes_figure(modes(), other)


def test_texts_of_neighbouring_panels_do_not_touch():
    strong = vb.VibronicHamiltonian(
        [0.45, 0.46],
        np.diag([12.6, 14.8, 18.5]),
        [np.diag([0.97, 0.33, 0.13]), 0.2 * (1 - np.eye(3))],
        state_labels=("X", "A", "B"),
        mode_labels=("v1", "v3"),
    )
    for figure in (modes_figure(modes(), strong), orbitals_figure(lobes(), model())):
        figure.draw_without_rendering()
        boxes = []
        for ax in figure.axes:
            texts = [t for t in (ax.title, *ax.texts) if len(t.get_text()) > 3]
            boxes.append([t.get_window_extent() for t in texts])
        heading = figure._suptitle.get_window_extent()
        for k, own in enumerate(boxes):
            for a, box in enumerate(own):
                others = [*own[a + 1 :], *(b for later in boxes[k + 1 :] for b in later)]
                assert not any(box.overlaps(b) for b in others)
                assert box.y1 <= heading.y1


def test_bonds_and_balls():
    assert bonds(("O", "H", "H"), WATER) == [(1, 0), (2, 0)]
    view = View.of(WATER, 0.0, 0.0)
    np.testing.assert_allclose(view.rotation @ view.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(view.rotation) == pytest.approx(1)
    canvas = Canvas.around(view.seen(WATER)[:, :2])
    draw_skeleton(canvas, view, ("O", "H", "H"), WATER)
    for place in view.seen(WATER):
        row = np.abs(canvas.y - place[1]).argmin()
        column = np.abs(canvas.x - place[0]).argmin()
        assert canvas.depth[row, column] > place[2]
    assert canvas.depth[0, 0] < -1e6
