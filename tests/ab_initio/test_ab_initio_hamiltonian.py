"""From a molecule to its Hamiltonian and what can be said of it, in one line."""

from dataclasses import replace

import numpy as np
import pytest

import vibronic as vb


@pytest.fixture(scope="module")
def water():
    small = replace(vb.library.molecule("water"), basis_set="sto-3g", n_states=3)
    return replace(small, method="adc2", reference="hf")


def test_it_is_what_the_stages_give_one_by_one(water):
    made = vb.ab_initio.hamiltonian(water)
    modes = vb.electronic_structure.normal_modes(water)
    model = vb.electronic_structure.vibronic_hamiltonian(water, modes)
    np.testing.assert_allclose(made.model.linear, model.linear, atol=1e-10)
    np.testing.assert_allclose(made.model.quadratic, model.quadratic, atol=1e-10)
    np.testing.assert_allclose(made.modes.frequencies, modes.frequencies)
    first = made.koopmans
    np.testing.assert_allclose(first.orbital_energies, model.orbital_energies, atol=1e-9)
    assert "Warning" not in str(model)
    assert str(made).startswith(str(made.model))


def test_koopmans_stands_beside_other_methods_only(water):
    made = vb.ab_initio.hamiltonian(replace(water, method="koopmans"))
    assert made.koopmans is None
    np.testing.assert_allclose(np.diag(made.model.constant), made.model.orbital_energies)


def test_isotopes_change_the_modes_alone(water, tmp_path):
    light = vb.ab_initio.hamiltonian(water)
    heavy = vb.ab_initio.hamiltonian(water, isotopes="H=2")
    ratio = heavy.modes.frequencies / light.modes.frequencies
    assert np.all((ratio > 0.70) & (ratio < 0.76))
    np.testing.assert_allclose(heavy.model.constant, light.model.constant)
    q = np.array([0.3, -0.2, 0.1])
    same_point = light.modes.position(heavy.modes.geometry(q))
    np.testing.assert_allclose(
        np.tensordot(q, heavy.koopmans.linear, 1),
        np.tensordot(same_point, light.koopmans.linear, 1),
        atol=1e-4,
    )
    assert heavy.koopmans.frequencies == pytest.approx(heavy.model.frequencies)

    vb.save(heavy, tmp_path / "x.h5")
    assert str(vb.load(tmp_path / "x.h5")) == str(heavy)
    with pytest.raises(vb.InputError, match="C"):
        vb.ab_initio.hamiltonian(water, isotopes="C=13")
