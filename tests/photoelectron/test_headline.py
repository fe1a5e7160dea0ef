"""The figure shown first, its sentence, and Koopmans' energies of the models that ship."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import vibronic as vb
from benchmarks.koopmans import BASIS, orbital_energies
from systems import crossing_model
from vibronic.photoelectron import Experiment, comparison
from vibronic.plotting import headline_figure, photoelectron_figure, style

IONIZED = ("ammonia", "butatriene", "water")


@pytest.fixture(scope="module")
def found():
    return comparison(
        vb.library.hamiltonian("butatriene"),
        levels=["koopmans", "vertical", "displaced", "vibronic"],
        experiment=Experiment(vb.library.molecule("butatriene").bands),
        time=20.0,
    )


@pytest.mark.parametrize("name", IONIZED)
def test_published_ionization_models_carry_the_energies_of_their_orbitals(name):
    model = vb.library.hamiltonian(name, "published")
    assert model.orbital_energies is not None
    assert "RHF/cc-pVTZ at the RHF/cc-pVDZ geometry" in model.provenance["orbital_energies"]
    spectrum = vb.spectra.koopmans_spectrum(model)
    np.testing.assert_array_equal(spectrum.energies, model.orbital_energies)


@pytest.mark.slow
def test_their_energies_are_what_an_ion_of_frozen_orbitals_costs():
    """Koopmans' theorem itself: the energy of the determinant that lacks one electron, minus that
    of the neutral.
    """
    from pyscf import gto, scf

    molecule = replace(vb.library.molecule("water"), reference="hf/cc-pvdz", basis_set="cc-pvdz")
    model = vb.library.hamiltonian("water", "published")
    np.testing.assert_allclose(
        orbital_energies(molecule, model), model.orbital_energies, atol=6e-5
    )

    modes = vb.electronic_structure.normal_modes(molecule)
    atoms = list(zip(modes.symbols, modes.coordinates, strict=True))
    neutral = scf.RHF(gto.M(atom=atoms, basis=BASIS, verbose=0)).run(conv_tol=1e-11)
    ion = scf.UHF(neutral.mol)
    costs = []
    for k in (4, 3, 2):  # b1, a1, b2 from the highest down
        orbitals = neutral.mo_coeff[:, :5]
        both = np.array([orbitals @ orbitals.T] * 2)
        both[1] -= np.outer(orbitals[:, k], orbitals[:, k])
        costs.append((ion.energy_tot(dm=both) - neutral.e_tot) * vb.units.HARTREE)
    np.testing.assert_allclose(costs, model.orbital_energies, atol=2e-4)


def test_the_headline_is_wide_and_shows_the_three(found, tmp_path):
    figure = headline_figure(found)
    with style("slides"):
        figure.savefig(tmp_path / "h.png")
    width, height = Image.open(tmp_path / "h.png").size
    assert width * 9 == height * 16
    assert (tmp_path / "h.png").stat().st_size < 300_000

    ax = figure.axes[0]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == [
        "Koopmans: one orbital, one line",
        "vibronic: all states, coupled",
        "observed (approximate)",
    ]
    lines = [c.get_segments()[0][0][0] for c in ax.collections if hasattr(c, "get_segments")]
    for energy in (*found.model.orbital_energies, *(b.vertical for b in found.experiment)):
        assert np.min(np.abs(np.array(lines) - energy)) < 1e-9
    shown = " ".join(text.get_text() for text in ax.texts)
    assert "≈ 9.63" in shown
    assert "b_{2g}" in shown


def test_its_sentence_is_made_of_the_results(found):
    text = found.takeaway
    band = next(band for band in found.bands if band.is_mystery)
    assert f"a band at {band.energy:.2f} eV that no orbital makes" in text
    shares = [int(x) for x in re.findall(r"(\d+) % [XA]", text)]
    expected = sorted((round(100 * float(x)) for x in band.character), reverse=True)
    assert shares == expected

    plain = replace(found, bands=tuple(replace(b, is_mystery=False) for b in found.bands))
    assert "the moving nuclei mix the states" in plain.takeaway
    pure = tuple(replace(b, is_mystery=False, character=[1.0, 0.0]) for b in found.bands)
    errors = np.abs(found.model.orbital_energies - np.array([9.30, 9.98])).mean()
    beside = replace(found, bands=pure).takeaway
    assert f"Koopmans' lines lie {errors:.2f} eV from the observed" in beside
    alone = replace(found, bands=pure, experiment=())
    assert "at least 100 %" in alone.takeaway


def test_a_window_zooms_in_every_style(found):
    for figure in (headline_figure(found, (9.2, 9.8)), photoelectron_figure(found, (9.2, 9.8))):
        assert all(ax.get_xlim() == (9.2, 9.8) for ax in figure.axes)
    with style("slides"):
        assert tuple(photoelectron_figure(found).get_size_inches()) == (8.0, 4.5)
    with pytest.raises(vb.InputError, match="Unknown style 'slide'"), style("slide"):
        pass


def test_degenerate_states_stand_on_each_other():
    g = 0.1
    model = vb.VibronicHamiltonian(
        [0.1, 0.1],
        np.diag([9.0, 9.0]),
        [g * np.diag([1, -1]), [[0, g], [g, 0]]],
        state_labels=("Ex", "Ey"),
        state_irreps=("E", "E"),
        process="ionization",
        energy_origin="the vibrational ground state of the neutral",
        orbital_energies=[9.5, 9.5],
    )
    seen = comparison(model, time=5.0, tolerance=2e-2, shape=vb.Gaussian(0.1))
    electrons, alone = photoelectron_figure(seen).axes[:2]
    ends = [c.get_segments()[0][:, 1] for c in electrons.collections]
    np.testing.assert_allclose(np.array(ends), [[0, 1], [1, 2]] * 2, atol=1e-6)
    lower, upper = (line.get_ydata() for line in alone.lines)
    np.testing.assert_allclose(upper, 2 * lower, atol=1e-4)
    shown = " ".join(text.get_text() for text in headline_figure(seen).axes[0].texts)
    assert shown.count("9.50") == 1


def check_no_curve_under_names(figure):
    """No point of a curve lies in the box of a line's name."""
    figure.draw_without_rendering()
    ax = figure.axes[0]
    assert ax.texts
    for text in ax.texts:
        box = text.get_window_extent().transformed(ax.transData.inverted())
        for line in ax.lines:
            x, y = line.get_data()
            inside = (x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1)
            assert not inside.any(), text.get_text()


def test_a_measured_curve_is_drawn_on_its_own_axis(tmp_path):
    model = replace(
        crossing_model(), process="ionization", energy_origin="the vibrational ground state"
    )
    x = np.linspace(9.0, 9.8, 60)
    y = np.exp(-(((x - 9.3) / 0.1) ** 2))
    for name, column, end in (
        ("energy_cm-1", x / vb.units.CM, "wavenumber (cm$^{-1}$)"),
        ("wavelength_nm", vb.units.NM / x, "ionization energy (eV)"),
        ("energy_eV", x, "ionization energy (eV)"),
    ):
        rows = "\n".join(f"{a!r},{b!r}" for a, b in zip(column.tolist(), y.tolist(), strict=True))
        (tmp_path / "m.csv").write_text(f"{name},intensity\n{rows}\n")
        seen = comparison(
            model,
            shape=vb.Gaussian(0.06),
            time=5.0,
            levels=["vibronic"],
            experiment=Experiment(measured=vb.load(tmp_path / "m.csv")),
        )
        figure = photoelectron_figure(seen)
        panel, residual = figure.axes
        assert residual.get_xlabel() == end
        curve = next(ln for ln in panel.lines if ln.get_label() == "measured (scaled)")
        unit = vb.units.CM if name == "energy_cm-1" else 1.0
        np.testing.assert_allclose(curve.get_xdata() * unit, x, rtol=1e-9)
        np.testing.assert_allclose(curve.get_ydata() * seen.match.scale_unshifted, y, atol=1e-9)
        check_no_curve_under_names(headline_figure(seen))
        assert [a.get_xlabel() for a in panel.child_axes] == (
            ["wavelength (nm)"] if name == "wavelength_nm" else []
        )


def test_a_model_without_orbital_energies_has_no_koopmans_rung():
    model = replace(vb.library.hamiltonian("water"), orbital_energies=None)
    with pytest.raises(vb.InputError, match="None of the levels koopmans is defined for this"):
        comparison(model, levels=["koopmans"], shape=vb.Gaussian(0.3), tolerance=0.1)
