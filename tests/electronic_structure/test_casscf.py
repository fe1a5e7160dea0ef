"""SA-CASSCF: only singlets, and its analytic couplings against energies and wavefunctions at
displaced geometries.
"""

from dataclasses import replace

import numpy as np
import pytest

import vibronic as vb
from vibronic.campaign import Campaign, local_processes
from vibronic.electronic_structure import (
    EEADC2,
    SACASSCF,
    audit,
    normal_modes,
    vertical_states,
    vibronic_hamiltonian,
)
from vibronic.electronic_structure.methods.electronic_states import electronic_states
from vibronic.electronic_structure.reference_geometry import ReferenceGeometry
from vibronic.electronic_structure.scf import mole
from vibronic.units import HARTREE


@pytest.fixture(scope="module")
def campaign():
    with local_processes(2) as executor:
        yield Campaign(executor)


@pytest.fixture(scope="module")
def formaldehyde(campaign):
    molecule = vb.Molecule(
        "formaldehyde",
        ("C", "O", "H", "H"),
        [[0, 0, -0.53], [0, 0, 0.675], [0, 0.935, -1.12], [0, -0.935, -1.12]],
        basis_set="sto-3g",
        reference="hf",
        method="sa-casscf",
        n_states=3,
    )
    return ReferenceGeometry(molecule, normal_modes(molecule, executor=campaign))


@pytest.mark.slow
def test_gradients_are_slopes_of_energies(formaldehyde, campaign):
    """Analytic kappa against energies of the same SA-CASSCF at two geometries."""
    modes = formaldehyde.modes
    method = SACASSCF(2, 1)
    m = 1  # v2, the C=O stretch
    step = 0.02
    model = vibronic_hamiltonian(formaldehyde.molecule, modes, method=method, executor=campaign)
    spots = [formaldehyde.displaced(sign * step * np.eye(modes.n_modes)[m]) for sign in (1, -1)]
    ends = [electronic_states(method, 3, **at)["energies"] for at in spots]
    np.testing.assert_allclose(
        np.diag(model.linear[m]), (ends[0] - ends[1]) / (2 * step), atol=2e-3
    )


def _overlaps(bra, ket, states):
    """<I(bra)|J(ket)> of SA-CASSCF states of two geometries, every determinant with its core
    orbitals.
    """
    from pyscf import gto
    from pyscf.fci import addons, cistring

    n = bra.ncore + bra.ncas
    electrons = bra.ncore + bra.nelecas[0]
    strings = (cistring.make_strings(range(bra.ncas), bra.nelecas[0]) << bra.ncore) | (
        (1 << bra.ncore) - 1
    )
    places = np.ix_(*[cistring.strs2addr(n, electrons, strings)] * 2)

    def whole(solver, k):
        vector = np.zeros([cistring.num_strings(n, electrons)] * 2)
        vector[places] = solver.ci[k]
        return vector

    metric = (
        bra.mo_coeff[:, :n].T
        @ gto.intor_cross("int1e_ovlp", bra.mol, ket.mol)
        @ ket.mo_coeff[:, :n]
    )
    found = [
        [
            addons.overlap(whole(bra, i), whole(ket, j), n, (electrons, electrons), metric)
            for j in states
        ]
        for i in states
    ]
    return np.array(found) * np.sign(np.diag(found))


def test_lambda_is_the_overlap_of_displaced_wavefunctions_times_the_gap(formaldehyde, campaign):
    """lambda = (E_J - E_I) <I|dJ/dq> of the two A2 states, the derivative from full wavefunctions
    at q = +-0.02.
    """
    modes = formaldehyde.modes
    method = SACASSCF(2, 1)
    m = 1
    step = 0.02
    model = vibronic_hamiltonian(formaldehyde.molecule, modes, method=method, executor=campaign)
    assert model.state_irreps == ("A2", "A1", "A2")
    found, here = method.solved(formaldehyde.mole, 3)
    spots = [formaldehyde.displaced(sign * step * np.eye(modes.n_modes)[m]) for sign in (1, -1)]
    ends = [_overlaps(here, method.solved(mole(at), 3)[1], (1, 3)) for at in spots]
    derivative = (ends[0] - ends[1]) / (2 * step)
    np.testing.assert_allclose(derivative, -derivative.T, atol=1e-5)
    gap = (found.energies[2] - found.energies[0]) * HARTREE
    assert abs(model.linear[m, 0, 2]) == pytest.approx(abs(derivative[0, 1]) * gap, rel=1e-3)
    assert abs(model.linear[m, 0, 2]) > 0.3


def test_an_audit_compares_analytic_couplings_and_finite_differences(campaign):
    """kappa agrees; lambda of ethylene's singly and doubly excited states does not, as overlaps of
    transition densities miss it.
    """
    molecule = replace(vb.library.molecule("ethylene"), basis_set="sto-3g", reference="hf")
    modes = normal_modes(molecule, executor=campaign)
    found = audit(molecule, modes, method=SACASSCF(1, 1), states=2, executor=campaign)
    tuning, coupling = (
        np.array([irrep == name for irrep in modes.irreps]) for name in ("Ag", "B1u")
    )
    assert found.analytic[tuning].max() < 1e-3
    assert found.analytic[coupling].max() > 0.02
    assert found.analytic[~tuning & ~coupling].max() < 1e-8


def test_energies_of_a_better_method(campaign):
    """SA-CASSCF's V state of ethylene is the one that other methods find."""
    molecule = replace(vb.library.molecule("ethylene"), basis_set="6-31g", reference="hf")
    modes = normal_modes(molecule, executor=campaign)
    found = vibronic_hamiltonian(
        molecule, modes, method=SACASSCF(1, 1), energies=EEADC2(), states=1, executor=campaign
    )
    lit = vertical_states(
        molecule, method=EEADC2(), states=4, coordinates=modes.coordinates, executor=campaign
    )
    bright = int(np.argmax(lit.oscillator_strengths))
    assert found.state_irreps[0] == lit.irreps[bright] == "B1u"
    assert found.constant[0, 0] == pytest.approx(lit.energies[bright], abs=1e-5)


def test_states_of_higher_spin_are_left_out(campaign):
    """Ethylene's two electrons in pi and pi* make three singlets, and a triplet that must not pass
    for one of them.
    """
    molecule = replace(vb.library.molecule("ethylene"), basis_set="sto-3g", reference="hf")
    found = vertical_states(molecule, method=SACASSCF(1, 1), states=2, executor=campaign)
    assert found.irreps == ("B1u", "Ag")
    assert found.oscillator_strengths[0] > 0.1
    assert found.oscillator_strengths[1] < 1e-8
    with pytest.raises(
        vb.InputError, match="has 3 singlets, 2 of them excited, but 3 excited states"
    ):
        vertical_states(molecule, method=SACASSCF(1, 1), states=3, executor=campaign)
    with pytest.raises(
        vb.CalculationError, match=r"Of the 3 states of SA-CASSCF\(2,2\), 1 are no singlets"
    ):
        vertical_states(
            molecule, method=SACASSCF(1, 1, spin_shift=0.2), states=2, executor=campaign
        )
