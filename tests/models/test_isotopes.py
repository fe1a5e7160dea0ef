"""Isotopologues from one set of force constants: product rules, and the same potential in other
coordinates.
"""

import numpy as np
import pytest

import vibronic as vb
from molecules import small
from vibronic.campaign import Campaign, local_processes
from vibronic.electronic_structure import (
    CouplingScheme,
    isotopic_modes,
    normal_modes,
    vibronic_hamiltonian,
)
from vibronic.models import isotopic_hamiltonian, isotopic_masses


@pytest.fixture(scope="module")
def water():
    molecule = small("water", basis_set="6-31g", n_states=3)
    with local_processes(2) as executor:
        campaign = Campaign(executor)
        modes = normal_modes(molecule, executor=campaign)
        return modes, vibronic_hamiltonian(
            molecule,
            modes,
            couplings=CouplingScheme(bilinear=True, check=False),
            executor=campaign,
        )


def test_teller_redlich_product_rule(water):
    """The product of the frequencies of a species follows from masses and moments of inertia
    alone.

    O. Redlich, Z. Phys. Chem. B 28, 371 (1935)
    """
    modes, _ = water
    heavy = isotopic_modes(modes, isotopic_masses(modes, "H=2"))

    def total(m):
        return m.masses.sum()

    def inertia(m):
        x = m.coordinates - m.masses @ m.coordinates / m.masses.sum()
        return m.masses @ (x**2).sum(axis=1) * np.eye(3) - np.einsum("a,ai,aj->ij", m.masses, x, x)

    i = modes.irreps.index("B2")
    x_axis = inertia(heavy)[0, 0] / inertia(modes)[0, 0]
    masses = 1.00782503190 / 2.01410177784
    # B2 holds two coordinates of the hydrogens, one translation and the rotation about x; A1 two
    # coordinates of H and one translation
    assert heavy.frequencies[i] / modes.frequencies[i] == pytest.approx(
        np.sqrt(masses**2 * (total(heavy) / total(modes)) * x_axis), rel=1e-5
    )
    a1 = [m for m in range(3) if modes.irreps[m] == "A1"]
    assert np.prod(heavy.frequencies[a1] / modes.frequencies[a1]) == pytest.approx(
        np.sqrt(masses**2 * total(heavy) / total(modes)), rel=1e-5
    )


@pytest.mark.parametrize("isotopes", ["H=2", "2=2", "O=18"])
def test_the_potential_is_the_same_function_of_the_geometry(water, isotopes):
    modes, model = water
    new = isotopic_modes(modes, isotopic_masses(modes, isotopes))
    other = isotopic_hamiltonian(model, modes, new)
    assert new.point_group == ("Cs" if isotopes == "2=2" else "C2v")
    rng = np.random.default_rng(0)
    for scale in (0.05, 0.1):
        q = scale * rng.normal(size=3)
        there = modes.position(new.geometry(q))
        np.testing.assert_allclose(other.potential(q), model.potential(there), atol=20 * scale**3)
        plain = other.potential(q) - np.einsum("m,mij->ij", q, other.linear) - other.constant
        assert np.abs(plain).max() > 20 * scale**3 / 100
    back = isotopic_hamiltonian(other, new, modes)
    np.testing.assert_allclose(back.linear, model.linear, atol=2e-6)
    np.testing.assert_allclose(back.quadratic, model.quadratic, atol=2e-4)


def test_torsion_of_deuterated_ethylene():
    """Only the hydrogens move in the Au torsion: its frequency falls by (m_H/m_D)^(1/2), its
    coupling of X and A by (m_H/m_D)^(1/4).
    """
    molecule = small("ethylene", basis_set="sto-3g", method="koopmans", n_states=2)
    modes = normal_modes(molecule)
    model = vibronic_hamiltonian(molecule, modes)
    heavy = isotopic_modes(modes, isotopic_masses(modes, "H=2"))
    other = isotopic_hamiltonian(model, modes, heavy)
    masses = 1.00782503190 / 2.01410177784
    light_one = modes.irreps.index("Au")
    heavy_one = heavy.irreps.index("Au")
    assert (heavy.point_group, heavy.n_modes) == ("D2h", 12)
    assert heavy.frequencies[heavy_one] / modes.frequencies[light_one] == pytest.approx(
        np.sqrt(masses), rel=1e-6
    )
    assert abs(model.linear[light_one, 0, 1]) > 0.1
    assert abs(other.linear[heavy_one, 0, 1] / model.linear[light_one, 0, 1]) == pytest.approx(
        masses**0.25, rel=1e-6
    )
    straight = [m for m in range(12) if heavy.irreps[m] == "Ag"]
    assert np.abs(other.linear[straight, 0, 0]).max() > 0.1


def test_the_same_masses_change_nothing(water):
    modes, model = water
    same = isotopic_modes(modes, modes.masses)
    np.testing.assert_allclose(same.frequencies, modes.frequencies, rtol=1e-10)
    np.testing.assert_allclose(same.displacements, modes.displacements, atol=1e-8)
    np.testing.assert_allclose(
        isotopic_hamiltonian(model, modes, same).linear, model.linear, atol=1e-7
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("D", "must be given as"),
        ("C=13", "has 3 atoms"),
        ("9=2", "has 3 atoms"),
        ("H=7", "mass numbers of H"),
    ],
)
def test_unknown_isotopes(water, text, message):
    with pytest.raises(vb.InputError, match=message):
        isotopic_masses(water[0], text)


def test_wrong_masses(water):
    modes, model = water
    with pytest.raises(vb.InputError, match="positive"):
        isotopic_modes(modes, [16, 1, -1])
    with pytest.raises(vb.InputError, match="all 3 normal modes"):
        isotopic_hamiltonian(model.subset(modes=[0]), modes, modes)
