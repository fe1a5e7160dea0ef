"""Couplings by overlaps of amplitudes against overlaps of whole wavefunctions: lambda = (E_J -
E_I) <I|dJ/dq>.
"""

import numpy as np
import pytest

from molecules import small
from vibronic.campaign import Campaign, local_processes
from vibronic.electronic_structure import (
    ADC2,
    ADC3,
    EOMIPCCSD,
    TDA,
    CouplingScheme,
    Koopmans,
    normal_modes,
    vibronic_hamiltonian,
)
from vibronic.electronic_structure.reference_geometry import ReferenceGeometry
from vibronic.electronic_structure.scf import converged_scf, mole
from vibronic.units import HARTREE

STEP = 0.02


@pytest.fixture(scope="module")
def campaign():
    with local_processes(2) as executor:
        yield Campaign(executor)


@pytest.fixture(scope="module")
def water(campaign):
    molecule = small("water", n_states=3)
    return ReferenceGeometry(molecule, normal_modes(molecule, executor=campaign))


def lambdas(place, wavefunctions, electrons):
    """(n, n), eV, along the B2 mode, from full-CI vectors that `wavefunctions` gives for a
    geometry: mean field, energies (eV), vectors.
    """
    from pyscf import gto
    from pyscf.fci import addons

    here, energies, states = wavefunctions(place.mole)
    direction = np.eye(3)[place.modes.irreps.index("B2")]
    derivative = 0
    for sign in (1, -1):
        there, _, moved = wavefunctions(mole(place.displaced(sign * STEP * direction)))
        metric = (
            here.mo_coeff.T @ gto.intor_cross("int1e_ovlp", place.mole, there.mol) @ there.mo_coeff
        )
        found = np.array(
            [
                [addons.overlap(a, b, place.mole.nao, electrons, metric) for b in moved]
                for a in states
            ]
        )
        derivative = derivative + sign * found * np.sign(np.diag(found)) / (2 * STEP)
    return derivative * (energies - energies[:, None])


def test_excited_states(water, campaign):
    """CIS: the overlap of transition densities is that of the determinants."""
    from pyscf import tdscf
    from pyscf.ci import cisd

    def singles(at):
        mf = converged_scf(at)
        occupied = water.occupied
        found = tdscf.TDA(mf).set(nstates=4, conv_tol=1e-8).run()
        none = np.zeros((occupied, occupied, *[at.nao - occupied] * 2))
        vectors = [
            cisd.to_fcivec(cisd.amplitudes_to_cisdvec(0, x, none), at.nao, 2 * occupied)
            for x, _ in found.xy
        ]
        return mf, found.e * HARTREE, [v / np.linalg.norm(v) for v in vectors]

    model = vibronic_hamiltonian(
        water.molecule,
        water.modes,
        method=TDA(),
        states=4,
        couplings=CouplingScheme(check=False),
        executor=campaign,
    )
    exact = lambdas(water, singles, (5, 5))
    mode = water.modes.irreps.index("B2")
    assert model.state_irreps == ("B1", "A2", "A1", "B2")
    for pair in ((0, 1), (2, 3)):
        assert abs(model.linear[mode][pair]) == pytest.approx(abs(exact[pair]), rel=3e-3)
        assert abs(exact[pair]) > 1


def test_ionized_states(water, campaign):
    """Full CI of the neutral and the ion: correlation halves lambda of A1 and B2, and the methods
    with correlation find it by Dyson orbitals.
    """
    from pyscf import ao2mo, fci

    def full_ci(at):
        mf = converged_scf(at)
        one = mf.mo_coeff.T @ mf.get_hcore() @ mf.mo_coeff
        two = ao2mo.kernel(at, mf.mo_coeff)
        solver = fci.addons.fix_spin(fci.direct_spin1.FCI(), ss=0.75, shift=2)
        energies, vectors = solver.kernel(one, two, at.nao, (5, 4), nroots=3, tol=1e-12)
        neutral = fci.direct_spin1.FCI().kernel(one, two, at.nao, (5, 5), tol=1e-12)[0]
        return mf, (np.array(energies) - neutral) * HARTREE, vectors

    exact = lambdas(water, full_ci, (5, 4))
    found = {}
    mode = water.modes.irreps.index("B2")
    for method in (Koopmans(), ADC2(), ADC3(), EOMIPCCSD()):
        model = vibronic_hamiltonian(
            water.molecule,
            water.modes,
            method=method,
            couplings=CouplingScheme(check=False),
            executor=campaign,
        )
        assert model.state_irreps == ("B1", "A1", "B2")
        found[method.name] = abs(model.linear[mode, 1, 2])
    assert abs(exact[1, 2]) == pytest.approx(0.174, abs=1e-3)
    assert found["koopmans"] > 2 * abs(exact[1, 2])
    for name in ("adc2", "adc3"):
        assert found[name] == pytest.approx(abs(exact[1, 2]), rel=0.06)
    assert found["eom-ip-ccsd"] == pytest.approx(abs(exact[1, 2]), abs=0.04)
