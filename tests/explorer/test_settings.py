"""The table of ranges, the model it moves, and every bad value."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.explorer import PRESETS, RANGES, own_settings, preset, settings
from vibronic.explorer.explored_model import explored_model
from vibronic.explorer.settings import ranges


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_itself_at_its_own_settings(name):
    explored = preset(name)
    moved = own_settings(explored).applied(explored)
    np.testing.assert_allclose(moved.constant, explored.model.constant, atol=1e-8)
    np.testing.assert_allclose(moved.linear, explored.model.linear, atol=1e-8)
    np.testing.assert_array_equal(moved.frequencies, explored.model.frequencies)


@pytest.mark.parametrize("name", PRESETS)
def test_ranges_hold_what_the_model_brings(name):
    explored = preset(name)
    own = own_settings(explored)
    for r in ranges(explored):
        assert r.least <= getattr(own, r.name) <= r.most
    assert [r.name for r in ranges(explored)] == [r.name for r in RANGES]


def test_butatriene_is_seen_in_the_modes_of_its_cone():
    explored = preset("butatriene")
    labels = [explored.model.mode_labels[m] for m in explored.modes]
    assert labels == ["v14", "v5"]
    # half the difference of -0.3422 and 0.1628, and lambda, of the published model
    assert explored.kappa == pytest.approx(-0.2525)
    assert explored.coupling == pytest.approx(0.288)
    assert explored.gap == pytest.approx(9.94875 - 9.40465)


def test_sliders_move_what_they_say():
    explored = preset("butatriene")
    found = settings(explored, {"gap": 1.0, "kappa": 0.1, "coupling": 0.05, "fwhm": 0.1})
    model = found.applied(explored)
    i, j = explored.states
    tuning, coupled = explored.modes
    assert model.constant[j, j] - model.constant[i, i] == pytest.approx(1.0)
    assert np.trace(model.constant) == pytest.approx(np.trace(explored.model.constant))
    slopes = np.diag(model.linear[tuning])
    assert slopes[j] - slopes[i] == pytest.approx(-0.2)
    assert slopes.sum() == pytest.approx(np.trace(explored.model.linear[tuning]))
    assert model.linear[coupled, i, j] == pytest.approx(0.05)
    shifts = model.orbital_energies - explored.model.orbital_energies
    np.testing.assert_allclose(shifts, np.diag(model.constant - explored.model.constant))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"gup": 1.0}, "Unknown setting 'gup'. Did you mean 'gap'?"),
        ({"gap": 99.0}, "Setting `gap` must lie between 0 and 1.5 eV, but is 99."),
        ({"gap": "wide"}, "must be a number of eV, but is 'wide'"),
        ({"kappa": True}, "must be a number of eV, but is True"),
        ({"fwhm": float("nan")}, "must lie between"),
        ({"state": "B"}, "Unknown state 'B'"),
    ],
)
def test_bad_values_are_told(given, told):
    with pytest.raises(vb.InputError, match=told.replace("(", r"\(").replace("?", r"\?")):
        settings(preset("butatriene"), given)


def test_a_model_too_small_is_refused():
    one = vb.VibronicHamiltonian([0.1], np.zeros((2, 2)), np.zeros((1, 2, 2)))
    with pytest.raises(vb.InputError, match="at least two states and two modes"):
        explored_model(one)


def test_a_part_of_a_model_says_so():
    assert preset("water").model.title.endswith("states A, B and modes v2, v3 alone")
    assert preset("water").model.n_modes == 2
    assert "alone" not in preset("butatriene").model.title
