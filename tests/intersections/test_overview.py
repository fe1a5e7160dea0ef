"""The surfaces of a model told whole, and the seam through an intersection."""

import numpy as np
import pytest

import vibronic as vb
from systems import jahn_teller


def test_overview_tells_minima_intersections_and_phases(tmp_path):
    found = vb.intersections.overview(vb.library.hamiltonian("water"))
    text = str(found)
    assert "crossing  -" in text
    assert "peaked    pi" in text
    assert "INTERSECTION A/B, of states A and B" in text
    assert "branching plane h (eV): v3 +0.21" in text
    vb.save(found, tmp_path / "x.h5")
    assert str(vb.load(tmp_path / "x.h5")) == text
    apart = vb.intersections.overview(
        vb.VibronicHamiltonian([0.1], np.diag([1.0, 2.0]), np.zeros((1, 2, 2)))
    )
    assert "NO INTERSECTIONS" in str(apart)
    assert "they may not meet" in str(apart)


def test_an_intersection_above_every_vertical_energy_is_out_of_reach():
    linear = np.zeros((2, 2, 2))
    linear[0] = np.diag([0.05, -0.05])
    linear[1] = 0.05 * np.array([[0, 1], [1, 0]])
    far = vb.VibronicHamiltonian([0.1, 0.1], np.diag([9.0, 11.0]), linear)
    found = vb.intersections.overview(far)
    assert found.intersections[0].energy > 20
    assert found.reached == ()
    assert "out of reach  pi" in str(found)
    assert "above the highest vertical energy (11.00 eV)" in str(found)
    assert "INTERSECTION 0/1" not in str(found)

    near = vb.VibronicHamiltonian([0.1, 0.1], np.diag([9.0, 9.1]), linear)
    assert len(vb.intersections.overview(near).reached) == 1


def test_the_lowest_seam_stays_degenerate_and_passes_through_the_point():
    model = vb.library.hamiltonian("pyrazine", "published")
    point = vb.surfaces.conical_intersection(model, (0, 1))
    path = vb.intersections.lowest_seam(model, point, length=1.0, n_points=9)
    gaps = np.diff(vb.surfaces.adiabatic_energies(model, path.positions)[:, :2], axis=1)
    assert np.abs(gaps).max() < 1e-8
    assert np.abs(path.positions - point.position).sum(axis=1).min() < 1e-8
    assert path.energies.min() == pytest.approx(point.energy, abs=1e-8)
    assert np.ptp(path.lengths) == pytest.approx(2.0, rel=0.02)


def test_no_seam_where_two_modes_make_the_cone_or_nothing_couples():
    ring = jahn_teller(1.0)
    assert vb.intersections.lowest_seam(ring, vb.surfaces.conical_intersection(ring)) is None
    water = vb.library.hamiltonian("water")
    crossing = vb.surfaces.conical_intersection(water, (0, 1))
    assert not crossing.is_conical
    assert vb.intersections.lowest_seam(water, crossing) is None
