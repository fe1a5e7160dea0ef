"""Modes are numbered, and components of degenerate states named, as spectroscopists do."""

import numpy as np
import pytest

import vibronic as vb
from benchmarks.frequencies import CHECKED
from molecules import GEOMETRIES, small
from vibronic.electronic_structure import normal_modes, vibronic_hamiltonian
from vibronic.electronic_structure.methods import Koopmans
from vibronic.electronic_structure.numbering import (
    component_labels,
    component_letters,
    spectroscopic_order,
)
from vibronic.electronic_structure.symmetry import symmetrized
from vibronic.electronic_structure.symmetry.axes import axes_told

# numbers and fundamentals (cm-1) as tabulated: T. Shimanouchi, NSRDS-NBS 39 (1972), in the NIST
# Chemistry WebBook
NUMBERED = {
    "water": (3657, 1595, 3756),
    "ammonia": (3337, 950, 3444, 1627),
    "methane": (2917, 1534, 3019, 1306),
    "formaldehyde": (2783, 1746, 1500, 1167, 2843, 1249),
    "hydrogen-cyanide": (3311, 712, 2097),
    "acetylene": (3374, 1974, 3289, 612, 730),
}


@pytest.mark.parametrize("name", NUMBERED)
def test_numbers_are_those_of_the_tables(name):
    pairs = [(irrep, float(w)) for irrep, own in CHECKED[name].items() for w in own]
    irreps = tuple(irrep for irrep, _ in pairs)
    frequencies = np.array([w for _, w in pairs])
    every = [np.array([k]) for k in range(len(pairs))]
    if name == "hydrogen-cyanide":  # both components, for the rule of the bend
        bend = irreps.index("Π")
        irreps = (*irreps, "Π")
        frequencies = np.append(frequencies, frequencies[bend])
        every[bend] = np.array([bend, len(pairs)])
    ordered = spectroscopic_order(
        irreps, frequencies, every, linear_triatomic=name == "hydrogen-cyanide"
    )
    assert tuple(frequencies[members[0]] for members in ordered) == NUMBERED[name]


@pytest.mark.parametrize(
    ("species", "in_order"),
    [
        # benzene as Herzberg numbers it, and the primes of D3h
        (
            ("E2u", "E2g", "E1u", "E1g", "B2u", "B2g", "B1u", "A2u", "A2g", "A1g"),
            ("A1g", "A2g", "A2u", "B1u", "B2g", "B2u", "E1g", "E1u", "E2g", "E2u"),
        ),
        (("E''", "E'", "A2''", "A1'"), ("A1'", "A2''", "E'", "E''")),
        (("B3u", "Au", "B1u", "Ag", "B2g"), ("Ag", "Au", "B1u", "B2g", "B3u")),
        (("Πu", "Πg", "Σ+u", "Σ+g"), ("Σ+g", "Σ+u", "Πg", "Πu")),
    ],
)
def test_species_in_the_order_of_character_tables(species, in_order):
    every = [np.array([k]) for k in range(len(species))]
    ordered = spectroscopic_order(species, np.ones(len(species)), every)
    assert tuple(species[members[0]] for members in ordered) == in_order


def test_components_have_one_number():
    sets = [np.array([1]), np.array([0, 2])]
    assert component_labels(["E", "A"], sets[::-1], ("y", "", "x")) == ("Ey", "A", "Ex")
    assert component_labels([], [], ()) == ()


@pytest.mark.parametrize("name", ["methane", "ammonia", "benzene", "borane", "ethane", "HCN"])
def test_components_turn_like_the_axes_they_are_named_after(name):
    """The p functions of an atom at the centre: each component is along the axis of its name."""
    symbols, x = GEOMETRIES[name]
    _, group = symmetrized(tuple(symbols), np.array(x, dtype=float))
    order = [2, 0, 1]  # of the axes, other than by name
    turned = group.matrices[:, order][:, :, order]
    three = name == "methane"
    sets = [np.arange(3)] if three else [np.array([0]), np.array([1, 2])]
    letters = component_letters(group.matrices, turned, sets)
    assert letters == (("z", "x", "y") if three else ("", "x", "y"))
    swapped = group.matrices[:, [2, 1, 0]][:, :, [2, 1, 0]]
    letters = component_letters(group.matrices, swapped, sets)
    assert letters == (("z", "y", "x") if three else ("", "y", "x"))


def test_computed_modes_and_states_of_ammonia():
    molecule = small("ammonia", n_states=3)
    modes = normal_modes(molecule)
    assert modes.labels == ("v1", "v2", "v3x", "v3y", "v4x", "v4y")
    assert modes.irreps == ("A1", "A1", "E", "E", "E", "E")
    by_label = dict(zip(modes.labels, modes.frequencies, strict=True))
    assert by_label["v1"] > by_label["v2"]
    assert by_label["v3x"] == by_label["v3y"] > by_label["v4x"]
    assert "z along the threefold axis" in str(modes)

    model = vibronic_hamiltonian(molecule, modes, method=Koopmans())
    assert model.state_labels == ("X", "Ax", "Ay")
    assert model.mode_labels == modes.labels
    assert model.provenance["axes"] == modes.axes

    # the pair of lowest modes of the other order would be carried to other masses wrongly
    turned = model.subset(modes=model.mode_labels[::-1])
    with pytest.raises(vb.InputError, match="in another order of them"):
        vb.models.isotopic_hamiltonian(turned, modes, modes)


def test_modes_of_older_files_keep_their_numbers(tmp_path):
    modes = normal_modes(small("water"))
    from dataclasses import replace

    rising = np.argsort(modes.frequencies)
    old = replace(
        modes,
        frequencies=modes.frequencies[rising],
        displacements=modes.displacements[rising],
        irreps=tuple(modes.irreps[m] for m in rising),
        labels=(),
    )
    assert old.labels == ("v1", "v2", "v3")
    vb.save(modes, tmp_path / "m.h5")
    assert vb.load(tmp_path / "m.h5").labels == modes.labels


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("water", "z along the twofold axis, x normal to the molecular plane"),
        ("ethylene", "z along the twofold axis through most atoms, x normal to the molecular pla"),
        ("benzene", "z along the sixfold axis, normal to the molecular plane"),
        ("methane", "x, y and z along twofold axes"),
        ("hexafluoride", "x, y and z along fourfold axes"),
        ("HCN", "z along the molecule"),
        ("HOF", "z normal to the molecular plane"),
        ("peroxide", "z along the twofold axis"),
    ],
)
def test_the_axes_are_told(name, told):
    symbols, x = GEOMETRIES[name]
    y, group = symmetrized(tuple(symbols), np.array(x, dtype=float))
    assert axes_told(y, group.matrices, group.linear).startswith(told)
