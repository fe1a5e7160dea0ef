"""Polarons of the infinite lattice against published values, rings, differences and sum rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from vibronic.polaron import Lattice, polaron
from vibronic.polaron.level import lowest_level
from vibronic.polaron.space import phonon_space

# E_0, m*/m0, Z, phonons; energies in units of t. L.-C. Ku, S. A. Trugman, J. Bonca, Phys. Rev. B
# 65, 174306 (2002), doi:10.1103/PhysRevB.65.174306, where published; the rest two families of
# spaces and rings of 6-12 sites
REFERENCE = {
    (1, 1.0, 1.0): (-2.469684723933, 1.35048984, 0.73843508, 0.31941189),
    (1, 1.0, 0.5): (-2.113082345957, 1.07122457, 0.93335521, 0.06977448),
    (1, 1.0, 2.0): (-4.3797256935, 10.0296772, 0.09561279, 3.0028593),
    (1, 2.0, 2.0): (-3.234059937127, 1.57703989, 0.63227942, 0.49095601),
    (1, 4.0, 4.0): (-5.029848241309, 1.89307342, 0.52725833, 0.68204981),
    (2, 2.0, 2.0): (-4.8147357778, 1.23091196, 0.81198084, 0.22356610),
    (2, 3.0, 3.0): (-5.5253311523, 1.36215998, 0.73365316, 0.33748950),
    (3, 3.0, 3.0): (-7.16239484, 1.1958760, 0.8360515, 0.1935886),
}
CLOUDS = {
    (1.0, 1.0): (0.7002897, 0.2350129, 0.0794723),
    (1.0, 2.0): (2.3359302, 0.2071104, 0.0307202),
    (4.0, 4.0): (1.1457605, 0.1168712, 0.0150188),
}


def holstein(w, g, dimension=1):
    return Lattice(1.0, w, g / w, dimension)


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, marks=pytest.mark.slow) if c[0] == 3 else c for c in REFERENCE],
    ids=str,
)
def test_published_and_computed_values(case):
    dimension, w, g = case
    energy, mass, weight, phonons = REFERENCE[case]
    found = polaron(holstein(w, g, dimension), tolerance=1e-5)

    off = [found.energy - energy, found.mass / mass - 1, found.quasiparticle_weight / weight - 1]
    assert found.certificate.converged
    assert off[0] > -5e-8, "the space is variational: no energy lies below the exact one"
    assert np.all(np.abs(off) < found.errors)
    assert found.phonon_number == pytest.approx(phonons, abs=1e-5)


@pytest.mark.slow
def test_the_chain_to_ten_digits():
    found = polaron(holstein(1.0, 1.0), tolerance=1e-8)
    assert found.energy == pytest.approx(-2.469684723933, abs=4e-10)
    assert found.mass == pytest.approx(1.35048984, rel=1e-8)


@pytest.mark.parametrize("case", CLOUDS, ids=str)
def test_cloud_and_its_sum(case):
    w, g = case
    found = polaron(holstein(w, g), tolerance=1e-5)
    np.testing.assert_allclose(-found.cloud[:3], CLOUDS[case], atol=2e-5)
    assert found.cloud_total == pytest.approx(-np.sqrt(2) * g / w, abs=2e-3)

    other = polaron(holstein(w, -g), tolerance=1e-5)
    assert other.energy == pytest.approx(found.energy, abs=1e-9)
    np.testing.assert_allclose(other.cloud, -found.cloud, atol=1e-7)


def test_mass_by_response_and_by_a_sixth_order_difference():
    """On one space, so that only the two ways differ."""
    lattice = holstein(1.0, 1.0)
    space = phonon_space(1, 8, 3)
    h = 0.05
    energies = [lowest_level(lattice, space, (k * h,)).energy for k in range(4)]
    difference = (-49 / 18 * energies[0] + 3 * energies[1] - 0.3 * energies[2]) / h**2
    difference += energies[3] / 45 / h**2
    assert lowest_level(lattice, space, (0.0,)).inverse_mass == pytest.approx(
        difference / 2, abs=1e-6
    )


def test_optical_sum_rule():
    """-<kinetic> = 2t/m* + the regular part, summed over all states of a small space."""
    lattice = holstein(1.0, 1.0)
    space = phonon_space(1, 5, 3)
    level = lowest_level(lattice, space, (0.0,))
    energies, vectors = np.linalg.eigh(level.bloch.at((0.0,)).toarray())
    current = vectors.T @ (level.bloch.slope((0.0,)) @ level.vector)
    excited = energies - energies[0] > 1e-9
    regular = 2 * (current[excited] ** 2 / (energies[excited] - energies[0])).sum()

    kinetic = level.vector @ (level.bloch.at((0.0,)) - level.bloch.stays) @ level.vector
    assert -kinetic == pytest.approx(2 * level.inverse_mass + regular, abs=1e-9)
    assert np.sum(current**2) == pytest.approx(0.36433813, abs=2e-3)


def test_band_and_weights_along_the_zone():
    bands = vb.polaron.polaron_band(
        holstein(1.0, 1.0), np.array([0.0, 0.25, 0.5]) * np.pi, tolerance=1e-3
    )
    energies = [p.energy for p in bands]
    weights = [p.quasiparticle_weight for p in bands]
    np.testing.assert_allclose(energies, [-2.469684724, -2.092779747, -1.6982132], atol=2e-4)
    np.testing.assert_allclose(weights, [0.7384351, 0.5232070, 0.10260], atol=2e-3)
    for p, energy in zip(bands, [-2.469684724, -2.092779747, -1.6982132], strict=True):
        assert -1e-7 < p.energy - energy < p.errors[0]


def test_rings_come_near_the_chain_geometrically():
    """The same Hamiltonian by another road: product bases of a ring, every momentum at once."""
    chain = polaron(holstein(1.0, 1.0), tolerance=1e-6).energy
    gaps = []
    for sites in (2, 4, 6):
        basis = vb.VibronicBasis(sites, (9,) * sites, max_quanta=8)
        ring = holstein(1.0, 1.0).cluster(sites)
        gaps.append(chain - vb.spectra.eigenstates(ring, basis, 1).energies[0])
    assert gaps[2] == pytest.approx(1.79294e-3, rel=1e-3)
    assert gaps[1] / gaps[2] == pytest.approx(8.4, abs=0.1)


# lambda = 2 alpha^2/(t w), D. J. J. Marchand et al., Phys. Rev. Lett. 105, 266605 (2010),
# doi:10.1103/PhysRevLett.105.266605; numbers computed on chains and rings
def test_peierls_polaron_of_a_chain_and_of_rings():
    w = 3.0
    alpha = np.sqrt(0.5 * w / 2)
    lattice = Lattice(1.0, w, 0.0, peierls_coupling=alpha)
    found = polaron(lattice, tolerance=1e-5)
    assert found.energy == pytest.approx(-2.335378195, abs=2e-5)
    assert found.mass == pytest.approx(3.7166446, rel=1e-4)
    assert found.quasiparticle_weight == pytest.approx(0.92162873, abs=1e-5)

    ring = lattice.cluster(6)
    energy = vb.spectra.eigenstates(ring, vb.VibronicBasis(6, (6,) * 6, max_quanta=5), 1).energies
    assert energy[0] == pytest.approx(found.energy, abs=2e-3)


@pytest.mark.parametrize(("strength", "sign"), [(0.66, 1), (0.70, -1)])
def test_peierls_transition_lies_between(strength, sign):
    """lambda_c = 0.681863 at w = 3 t: beyond it the band bends down at k = 0."""
    lattice = Lattice(1.0, 3.0, 0.0, peierls_coupling=np.sqrt(strength * 3.0 / 2))
    found = polaron(lattice, tolerance=1e-3)
    assert np.sign(found.mass) == sign
    assert ("bends down" in str(found)) == (sign < 0)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.3, 3), st.floats(-1.5, 1.5), st.integers(1, 3), st.floats(0, np.pi))
def test_energies_fall_as_the_space_grows(w, coupling, dimension, momentum):
    lattice = Lattice(1.0, w, coupling, dimension)
    k = (momentum,) + (0.0,) * (dimension - 1)
    energies = [
        lowest_level(lattice, phonon_space(dimension, n, m), k).energy
        for n, m in ((1, 1), (2, 1), (2, 3), (3, 3))
    ]
    assert np.all(np.diff(energies) < 1e-9)
    assert -vb.polaron.lang_firsov(lattice).energy >= lattice.binding_energy
    assert energies[-1] >= -2 * dimension - lattice.binding_energy - 1e-9


@settings(max_examples=6, deadline=None)
@given(st.floats(0.01, 0.05), st.floats(1.0, 2.0), st.integers(1, 2))
def test_weak_coupling_is_second_order(coupling, w, dimension):
    lattice = Lattice(1.0, w, coupling, dimension)
    weak = vb.polaron.weak_coupling(lattice)
    found = polaron(lattice, tolerance=1e-3)
    shift = -2 * dimension - weak.energy
    assert found.energy == pytest.approx(weak.energy, abs=0.02 * shift)
    if dimension == 1:
        squared = (coupling * w) ** 2
        assert shift == pytest.approx(squared / np.sqrt(w * (w + 4)), rel=1e-8)


def test_fast_vibrations_give_lang_firsov():
    lattice = Lattice(1.0, 40.0, 1.1)
    found = polaron(lattice, tolerance=1e-3)
    limit = vb.polaron.lang_firsov(lattice)
    assert found.mass == pytest.approx(limit.mass, rel=0.05)
    assert found.energy == pytest.approx(limit.energy, rel=2e-3)


def test_phonons_of_a_charge_that_stays_are_poisson():
    lattice = Lattice(1e-6, 0.1, 1.3)
    sticks = vb.polaron.atomic_spectrum(lattice)
    assert sticks.strength == pytest.approx(1, abs=1e-10)
    assert sticks.moment(1) == pytest.approx(0, abs=1e-10)
    assert sticks.central_moment(2) == pytest.approx((1.3 * 0.1) ** 2, rel=1e-8)
    found = polaron(lattice, tolerance=1e-3)
    assert found.quasiparticle_weight == pytest.approx(sticks.intensities[0], rel=1e-4)


def test_two_sites_in_the_adiabatic_limit():
    lattice = Lattice(0.1, 0.01, 5.0)
    q = np.linspace(-12, 12, 4001)
    surface = vb.polaron.two_site_surface(lattice, q)
    assert surface[2000] - surface.min() == pytest.approx(
        vb.polaron.two_site_barrier(lattice), abs=1e-6
    )
    model = lattice.cluster(2)
    both = np.stack([q, -q], axis=1) / np.sqrt(2)
    expected = vb.surfaces.adiabatic_energies(model, both)[:, 0]
    np.testing.assert_allclose(surface, expected, atol=1e-12)


def test_a_polaron_that_does_not_converge_says_so():
    found = polaron(Lattice(1.0, 0.2, 1.5, 2), tolerance=1e-6, limits=vb.Limits(3000))
    assert not found.certificate.converged
    assert "NOT CONVERGED" in str(found)


def test_storage_and_summary(tmp_path):
    found = polaron(Lattice(0.1, 0.05, 1.2), tolerance=1e-3)
    vb.save(found, tmp_path / "p.h5")
    again = vb.load(tmp_path / "p.h5")
    assert str(again) == str(found)
    np.testing.assert_array_equal(again.cloud, found.cloud)
    assert "m*/m0" in str(found)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Lattice(1.0, -1.0, 1.0), "`frequency` must be a positive number"),
        (lambda: Lattice(0.0, 1.0, 1.0), "`hopping` must be a positive number"),
        (lambda: Lattice(1.0, 1.0, 1.0, 4), "`dimension` must be 1, 2 or 3"),
        (lambda: Lattice(1.0, 1.0, 1.0, 2, 0.1), "`peierls_coupling` is for chains"),
        (lambda: polaron(Lattice(1.0, 1.0, 1.0, repulsion=1.0)), "nobody to repel"),
        (lambda: Lattice(1.0, 1.0, 1.0, repulsion=1.0).cluster(2), "nobody to repel"),
        (lambda: Lattice(1.0, 1.0, 1.0).cluster(2, electrons=3), "must be 1 or 2"),
        (lambda: polaron(Lattice(1.0, 1.0, 1.0, 2), (0.1,)), "must have shape"),
        (lambda: polaron(Lattice(1.0, 1.0, 1.0), limits=vb.Limits(3)), "Not even the smallest"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(vb.VibronicError, match=message):
        call()
