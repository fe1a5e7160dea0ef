"""What a notebook shows of results: HTML that holds what the summary says, and figures."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

import vibronic as vb
from systems import crossing_model
from vibronic import notebook
from vibronic.tables import Column, Table


class Shown(HTMLParser):
    """Tags in balance, texts, and images of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.texts, self.images = [], [], [], []
        self.feed(html)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.images.append(dict(attrs)["src"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def words(text):
    return re.findall(r"\S+", text)


def test_a_table_is_a_table():
    columns = [Column("state", left=True), Column("E/eV", ".2f"), Column("a<b")]
    table = Table(columns, [["X", 9.123, None], ["A & B", 10.0, 3]], title="T", notes=["it ends"])
    shown = Shown(table._repr_html_())
    assert shown.tags.count("tr") == 3
    assert shown.tags.count("td") == 6
    assert [t for t in shown.texts if t.strip()] == [
        *("T", "state", "E/eV", "a<b"),
        *("X", "9.12", "-", "A & B", "10.00", "3", "it ends"),
    ]


@pytest.mark.parametrize("name", ["butatriene", "pyrazine", "ammonia"])
def test_a_model_shows_the_words_of_its_summary_in_tables(name):
    model = vb.library.hamiltonian(name)
    shown = Shown(model._repr_html_())
    assert shown.tags.count("table") == 2
    assert shown.tags.count("tr") == 2 + model.n_states + model.n_modes
    assert sorted(words(" ".join(shown.texts))) == sorted(words(str(model)))


def test_of_many_modes_those_that_couple_most_are_shown():
    n = 100
    linear = np.zeros((n, 1, 1))
    linear[10:30] = 0.2
    model = vb.VibronicHamiltonian(np.linspace(0.05, 0.4, n), [[9.0]], linear)
    shown = Shown(model._repr_html_())
    assert shown.tags.count("tr") == 1 + 1 + 1 + 40
    for m in range(10, 30):
        assert f"v{m + 1}" in shown.texts
    assert "`print(model)` shows all 100" in " ".join(shown.texts)


def curves():
    model = crossing_model()
    sticks = vb.spectra.lanczos_spectrum(model, 0, tolerance=0.01)
    run = vb.dynamics.propagate(model, 0, np.linspace(0, 20, 11))
    adiabatic = vb.dynamics.observations(
        model, 0, np.linspace(0, 5, 3), [vb.dynamics.SurfacePopulations()]
    )[0]
    grid = np.linspace(sticks.energies.min() - 0.2, sticks.energies.min() + 2, 200)
    return sticks, sticks.broadened(grid, fwhm=0.05), run, adiabatic


def test_curves_show_their_summary_and_their_figure():
    for noun in curves():
        shown = Shown(noun._repr_html_())
        assert words(" ".join(shown.texts)) == words(str(noun))
        (source,) = shown.images
        image = Image.open(io.BytesIO(base64.b64decode(source.split("base64,")[1])))
        assert image.format == "PNG"
        assert 300 < image.width < 900
        assert np.asarray(image.convert("L")).std() > 10  # something is drawn


def test_without_anybody_who_draws_the_summary_is_shown(monkeypatch):
    monkeypatch.setattr(notebook, "_drawers", [])
    curve = vb.Spectrum([1.0, 2.0, 3.0], [0.0, 1.0, 0.0], source="<mine>")
    shown = Shown(curve._repr_html_())
    assert not shown.images
    assert "(<mine>)" in " ".join(shown.texts)


def test_every_noun_with_a_summary_shows_it():
    basis = vb.VibronicBasis(2, (3, 3))
    for noun in (basis, vb.Wavepacket.vertical(basis, 1), vb.library.molecule("water")):
        assert words(" ".join(Shown(noun._repr_html_()).texts)) == words(str(noun))
