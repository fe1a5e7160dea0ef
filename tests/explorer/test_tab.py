"""Questions of one page: answers in order, the last one wins, what is wrong is said."""

import threading
import time

import numpy as np
import pytest

import vibronic as vb
from vibronic.explorer import Tab, preset
from vibronic.explorer import tab as module
from vibronic.explorer.explored_model import explored_model


@pytest.fixture
def tab():
    return Tab(preset("two modes"))


def ask(tab, stage, number, **more):
    return tab.answer({"stage": stage, "number": number, **more})


def test_all_stages_in_their_order(tab):
    about = ask(tab, "open", 1)
    assert about["pair"] == ["1", "2"]
    first = ask(tab, "views", 2, settings={"temperature": 500.0})
    frames = ask(tab, "frames", 2)
    assert len(frames["density"]["outputs"]) == 51
    checked = ask(tab, "certificate", 2)
    assert checked["certificate"]["converged"]
    assert f"{checked['certificate']['reached']:.0e}" in checked["certificate"]["text"]
    old, new = (np.array(v["populations"]) for v in (first, checked["views"]))
    assert np.abs(old - new).max() < 1e-2
    hot = np.array(ask(tab, "thermal", 2)["rungs"]["vibronic"])
    adiabatic = np.array(ask(tab, "adiabatic", 2)["rungs"]["adiabatic"])
    assert hot.shape == adiabatic.shape == (len(first["energies"]),)

    grid = np.array(first["energies"])
    model = tab.explored.model
    known = sum(
        vb.spectra.thermal_spectrum(model, i, 500.0, tolerance=1e-3, fwhm=0.04)
        .broadened(grid, fwhm=0.04)
        .values
        for i in (0, 1)
    )
    assert np.abs(hot - known).max() < 1.5e-2 * known.max()
    born = sum(
        vb.spectra.adiabatic_spectrum(model, i, tolerance=1e-2, fwhm=0.04)
        .broadened(grid, fwhm=0.04)
        .values
        for i in (0, 1)
    )
    assert np.abs(adiabatic - born).max() < 6e-2 * born.max()


def test_a_burst_ends_on_the_last_value(tab, monkeypatch):
    computed = []
    begun = threading.Event()
    go = threading.Event()
    packets = module.packets

    def slow(explored, shown, before):
        computed.append(shown.gap)
        begun.set()
        assert go.wait(30)
        return packets(explored, shown, before)

    monkeypatch.setattr(module, "packets", slow)
    answers = {}

    def one(k):
        answers[k] = ask(tab, "views", k, settings={"gap": round(0.01 * k, 2)})

    threads = [threading.Thread(target=one, args=(k,)) for k in range(1, 51)]
    threads[0].start()
    assert begun.wait(30)
    for thread in threads[1:]:
        thread.start()
    while tab._latest < 50:
        time.sleep(0.01)
    go.set()
    for thread in threads:
        thread.join(60)

    assert len(computed) <= 2
    assert computed[-1] == 0.5
    assert tab.settings.gap == 0.5
    assert "populations" in answers[50]
    assert all(answers[k].get("superseded") for k in range(2, 50))


def test_the_next_input_ends_what_runs_in_the_background(tab, monkeypatch):
    ask(tab, "views", 1)
    begun = threading.Event()

    def endless(shown, found):
        while True:
            begun.set()
            vb.progress.report("adiabatic", 0.5)
            time.sleep(0.005)

    monkeypatch.setattr(module.stages, "adiabatic", endless)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(tab, "adiabatic", 1)))
    thread.start()
    assert begun.wait(30)
    assert "populations" in ask(tab, "views", 2)
    thread.join(30)
    assert answers == [{"stage": "adiabatic", "number": 1, "superseded": True}]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ({}, "Unknown stage 'None'"),
        ({"stage": "vews", "number": 1}, "Did you mean 'views'"),
        ({"stage": "views"}, "needs a whole `number`"),
        ({"stage": "views", "number": 1, "settings": {"gap": "x"}}, "must be a number of eV"),
        (
            {"stage": "views", "number": 1, "settings": [1]},
            "Unknown setting 1",
        ),
        ({"stage": "frames", "number": 1}, "ask for the `views` first"),
        ({"stage": "open", "number": 1, "preset": "nobody"}, "Unknown molecule 'nobody'"),
        ({"stage": "load", "number": 1, "text": "a = "}, "not valid TOML"),
    ],
)
def test_bad_questions_lose_nothing(tab, question, told):
    before = (tab.explored, tab.settings)
    error = tab.answer(question)["error"]
    assert told in error
    assert "\n" not in error
    assert (tab.explored, tab.settings) == before
    assert "populations" in ask(tab, "views", 9)


def test_out_of_range_says_the_way_back():
    model = vb.VibronicHamiltonian(
        [0.2, 0.2],
        np.diag([0, 0.5]),
        [np.diag([0.1, -0.1]), [[0, 0.1], [0.1, 0]]],
        quadratic={(0, 0): -0.1 * np.eye(2)},
    )
    tab = Tab(explored_model(model))
    fine = ask(tab, "views", 1)
    assert "populations" in fine
    error = ask(tab, "views", 2, settings={"tuning_frequency": 0.08})["error"]
    assert "not bound" in error
    assert "raise a frequency or lower κ or λ, or press Back" in error
    assert "--modes" not in error
    assert "populations" in ask(tab, "views", 3)


def test_two_tabs_are_independent():
    one, other = Tab(preset("two modes")), Tab(preset("two modes"))
    ask(one, "views", 5, settings={"gap": 0.9})
    ask(other, "views", 1, settings={"gap": 0.1})
    assert (one.settings.gap, other.settings.gap) == (0.9, 0.1)
