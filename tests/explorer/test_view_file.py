"""A shared view reopens what was shared; whatever is wrong with it is said in one line."""

import numpy as np
import pytest

import vibronic as vb
from systems import crossing_model
from vibronic.explorer import (
    ExplorerView,
    own_settings,
    preset,
    settings,
    shared_view,
    view_text,
)
from vibronic.explorer.explored_model import explored_model


def test_a_view_of_the_library_reopens(tmp_path):
    explored = preset("butatriene")
    shown = settings(explored, {"gap": 0.7, "state": "X", "temperature": 300.0, "time": 12.0})
    view = ExplorerView.of(explored, shown)
    for again in (shared_view(view_text(view)), _through_a_file(view, tmp_path)):
        other = again.explored()
        assert again.shown(other) == shown
        np.testing.assert_array_equal(other.model.linear, explored.model.linear)
        assert other.bands == explored.bands


def _through_a_file(view, folder):
    vb.save(view, folder / "view.toml")
    return vb.load(folder / "view.toml")


def test_a_view_of_a_model_of_ones_own_carries_it():
    explored = explored_model(crossing_model())
    view = shared_view(view_text(ExplorerView.of(explored, own_settings(explored))))
    np.testing.assert_allclose(view.explored().model.linear, explored.model.linear)
    assert view.shown(view.explored()) == own_settings(explored)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("gap =", "gup ="), "Did you mean 'gap'"),
        (("gap = 0.5441", "gap = 77.0"), "must lie between 0 and 1.5 eV, but is 77"),
        (("gap = 0.5441", "gap = "), "not valid TOML"),
        (("ExplorerView/1", "ExplorerView/9"), "but is 'ExplorerView/9'"),
        (('molecule = "butatriene"', 'molecule = "butatrien"'), "Did you mean 'butatriene'"),
        (('molecule = "butatriene"', "a = 1"), "unknown key `a`"),
        (("[settings]", "[setings]"), "unknown key `setings`"),
        (("[settings]", "[model]"), "missing key `settings`"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(change, told):
    explored = preset("butatriene")
    text = view_text(ExplorerView.of(explored, own_settings(explored)))
    assert change[0] in text
    with pytest.raises(vb.InputError) as caught:
        shared_view(text.replace(*change))
    assert told in str(caught.value)
    assert str(caught.value).startswith("the shared view")
    assert "\n" not in str(caught.value)
