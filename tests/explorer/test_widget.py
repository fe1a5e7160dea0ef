"""The notebook's host: the same module, the same answers."""

import time
from dataclasses import replace

import numpy as np
import pytest

import vibronic as vb
from vibronic.explorer import ExplorerView, own_settings, page, preset, show, tab_of


def test_one_module_without_imports_and_addresses():
    found = page.script()
    assert found.count("export") == 1
    assert "import " not in found.replace("important", "")
    for text in (found, page.style(), page.document(), page.host()):
        assert "http://" not in text
        assert "https://" not in text


def test_a_widget_answers_what_the_page_asks():
    pytest.importorskip("anywidget", reason="anywidget shows the page in a notebook")
    widget = show(vb.library.hamiltonian("butatriene"))
    assert page.script() in widget._esm
    sent = []
    widget.send = sent.append
    widget._asked(widget, {"stage": "views", "number": 1, "settings": {}, "key": "k"}, [])
    for _ in range(600):
        if sent:
            break
        time.sleep(0.1)
    assert sent[0]["key"] == "k"
    assert np.array(sent[0]["populations"]).shape == (2, 101)


def test_what_can_be_shown():
    explored = preset("pyrazine")
    view = ExplorerView.of(explored, own_settings(explored))
    assert tab_of(view).settings == own_settings(explored)
    assert tab_of("pyrazine").settings == own_settings(explored)
    with pytest.raises(vb.InputError, match="Argument `source`"):
        tab_of(3)
    with pytest.raises(vb.InputError, match="Unknown molecule"):
        tab_of("nobody")


def test_modes_are_described_where_they_are_known():
    hydrogen = np.array([[0, 0, 0.1], [0, 0.8, 0.6], [0, -0.8, 0.6]])
    moves = np.arange(27.0).reshape(3, 3, 3) / 100
    modes = vb.NormalModes(
        ("O", "H", "H"), hydrogen, [16.0, 1.0, 1.0], [0.1, 0.2, 0.3], moves, ("", "", "")
    )
    model = replace(preset("two modes").model, mode_labels=("v3", "v2"))
    about = tab_of(model, modes).answer({"stage": "open", "number": 1})
    drawn = about["normal_modes"]
    assert drawn["labels"] == about["modes"] == ["v3", "v2"]
    np.testing.assert_allclose(drawn["displacements"], moves[[2, 1]])
    unknown = preset("two modes").model
    about = tab_of(unknown, modes).answer({"stage": "open", "number": 1})
    assert about["normal_modes"] is None
