"""A molecule is a folder: nothing else has to know it."""

import shutil

import numpy as np
import pytest

import vibronic as vb
from vibronic import library
from vibronic.cli.request import asked

TOY = """\
format = "Molecule/1"
name = "toy"
title = "Lithium hydride, a toy"
geometry_angstrom = \"\"\"
Li 0.0 0.0 0.0
H  0.0 0.0 1.6
\"\"\"

[calculation]
method = "koopmans"
basis_set = "sto-3g"
n_states = 1

[[experiment]]
label = "X"
vertical_eV = 7.9
source = "invented"
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A library with one more folder."""
    shutil.copytree(library.folder(), tmp_path / "molecules")
    place = tmp_path / "molecules" / "toy"
    place.mkdir()
    (place / "molecule.toml").write_text(TOY)
    vb.save(vb.VibronicHamiltonian([0.17], [[7.9]], [[[0.1]]]), place / "published.toml")
    (place / "absorption.csv").write_text("energy_eV,strength\n3.0,1.0\n")
    monkeypatch.setattr(library, "folder", lambda: tmp_path / "molecules")
    return place


def test_a_folder_makes_a_molecule(toy, capsys):
    from vibronic.cli.molecules import molecules

    assert "toy" in library.names()
    assert library.molecule("toy").symbols == ("Li", "H")
    assert library.hamiltonian_names("toy") == ["published"]
    assert library.hamiltonian("toy").linear == pytest.approx(0.1)
    assert np.array_equal(library.measured_spectrum("toy", "absorption").energies, [3.0])
    assert library.measured_spectrum("toy", "photoelectron") is None

    molecules()
    assert "koopmans/sto-3g" in capsys.readouterr().out


def test_commands_take_it(toy):
    request = asked("photoelectron", "toy", "published")
    assert request.name == "toy"
    assert request.model.n_states == 1
    assert asked("hamiltonian", "toy").molecule.method == "koopmans"


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(vb.InputError, match=r"Unknown molecule 'butatrien'. .*butatriene"):
        library.molecule("butatrien")
    with pytest.raises(vb.InputError, match=r"has no Hamiltonian 'publshed'. .*published"):
        library.hamiltonian("butatriene", "publshed")
    with pytest.raises(vb.InputError, match="It ships with none"):
        library.hamiltonian("benzene", "published")
