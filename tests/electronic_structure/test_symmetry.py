"""Point groups, standard orientations and species: the same for every orientation and order of the
atoms.
"""

import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyscf import gto
from scipy.spatial.transform import Rotation

import vibronic as vb
from molecules import GEOMETRIES, GROUPS
from vibronic.electronic_structure.reference_states import _in_order
from vibronic.electronic_structure.scf import core_orbitals, mole
from vibronic.electronic_structure.symmetry import canonical_order, point_group, symmetrized
from vibronic.electronic_structure.symmetry.representation import (
    Representation,
    canonical_rotation,
)
from vibronic.electronic_structure.symmetry.rotations import axes_as_in_tables


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(GROUPS)), st.integers(0, 2**31))
def test_orientation_order_and_noise_of_the_input_do_not_matter(name, seed):
    rng = np.random.default_rng(seed)
    symbols = np.array(list(GEOMETRIES[name][0]))
    x = np.array(GEOMETRIES[name][1], dtype=float)
    plain, group = symmetrized(tuple(symbols), x)
    turn = Rotation.random(random_state=seed).as_matrix()
    order = rng.permutation(len(symbols))
    moved = (x @ turn.T + rng.normal(size=3) + 1e-5 * rng.normal(size=x.shape))[order]
    found, again = symmetrized(tuple(symbols[order]), moved)
    assert group.name == again.name == GROUPS[name]
    a, b = (
        y[canonical_order(tuple(s), y)] for s, y in ((symbols, plain), (symbols[order], found))
    )
    np.testing.assert_allclose(a, b, atol=2e-4)
    np.testing.assert_allclose(
        np.einsum("kij,aj->kai", again.matrices, found), found[again.images], atol=1e-12
    )


@pytest.mark.parametrize("name", ["ammonia", "benzene", "methane", "HCN"])
def test_the_operations_are_a_group_and_act_on_orbitals_as_one(name):
    symbols, x = GEOMETRIES[name]
    y, group = symmetrized(tuple(symbols), np.array(x, dtype=float))
    products = np.einsum("aij,bjk->abik", group.matrices, group.matrices).reshape(-1, 9)
    gaps = np.abs(products[:, None] - group.matrices.reshape(1, -1, 9)).max(axis=2)
    assert gaps.min(axis=1).max() < 1e-9
    molecule = mole({"symbols": list(symbols), "basis_set": "cc-pvdz", "coordinates": y.tolist()})
    overlap = molecule.intor("int1e_ovlp")
    values, vectors = np.linalg.eigh(overlap)
    orbitals = (vectors / np.sqrt(values)).T
    matrices = group.on_amplitudes(molecule, orbitals)
    np.testing.assert_allclose(
        matrices @ matrices.transpose(0, 2, 1),
        np.broadcast_to(np.eye(len(overlap)), matrices.shape),
        atol=1e-9,
    )
    for a, b in ((1, 2), (3, 4)):
        k = (
            np.abs(group.matrices - group.matrices[a] @ group.matrices[b])
            .max(axis=(1, 2))
            .argmin()
        )
        np.testing.assert_allclose(matrices[a] @ matrices[b], matrices[k], atol=1e-9)
    hamiltonian = (
        orbitals @ molecule.intor("int1e_kin") @ orbitals.T
    )  # commutes with every operation
    np.testing.assert_allclose(matrices @ hamiltonian, hamiltonian @ matrices, atol=1e-8)


def test_a_group_can_be_read_off_a_geometry_as_it_stands():
    symbols, x = GEOMETRIES["ammonia"]
    y, _group = symmetrized(tuple(symbols), np.array(x))
    again = point_group(tuple(symbols), y)
    assert again.name == "C3v"
    np.testing.assert_allclose(
        np.einsum("kij,aj->kai", again.matrices, y), y[again.images], atol=1e-10
    )


def test_an_atom_is_refused():
    with pytest.raises(vb.InputError, match="no vibrations"):
        symmetrized(("He",), np.zeros((1, 3)))


def test_allowed_tensors_are_those_of_the_exe_jahn_teller_effect():
    """E x e in C3v: one linear constant, and as quadratic ones the frequency's change and the
    warping.
    """
    turns = [
        np.array([[c, -s], [s, c]])
        for c, s in ((1, 0), (-0.5, np.sqrt(0.75)), (-0.5, -np.sqrt(0.75)))
    ]
    group = np.array(turns + [t @ np.diag([1, -1]) for t in turns])
    symmetry = Representation(group, group, (np.arange(2),))
    linear = symmetry.invariants(np.arange(2))
    quadratic = symmetry.invariants(symmetry.mode_sets[0], symmetry.mode_sets[0])
    assert len(linear) == 1
    assert len(quadratic) == 2
    x, y = linear[0] / linear[0, 0, 0, 0]
    np.testing.assert_allclose(x, [[1, 0], [0, -1]], atol=1e-12)
    np.testing.assert_allclose(y, [[0, -1], [-1, 0]], atol=1e-12)


def test_canonical_components_do_not_depend_on_the_first_choice():
    symbols, x = GEOMETRIES["methane"]
    _y, group = symmetrized(tuple(symbols), np.array(x))
    start = np.eye(15)[:3]  # displacements of the central atom: T2
    square = np.array([np.diag([-0.5, -0.5, 1]), np.diag([1, -1, 0])])
    rng = np.random.default_rng(3)
    for _ in range(3):
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        vectors = turn @ start
        rotation = canonical_rotation(
            group, group.on_displacements(vectors), turn @ square @ turn.T, [np.arange(3)]
        )
        found = rotation.T @ vectors
        np.testing.assert_allclose(np.abs(found[:, :3]).max(axis=1), 1, atol=1e-9)
        assert [int(np.abs(v).argmax()) for v in found] == [2, 1, 0]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_axis_of_a_small_group_is_z_in_character_tables(axis):
    unit = np.eye(3)
    turn = 2 * np.diag(unit[axis]) - unit
    mirrors = [unit - 2 * np.diag(unit[other]) for other in range(3) if other != axis]
    reflection = unit - 2 * np.diag(unit[axis])
    expected = int(axis == 2)
    assert axes_as_in_tables(np.array([unit, turn])) == expected  # C2
    assert axes_as_in_tables(np.array([unit, reflection])) == expected  # Cs
    assert axes_as_in_tables(np.array([unit, turn, *mirrors])) == expected  # C2v
    assert axes_as_in_tables(np.array([unit, -unit, turn, reflection])) == expected  # C2h
    assert axes_as_in_tables(unit[None]) == 1


def test_core_orbitals_of_the_first_four_rows():
    shells = {"H": 0, "He": 0, "Li": 1, "Ne": 1, "Na": 5, "S": 5, "Ar": 5, "K": 9, "Br": 9}
    found = {s: core_orbitals(gto.M(atom=f"{s} 0 0 0", spin=None, basis="sto-3g")) for s in shells}
    assert found == shells
    water = gto.M(atom="O 0 0 0; H 0 0.7 0.6; H 0 -0.7 0.6", basis="sto-3g")
    assert core_orbitals(water) == 1


def test_amplitudes_are_ordered_by_atom_whatever_the_order_of_the_input():
    atoms = {"O": [0.0, 0.0, 0.1], "H": [0.0, 0.76, -0.5], "F": [0.0, -0.9, -0.4]}
    found = []
    for symbols in (("O", "H", "F"), ("F", "O", "H"), ("H", "F", "O")):
        x = np.array([atoms[s] for s in symbols])
        molecule = gto.M(atom=list(zip(symbols, x, strict=True)), basis="6-31g")
        # every function by its label, as an amplitude
        named = [zlib.crc32(label.split(" ", 1)[1].encode()) for label in molecule.ao_labels()]
        modes = SimpleNamespace(symbols=symbols, coordinates=x)
        reference = SimpleNamespace(mole=molecule, modes=modes)
        found.append(_in_order(reference, np.array([named], dtype=float)))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
