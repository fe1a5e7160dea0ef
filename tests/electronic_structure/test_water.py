"""The PySCF side on water: small enough for every run of the tests."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.campaign import Task
from vibronic.electronic_structure import ADC2, ADC3, Koopmans, method, vibronic_hamiltonian
from vibronic.electronic_structure.methods.electronic_states import (
    electronic_states,
    states_and_derivatives,
)
from vibronic.electronic_structure.scf import converged_scf, geometry_inputs, mole
from vibronic.electronic_structure.symmetry import symmetrized
from vibronic.electronic_structure.vibrational_tasks import hessian
from vibronic.units import ATOMIC_MASS, BOHR, CM, HARTREE


def test_every_named_method_exists():
    from vibronic.molecule import methods

    ionized = ["koopmans", "adc2", "adc2x", "adc3", "eom-ip-ccsd", "composite"]
    assert list(methods("ionization")) == ionized
    assert list(methods("excitation")) == ["tda", "tddft", "ee-adc2", "eom-ee-ccsd", "sa-casscf"]
    assert all(method(name).name == name for name in methods())


def test_modes_agree_with_pyscf_harmonic_analysis(water_modes):
    from pyscf.hessian import thermo

    molecule, modes, campaign = water_modes
    geometry = geometry_inputs(molecule, modes.coordinates)
    derivatives = campaign.result(Task(hessian, {"functional": "", **geometry}), "hessian")
    theirs = thermo.harmonic_analysis(mole(geometry), derivatives["hessian"], mass=modes.masses)
    rising = np.sort(modes.frequencies) / CM
    np.testing.assert_allclose(rising, theirs["freq_wavenumber"], rtol=1e-5)
    assert modes.masses[1] == pytest.approx(1.00782503, abs=1e-6)  # a mass, not a mass number
    assert modes.irreps == ("A1", "A1", "B2")
    assert modes.point_group == "C2v"


def test_displacements_are_dimensionless_normal_modes(water_modes):
    _, modes, _ = water_modes
    moved = modes.displacements / BOHR * np.sqrt(modes.masses * ATOMIC_MASS)[None, :, None]
    gram = np.einsum("max,nax->mn", moved, moved)
    np.testing.assert_allclose(gram, np.diag(HARTREE / modes.frequencies), atol=1e-8 * gram.max())


def test_koopmans_couplings_equal_finite_differences_of_overlap_diabatized_orbital_energies(
    water_modes,
):
    from pyscf import gto

    molecule, modes, campaign = water_modes
    geometry = geometry_inputs(molecule, modes.coordinates)
    occupied = 5
    found = campaign.result(
        Task(states_and_derivatives, {"method": Koopmans(), "n_roots": occupied, **geometry}),
        "koopmans",
    )
    analytic = np.einsum("max,axij->mij", modes.displacements, found["derivatives"])
    step = 0.02
    for m in range(modes.n_modes):
        matrices = []
        for sign in (1, -1):
            moved = mole(
                geometry_inputs(molecule, modes.geometry(sign * step * np.eye(modes.n_modes)[m]))
            )
            mf = converged_scf(moved)
            overlap = (
                found["amplitudes"]
                @ gto.intor_cross("int1e_ovlp", mole(geometry), moved)
                @ mf.mo_coeff[:, occupied - 1 :: -1]
            )
            u, _, vt = np.linalg.svd(overlap)
            matrices.append(
                u @ vt @ np.diag(-mf.mo_energy[occupied - 1 :: -1] * HARTREE) @ (u @ vt).T
            )
        numeric = (matrices[0] - matrices[1]) / (2 * step)
        np.testing.assert_allclose(
            analytic[m][:-1, :-1], numeric[:-1, :-1], atol=2e-4
        )  # valence orbitals


def test_koopmans_model_reads_the_orbitals(water_modes):
    molecule, modes, campaign = water_modes
    model = vibronic_hamiltonian(molecule, modes, method=Koopmans(), executor=campaign)
    mf = converged_scf(mole(geometry_inputs(molecule, modes.coordinates)))
    np.testing.assert_allclose(
        np.diag(model.constant), -mf.mo_energy[[4, 3, 2]] * HARTREE, atol=1e-7
    )
    assert model.state_irreps == ("B1", "A1", "B2")
    assert model.process == "ionization"
    assert not np.any(model.quadratic)


def test_adc3_model_reproduces_displaced_energies_and_symmetry(water_modes):
    molecule, modes, campaign = water_modes
    model = vibronic_hamiltonian(molecule, modes, method=ADC3(), executor=campaign)
    # near-FCI vertical energies in a large basis: 12.74, 14.96, 19.06 eV (A. Marie, P.-F. Loos, J.
    # Chem. Theory Comput. 2024,
    # doi:10.1021/acs.jctc.4c00216); cc-pVDZ lies below
    np.testing.assert_allclose(np.diag(model.constant), [12.74, 14.96, 19.06], atol=0.6)
    np.testing.assert_allclose(model.pole_strengths, 0.94, atol=0.03)
    assert not np.any(
        model.linear[:2][:, [0, 0, 1], [1, 2, 2]]
    )  # A1 modes do not couple states of different species
    assert abs(model.linear[2, 1, 2]) > 0.1  # the B2 stretch couples A1 and B2
    # off the points it was made from, along the bend: surfaces against a new calculation
    q = np.array([0.0, 0.3, 0.0])
    task = Task(
        electronic_states,
        {"method": ADC3(), "n_roots": 6, **geometry_inputs(molecule, modes.geometry(q))},
    )
    energies = campaign.result(task, "check")["energies"][:3]
    surfaces = np.linalg.eigvalsh(model.potential(q)) - 0.5 * modes.frequencies @ q**2
    np.testing.assert_allclose(surfaces, energies, atol=0.02)


def test_adc2_lies_below_adc3_and_shares_its_couplings(water_modes):
    molecule, modes, campaign = water_modes
    second, third = (
        vibronic_hamiltonian(molecule, modes, method=m, executor=campaign)
        for m in (ADC2(), ADC3())
    )
    assert np.all(np.diag(second.constant) < np.diag(third.constant))
    np.testing.assert_allclose(np.abs(second.linear), np.abs(third.linear), atol=0.15)


def test_rotated_translated_permuted_input_gives_the_same_model(water_modes):
    from scipy.spatial.transform import Rotation

    from vibronic.campaign import Campaign
    from vibronic.electronic_structure import normal_modes

    molecule, modes, campaign = water_modes
    turn = Rotation.from_euler("xyz", [0.3, -1.1, 2.0]).as_matrix()
    moved = vb.Molecule(
        "water",
        ("H", "O", "H"),
        (molecule.coordinates @ turn.T + [1.0, -2.0, 0.5])[[1, 0, 2]],
        n_states=3,
        reference="hf",
    )
    found = normal_modes(moved, executor=Campaign(campaign.executor, campaign.cache))
    np.testing.assert_allclose(found.frequencies, modes.frequencies, atol=1e-6)
    assert found.irreps == modes.irreps
    a, b = (
        vibronic_hamiltonian(m, n, method=Koopmans(), executor=campaign)
        for m, n in ((molecule, modes), (moved, found))
    )
    np.testing.assert_allclose(b.linear, a.linear, atol=1e-6)
    assert a.state_irreps == b.state_irreps


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("butatriene", "D2h"),
        ("ethylene", "D2h"),
        ("formaldehyde", "C2v"),
        ("pyrazine", "D2h"),
        ("furan", "C2v"),
        ("sulfur-dioxide", "C2v"),
        ("water", "C2v"),
    ],
)
def test_point_groups_and_axes(name, group):
    molecule = vb.library.molecule(name)
    x, found = symmetrized(
        molecule.symbols,
        molecule.coordinates
        + np.random.default_rng(0).normal(size=(len(molecule.symbols), 3)) * 1e-3,
    )
    assert found.name == group
    assert np.abs(x[:, 0]).max() < 1e-10  # planar: x is normal to the plane


def test_groups_of_the_other_molecules_that_ship():
    expected = {
        "allene": "D2d",
        "ammonia": "C3v",
        "benzene": "D6h",
        "methane": "Td",
        "hydrogen-cyanide": "C∞v",
        "nitrogen": "D∞h",
    }
    for name, group in expected.items():
        molecule = vb.library.molecule(name)
        assert symmetrized(molecule.symbols, molecule.coordinates)[1].name == group, name


def test_a_geometry_that_is_no_minimum_names_the_mode(water_modes):
    from vibronic.electronic_structure import normal_modes

    _, _, campaign = water_modes
    planar = vb.Molecule(
        "ammonia",
        ("N", "H", "H", "H"),
        [[0, 0, 0], [1, 0, 0], [-0.5, 0.8660254, 0], [-0.5, -0.8660254, 0]],
        basis_set="sto-3g",
        reference="hf",
    )
    with pytest.raises(
        vb.CalculationError,
        match=r"is not a minimum at RHF/sto-3g: a mode \(.*\) has the frequency .*i cm-1 "
        r"\(imaginary\)",
    ):
        normal_modes(planar, executor=campaign)


def test_a_degenerate_pair_is_not_cut_in_two(water_modes):
    from vibronic.electronic_structure import normal_modes

    _, _, campaign = water_modes
    ammonia = vb.Molecule(
        "ammonia",
        ("N", "H", "H", "H"),
        [[0, 0, 0.1], [0, 0.937, -0.27], [0.8115, -0.4685, -0.27], [-0.8115, -0.4685, -0.27]],
        basis_set="sto-3g",
        reference="hf",
    )
    modes = normal_modes(ammonia, executor=campaign)
    with pytest.raises(vb.InputError, match=r"States 2 to 3 are degenerate .* Use 3 or 1 states"):
        vibronic_hamiltonian(ammonia, modes, method=Koopmans(), states=2, executor=campaign)
