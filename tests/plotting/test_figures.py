"""Figures have the panels and the labels that a reader needs."""

import numpy as np
import pytest
from PIL import Image

import vibronic as vb
from systems import crossing_model
from vibronic.dynamics import ReducedDensities
from vibronic.plotting import density_figure, intersection_figure, save_film, seam_figure, style
from vibronic.plotting.branching_plane import BranchingPlane
from vibronic.plotting.style import pretty
from vibronic.surface_names import surface_names


def test_figure_of_an_intersection(tmp_path):
    model = vb.library.hamiltonian("water")
    for pair, panels in (((0, 1), 1), ((1, 2), 3)):
        figure = intersection_figure(model, vb.surfaces.conical_intersection(model, pair))
        assert len(figure.axes) == panels
        assert figure.axes[-1].get_ylabel() == "energy (eV)"
        figure.savefig(tmp_path / "x.png")


def mean_position(cone):
    """The path drawn on a cone, (3, n_t)."""
    lines = {line.get_label(): line for line in cone.lines}
    star = np.array(lines["intersection"].get_data_3d())
    assert np.all(star[:2] == 0)
    return np.array(lines["mean position of the packet"].get_data_3d())


def test_a_path_on_the_cone_widens_the_picture_and_ends_at_its_edge():
    model = vb.library.hamiltonian("pyrazine", "published")
    point = vb.surfaces.conical_intersection(model, (0, 1))
    path = point.position + np.linspace(0, 3, 7)[:, None] * point.g / np.linalg.norm(point.g)
    figure = intersection_figure(model, point, path)
    cone = figure.axes[0]
    assert max(cone.get_xticks()) == 3
    assert cone.get_xlabel() == "along g: v6a, v9a (q)"
    line = mean_position(cone)
    np.testing.assert_allclose(line[0], np.linspace(0, 3, 7), atol=1e-9)
    below = vb.surfaces.adiabatic_energies(model, path)[:, 0]
    np.testing.assert_allclose(line[2], below)

    shares = np.tile([0.25, 0.75], (7, 1))
    line = mean_position(intersection_figure(model, point, path, shares).axes[0])
    energies = vb.surfaces.adiabatic_energies(model, path)
    np.testing.assert_allclose(line[2], 0.25 * energies[:, 0] + 0.75 * energies[:, 1])


def test_figure_of_a_seam():
    model = vb.library.hamiltonian("pyrazine", "published")
    point = vb.surfaces.conical_intersection(model, (0, 1))
    path = vb.intersections.lowest_seam(model, point)
    figure = seam_figure(model, point, path)
    names = {axis.get_ylabel() for axis in figure.axes}
    assert {"gap (eV)", "energy (eV)"} <= names
    assert "seam of S1 and S2, dimension 2" in figure.get_suptitle()


@pytest.mark.parametrize(
    ("irrep", "written"),
    [
        ("B2g", "$B_{2g}$"),
        ('A"', "$A''$"),
        ("A", "$A$"),
        ("", ""),
        ("E1u", "$E_{1u}$"),
        ("Σ+", "$Σ^{+}$"),
        ("Σ-g", "$Σ^{-}_{g}$"),
    ],
)
def test_species_with_subscripts(irrep, written):
    assert pretty(irrep) == written


def test_what_stands_on_a_cone_is_explained_and_cut_where_both_sheets_are_seen():
    model = vb.library.hamiltonian("butatriene", "published")
    point = vb.surfaces.conical_intersection(model)
    path = np.linspace(0, 1, 5)[:, None] * point.position
    figure = intersection_figure(model, point, path)
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert told == [
        "adiabatic X",
        "adiabatic A",
        "intersection",
        "mean position of the packet",
        "its start",
        "its end",
    ]
    assert "conical intersection of X and A at 9.713 eV" in figure.get_suptitle()

    plane = BranchingPlane.of(point)
    angles = np.linspace(0, 2 * np.pi, 9)
    top = point.energy + 0.3
    radii = plane.radii_below(model, 1, top, 2.0, angles)
    u, v, energies = plane.sheet(model, 1, radii, angles)
    assert energies.max() <= top + 0.01
    ends = energies[radii < 2.0, -1]
    np.testing.assert_allclose(ends, top, atol=0.01)
    exact = vb.surfaces.adiabatic_energies(model, plane.positions(u, v))[..., 1]
    np.testing.assert_allclose(energies, exact)


def test_surfaces_are_called_like_the_states():
    assert surface_names(vb.library.hamiltonian("pyrazine")) == ("S1", "S2")
    ammonia = vb.library.hamiltonian("ammonia")
    assert surface_names(ammonia) == ("X", "lower E", "upper E")
    turned = vb.library.hamiltonian("pyrazine").subset(states=["S2", "S1"])
    assert surface_names(turned) == ("S1", "S2")
    found = vb.surfaces.conical_intersection(ammonia, (1, 2))
    assert "of surfaces lower E and upper E at" in str(found)
    assert str(vb.surfaces.surface_minimum(ammonia, 0)).startswith("StationaryPoint  minimum of")


def test_densities_are_not_saturated():
    """The darkest shade is the highest density of all moments, and only that."""
    values = np.zeros((3, 2, 8, 8))
    values[0, 1, 4, 4] = 1.0
    values[1, 0, 2:4, 2] = 0.25
    values[2, 0, 3, 3] = 0.5
    axis = np.linspace(-2, 2, 8)
    densities = ReducedDensities(
        np.array([0.0, 1, 2]), axis, axis, values, ("v1", "v2"), ("X", "A"), False, 0
    )
    figure = density_figure(densities, count=3)
    drawn = np.array([[ax.images[0].get_array().max() for ax in row] for row in rows(figure, 2)])
    np.testing.assert_allclose(drawn, [[0, 0.5, np.sqrt(0.5)], [1, 0, 0]])
    assert [ax.get_ylabel() for ax in figure.axes[::3]] == ["state X\nv2 (q)", "state A\nv2 (q)"]
    assert "one scale" in figure.get_supxlabel()


def rows(figure, n):
    return np.array(figure.axes).reshape(n, -1)


def test_a_film_is_1280_by_720(tmp_path):
    model = crossing_model()
    found = vb.passage.passage(model, 1, np.linspace(0, 4, 3), tolerance=2e-2)
    save_film(found, tmp_path / "f.gif")
    film = Image.open(tmp_path / "f.gif")
    assert film.size == (1280, 720)
    assert film.n_frames == len(found.densities.times)


@pytest.mark.parametrize(
    "draw",
    [
        lambda m, x: intersection_figure(m, x),
        lambda m, x: seam_figure(m, x, vb.intersections.lowest_seam(m, x)),
        lambda m, x: vb.plot(m).figure,
    ],
)
def test_every_figure_has_the_style_asked_for(draw):
    model = vb.library.hamiltonian("pyrazine", "published")
    point = vb.surfaces.conical_intersection(model, (0, 1))
    with style("slides"):
        assert tuple(draw(model, point).get_size_inches()) == (8.0, 4.5)
    assert draw(model, point).get_size_inches()[0] <= 7.4


def test_the_couplings_say_what_bars_are():
    ax = vb.plot(vb.library.hamiltonian("butatriene", "published"))
    assert ax.get_title(loc="left") == (
        "butatriene cation, published 5-mode model\n"
        r"$\kappa$ (filled) moves a state, $\lambda$ (hatched) mixes two"
    )
