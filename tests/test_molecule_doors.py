"""Molecules from what other programs hold in memory, charged ones, and those that are refused."""

import re
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from pyscf import dft, gto, scf

import vibronic as vb
from vibronic.molecule import ion_name

pytest.importorskip("ase")
pytest.importorskip("rdkit")

BOHR_PER_ANGSTROM = 1 / 0.529177210544
WATER = [("O", (0.0, 0.0, 0.0)), ("H", (0.0, 0.0, 0.96)), ("H", (0.0, 0.93, -0.24))]


def mole(atoms=WATER, **settings):
    return gto.M(**{"atom": atoms, "basis": "6-31g", "verbose": 0, **settings})


def distances(molecule):
    x = molecule.coordinates
    return np.linalg.norm(x[:, None] - x, axis=2)


# --- PySCF


def test_units_and_symmetry_of_a_mole_do_not_matter():
    in_bohr = [(s, tuple(BOHR_PER_ANGSTROM * v for v in x)) for s, x in WATER]
    plain, other = (
        vb.Molecule.from_pyscf(m) for m in (mole(), mole(in_bohr, unit="Bohr", symmetry=True))
    )
    assert plain.symbols == other.symbols == ("O", "H", "H")
    assert np.allclose(plain.coordinates, [x for _, x in WATER], atol=1e-8)
    assert np.allclose(distances(plain), distances(other), atol=1e-7)
    assert (plain.name, plain.basis_set, plain.functional) == ("H2O", "6-31g", "")


def test_a_mole_gives_back_its_energy():
    """The SCF energy of the molecule as the program sets it up is that of the Mole itself."""
    from vibronic.electronic_structure.scf import converged_scf, geometry_inputs
    from vibronic.electronic_structure.scf import mole as own_mole

    given = gto.M(atom="N 0 0 0; O 0 0 1.07", basis="cc-pvdz", charge=1, verbose=0)
    molecule = vb.Molecule.from_pyscf(given)
    ours = converged_scf(own_mole(geometry_inputs(molecule, molecule.coordinates)))
    assert molecule.formula == "NO+"
    assert ours.e_tot == pytest.approx(scf.RHF(given).run(conv_tol=1e-11).e_tot, abs=1e-8)


def test_a_mean_field_brings_its_functional():
    kohn_sham = dft.RKS(mole(), xc="pbe0")
    kohn_sham.grids.level = 0
    kohn_sham.run(conv_tol=1e-6)
    found = vb.Molecule.from_pyscf(kohn_sham, name="water", method="koopmans", n_states=3)
    assert (found.name, found.functional, found.basis_set) == ("water", "pbe0", "6-31g")
    assert (found.method, found.n_states) == ("koopmans", 3)
    assert (found.reference, str(found.mean_field)) == ("pbe0/6-31g", "PBE0/6-31g")

    hartree_fock = vb.Molecule.from_pyscf(scf.RHF(mole()).density_fit().run())
    assert (hartree_fock.functional, str(hartree_fock.mean_field)) == ("", "RHF/6-31g")
    assert vb.Molecule.from_pyscf(mole()).reference == vb.library.molecule("water").reference
    assert vb.Molecule.from_pyscf(kohn_sham, basis_set="cc-pvdz").basis_set == "cc-pvdz"


def test_labelled_atoms_and_one_basis_set_in_a_dictionary():
    atoms = [(f"{s}{k}", x) for k, (s, x) in enumerate(WATER, 1)]
    found = vb.Molecule.from_pyscf(mole(atoms, basis={"O": "cc-pvdz", "H": "cc-pvdz"}))
    assert (found.symbols, found.basis_set) == (("O", "H", "H"), "cc-pvdz")


def with_dispersion():
    field = dft.RKS(mole(), xc="b3lyp")
    field.disp = "d3bj"
    field.converged = True
    field.mo_occ = np.array([2.0, 0.0])
    return field


def of_a_heavy_proton():
    heavy = mole()
    heavy.nucprop = {1: {"mass": 2}}
    return heavy


REFUSED = {
    "no Mole": (lambda: "water", "takes a pyscf.gto.Mole .* but got a str"),
    "not built": (lambda: gto.Mole(atom=WATER), "was not built"),
    "ghost": (lambda: mole([*WATER, ("Ghost-H", (0, 0, 3))]), "ghost atoms"),
    "ghost by X": (lambda: mole([*WATER, ("X-H", (0, 0, 3))]), "ghost atoms"),
    "ecp": (
        lambda: mole([("I", (0, 0, 0)), ("I", (0, 0, 2.7))], basis="def2-svp", ecp="def2-svp"),
        "effective core potentials",
    ),
    "Cartesian": (lambda: mole(cart=True), "Cartesian Gaussians"),
    "masses": (of_a_heavy_proton, "nuclei of its own"),
    "basis sets": (lambda: mole(basis={"O": "cc-pvdz", "H": "6-31g"}), "one name for all atoms"),
    "not run": (lambda: scf.RHF(mole()), "the RHF is not converged"),
    "unrestricted": (lambda: scf.UHF(mole()).run(), "no restricted closed-shell"),
    "solvent": (lambda: scf.RHF(mole()).ddCOSMO().run(), "a solvent model"),
    "x2c": (lambda: scf.RHF(mole()).x2c().run(), "relativistic"),
    "dispersion": (with_dispersion, "a dispersion correction"),
    "triplet": (
        lambda: mole([("O", (0, 0, 0)), ("O", (0, 0, 1.2))], spin=2),
        r"open shell: charge 0 and spin 2 \(2 unpaired",
    ),
    "radical": (
        lambda: mole([("O", (0, 0, 0)), ("H", (0, 0, 1))], spin=1),
        "open shell: charge 0 and 9 electrons, an odd number",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_molecule_cannot_hold_is_refused(case):
    make, message = REFUSED[case]
    given = make()
    with pytest.raises(vb.InputError, match=message):
        vb.Molecule.from_pyscf(given)


# --- ASE


def test_atoms_of_ase():
    from ase import Atoms
    from ase.build import molecule

    found = vb.Molecule.from_ase(molecule("C2H4"), name="ethylene", basis_set="sto-3g")
    assert (found.formula, found.basis_set, found.charge) == ("C2H4", "sto-3g", 0)
    assert np.allclose(found.coordinates, molecule("C2H4").positions)

    by_charges = Atoms("NO", [[0, 0, 0], [0, 0, 1.06]], charges=[0.7, 0.3])
    by_name = Atoms("NO", [[0, 0, 0], [0, 0, 1.06]], info={"charge": 1})
    assert [vb.Molecule.from_ase(a).formula for a in (by_charges, by_name)] == ["NO+", "NO+"]
    assert vb.Molecule.from_ase(Atoms("NO", by_name.positions), charge=-1).formula == "NO-"


def test_atoms_of_ase_that_are_refused():
    from ase import Atoms
    from ase.build import bulk, molecule

    with pytest.raises(vb.InputError, match="are periodic"):
        vb.Molecule.from_ase(bulk("C"))
    with pytest.raises(vb.InputError, match="spin 2"):
        vb.Molecule.from_ase(molecule("O2"))
    with pytest.raises(vb.InputError, match="masses of their own"):
        vb.Molecule.from_ase(Atoms("H2", [[0, 0, 0], [0, 0, 0.74]], masses=[2.0, 2.0]))
    with pytest.raises(vb.InputError, match=r"charge .* must be a whole number, but is .*0\.4"):
        vb.Molecule.from_ase(Atoms("H2", [[0, 0, 0], [0, 0, 0.74]], charges=[0.4, 0.0]))
    with pytest.raises(vb.InputError, match="takes an ase.Atoms, but got a Mole"):
        vb.Molecule.from_ase(mole())


# --- SMILES

CARBON_DOUBLE = (1.19, 1.36)  # angstrom


def test_a_smiles_gives_a_chemical_geometry():
    found = vb.Molecule.from_smiles("C=C=C=C", name="butatriene")
    assert (found.name, found.formula) == ("butatriene", "C4H4")
    apart = distances(found)
    carbons = [k for k, s in enumerate(found.symbols) if s == "C"]
    bonded = [apart[a, b] for a, b in pairwise(carbons)]
    assert all(CARBON_DOUBLE[0] < d < CARBON_DOUBLE[1] for d in bonded)
    for k, symbol in enumerate(found.symbols):
        if symbol == "H":
            assert 1.05 < min(apart[k, carbons]) < 1.12


def test_the_same_smiles_gives_the_same_geometry():
    first, second = (vb.Molecule.from_smiles("CCO") for _ in range(2))
    assert np.array_equal(first.coordinates, second.coordinates)
    assert first.name == "CCO"


@pytest.mark.parametrize(
    ("smiles", "formula"), [("[NH4+]", "H4N+"), ("[OH-]", "HO-"), ("O=O", "O2"), ("[HH]", "H2")]
)
def test_charges_of_a_smiles(smiles, formula):
    assert vb.Molecule.from_smiles(smiles).formula == formula


@pytest.mark.parametrize(
    ("smiles", "message"),
    [
        ("[CH3]", "open shell: charge 0 and 9 electrons"),
        ("C.C", "several molecules"),
        ("[2H]O[2H]", "names isotopes"),
        ("CCX", "none that RDKit can read"),
        ("", "none that RDKit can read"),
        (7, "none that RDKit can read"),
        ("[U]", "U, unknown here"),
        ("C(", "none that RDKit can read"),
    ],
)
def test_bad_smiles(smiles, message):
    with pytest.raises(vb.InputError, match=re.escape(message)):
        vb.Molecule.from_smiles(smiles)


def test_unknown_arguments_are_named():
    with pytest.raises(vb.InputError, match="'chrge'.*'charge'"):
        vb.Molecule.from_smiles("C", chrge=1)


def test_without_rdkit_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    with pytest.raises(vb.InputError, match=re.escape("pip install 'vibronic[smiles]'")):
        vb.Molecule.from_smiles("C")


def test_no_door_imports_its_program():
    code = (
        "import sys, vibronic; print([m for m in ('pyscf', 'ase', 'rdkit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- charges and open shells


def test_the_comment_of_an_xyz_file_gives_the_charge(tmp_path):
    path = tmp_path / "no.xyz"
    for comment, charge in [("charge=1", 1), ("nitrosonium, Charge: +1", 1), ("charge -1", -1)]:
        path.write_text(f"2\n{comment}\nN 0 0 0\nO 0 0 1.06\n")
        assert vb.Molecule.load(path).charge == charge
    path.write_text("2\nno charges here\nN 0 0 0\nO 0 0 1.06\n")
    assert vb.Molecule.load(path, charge=1).formula == "NO+"
    with pytest.raises(vb.InputError, match=r"no\.xyz: 'no' has an open shell: charge 0 and 15"):
        vb.load(path)


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("charge=0 multiplicity=3", r"spin 2 \(2 unpaired electrons\)"),
        ('Properties=species:S:1:pos:R:3 pbc="F F T"', ":2: the atoms are periodic"),
    ],
)
def test_comments_that_are_refused(tmp_path, comment, message):
    path = tmp_path / "o2.xyz"
    path.write_text(f"2\n{comment}\nO 0 0 0\nO 0 0 1.2\n")
    with pytest.raises(vb.InputError, match=message):
        vb.load(path)


def test_what_ase_writes_is_read(tmp_path):
    from ase import Atoms

    given = Atoms("NO", [[0, 0, 0], [0, 0, 1.06]], info={"charge": 1})
    given.write(tmp_path / "no.xyz", format="extxyz")
    assert vb.load(tmp_path / "no.xyz").formula == "NO+"


def test_ions_round_trip_through_their_file(tmp_path):
    ion = vb.Molecule("ammonium", ("He", "H"), [[0, 0, 0], [0, 0, 0.77]], charge=1)
    vb.save(ion, tmp_path / "ion.toml")
    assert vb.load(tmp_path / "ion.toml").formula == "HHe+"


@pytest.mark.parametrize(
    ("charge", "kind", "left"),
    [
        (0, "neutral", "cation"),
        (1, "cation", "dication"),
        (-1, "anion", "neutral left by electron detachment"),
        (-2, "ion of charge -2", "anion left by electron detachment"),
    ],
)
def test_words_for_ions(charge, kind, left):
    symbols = ("N", "O") if charge % 2 else ("O", "O")
    ion = vb.Molecule("ion", symbols, [[0, 0, 0], [0, 0, 1.2]], charge=charge)
    assert (ion.kind, ion.ionized_kind) == (kind, left)
    assert ion_name(charge) == kind


def test_too_few_electrons_and_unknown_elements():
    with pytest.raises(vb.InputError, match="charge 2 and 0 electrons; two or more"):
        vb.Molecule("H2", ("H", "H"), [[0, 0, 0], [0, 0, 1]], charge=2)
    with pytest.raises(vb.InputError, match="'Qq' is no element up to Xe"):
        vb.Molecule("H2", ("H", "Qq"), [[0, 0, 0], [0, 0, 1]])
