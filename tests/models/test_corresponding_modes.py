"""Modes of two models of one molecule are matched by species and frequency."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import vibronic as vb
from vibronic.models import corresponding_modes
from vibronic.photoelectron.mode_table import mode_table
from vibronic.units import CM

# Wilson's names of pyrazine's modes, by species and wavenumber: 6a is the soft Ag mode near 600
# cm-1, 1 the ring's breathing near 1000, 10a the only B1g mode, 16b the softest B3u
WILSON = {
    "v5": "v6a",
    "v4": "v1",
    "v3": "v9a",
    "v2": "v8a",
    "v1": "v2",
    "v8": "v10a",
    "v24": "v16b",
}


def test_computed_numbers_of_pyrazine_and_wilsons():
    computed = vb.library.hamiltonian("pyrazine", "tda-b3lyp")
    paper = vb.library.hamiltonian("pyrazine", "24-mode")
    found = corresponding_modes(computed, paper)
    assert len(found) == len(set(found.values())) == 24
    assert {label: found[label] for label in WILSON} == WILSON
    back = corresponding_modes(paper, computed)
    assert back == {theirs: own for own, theirs in found.items()}
    for own, theirs in found.items():
        a = computed.mode_irreps[computed.mode_labels.index(own)]
        assert a == paper.mode_irreps[paper.mode_labels.index(theirs)]


def two(frequencies, irreps=("Ag", "Ag"), labels=("a", "b")):
    linear = [np.diag([0.1]), np.diag([0.2])]
    return vb.VibronicHamiltonian(
        frequencies, [[9.0]], linear, mode_labels=labels, mode_irreps=irreps
    )


def test_modes_are_matched_as_a_whole_within_limits():
    model = two([0.100, 0.110])
    assert corresponding_modes(model, two([0.104, 0.118], labels=("x", "y"))) == {
        "a": "x",
        "b": "y",
    }
    assert corresponding_modes(model, two([0.2, 0.3], labels=("x", "y"))) == {}
    assert corresponding_modes(model, two([0.1, 0.11], irreps=("", ""))) == {}
    assert corresponding_modes(model, two([0.1, 0.11], ("ag", "B1u"), ("x", "y"))) == {"a": "x"}


def rows(table):
    return {cells[0]: cells[1:] for cells in (list(row) for row in table.rows)}


def test_the_table_sets_names_beside_each_other():
    """A model of butatriene as it would be computed: Herzberg's numbers, frequencies 3 % up."""
    paper = vb.library.hamiltonian("butatriene", "published")
    numbers = {"v15": "v1", "v14": "v2", "v12": "v3", "v8": "v4", "v5": "v5"}
    computed = replace(
        paper,
        frequencies=1.03 * paper.frequencies,
        mode_labels=tuple(numbers[label] for label in paper.mode_labels),
        provenance={"molecule": "butatriene", "axes": "z along the twofold axis"},
    )
    table = mode_table(SimpleNamespace(model=computed))
    for label, own in numbers.items():
        m = paper.mode_labels.index(label)
        w = paper.frequencies[m] / CM
        values = rows(table)[f"{own} {paper.mode_irreps[m]}"]
        assert values[1] == label
        np.testing.assert_allclose([values[0], values[2]], [1.03 * w, w])
    assert "totally symmetric one first" in str(table)
    assert "Cattarius" in str(table)

    heavier = replace(computed, provenance={**computed.provenance, "masses": "H 2.0141"})
    assert "MODES HERE" not in str(mode_table(SimpleNamespace(model=heavier)))
    assert mode_table(SimpleNamespace(model=paper)) == ""


@pytest.mark.parametrize("name", ["butatriene", "pyrazine", "water", "ammonia"])
def test_shipped_models_name_their_molecule(name):
    for model in vb.library.hamiltonian_names(name):
        assert vb.library.hamiltonian(name, model).provenance["molecule"] == name
