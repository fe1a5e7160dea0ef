"""Warnings about models name the mode, and sound models have none."""

from dataclasses import replace

import numpy as np

import vibronic as vb
from vibronic.models import doubts


def model(**changes):
    base = vb.VibronicHamiltonian(
        frequencies=[0.15, 0.03],
        constant=np.diag([9.0, 9.8]),
        linear=np.zeros((2, 2, 2)),
        mode_labels=("v1", "v2"),
    )
    return replace(base, **changes)


def test_a_sound_model_has_no_warnings():
    assert doubts(model()) == ()
    assert doubts(vb.library.hamiltonian("butatriene")) == ()


def test_a_soft_mode_with_a_strong_coupling():
    linear = np.zeros((2, 2, 2))
    linear[1] = [[0, 0.2], [0.2, 0]]
    (warning,) = doubts(model(linear=linear))
    assert warning.startswith("Soft mode v2 (242 cm-1): lambda of 1/2 is 6.7 times")
    linear[1] = np.diag([-0.2, 0])
    assert "kappa of 1" in doubts(model(linear=linear))[0]


def test_a_surface_without_bound():
    quadratic = np.zeros((2, 2, 2, 2))
    quadratic[0, 0] = np.diag([-0.2, 0])
    (warning,) = doubts(model(quadratic=quadratic))
    assert "falls without bound along v1" in warning
    assert "negative and positive q" in warning
    cubic = vb.hamiltonian.Monomial((3, 0), np.diag([0.05, 0.05]))
    assert "towards negative q" in doubts(model(higher=(cubic,)))[0]
    bilinear = np.zeros((2, 2, 2, 2))
    bilinear[0, 1] = bilinear[1, 0] = np.diag([0.0, 0.1])
    (warning,) = doubts(model(quadratic=bilinear))
    assert "diabatic surface of 2 has no minimum along v2" in warning


def test_a_state_left_out_and_errors_of_couplings():
    (warning,) = doubts(model(provenance={"next_state_eV": 10.0}))
    assert "neighbour 0.20 eV above" in warning
    assert "`--states 3`" in warning
    errors = np.zeros((2, 2, 2))
    errors[0, 0, 0] = 0.01
    (warning,) = doubts(model(linear_errors=errors))
    assert "couplings of v1" in warning


def test_modes_left_out():
    linear = np.zeros((2, 2, 2))
    linear[0] = np.diag([0.15, 0])
    full = model(linear=linear)
    (warning,) = doubts(full.subset(modes=["v2"]), full)
    assert "v1 (1210 cm-1) 0.075 eV" in warning
