"""Vertical energies put together of several methods and basis sets."""

from dataclasses import replace

import numpy as np
import pytest

import vibronic as vb
from molecules import small
from vibronic.campaign import Campaign, this_process
from vibronic.electronic_structure import (
    ADC2,
    ADC3,
    EOMIPCCSD,
    Composite,
    CouplingScheme,
    normal_modes,
    vertical_states,
    vibronic_hamiltonian,
)
from vibronic.electronic_structure.methods.composite import energies_of
from vibronic.electronic_structure.methods.eom_ip_ccsd import with_triples
from vibronic.electronic_structure.methods.states_method import Roots
from vibronic.electronic_structure.scf import geometry_inputs, mole
from vibronic.units import HARTREE


@pytest.fixture(scope="module")
def campaign():
    with this_process() as executor:
        yield Campaign(executor)


def vertical(molecule, method, campaign, states=3):
    return vertical_states(molecule, method=method, states=states, executor=campaign)


def triples(molecule, campaign, states=3):
    """Energies (eV) of EOM-IP-CCSD* in the orientation and order of the others."""
    x = vertical(molecule, EOMIPCCSD(), campaign).coordinates
    roots, energies = with_triples(mole(geometry_inputs(molecule, x)), states + 3)
    assert np.all(np.isfinite(energies) == (roots.strengths > 0.3))
    return energies[:states] * HARTREE


def test_it_is_the_sum_of_its_parts(campaign):
    """Water's three outermost states, each part computed by itself and without density fitting."""
    water = small("water", basis_set="cc-pvdz")
    found = vertical(water, Composite(), campaign)
    eom, third, cheap = (
        vertical(water, method, campaign).energies for method in (EOMIPCCSD(), ADC3(), ADC2())
    )
    triple, quadruple = (
        vertical(replace(water, basis_set=name), ADC2(), campaign).energies
        for name in ("cc-pvtz", "cc-pvqz")
    )
    limit = quadruple + (quadruple - triple) / ((4 / 3) ** 3 - 1)
    expected = (eom + triples(water, campaign) + third) / 3 + limit - cheap
    np.testing.assert_allclose(found.energies, expected, atol=2e-3)
    assert found.irreps == ("B1", "A1", "B2")
    assert "frozen core" in found.level_of_theory


def test_triples_are_those_of_pyscf(campaign):
    from pyscf import cc, scf
    from pyscf.cc import eom_rccsd

    water = small("water", basis_set="6-31g")
    x = vertical(water, EOMIPCCSD(), campaign).coordinates
    solver = cc.RCCSD(scf.RHF(mole(geometry_inputs(water, x))).run(conv_tol=1e-11), frozen=1)
    solver.run(conv_tol=1e-10)
    theirs = eom_rccsd.EOMIP(solver).ipccsd_star(nroots=3, koopmans=True)
    np.testing.assert_allclose(np.sort(theirs) * HARTREE, triples(water, campaign), atol=1e-4)


def test_degenerate_states_are_found_in_every_basis_set(campaign):
    ammonia = small("ammonia", basis_set="6-31g")
    found = vertical(ammonia, Composite(), campaign)
    assert found.irreps == ("A1", "E", "E")
    assert found.energies[2] - found.energies[1] < 1e-6
    assert found.lost == ()


@pytest.mark.parametrize("parallel", [0.0, 0.5, 0.95])
def test_skew_partners_of_a_degenerate_state_are_its_own(parallel):
    """Nonsymmetric eigensolvers give the partners of a pair at any angle; both are found."""
    from pyscf import gto, scf

    nitrogen = gto.M(atom="N 0 0 0; N 0 0 1.1", basis="6-31g", verbose=0)
    mf = scf.RHF(nitrogen).run()
    orbitals = mf.mo_coeff.T[[4, 5, 6]]  # two of one shell, and another
    start = Roots(np.array([0.5, 0.5, 0.7]), np.ones(3), orbitals, mf.e_tot)
    skew = np.array([[1, 0, 0], [parallel, np.sqrt(1 - parallel**2), 0], [0, 0, 1]]) @ orbitals
    found = Roots(np.array([0.52, 0.52, 0.75]), np.ones(3), skew, mf.e_tot)
    energies = energies_of(start, nitrogen, found, nitrogen)
    np.testing.assert_allclose(energies, [0.52, 0.52, 0.75])

    energies = energies_of(found, nitrogen, start, nitrogen)
    np.testing.assert_allclose(energies, [0.5, 0.5, 0.7])


# near-exact vertical energies (eV): A. Marie, P.-F. Loos, J. Chem. Theory Comput. 2024,
# doi:10.1021/acs.jctc.4c00216
NEAR_EXACT = {
    "water": {"B1": 12.737, "A1": 14.962, "B2": 19.063},
    "nitrogen": {"Σ+g": 15.541, "Πu": 16.981, "Σ+u": 18.742},
    "ammonia": {"A1": 10.945, "E": 16.639},
}


@pytest.mark.parametrize("name", NEAR_EXACT)
def test_it_comes_close_to_near_exact_energies(name, campaign):
    molecule = vb.library.molecule(name)
    modes = normal_modes(molecule, executor=campaign)
    found = vertical_states(molecule, coordinates=modes.coordinates, states=4, executor=campaign)
    energies = dict(zip(found.irreps, found.energies, strict=True))
    errors = [energies[irrep] - exact for irrep, exact in NEAR_EXACT[name].items()]
    assert np.abs(errors).mean() < 0.15
    assert np.abs(errors).max() < 0.25


def test_a_name_or_an_observed_energy_changes_nothing(campaign):
    """The same atoms under another name and with other bands: the same task, the same numbers."""
    water = small("water", basis_set="6-31g", method="composite")
    band = vb.Band("2B1", 5.0)
    other = replace(water, name="butatriene", title="nonsense", bands=(band,))
    models = []
    for molecule in (water, other):
        modes = normal_modes(molecule, executor=campaign)
        models.append(
            vibronic_hamiltonian(
                molecule, modes, couplings=CouplingScheme(check=False), executor=campaign
            )
        )
    np.testing.assert_array_equal(models[0].constant, models[1].constant)
    np.testing.assert_array_equal(models[0].linear, models[1].linear)
    levels = [model.provenance["level_of_theory"] for model in models]
    assert levels[0] == levels[1]
    assert levels[0].startswith("vertical energies composite (mean of EOM-IP-CCSD")
    assert "couplings ADC(2)/6-31g (frozen core); geometry and modes RHF/6-31g" in levels[0]


def test_couplings_are_those_of_adc2(campaign):
    water = small("water", basis_set="6-31g")
    modes = normal_modes(water, executor=campaign)
    scheme = CouplingScheme(check=False)
    both, cheap, mixed = (
        vibronic_hamiltonian(
            water, modes, method=method, energies=energies, couplings=scheme, executor=campaign
        )
        for method, energies in ((Composite(), None), (ADC2(), None), (ADC2(), Composite()))
    )
    np.testing.assert_array_equal(both.linear, cheap.linear)
    np.testing.assert_array_equal(mixed.constant, both.constant)
    assert np.diag(both.constant - cheap.constant).min() > 0.3


def test_states_are_named_in_the_order_of_the_better_energies(campaign):
    """ADC(2) has the sigma state of HCN lowest; with the composite energies X is the pi pair, as
    observed, and every state keeps its own couplings.
    """
    shipped = vb.library.molecule("hydrogen-cyanide")
    cyanide = replace(shipped, basis_set="6-31g", reference="hf")
    modes = normal_modes(cyanide, executor=campaign)
    scheme = CouplingScheme(check=False)
    cheap, better = (
        vibronic_hamiltonian(
            cyanide, modes, method=method, states=3, couplings=scheme, executor=campaign
        )
        for method in (ADC2(), Composite())
    )
    assert cheap.state_irreps == ("Σ+", "Π", "Π")
    assert better.state_irreps == ("Π", "Π", "Σ+")
    assert cheap.state_labels == ("X", "Ax", "Ay")
    assert better.state_labels == ("Xx", "Xy", "A")
    assert np.all(np.diff(np.diag(better.constant)) > -1e-6)
    same = [1, 2, 0]
    np.testing.assert_array_equal(better.linear, cheap.linear[:, same][:, :, same])
    np.testing.assert_array_equal(better.transition_amplitudes, cheap.transition_amplitudes[same])
    assert better.orbital_energies[0] == cheap.orbital_energies[1]


def test_a_pair_is_whole_where_no_number_of_states_is_asked(campaign):
    """Ammonia's second and third states are one: the default of two takes both."""
    ammonia = small("ammonia")
    modes = normal_modes(ammonia, executor=campaign)
    scheme = CouplingScheme(check=False)
    found = vibronic_hamiltonian(ammonia, modes, couplings=scheme, executor=campaign)
    assert ammonia.n_states is None
    assert found.state_irreps == ("A1", "E", "E")
    with pytest.raises(vb.InputError, match="States 2 to 3 are degenerate"):
        vibronic_hamiltonian(ammonia, modes, states=2, couplings=scheme, executor=campaign)
