"""Figures have the panels and the labels that a reader needs."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.plotting import intersection_figure, seam_figure
from vibronic.plotting.style import pretty


def test_figure_of_an_intersection(tmp_path):
    model = vb.library.hamiltonian("water")
    for pair, panels in (((0, 1), 1), ((1, 2), 3)):
        figure = intersection_figure(model, vb.surfaces.conical_intersection(model, pair))
        assert len(figure.axes) == panels
        assert figure.axes[-1].get_ylabel() == "energy (eV)"
        figure.savefig(tmp_path / "x.png")


def test_a_path_on_the_cone_widens_the_picture_and_ends_at_its_edge():
    model = vb.library.hamiltonian("pyrazine", "published")
    point = vb.surfaces.conical_intersection(model, (0, 1))
    path = point.position + np.linspace(0, 3, 7)[:, None] * point.g / np.linalg.norm(point.g)
    figure = intersection_figure(model, point, path)
    cone = figure.axes[0]
    assert max(cone.get_xticks()) == 3
    line = np.array(cone.lines[0].get_data_3d())
    np.testing.assert_allclose(line[0], np.linspace(0, 3, 7), atol=1e-9)
    below = vb.surfaces.adiabatic_energies(model, path)[:, 0]
    np.testing.assert_allclose(line[2], below)

    shares = np.tile([0.25, 0.75], (7, 1))
    line = np.array(intersection_figure(model, point, path, shares).axes[0].lines[0].get_data_3d())
    energies = vb.surfaces.adiabatic_energies(model, path)
    np.testing.assert_allclose(line[2], 0.25 * energies[:, 0] + 0.75 * energies[:, 1])


def test_figure_of_a_seam():
    model = vb.library.hamiltonian("pyrazine", "published")
    point = vb.surfaces.conical_intersection(model, (0, 1))
    path = vb.intersections.lowest_seam(model, point)
    figure = seam_figure(model, point, path)
    names = {axis.get_ylabel() for axis in figure.axes}
    assert {"gap (eV)", "energy (eV)"} <= names
    assert "seam of surfaces 0 and 1, dimension 2" in figure.get_suptitle()


@pytest.mark.parametrize(
    ("irrep", "written"),
    [("B2g", "$B_{2g}$"), ('A"', "$A''$"), ("A", "$A$"), ("", ""), ("E1u", "$E_{1u}$")],
)
def test_species_with_subscripts(irrep, written):
    assert pretty(irrep) == written
