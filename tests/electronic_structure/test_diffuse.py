"""Excited states that a basis set without diffuse functions cannot describe are told of."""

from dataclasses import replace

import pytest

from molecules import small
from vibronic.campaign import Campaign, this_process
from vibronic.electronic_structure import (
    TDA,
    CouplingScheme,
    normal_modes,
    vertical_states,
    vibronic_hamiltonian,
)
from vibronic.electronic_structure.diffuse import diffuse_shift
from vibronic.electronic_structure.reference_geometry import ReferenceGeometry
from vibronic.models import doubts


@pytest.fixture(scope="module")
def campaign():
    with this_process() as executor:
        yield Campaign(executor)


def test_excited_states_of_water_need_diffuse_functions(campaign):
    water = small("water", basis_set="6-31g", method="tda", n_states=2)
    modes = normal_modes(water, executor=campaign)
    scheme = CouplingScheme(check=False)
    model = vibronic_hamiltonian(water, modes, couplings=scheme, executor=campaign)

    here, there = (
        vertical_states(
            replace(water, basis_set=name),
            method=TDA(),
            states=2,
            coordinates=modes.coordinates,
            executor=campaign,
        ).energies
        for name in ("6-31g", "aug-cc-pvdz")
    )
    shift = model.provenance["diffuse_shift_eV"]
    assert shift == pytest.approx((here - there)[:2].max(), abs=2e-3)
    assert shift > 0.3
    (doubt,) = [text for text in doubts(model) if "diffuse" in text]
    assert f"{shift:.1f} eV lower" in doubt


def test_nothing_is_told_where_there_are_diffuse_functions_or_no_need(campaign):
    water = small("water", basis_set="aug-cc-pvdz")
    ethylene = small("ethylene", basis_set="sto-3g")
    for molecule in (water,):
        modes = normal_modes(replace(molecule, reference="hf/sto-3g"), executor=campaign)
        place = ReferenceGeometry(molecule, modes)
        assert diffuse_shift(place, 2, campaign) == {}
    modes = normal_modes(ethylene, executor=campaign)
    ion = vibronic_hamiltonian(
        ethylene, modes, couplings=CouplingScheme(check=False), executor=campaign
    )
    assert "diffuse_shift_eV" not in ion.provenance
    assert ion.provenance["orbitals"] == "RHF/sto-3g"
