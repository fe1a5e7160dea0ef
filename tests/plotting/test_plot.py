"""vb.plot finds the figure by the noun."""

import numpy as np
import pytest

import vibronic as vb
from systems import crossing_model


@pytest.fixture(scope="module")
def model():
    return crossing_model()


def test_nouns_of_one_panel_give_axes(model, tmp_path):
    sticks = vb.spectra.lanczos_spectrum(model, 0, tolerance=1e-2)
    run = vb.dynamics.propagate(model, 1, np.linspace(0, 10, 6), tolerance=1e-2)
    curve = sticks.broadened(np.linspace(8.5, 10, 200), fwhm=0.1)
    plain = vb.StickSpectrum([1.0, 2.0], [0.5, 0.2])
    for noun, label in (
        (model, "linear coupling (eV)"),
        (run, "diabatic population"),
        (sticks, "strength"),
        (plain, "strength"),
        (curve, "intensity (1/eV)"),
    ):
        ax = vb.plot(noun)
        assert ax.get_ylabel() == label
        ax.figure.savefig(tmp_path / "x.png")

    own = vb.plot(curve)
    assert vb.plot(curve, own) is own


def test_the_parts_of_a_line_are_its_weights(model):
    sticks = vb.spectra.lanczos_spectrum(model, 0, tolerance=1e-2)
    ax = vb.plot(sticks)
    lengths = np.zeros(2)
    for i, part in enumerate(ax.collections):
        lengths[i] = sum(abs(line[1, 1] - line[0, 1]) for line in part.get_segments())
    strong = sticks.intensities > 1e-3 * sticks.intensities.max()
    carried = sticks.intensities[strong] @ sticks.state_weights[strong]
    np.testing.assert_allclose(lengths, carried, rtol=1e-9)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["1", "2"]


def test_nouns_of_several_panels_give_a_figure(model):
    found = vb.passage.passage(model, 1, np.linspace(0, 8, 9), tolerance=1e-2)
    assert len(vb.plot(found).axes) == 4
    assert len(vb.plot(found.densities).axes) == 10
    with pytest.raises(vb.InputError, match="several panels"):
        vb.plot(found, vb.plot(model))


def test_what_has_no_figure_says_so():
    with pytest.raises(vb.InputError, match="no figure of a VibronicBasis; there are figures of"):
        vb.plot(vb.VibronicBasis(2, (3, 3)))


def test_the_repr_of_a_noun_is_its_summary(model):
    assert repr(model) == str(model)
    assert len(repr(model).splitlines()) < 20
    run = vb.dynamics.propagate(model, 1, [0.0, 5.0], tolerance=1e-2)
    assert repr(run).startswith("Propagation  from state 2")
    assert vb.__version__.count(".") >= 1
