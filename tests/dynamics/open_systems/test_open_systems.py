"""Baths: closed forms, another program's spin-boson populations, and QuTiP's solvers against each
other.
"""

from pathlib import Path

import numpy as np
import pytest

import vibronic as vb
from systems import crossing_model, displaced_oscillator
from vibronic.dynamics import (
    Dephasing,
    DrudeBath,
    Hierarchy,
    MasterEquation,
    OhmicBath,
    QuantumJumps,
    ThermalStart,
    VibrationalDamping,
    open_propagation,
    propagate,
)
from vibronic.dynamics.open_systems.baths import occupation
from vibronic.units import BOLTZMANN, HBAR

DATA = Path(__file__).parents[2] / "data"
ENERGY = 0.1  # eV, the unit of energy of the models in reduced units


def two_levels(bias, coupling):
    return vb.VibronicHamiltonian(
        np.zeros(0), [[bias, coupling], [coupling, -bias]], np.zeros((0, 2, 2))
    )


def test_damped_and_displaced_oscillator():
    """A coherent state in a zero-temperature bath: <n> of w(a+a + g(a + a+)/..) with a decaying
    drive, in closed form.
    """
    w = 0.1
    rate = 0.02
    model = displaced_oscillator(w, 0.7)
    times = np.linspace(0, 80, 17)
    basis = vb.VibronicBasis(1, (14,))
    start = ThermalStart(0, basis=basis)
    found = open_propagation(
        model, start, times, [VibrationalDamping(0, rate)], method=MasterEquation(1e-8)
    )
    drive = model.linear[0, 0, 0] / np.sqrt(2) / HBAR  # i da/dt = (w/hbar - i rate/2) a + drive
    pole = w / HBAR - 0.5j * rate
    alpha = drive / pole * (np.exp(-1j * pole * times) - 1)
    np.testing.assert_allclose(found.quanta[:, 0], np.abs(alpha) ** 2, atol=2e-5)
    np.testing.assert_allclose(found.populations, 1, atol=1e-9)
    assert found.certificate is None
    assert "not checked" in str(found)


def test_a_mode_warms_up_to_its_bath():
    model = vb.VibronicHamiltonian([0.03], [[0.0]], [[[0.0]]])
    mean = occupation(0.03, 300.0)
    times = np.linspace(0, 60, 7)
    basis = vb.VibronicBasis(1, (22,))
    found = open_propagation(
        model,
        ThermalStart(0, basis=basis),
        times,
        [VibrationalDamping(0, 0.05, 300.0)],
        method=MasterEquation(1e-8),
    )
    np.testing.assert_allclose(found.quanta[:, 0], mean * (1 - np.exp(-0.05 * times)), atol=1e-4)
    hot = open_propagation(
        model,
        ThermalStart(0, 300.0, basis),
        times,
        [VibrationalDamping(0, 0.05, 300.0)],
        method=MasterEquation(1e-8),
    )
    np.testing.assert_allclose(hot.quanta[:, 0], mean, atol=1e-4)


def test_dephasing_in_closed_form():
    model = two_levels(0.0, 0.05)
    rate = 0.1
    times = np.linspace(0, 60, 31)
    found = open_propagation(model, 0, times, [Dephasing(rate)], method=MasterEquation(1e-8))
    turn = np.sqrt(
        (2 * 0.05 / HBAR) ** 2 - rate**2 / 4
    )  # Bloch vector: z'' + rate z' + (2V/hbar)^2 z = 0
    z = np.exp(-rate * times / 2) * (
        np.cos(turn * times) + rate / (2 * turn) * np.sin(turn * times)
    )
    np.testing.assert_allclose(found.populations[:, 0], (1 + z) / 2, atol=1e-5)


def test_without_baths_it_is_the_schroedinger_equation():
    model = crossing_model()
    times = np.linspace(0, 30, 11)
    run = propagate(model, 1, times)
    found = open_propagation(model, 1, times, method=MasterEquation())
    np.testing.assert_allclose(found.populations, run.populations, atol=1e-3)
    assert found.errors.max() < 1e-2
    assert "change populations by" in found.certificate.found
    assert found.certificate.reached == pytest.approx(found.errors.max())
    assert found.certificate.converged


@pytest.mark.parametrize("temperature", [0.0, 400.0])
@pytest.mark.slow
def test_jumps_agree_with_the_master_equation(temperature):
    model = crossing_model()
    times = np.linspace(0, 30, 11)
    baths = [VibrationalDamping(1, 0.02, 300.0), Dephasing(0.02)]
    exact = open_propagation(
        model, ThermalStart(1, temperature), times, baths, method=MasterEquation()
    )
    drawn = open_propagation(
        model,
        ThermalStart(1, temperature),
        times,
        baths,
        method=QuantumJumps(seed=3),
        tolerance=0.03,
    )
    assert np.all(np.abs(drawn.populations - exact.populations) < 4.5 * drawn.errors + 2e-3)
    assert drawn.errors.max() < 0.03
    np.testing.assert_allclose(drawn.electronic_density, exact.electronic_density, atol=0.15)
    np.testing.assert_allclose(
        np.einsum("tii->ti", exact.electronic_density).real, exact.populations, atol=1e-12
    )


def test_spin_boson_against_tensor_trains():
    """Populations and coherence to 2e-3; time and energy converted from reduced units."""
    rows = np.loadtxt(DATA / "spin_boson_ohmic.csv", delimiter=",", skiprows=4)
    times = np.concatenate([[0], rows[:, 0] + 0.006]) * HBAR / ENERGY
    bath = OhmicBath(
        np.diag([1.0, -1.0]), 0.5 * 0.1 * 2 * ENERGY, 2 * ENERGY, ENERGY / 5 / BOLTZMANN
    )
    found = open_propagation(two_levels(ENERGY, ENERGY), 0, times, [bath], tolerance=1e-3)
    assert np.abs(found.populations[1:, 0] - rows[:, 1]).max() < 2e-3
    assert np.abs(found.electronic_density[1:, 0, 1] - (rows[:, 2] + 1j * rows[:, 3])).max() < 3e-3
    assert "hierarchy of depth" in found.method


def test_a_fast_hot_bath_dephases_as_a_markovian_one():
    """Pure dephasing, exact: the coherence of |0> + |1> decays as exp(-g(t)) with the line-shape
    function of a Drude bath.
    """
    reorganization = 0.01
    cutoff = 0.05
    temperature = 300.0
    model = two_levels(0.0, 0.04)  # coupling along x, bath along x: the x eigenstates only dephase
    bath = DrudeBath(np.array([[0.0, 1.0], [1.0, 0.0]]), reorganization, cutoff, temperature)
    times = np.linspace(0, 40, 21)
    found = open_propagation(model, 0, times, [bath], tolerance=1e-3)
    grid = np.linspace(1e-5, 40, 400_000) * cutoff
    j = bath.spectral_density(grid)
    assert np.trapezoid(j / grid, grid) / np.pi == pytest.approx(reorganization, rel=0.03)
    decay = [
        4
        / np.pi
        * np.trapezoid(
            j
            / grid**2
            / np.tanh(grid / (2 * BOLTZMANN * temperature))
            * (1 - np.cos(grid * t / HBAR)),
            grid,
        )
        for t in times
    ]
    z = np.exp(-np.array(decay)) * np.cos(2 * 0.04 * times / HBAR)
    np.testing.assert_allclose(found.populations[:, 0], (1 + z) / 2, atol=3e-3)


def test_what_does_not_fit_is_refused():
    model = crossing_model()
    times = [0.0, 10.0]
    bath = DrudeBath(np.diag([1.0, -1.0]), 0.02, 0.05, 300.0)
    with pytest.raises(vb.InputError, match="hierarchy of .* needs about"):
        open_propagation(model, 1, times, [bath], limits=vb.Limits(20_000, memory=5e8))
    with pytest.raises(vb.InputError, match="density matrix of .*QuantumJumps"):
        open_propagation(
            model,
            1,
            times,
            [Dephasing(0.1)],
            method=MasterEquation(),
            limits=vb.Limits(20_000, memory=2e7),
        )
    with pytest.raises(vb.InputError, match="need `method=Hierarchy"):
        open_propagation(model, 1, times, [bath], method=QuantumJumps())
    with pytest.raises(vb.InputError, match="thermal start"):
        open_propagation(model, ThermalStart(1, 3000.0, vb.VibronicBasis(2, (3, 3))), times)
    with pytest.raises(vb.InputError, match="kelvin"):
        open_propagation(model, ThermalStart(1, -3.0), times)
    with pytest.raises(vb.InputError, match=r"must have shape \(2, 2\)"):
        open_propagation(
            model,
            ThermalStart(1, basis=vb.VibronicBasis(2, (2, 2))),
            times,
            [DrudeBath(np.eye(3), 0.02, 0.05, 300.0)],
            method=Hierarchy(),
        )
    with pytest.raises(vb.InputError, match="`rate`"):
        Dephasing(-1.0)
