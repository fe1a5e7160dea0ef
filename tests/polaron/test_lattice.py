"""Lattices as Hamiltonians of the whole package, and the crystal of a molecule."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.polaron import Lattice


def lowest(model, quanta, count=2):
    basis = vb.VibronicBasis(model.n_states, (quanta + 1,) * model.n_modes, max_quanta=quanta)
    return vb.spectra.eigenstates(model, basis, count).energies


# H = -t (c+_1 c_2 + h.c.) + w sum b+b + g sum n (b + b+), in two coordinates and in one
@pytest.mark.parametrize(
    ("t", "w", "g", "splitting"),
    [(1.0, 1.0, 1.5, 0.2306290553), (0.1, 1.0, 1.5, 0.0211132099), (1.0, 5.0, 10.0, 0.0370423348)],
)
def test_two_sites_are_joined_once(t, w, g, splitting):
    low, high = lowest(Lattice(t, w, g / w).cluster(2), 40)
    assert high - low == pytest.approx(splitting, abs=2e-9)


def test_two_electrons_on_two_sites_against_the_hubbard_dimer():
    model = Lattice(1.0, 1.0, 0.0, repulsion=4.0).cluster(2, electrons=2)
    assert lowest(model, 2)[0] == pytest.approx(2 - np.sqrt(4 + 4), abs=1e-9)


@pytest.mark.parametrize(("dimension", "bottom"), [(1, -2.0), (2, -4.0), (3, -6.0)])
def test_empty_couplings_leave_the_band(dimension, bottom):
    model = Lattice(1.0, 1.0, 0.0, dimension).cluster(3)
    assert np.linalg.eigvalsh(model.constant)[0] == pytest.approx(bottom)
    open_ends = Lattice(1.0, 1.0, 0.0, dimension).cluster(3, periodic=False)
    assert np.linalg.eigvalsh(open_ends.constant)[0] == pytest.approx(-dimension * np.sqrt(2))


def test_the_crystal_of_butatriene():
    model = vb.library.hamiltonian("butatriene", "published")
    lattice = Lattice.of_molecule(model, "X", 0.1)
    assert lattice.binding_energy == pytest.approx(model.reorganization_energies("X").sum())
    assert lattice.binding_energy == pytest.approx(0.067, abs=1e-3)
    assert lattice.huang_rhys_factor == pytest.approx(0.33, abs=5e-3)
    assert "vibronic coupling to A" in str(lattice)


def test_water_traps_its_charge():
    lattice = Lattice.of_molecule(vb.library.hamiltonian("water", "published"), "A", 0.1)
    assert lattice.binding_energy == pytest.approx(1.11, abs=5e-3)
    assert lattice.huang_rhys_factor == pytest.approx(5.1, abs=0.05)


def test_unknown_and_uncoupled_states_are_refused(crossing):
    with pytest.raises(vb.InputError, match="Unknown state 'Z'"):
        Lattice.of_molecule(vb.library.hamiltonian("butatriene", "published"), "Z", 0.1)
    bare = vb.VibronicHamiltonian([0.1], np.diag([1.0, 2.0]), np.zeros((1, 2, 2)))
    with pytest.raises(vb.InputError, match="no linear coupling"):
        Lattice.of_molecule(bare, 0, 0.1)
