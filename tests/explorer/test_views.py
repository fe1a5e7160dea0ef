"""What the page draws and says, without a page."""

import json
from base64 import b64decode

import numpy as np
import pytest

import vibronic as vb
from vibronic.explorer import own_settings, preset, settings
from vibronic.explorer.crossing import crossing
from vibronic.explorer.packets import packets
from vibronic.explorer.views import observed, views


@pytest.fixture(scope="module")
def shown():
    explored = preset("butatriene")
    found = settings(explored, {"fwhm": 0.15})
    return explored, found, views(explored, found, packets(explored, found))


def test_views_are_plain_data(shown):
    assert json.loads(json.dumps(shown[2])) == shown[2]


def test_rungs_are_those_of_the_ladder(shown):
    explored, found, data = shown
    ladder = vb.spectra.ladder(
        explored.model,
        ["koopmans", "displaced", "vibronic"],
        shape=vb.Gaussian(found.fwhm),
        tolerance=1e-3,
    )
    for ours, theirs in (("franck_condon", "displaced"), ("vibronic", "vibronic")):
        curve = ladder.rung(theirs).curve
        known = np.interp(data["energies"], curve.grid, curve.values, left=0, right=0)
        assert np.abs(data["rungs"][ours] - known).max() < 1e-2 * known.max()
    koopmans = ladder.rung("koopmans").total.energies
    np.testing.assert_allclose(np.sort(data["koopmans"]), np.sort(koopmans), atol=1e-4)


def test_sentences_agree_with_the_numbers(shown):
    _, _, data = shown
    populations = np.array(data["populations"])
    assert (
        f"{100 * populations[1, -1]:.0f} % of the packet are in diabatic state A"
        in (data["text"]["populations"])
    )
    k = int(np.flatnonzero(populations[1] < 0.5)[0])
    told = int(data["text"]["populations"].split("after ")[-1].split(" fs")[0])
    assert data["times"][k - 1] - 1 <= told <= data["times"][k] + 1
    vibronic = np.array(data["rungs"]["vibronic"])
    highest = data["energies"][int(vibronic.argmax())]
    maxima = data["text"]["spectrum"].partition("maxima at ")[2].partition(" eV")[0]
    assert min(abs(float(e) - highest) for e in maxima.split(", ")) < 0.03


def test_the_crossing_is_where_the_surfaces_meet(shown):
    explored, found, data = shown
    model = found.applied(explored)
    where = crossing(explored, model)
    known = vb.surfaces.conical_intersection(explored.model.subset(modes=("v5", "v14")))
    assert where.position == pytest.approx(known.position[1], abs=1e-4)  # the published 1.077
    assert where.position == pytest.approx(1.077, abs=1e-3)
    assert where.energy == pytest.approx(known.energy, abs=1e-6)
    assert where.is_conical
    assert where.is_peaked == known.is_peaked
    assert f"q(v14) = {where.position:.2f}" in data["text"]["crossing"]


def test_without_coupling_no_cone():
    explored = preset("two modes")
    apart = settings(explored, {"coupling": 0.0})
    data = views(explored, apart, packets(explored, apart))
    assert "nothing opens a cone" in data["text"]["crossing"]
    assert "never less than 100 %" in data["text"]["populations"]
    flat = settings(explored, {"kappa": 0.0})
    data = views(explored, flat, packets(explored, flat))
    assert "do not cross" in data["text"]["crossing"]


def test_surfaces_are_eigenvalues(shown):
    explored, found, data = shown
    axis = np.array(data["density"]["axis"])
    sheets = np.array(data["surfaces"]["sheets"])
    tuning, coupled = explored.modes
    q = np.zeros(explored.model.n_modes)
    q[tuning] = axis[30]
    q[coupled] = axis[7]
    known = vb.surfaces.adiabatic_energies(found.applied(explored), q)
    np.testing.assert_allclose(sheets[:, 7, 30], known, atol=1e-3)


def test_the_density_at_rest_is_that_of_two_oscillators(shown):
    _, _, data = shown
    axis = np.array(data["density"]["axis"])
    n = axis.size
    found = np.frombuffer(b64decode(data["density"]["bytes"]), np.uint8).reshape(1, n, n)[0]
    known = 255 * np.exp(-(axis[:, None] ** 2 + axis**2) / 2)
    assert np.abs(found - known).max() < 3


def test_the_path_starts_at_the_vertical_point(shown):
    explored, _, data = shown
    path = data["path"]
    assert path["tuning"][0] == pytest.approx(0.0, abs=1e-3)
    assert path["energy"][0] == pytest.approx(explored.model.constant[1, 1], abs=1e-2)
    assert max(map(abs, path["coupling"])) < 1e-3  # by symmetry
    assert path["tuning"][10] > 0.1  # down the slope of state A, towards the crossing


def test_observed_bands_and_curves():
    bands = observed(preset("butatriene"))["bands"]
    assert [b["energy"] for b in bands] == [9.3, 9.63, 9.98]
    assert [b["mystery"] for b in bands] == [False, True, False]
    explored = preset("pyrazine")
    data = observed(explored)
    weights = np.array(data["values"]) * np.gradient(data["energies"])
    mean = weights @ np.array(data["energies"]) / weights.sum()
    assert mean == pytest.approx(explored.model.band_moments("S2")[0], abs=2e-3)
    assert data["shift"] < -4


def test_a_hot_molecule_is_told_apart():
    explored = preset("two modes")
    cold = own_settings(explored)
    hot = settings(explored, {"temperature": 600.0})
    found = packets(explored, cold)
    one = np.array(views(explored, cold, found)["rungs"]["franck_condon"])
    other = np.array(views(explored, hot, found)["rungs"]["franck_condon"])
    assert np.abs(one - other).max() > 0.05 * one.max()
