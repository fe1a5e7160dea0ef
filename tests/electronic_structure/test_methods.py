"""Ionized and excited states by every method: sum rules, limits, and one method against
another.
"""

import numpy as np
import pytest

import vibronic as vb
from molecules import small
from vibronic.campaign import Campaign, local_processes
from vibronic.electronic_structure import (
    ADC2,
    ADC3,
    EEADC2,
    EOMEECCSD,
    EOMIPCCSD,
    SACASSCF,
    TDA,
    TDDFT,
    ADC2x,
    CouplingScheme,
    Koopmans,
    audit,
    normal_modes,
    vertical_states,
    vibronic_hamiltonian,
)
from vibronic.electronic_structure import method as method_named
from vibronic.electronic_structure.methods.electronic_states import electronic_states, overlaps
from vibronic.electronic_structure.reference_geometry import ReferenceGeometry
from vibronic.electronic_structure.reference_states import reference_states
from vibronic.electronic_structure.scf import mole


@pytest.fixture(scope="module")
def campaign():
    with local_processes(2) as executor:
        yield Campaign(executor)


@pytest.fixture(scope="module")
def water(campaign):
    molecule = small("water", basis_set="6-31g", n_states=3)
    return molecule, normal_modes(molecule, executor=campaign)


@pytest.mark.parametrize(
    "method", [Koopmans(), Koopmans("pbe0"), ADC2(), ADC2x(), ADC3(), EOMIPCCSD()]
)
def test_amplitudes_are_normalised_and_states_rise(water, method):
    place = ReferenceGeometry(*water)
    found = electronic_states(method, 4, **place.geometry)
    assert np.all(np.diff(found["energies"]) >= 0)
    gram = overlaps(place.mole.intor("int1e_ovlp"), found["amplitudes"], found["amplitudes"])
    np.testing.assert_allclose(np.diag(gram), 1, atol=1e-10)
    assert found["amplitudes"].shape[1:] == (place.mole.nao,)
    assert np.all((found["strengths"] > 0.3) & (found["strengths"] < 1.0001))


def test_one_electron_systems_are_exact():
    """H2's ionization: EOM-IP-CCSD is full CI of neutral and ion; ADC(3) comes close, and pole
    strengths below one.
    """
    from pyscf import fci, gto, scf

    geometry = {
        "symbols": ["H", "H"],
        "basis_set": "6-31g",
        "coordinates": [[0.0, 0, 0], [0, 0, 0.74]],
    }
    neutral = scf.RHF(mole(geometry)).run()
    ion = scf.ROHF(
        gto.M(atom="H 0 0 0; H 0 0 0.74", basis="6-31g", charge=1, spin=1, verbose=0)
    ).run()
    exact = (fci.FCI(ion).kernel()[0] - fci.FCI(neutral).kernel()[0]) * 27.211386
    by_eom = electronic_states(EOMIPCCSD(), 1, **geometry)
    assert by_eom["energies"][0] == pytest.approx(exact, abs=1e-5)
    assert electronic_states(ADC3(), 1, **geometry)["energies"][0] == pytest.approx(exact, abs=0.1)
    vectors = _fci_dyson(neutral, ion)
    assert by_eom["strengths"][0] == pytest.approx(vectors, abs=1e-5)


def test_coupled_cluster_finds_both_of_a_degenerate_pair():
    """Right and left vectors of allene's two E pairs, although the nonsymmetric eigensolver mixes
    each pair at will.
    """
    molecule = small("allene")
    found = electronic_states(
        EOMIPCCSD(),
        7,
        symbols=list(molecule.symbols),
        coordinates=molecule.coordinates.tolist(),
        basis_set="sto-3g",
    )
    assert found["lost"].size == 0
    for pair in ((0, 1), (3, 4)):
        assert np.ptp(found["energies"][list(pair)]) < 1e-5
        assert np.ptp(found["strengths"][list(pair)]) < 1e-5


def _fci_dyson(neutral, ion):
    """Pole strength per spin from full-CI vectors in the neutral's orbitals."""
    from pyscf import ao2mo, fci

    h = neutral.mo_coeff.T @ neutral.get_hcore() @ neutral.mo_coeff
    n = len(h)
    eri = ao2mo.kernel(neutral.mol, neutral.mo_coeff)
    _, two = fci.direct_spin1.kernel(h, eri, n, (1, 1))
    _, one = np.linalg.eigh(h)
    return float(
        np.sum((two @ one[:, 0]) ** 2)
    )  # annihilate the beta electron: what is left on the ion's orbital


def test_tda_energies_are_those_of_the_full_matrix(water):
    """CIS against the dense matrix, and length-gauge dipoles from its vectors."""
    from pyscf import scf, tdscf

    place = ReferenceGeometry(*water)
    mf = scf.RHF(place.mole).run(conv_tol=1e-12)
    a = tdscf.TDA(mf).get_ab()[0]
    values, vectors = np.linalg.eigh(a.reshape(a.shape[0] * a.shape[1], -1))
    found = electronic_states(TDA(), 5, **place.geometry)
    np.testing.assert_allclose(found["energies"][:4], values[:4] * 27.211386, atol=1e-5)
    occupied = a.shape[0]
    integrals = np.einsum(
        "xpq,pi,qa->xia",
        place.mole.intor("int1e_r"),
        mf.mo_coeff[:, :occupied],
        mf.mo_coeff[:, occupied:],
    )
    dipoles = np.sqrt(2) * np.einsum("xk,kn->nx", integrals.reshape(3, -1), vectors[:, :4])
    np.testing.assert_allclose(np.abs(found["dipoles"][:4]), np.abs(dipoles), atol=1e-5)


@pytest.mark.slow
def test_excited_states_of_formaldehyde_by_four_methods(campaign):
    """n-pi* of A2 symmetry: 4 eV, dark, promoted by the same modes whatever the method; diabatic
    models reproduce their own points.
    """
    molecule = vb.Molecule(
        "formaldehyde",
        ("C", "O", "H", "H"),
        [[0, 0, -0.53], [0, 0, 0.675], [0, 0.935, -1.12], [0, -0.935, -1.12]],
        basis_set="6-31g",
        reference="hf",
        method="tda",
        n_states=3,
    )
    modes = normal_modes(molecule, executor=campaign)
    models = {}
    for method in (TDA(), EEADC2(), EOMEECCSD(), SACASSCF(3, 2)):
        n = 1 if isinstance(method, SACASSCF) else 3
        models[method.name] = vibronic_hamiltonian(
            molecule,
            modes,
            method=method,
            states=n,
            couplings=CouplingScheme(check=False),
            executor=campaign,
        )
    for model in models.values():
        assert model.state_irreps[0] == "A2"
        assert 3.5 < model.constant[0, 0] < 4.6
        assert model.process == "excitation"
        assert model.state_labels[0] == "S1"
        np.testing.assert_allclose(model.transition_dipoles[0], 0, atol=1e-5)
    stretch = [model.linear[1, 0, 0] for model in models.values()]  # v2, the C=O stretch
    np.testing.assert_allclose(stretch, np.mean(stretch), atol=0.09)
    b2 = {
        name: model.state_irreps.index("B2")
        for name, model in models.items()
        if "B2" in model.state_irreps
    }
    # v4 leaves the plane
    promoting = [abs(models[name].linear[3, 0, i]) for name, i in b2.items()]
    np.testing.assert_allclose(promoting, np.mean(promoting), atol=0.04)
    eom = models["eom-ee-ccsd"]
    adc = models["ee-adc2"]
    assert eom.provenance["transition_dipoles"] == "EE-ADC(2)"
    np.testing.assert_allclose(
        abs(eom.transition_dipoles[b2["eom-ee-ccsd"]]),
        abs(adc.transition_dipoles[b2["ee-adc2"]]),
        atol=1e-6,
    )


def test_tddft_and_tda_agree_on_a_valence_state(water, campaign):
    molecule, modes = water
    a, b = (
        electronic_states(m, 4, **ReferenceGeometry(molecule, modes).geometry)
        for m in (TDA("pbe0"), TDDFT("pbe0"))
    )
    assert 0 < a["energies"][0] - b["energies"][0] < 0.1


def test_better_vertical_energies_with_cheap_couplings(water, campaign):
    molecule, modes = water
    cheap, better = (
        vibronic_hamiltonian(
            molecule, modes, method=m, couplings=CouplingScheme(check=False), executor=campaign
        )
        for m in (ADC2(), ADC3())
    )
    both = vibronic_hamiltonian(
        molecule,
        modes,
        method=ADC2(),
        energies=ADC3(),
        couplings=CouplingScheme(check=False),
        executor=campaign,
    )
    np.testing.assert_allclose(both.constant, better.constant, atol=1e-7)
    np.testing.assert_array_equal(both.linear, cheap.linear)
    assert both.provenance["level_of_theory"].startswith(
        "vertical energies ADC(3)/6-31g (frozen core); couplings ADC(2)/6-31g (frozen core)"
    )
    with pytest.raises(vb.InputError, match="`energies` must be a method of ionized states"):
        vibronic_hamiltonian(molecule, modes, method=ADC2(), energies=TDA(), executor=campaign)


def test_errors_of_couplings_hold_against_analytic_ones(water, campaign):
    molecule, modes = water
    analytic = vibronic_hamiltonian(molecule, modes, method=Koopmans(), executor=campaign)
    numeric = vibronic_hamiltonian(
        molecule,
        modes,
        method=Koopmans(),
        couplings=CouplingScheme(analytic=False),
        executor=campaign,
    )
    wrong = np.abs(numeric.linear - analytic.linear)
    assert np.all(wrong < 2 * numeric.linear_errors + 2e-5)
    assert numeric.linear_errors.max() < 1e-3
    assert not analytic.quadratic.any()


def test_bilinear_terms_are_the_mixed_second_derivatives(water, campaign):
    """gamma of two totally symmetric modes against energies at new geometries."""
    molecule, modes = water
    model = vibronic_hamiltonian(
        molecule,
        modes,
        method=Koopmans(),
        couplings=CouplingScheme(analytic=False, bilinear=True),
        executor=campaign,
    )
    place = ReferenceGeometry(molecule, modes)
    h = 0.15
    ends = {}
    for s in (1, -1):
        for t in (1, -1):
            ends[s, t] = electronic_states(
                Koopmans(), 3, **place.displaced(np.array([s * h, t * h, 0]))
            )["energies"]
    mixed = (ends[1, 1] - ends[1, -1] - ends[-1, 1] + ends[-1, -1]) / (4 * h**2)
    np.testing.assert_allclose(np.diag(model.quadratic[0, 1]), mixed, atol=2e-3)
    assert model.provenance["geometries"].startswith("12 of 13")
    assert np.abs(mixed).max() > 0.01


def test_an_audit_sets_everything_side_by_side(water, campaign, tmp_path):
    molecule, modes = water
    found = audit(molecule, modes, executor=campaign)
    assert found.analytic.max() < 1e-3
    assert found.linear_change.max() < 1e-3
    assert found.violation.max() < 1e-5
    assert found.overlap.min() > 0.99
    text = str(found)
    assert (
        "Analytic couplings (Koopmans' for correlated ions) and finite differences differ by"
        in text
    )
    assert all(label in text for label in modes.labels)
    vb.save(found, tmp_path / "audit.h5")
    assert str(vb.load(tmp_path / "audit.h5")) == text


def test_wrong_inputs(water, campaign):
    molecule, modes = water
    with pytest.raises(vb.InputError, match="no analytic couplings"):
        vibronic_hamiltonian(
            molecule,
            modes,
            method=ADC2(),
            couplings=CouplingScheme(analytic=True),
            executor=campaign,
        )
    with pytest.raises(vb.InputError, match="`states` must be from 1 to 5"):
        vibronic_hamiltonian(molecule, modes, states=6, executor=campaign)
    with pytest.raises(vb.InputError, match="not known to PySCF"):
        electronic_states(Koopmans("nonsense"), 2, **ReferenceGeometry(molecule, modes).geometry)
    with pytest.raises(vb.InputError, match="active space"):
        SACASSCF(0, 2)
    assert method_named("sa-casscf(6,5)") == SACASSCF(3, 2)
    for name in ("sa-casscf(3,4)", "sa-casscf(4,2)", "sa-casscf(4", "tda(4,4)"):
        with pytest.raises(vb.InputError, match=r"write sa-casscf\(4,4\)"):
            vb.Molecule("w", ("O",), [[0, 0, 0]], method=name)


def test_states_that_do_not_converge_are_told(water, monkeypatch):
    """Nine iterations lose the second excited state: what is left must not pass for the two
    lowest.
    """
    from vibronic.electronic_structure.methods import ee_adc2
    from vibronic.models import doubts

    molecule, modes = water
    place = ReferenceGeometry(molecule, modes)
    solver = ee_adc2.adc_solver
    whole = electronic_states(EEADC2(), 4, **place.geometry)
    assert whole["lost"].size == 0

    def hurry(cycles):
        def hurried(*arguments):
            adc, log = solver(*arguments)
            return adc.set(max_cycle=cycles), log

        monkeypatch.setattr(ee_adc2, "adc_solver", hurried)

    hurry(9)
    found = electronic_states(EEADC2(), 4, **place.geometry)
    assert len(found["energies"]) + len(found["lost"]) == 4
    np.testing.assert_allclose(
        np.sort([*found["energies"], *found["lost"]]), whole["energies"], atol=1e-2
    )
    reference = reference_states(place, found, 2)
    assert reference.lost == pytest.approx([whole["energies"][1]], abs=1e-2)
    assert reference_states(place, whole, 2).lost == ()
    model = vb.VibronicHamiltonian(
        modes.frequencies,
        reference.energies,
        np.zeros((3, 2, 2)),
        provenance={"lost_states_eV": [10.5207]},
    )
    assert "near 10.52 eV is missing" in doubts(model)[0]
    hurry(2)
    with pytest.raises(
        vb.CalculationError,
        match=r"No excited state was found among the 4 roots of EE-ADC\(2\) \(4 did not",
    ):
        electronic_states(EEADC2(), 4, **place.geometry)


def test_vertical_states_at_one_geometry(water, campaign, tmp_path):
    """In words a user reads, from any orientation; energies of the model at q = 0;
    Thomas-Reiche-Kuhn bounds the oscillator strengths.
    """
    molecule, modes = water
    model = vibronic_hamiltonian(
        molecule, modes, couplings=CouplingScheme(check=False), executor=campaign
    )
    turned = modes.coordinates @ np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]]).T + 1.0
    found = vertical_states(molecule, states=3, coordinates=turned, executor=campaign)
    np.testing.assert_allclose(found.energies, np.diag(model.constant), atol=1e-6)
    assert found.irreps == ("B1", "A1", "B2")
    assert found.point_group == "C2v"
    assert found.amplitudes.shape == (3, 13)
    assert "pole strength" in str(found)
    light = vertical_states(molecule, method=EEADC2(), states=4, executor=campaign)
    assert 0 < light.oscillator_strengths.sum() < 10
    assert "oscillator strength" in str(light)
    vb.save(light, tmp_path / "x.h5")
    assert str(vb.load(tmp_path / "x.h5")) == str(light)
    pair = vertical_states(small("ammonia"), states=2, executor=campaign)
    assert pair.irreps == ("A1", "E", "E")  # not half of a degenerate pair
    assert vertical_states(
        small("methane"), method=Koopmans(), states=1, executor=campaign
    ).irreps == ("T2", "T2", "T2")
