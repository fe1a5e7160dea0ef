"""Degenerate states: couplings with the exact relations of the group, whatever the input looks
like.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from molecules import small
from vibronic.campaign import Campaign, local_processes
from vibronic.electronic_structure import (
    ADC2,
    CouplingScheme,
    Koopmans,
    normal_modes,
    vibronic_hamiltonian,
)
from vibronic.electronic_structure.reference_geometry import ReferenceGeometry
from vibronic.electronic_structure.symmetric_modes import mode_matrices


@pytest.fixture(scope="module")
def campaign():
    with local_processes(2) as executor:
        yield Campaign(executor)


@pytest.mark.slow
def test_species_of_vibrations(campaign):
    """The textbook counts: G. Herzberg, Infrared and Raman Spectra (1945)."""
    expected = {
        "ammonia": {"A1": 2, "E": 4},
        "methane": {"A1": 1, "E": 2, "T2": 6},
        "allene": {"A1": 3, "B1": 1, "B2": 3, "E": 8},
        "HCN": {"Σ+": 2, "Π": 2},
        "acetylene": {"Σ+g": 2, "Σ+u": 1, "Πg": 2, "Πu": 2},
        "nitrogen": {"Σ+g": 1},
        "borane": {"A1'": 1, "A2''": 1, "E'": 4},
    }
    for name, counts in expected.items():
        assert Counter(normal_modes(small(name), executor=campaign).irreps) == counts, name


def test_ammonia_has_the_linear_e_x_e_relations(campaign):
    molecule = small("ammonia", n_states=3)
    modes = normal_modes(molecule, executor=campaign)
    model = vibronic_hamiltonian(
        molecule, modes, couplings=CouplingScheme(bilinear=True), executor=campaign
    )
    assert model.state_irreps == ("A1", "E", "E")
    assert model.constant[1, 1] == model.constant[2, 2]
    strong = [m for m in range(6) if abs(model.linear[m, 1, 1]) > 1e-3 and modes.irreps[m] == "E"]
    assert strong
    for m in strong:
        partner = (
            m + 1
            if modes.irreps[m + 1] == "E" and modes.frequencies[m + 1] == modes.frequencies[m]
            else m - 1
        )
        assert model.linear[m, 2, 2] == -model.linear[m, 1, 1]
        assert abs(model.linear[partner, 1, 2]) == pytest.approx(
            abs(model.linear[m, 1, 1]), abs=1e-8
        )
        assert model.linear[m, 1, 2] == 0


@pytest.mark.parametrize(
    ("name", "states"), [("ammonia", 3), ("methane", 3), ("allene", 2), ("HCN", 3)]
)
def test_the_model_is_invariant_under_every_operation(campaign, name, states):
    molecule = small(name, n_states=states)
    modes = normal_modes(molecule, executor=campaign)
    model = vibronic_hamiltonian(
        molecule, modes, couplings=CouplingScheme(check=False), executor=campaign
    )
    place = ReferenceGeometry(molecule, modes)
    turns, sets = mode_matrices(modes, place.group)
    assert max(len(s) for s in sets) > 1
    q = 0.3 * np.random.default_rng(1).normal(size=modes.n_modes)
    for turn in turns:  # the eigenvalues of W at R q are those at q
        np.testing.assert_allclose(
            np.linalg.eigvalsh(model.potential(turn @ q)),
            np.linalg.eigvalsh(model.potential(q)),
            atol=1e-6,
        )


def test_methane_couples_t2_by_one_constant_each(campaign):
    molecule = small("methane", n_states=3)
    model = vibronic_hamiltonian(
        molecule,
        normal_modes(molecule, executor=campaign),
        couplings=CouplingScheme(check=False),
        executor=campaign,
    )
    e = [m for m, irrep in enumerate(model.mode_irreps) if irrep == "E"]
    first = np.sort(np.diag(model.linear[e[0]]))
    np.testing.assert_allclose(
        np.sort(np.abs(first)), np.abs(first).max() * np.array([0.5, 0.5, 1]), atol=1e-6
    )
    assert abs(np.diag(model.linear[e[1]])).max() == pytest.approx(
        np.sqrt(0.75) * np.abs(first).max(), abs=1e-6
    )
    assert int(model.provenance["geometries"].split()[0]) < 12  # of 19


@pytest.mark.parametrize(
    ("name", "states", "method"),
    [
        ("ammonia", 3, ADC2()),
        ("ammonia", 3, Koopmans()),
        ("methane", 3, Koopmans()),
        ("allene", 2, Koopmans()),
        ("water", 3, ADC2()),
    ],
)
def test_rotating_translating_and_permuting_the_input_changes_nothing(
    campaign, name, states, method
):
    molecule = small(name, n_states=states)
    rng = np.random.default_rng(1)
    modes = normal_modes(molecule, executor=campaign)
    order = rng.permutation(len(molecule.symbols))
    x = modes.coordinates @ Rotation.random(random_state=1).as_matrix().T + rng.normal(size=3)
    moved = replace(
        molecule, symbols=tuple(np.array(molecule.symbols)[order]), coordinates=x[order]
    )
    again = normal_modes(moved, relax=False, executor=campaign)
    assert not np.allclose(moved.coordinates, molecule.coordinates, atol=0.1)
    a, b = (
        vibronic_hamiltonian(
            m, n, method=method, couplings=CouplingScheme(check=False), executor=campaign
        )
        for m, n in ((molecule, modes), (moved, again))
    )
    np.testing.assert_allclose(b.frequencies, a.frequencies, atol=1e-6)
    np.testing.assert_allclose(b.constant, a.constant, atol=1e-6)
    np.testing.assert_allclose(b.linear, a.linear, atol=1e-6)
    np.testing.assert_allclose(b.quadratic, a.quadratic, atol=2e-5)
    assert a.state_irreps == b.state_irreps
    assert a.mode_irreps == b.mode_irreps


def test_a_functional_leaves_degenerate_modes_degenerate(campaign):
    """Though its density-fitted Hessian, on a grid, is not quite symmetric."""
    modes = normal_modes(small("ammonia", reference="b3lyp"), executor=campaign)
    assert Counter(modes.irreps) == {"A1": 2, "E": 4}
    pairs = modes.frequencies[[k for k, irrep in enumerate(modes.irreps) if irrep == "E"]]
    np.testing.assert_allclose(pairs[::2], pairs[1::2], rtol=1e-10)
    assert modes.provenance["level_of_theory"] == "B3LYP/sto-3g"


def test_phases_and_mixtures_of_degenerate_states_change_nothing(campaign):
    """The same displaced matrices when every state's sign and the mixture within a degenerate pair
    are drawn at random.
    """
    from vibronic.electronic_structure.methods.electronic_states import electronic_states
    from vibronic.electronic_structure.reference_states import reference_states

    molecule = small("ammonia", n_states=3)
    place = ReferenceGeometry(molecule, normal_modes(molecule, executor=campaign))
    found = electronic_states(ADC2(), 6, **place.geometry)
    plain = reference_states(place, found, 3)
    angle = 0.7
    signs = np.array([-1.0, 1, 1, *np.ones(len(found["energies"]) - 3)])
    mixed = np.eye(len(signs))
    mixed[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    turned = reference_states(
        place, {**found, "amplitudes": (mixed * signs) @ found["amplitudes"]}, 3
    )
    np.testing.assert_allclose(turned.amplitudes, plain.amplitudes, atol=1e-6)
    assert turned.irreps == plain.irreps == ("A1", "E", "E")


def test_a_linear_molecule_carries_renner_teller_terms(campaign):
    molecule = small("HCN", n_states=3, basis_set="6-31g")
    modes = normal_modes(molecule, executor=campaign)
    model = vibronic_hamiltonian(
        molecule, modes, couplings=CouplingScheme(check=False), executor=campaign
    )
    assert model.state_irreps == ("Σ+", "Π", "Π")
    x, y = (m for m in range(4) if modes.irreps[m] == "Π")
    assert not np.any(model.linear[[x, y]][:, 1:, 1:])  # no linear coupling of the Pi components
    split = model.quadratic[x, x, 1, 1] - model.quadratic[x, x, 2, 2]
    assert abs(split) > 1e-3
    assert model.quadratic[y, y, 2, 2] - model.quadratic[y, y, 1, 1] == pytest.approx(
        split, abs=1e-7
    )
    assert abs(model.quadratic[x, y, 1, 2]) == pytest.approx(abs(split) / 2, abs=1e-7)
