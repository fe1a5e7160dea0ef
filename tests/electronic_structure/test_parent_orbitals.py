"""Parent orbitals on a grid: the integrals that an orbital must have, from the grid and from
PySCF.
"""

import numpy as np
import pytest

import vibronic as vb
from molecules import small
from vibronic.campaign import Campaign, local_processes
from vibronic.electronic_structure import normal_modes, parent_orbitals, vibronic_hamiltonian
from vibronic.electronic_structure.methods import ADC2, TDA, Koopmans
from vibronic.electronic_structure.scf import converged_scf, geometry_inputs, mole
from vibronic.units import BOHR, HARTREE


@pytest.fixture(scope="module")
def campaign():
    with local_processes(1) as executor:
        yield Campaign(executor)


@pytest.fixture(scope="module")
def water(campaign):
    molecule = small("water", n_states=3)
    return molecule, normal_modes(molecule, executor=campaign)


@pytest.fixture(scope="module")
def orbitals(water, campaign):
    return parent_orbitals(*water, executor=campaign)


def test_they_are_normalized_and_orthogonal_where_the_grid_is_fine(water, campaign):
    fine = parent_orbitals(*water, step=0.1, executor=campaign)
    volume = (fine.step / BOHR) ** 3
    gram = np.einsum("iabc,jabc->ij", fine.values, fine.values) * volume
    np.testing.assert_allclose(gram, np.eye(3), atol=0.02)
    np.testing.assert_allclose(fine.norms, np.diag(gram))


def test_energies_and_dipoles_are_those_of_pyscf(water, orbitals):
    molecule, modes = water
    mf = converged_scf(mole(geometry_inputs(molecule, modes.coordinates)))
    np.testing.assert_allclose(orbitals.energies, -mf.mo_energy[[4, 3, 2]] * HARTREE, atol=1e-6)
    assert orbitals.irreps == ("B1", "A1", "B2")
    assert orbitals.labels == ("X", "A", "B")

    # <psi|z|psi> of each: by the grid, and by integrals
    z = orbitals.origin[2] + orbitals.step * np.arange(orbitals.values.shape[3])
    mean = (orbitals.values**2).sum(axis=(1, 2)) @ z / (orbitals.values**2).sum(axis=(1, 2, 3))
    c = mf.mo_coeff[:, [4, 3, 2]]
    exact = np.einsum("pi,pq,qi->i", c, mf.mol.intor("int1e_r")[2], c) * BOHR
    np.testing.assert_allclose(mean, exact, atol=0.01)


def test_symmetry_is_seen_on_the_grid(orbitals):
    """B1 changes its sign at the plane of the molecule, yz; B2 at xz."""
    x, a, y = orbitals.values
    np.testing.assert_allclose(x[::-1], -x, atol=1e-8)
    np.testing.assert_allclose(a[::-1], a, atol=1e-8)
    np.testing.assert_allclose(y[:, ::-1], -y, atol=1e-8)


def test_the_surface_holds_the_share_asked_for(orbitals):
    for label, values, norm in zip(orbitals.labels, orbitals.values, orbitals.norms, strict=True):
        level = orbitals.contour(label, 0.7)
        inside = (values[np.abs(values) >= level] ** 2).sum() * (orbitals.step / BOHR) ** 3
        assert inside / norm == pytest.approx(0.7, abs=0.01)
    with pytest.raises(vb.InputError, match="Unknown orbital 'C'"):
        orbitals.contour("C")


def test_labels_are_those_of_the_model_and_components_are_orthogonal(campaign):
    molecule = small("ammonia", n_states=3)
    modes = normal_modes(molecule, executor=campaign)
    for method in (Koopmans(), ADC2()):
        model = vibronic_hamiltonian(molecule, modes, method=method, executor=campaign)
        found = parent_orbitals(molecule, modes, method=method, executor=campaign)
        assert found.labels == model.state_labels == ("X", "Ax", "Ay")
        np.testing.assert_allclose(found.energies, model.orbital_energies, atol=1e-6)
        _, x, y = found.values
        assert abs((x * y).sum()) < 1e-2 * (x * x).sum()
        np.testing.assert_allclose(y[:, ::-1], -y, atol=1e-6)  # odd under y -> -y


def test_excited_states_have_none(water):
    with pytest.raises(vb.InputError, match="no one parent orbital"):
        parent_orbitals(*water, method=TDA())


def test_a_cube_is_read_by_pyscf(orbitals, tmp_path):
    from pyscf.tools.cubegen import Cube

    vb.save(orbitals, tmp_path / "a.cube", state="A")
    cube = Cube(vb_mole(orbitals))
    data = cube.read(tmp_path / "a.cube")
    np.testing.assert_allclose(data, orbitals.values[1], atol=1e-5)
    np.testing.assert_allclose(cube.boxorig, orbitals.origin / BOHR, atol=1e-5)
    np.testing.assert_allclose(cube.mol.atom_coords() * BOHR, orbitals.coordinates, atol=1e-5)
    steps = np.diag(cube.box) / [cube.nx, cube.ny, cube.nz]
    np.testing.assert_allclose(steps * BOHR, orbitals.step, rtol=1e-4)
    with pytest.raises(vb.InputError, match="Unknown state 'Q'"):
        vb.save(orbitals, tmp_path / "b.cube", state="Q")
    with pytest.raises(vb.InputError, match="holds an orbital"):
        vb.save(vb.library.molecule("water"), tmp_path / "b.cube")


def vb_mole(orbitals):
    from pyscf import gto

    return gto.M(atom=list(zip(orbitals.symbols, orbitals.coordinates, strict=True)), verbose=0)


def test_they_are_saved_and_drawn_again(orbitals, tmp_path):
    vb.save(orbitals, tmp_path / "o.h5")
    again = vb.load(tmp_path / "o.h5")
    np.testing.assert_array_equal(again.values, orbitals.values)
    assert str(again) == str(orbitals)
    assert len(vb.plot(again).axes) >= 3
