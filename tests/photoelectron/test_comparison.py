"""The comparison: reduction, bands, agreement of time and energy, the printed story, the
figures.
"""

from dataclasses import replace

import numpy as np
import pytest

import vibronic as vb
from systems import crossing_model
from vibronic.photoelectron import Experiment, comparison
from vibronic.photoelectron.band_tables import BRIEF_COLUMNS, brief_band_table
from vibronic.photoelectron.energy_tables import excitation_table
from vibronic.photoelectron.glossary import glossary
from vibronic.photoelectron.text import WIDTH, percent
from vibronic.photoelectron.verdict import verdict
from vibronic.plotting import photoelectron_figure, plot_couplings, populations_figure


@pytest.fixture(scope="module")
def found():
    return comparison(
        vb.library.hamiltonian("butatriene"),
        experiment=Experiment(vb.library.molecule("butatriene").bands),
        time=60.0,
    )


@pytest.mark.slow
def test_curves_of_time_and_energy_are_the_same(found):
    assert found.converged
    assert found.agreement < 1e-3
    assert found.vibronic_curve.area == pytest.approx(2.0, abs=5e-3)
    assert found.franck_condon_curve.area == pytest.approx(2.0, abs=5e-3)
    assert found.autocorrelation_curve.area == pytest.approx(found.vibronic_curve.area, abs=2e-3)


def test_the_story_names_the_mystery_band(found):
    text = found.report()
    story = " ".join(text.split())
    assert "the second band (9.61 eV) is a MYSTERY BAND, no state's own" in story
    assert "observed: 9.63 eV." in story
    assert "HIGHEST MAXIMA at 46 meV resolution" in text
    assert text.count("\n9.") + text.count("\n10.") >= 13  # ten maxima and three bands
    assert "NOT CONVERGED" not in text


def test_one_screen_has_the_bands_the_verdict_and_the_words(found):
    text = str(found)
    lines = text.splitlines()
    assert len(lines) <= 45
    assert max(len(line) for line in lines[2:]) <= WIDTH

    verdict_told, words = text[text.index("VERDICT") :].split("\n\n")[:2]
    assert verdict_told in found.report()
    explained = [line.split(":")[0] for line in words.splitlines()[1:]]
    heads = [column.head for column in BRIEF_COLUMNS]
    assert {"strength", "alone", "one surface", "made of"} <= set(heads) & set(explained)
    assert {"Koopmans", "vertical", "0-0 alone", "mystery"} <= set(explained)

    table = text[text.index("BANDS") :].split("\n\n")[0]
    for band in found.bands:
        row = next(line for line in table.splitlines() if line.startswith(f"{band.energy:.2f}"))
        assert row.split()[1:4] == [
            f"{x:.3f}" for x in (band.strength, band.alone, band.adiabatic)
        ]
    assert f"good to {100 * max(s.certificate.reached for s in found.vibronic):.1g} %" in text


def test_words_are_explained_where_they_occur():
    assert glossary("nothing to explain") == ""
    told = glossary("kappa and lambda").splitlines()
    assert [line.split(":")[0] for line in told] == ["WORDS", "kappa", "lambda"]


def test_an_error_as_large_as_the_curve_is_no_number():
    assert [percent(x) for x in (4e-4, 0.02, 0.4, 7.0)] == ["0.04 %", "2 %", "40 %", "over 100 %"]


def test_weights_of_lines_are_populations(found):
    for sticks in found.vibronic:
        np.testing.assert_allclose(sticks.state_weights.sum(axis=1), 1, atol=1e-9)
    # spectral sum of the weights: the diabatic character of the whole spectrum, sum_n I_n w_n =
    # time average of the populations
    assert found.bands[0].character[0] > 0.6


def test_excitation_models_are_refused():
    with pytest.raises(vb.InputError, match="describes electronic excitation, not ionization"):
        comparison(vb.library.hamiltonian("pyrazine"))


def test_time_and_energy_agree_for_amplitudes_that_depend_on_q():
    model = replace(
        crossing_model(),
        transition_amplitudes=[0.9, 0.3],
        transition_slopes=[[0.1, 0.0], [0.2, 0.4]],
        process="ionization",
        energy_origin="the vibrational ground state",
    )
    found = comparison(
        model, shape=vb.Gaussian(0.05), time=20.0, levels=["vertical", "displaced", "vibronic"]
    )
    assert found.agreement < 2e-3
    total = (model.pole_strengths + (model.transition_slopes**2).sum(axis=0) / 2).sum()
    assert [rung.curve.area for rung in found.ladder.rungs] == pytest.approx([total] * 3, rel=2e-3)
    assert found.autocorrelation_curve.area == pytest.approx(total, rel=3e-3)
    assert found.levels == ("vertical", "displaced", "vibronic")
    assert "adiabatic  " not in found.report()


def test_hot_comparison_and_a_list_of_measured_lines(tmp_path):
    model = replace(
        crossing_model(), process="ionization", energy_origin="the vibrational ground state"
    )
    (tmp_path / "lines.csv").write_text(
        "# three lines\nenergy_cm-1,strength\n73000,1\n73900,2\n76500,1.5\n"
    )
    measured = vb.load(tmp_path / "lines.csv")
    found = comparison(
        model,
        shape=vb.Gaussian(0.06),
        time=10.0,
        levels=["displaced", "vibronic"],
        experiment=Experiment(measured=measured, temperature=500.0),
    )
    assert found.agreement is None
    text = found.report()
    assert "at 500 K" in text
    assert "Wavepackets start from the cold molecule" in text
    assert "BESIDE EXPERIMENT (three lines" in text
    assert "levels of the reference summed" in text
    for d in found.diagnoses:
        np.testing.assert_allclose(d.found, d.exact, rtol=2e-2, atol=2e-3)
    axes = photoelectron_figure(found).get_axes()
    assert axes[-1].get_ylabel() == "residual\n(%)"
    vb.save(found, tmp_path / "r.h5")
    assert vb.load(tmp_path / "r.h5").report() == text


def test_figures_have_labelled_axes(found, tmp_path):
    figure = photoelectron_figure(found)
    axes = figure.get_axes()
    assert axes[-1].get_xlabel() == "ionization energy (eV)"
    assert len(axes) == 5  # electrons, single states, adiabatic, vibronic, observed
    assert all(ax.get_xlim() == axes[0].get_xlim() for ax in axes)
    figure.savefig(tmp_path / "p.png")
    panels = populations_figure(found.propagations).get_axes()
    assert panels[0].get_xlabel() == "time (fs)"
    assert panels[0].get_ylabel() == "diabatic population"
    axes = plot_couplings(found.model)
    assert axes.get_ylabel() == "linear coupling (eV)"
    idle = vb.VibronicHamiltonian(
        [0.1, 0.2],
        np.diag([9.0, 10.0]),
        [np.zeros((2, 2)), np.diag([0.1, 0.2])],
        mode_labels=("a", "b"),
    )
    assert [t.get_text() for t in plot_couplings(idle).get_xticklabels()] == ["b\n"]
    assert plot_couplings(idle).get_xlabel() == "mode (1 without linear coupling not shown)"


def test_comparison_survives_the_disk(found, tmp_path):
    vb.save(found, tmp_path / "results.h5")
    again = vb.load(tmp_path / "results.h5")
    assert str(again) == str(found)
    np.testing.assert_array_equal(
        again.propagations[1].populations, found.propagations[1].populations
    )


def test_the_verdict_owns_up_to_an_orbital_energy_inside_the_band(found):
    from vibronic.photoelectron.verdict import verdict

    for energies, words in (
        (None, "No vertical energy lies between its limits"),
        ([9.0, 10.2], "No vertical and no orbital energy lies between its limits"),
        ([9.6, 10.2], "), but Koopmans' 9.60 eV of X does"),
    ):
        assert words in verdict(
            replace(found, model=replace(found.model, orbital_energies=energies))
        )


def test_an_emission_that_fails_does_not_lose_the_absorption():
    model = vb.VibronicHamiltonian(
        [0.01, 0.012, 0.02], [[1.0]], 0.01 * np.ones((3, 1, 1)), process="excitation"
    )
    found = vb.photoelectron.absorption(
        model,
        levels=["displaced"],
        experiment=Experiment(temperature=2000.0),
        emission=True,
        tolerance=0.2,
        shape=vb.Gaussian(0.1),
    )
    assert found.emission is None
    assert "NO EMISSION: At 2000 K more than 384 vibronic levels are populated" in str(found)


def test_the_verdict_on_uncoupled_states_entered_together_finds_nothing_lent():
    model = replace(
        crossing_model(), linear=crossing_model().linear * np.eye(2), process="excitation"
    )
    text = str(vb.photoelectron.absorption(model, levels=["vibronic"]))
    assert "The single-state picture holds" in text
    assert "takes the character of other states" not in text


def test_its_certificate_is_the_worst_of_its_parts(found):
    parts = [x.certificate for x in (*found.vibronic, *found.propagations)]
    assert found.certificate in parts
    assert found.certificate.reached == max(c.reached for c in parts)
    assert found.converged == all(c.converged for c in parts)


def test_excited_states_are_told_with_their_light():
    dark = replace(
        crossing_model(),
        process="excitation",
        transition_amplitudes=[0.0, 1.0],
        state_labels=("S1", "S2"),
    )
    table = excitation_table(vb.photoelectron.absorption(dark, levels=["vibronic"]))
    first, second = table.rows
    assert first[0] == "S1"
    assert first[3] == 0
    assert first[5].startswith("dark")
    assert second[3:] == [1.0, None, "enters it"]
    # a linear model's 0-0 lies its relaxation energy below the vertical one
    relaxed = [9.1 - 0.10**2 / (2 * 0.11), 9.5 - 0.12**2 / (2 * 0.11)]
    assert [row[2] for row in table.rows] == pytest.approx(relaxed, abs=1e-6)

    slopes = np.zeros((2, 2))
    slopes[0, 0] = 0.1
    tilted = replace(dark, transition_slopes=slopes)
    told = excitation_table(vb.photoelectron.absorption(tilted, levels=["vibronic"]))
    assert "slope" in told.rows[0][5]


def test_oscillator_strengths_stand_beside_the_states():
    dipoles = [[0.0, 0.0, 0.0], [0.3, 0.0, 0.4]]
    model = replace(
        crossing_model(),
        process="excitation",
        energy_origin="the vibrational ground state of the neutral",
        transition_dipoles=dipoles,
    )
    table = excitation_table(vb.photoelectron.absorption(model, levels=["vibronic"]))
    dark, bright = table.rows
    assert dark[4] == 0
    assert bright[3] == pytest.approx(0.25)
    hartree = 9.5 / 27.211386
    assert bright[4] == pytest.approx(2 / 3 * hartree * 0.25, rel=1e-2)


def test_two_mysteries_are_spoken_of_as_two_and_the_observed_one_stands_by_the_nearest(found):
    bands = tuple(
        replace(band, is_mystery=k > 0, parents=() if k else band.parents)
        for k, band in enumerate(found.bands)
    )
    twice = replace(found, bands=bands)
    text = " ".join(verdict(twice).split())
    assert "the second and third bands (9.61 and 10.00 eV) are MYSTERY BANDS" in text
    assert "their limits (" in text
    assert "they are at" in text
    rows = brief_band_table(twice).rows
    assert "9.63" in rows[1][-1]
    assert rows[2][-1] == "-"

    unknown = replace(twice, bands=tuple(replace(band, adiabatic=-1.0) for band in bands))
    assert "(what the Born-Oppenheimer surfaces would put there is not known)" in verdict(unknown)


def test_a_degenerate_state_counts_once_in_the_distance_from_experiment():
    model = vb.VibronicHamiltonian(
        [0.1, 0.1, 0.15],
        np.diag([9.0, 11.0, 11.0]),
        np.zeros((3, 3, 3)),
        state_labels=("X", "Ex", "Ey"),
        state_irreps=("A1", "E", "E"),
        process="ionization",
        energy_origin="the vibrational ground state",
    )
    bands = (vb.Band("2A1", 9.4), vb.Band("2E", 11.2))
    found = comparison(
        model, levels=["vertical", "vibronic"], time=1.0, experiment=Experiment(bands)
    )
    assert "vertical 0.30 eV" in str(found)


def test_the_fill_of_the_vibronic_panel_is_the_resolved_character(found):
    figure = photoelectron_figure(found)
    axes = next(ax for ax in figure.get_axes() if "vibronic" in ax.get_title(loc="left"))
    rung = found.ladder.rung("vibronic")
    grid = rung.curve.grid
    fills = {
        c.get_label(): c.get_paths()[0].vertices
        for c in axes.collections
        if c.get_label().startswith("character")
    }
    assert list(fills) == ["character X", "character A"]
    peak = grid[int(np.argmax(rung.curve.values))]
    weight = rung.total.resolved.at(np.array([peak]))[0, 0, 0]
    vertices = fills["character X"]
    at_peak = vertices[np.isclose(vertices[:, 0], peak, atol=1e-9)]
    assert at_peak[:, 1].max() == pytest.approx(weight * rung.curve.values.max(), rel=1e-6)
