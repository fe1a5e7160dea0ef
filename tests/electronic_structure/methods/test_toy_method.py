"""A method of somebody's own: its file, its line, and everything else knows it."""

from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

import vibronic as vb
from vibronic import molecule
from vibronic.electronic_structure import methods
from vibronic.electronic_structure.methods import method as registry
from vibronic.electronic_structure.methods.koopmans import Koopmans
from vibronic.electronic_structure.methods.method import register
from vibronic.electronic_structure.methods.states_method import IonizedStates, Roots


@pytest.fixture
def toy(monkeypatch):
    """What `methods/toy.py` would hold, and the line that imports it."""
    monkeypatch.setattr(registry, "METHODS", dict(registry.METHODS))
    molecule.methods()
    monkeypatch.setattr(molecule, "_known", dict(molecule._known))

    @register
    @dataclass(frozen=True)
    class Scaled(IonizedStates):
        """Orbital energies times a factor."""

        name: ClassVar[str] = "scaled"
        label: ClassVar[str] = "Scaled orbitals"
        usage: ClassVar[str] = "scaled(0.9)"

        factor: float = 0.9

        @classmethod
        def from_text(cls, text: str, functional: str = "") -> Any:
            inside = text.partition("(")[2].rstrip(")")
            return cls(float(inside)) if inside else cls()

        def roots(self, molecule: Any, n_roots: int) -> Roots:
            from vibronic.electronic_structure.scf import converged_scf

            mf = converged_scf(molecule)
            chosen = np.flatnonzero(mf.mo_occ)[::-1][:n_roots]
            energies = -self.factor * mf.mo_energy[chosen]
            return Roots(energies, np.ones(len(chosen)), mf.mo_coeff[:, chosen].T, mf.e_tot)

        def n_roots(self, n_states: int) -> int:
            return n_states + 1

    return Scaled


@pytest.fixture(scope="module")
def water():
    small = replace(
        vb.library.molecule("water"), basis_set="sto-3g", reference="hf", method="koopmans"
    )
    return small, vb.electronic_structure.normal_modes(small)


class Here(Executor):
    """An executor in this process."""

    def submit(self, function, *args, **kwargs):
        future = Future()
        future.set_result(function(*args, **kwargs))
        return future


def test_files_molecules_and_the_command_line_know_it(toy, water, tmp_path):
    own = replace(water[0], method="scaled(0.8)")
    assert own.process == "ionization"
    vb.save(own, tmp_path / "own.toml")
    assert vb.load(tmp_path / "own.toml").method == "scaled(0.8)"
    assert vb.electronic_structure.method("scaled(0.8)") == toy(0.8)

    from vibronic.cli.request import Theory, asked

    request = asked("photoelectron", "water", theory=Theory(method="scaled"))
    assert request.molecule.method == "scaled"
    with pytest.raises(vb.InputError, match="Unknown method 'scald'.*scaled"):
        replace(own, method="scald")


def test_it_makes_a_hamiltonian(toy, water):
    small, modes = water
    model = vb.electronic_structure.vibronic_hamiltonian(
        small, modes, method=toy(0.8), states=2, executor=Here()
    )
    exact = vb.electronic_structure.vibronic_hamiltonian(
        small, modes, method=Koopmans(), states=2, executor=Here()
    )
    assert model.title.endswith("Scaled orbitals")
    np.testing.assert_allclose(model.constant, 0.8 * exact.constant, atol=1e-6)
    np.testing.assert_allclose(model.linear, 0.8 * exact.linear, atol=2e-3)


def test_its_name_is_exported_by_its_line():
    """The names of the folder are those of the registered classes."""
    for kind in registry.METHODS.values():
        assert getattr(methods, kind.__name__) is kind
        assert getattr(vb.electronic_structure, kind.__name__) is kind
        assert kind.__name__ in vb.electronic_structure.__all__
