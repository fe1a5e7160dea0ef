"""Hopping rates by the time integral, by a sum over Bessel functions, and by Marcus' formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ive

import vibronic as vb
from vibronic.polaron import Lattice, band_narrowing, hopping_rate, hopping_rates, marcus_rate
from vibronic.units import BOLTZMANN, HBAR


def levich_jortner(hopping, frequency, phonons, outer, temperature, bias=0.0):
    """One mode: a sum over the number of quanta p that are taken up, weights of Bessel type."""
    thermal = BOLTZMANN * temperature
    n = 1 / np.expm1(frequency / thermal)
    argument = 2 * phonons * np.sqrt(n * (n + 1))
    p = np.arange(-40, 41)
    weights = np.exp(-phonons * (2 * n + 1) + argument + p * frequency / (2 * thermal))
    weights = weights * ive(np.abs(p), argument)
    gaps = bias + outer + p * frequency
    density = np.exp(-(gaps**2) / (4 * outer * thermal)) / np.sqrt(4 * np.pi * outer * thermal)
    return 2 * np.pi / HBAR * hopping**2 * (weights * density).sum()


@pytest.mark.parametrize(
    ("temperature", "quantum", "classical"),
    [
        (150.0, 5.862093e-4, 8.457401e-7),
        (300.0, 1.1171856e-3, 7.527132e-5),
        (600.0, 1.6269178e-3, 5.971292e-4),
    ],
)
def test_both_formulas(temperature, quantum, classical):
    lattice = Lattice(0.02, 0.15, 1.0)
    found = hopping_rate(lattice, temperature, classical_reorganization=0.1)
    assert found == pytest.approx(quantum, rel=1e-6)
    assert marcus_rate(0.02, 0.5, temperature) == pytest.approx(classical, rel=1e-6)
    summed = levich_jortner(0.02, 0.15, 2.0, 0.1, temperature)
    assert found == pytest.approx(summed, rel=1e-8)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.02, 0.2),
    st.floats(0.1, 1.5),
    st.floats(0.03, 0.3),
    st.floats(150, 800),
    st.floats(-0.2, 0.2),
)
def test_time_integral_is_the_bessel_sum_and_in_balance(w, coupling, outer, temperature, bias):
    lattice = Lattice(0.01, w, coupling)
    there, back = (
        hopping_rate(lattice, temperature, classical_reorganization=outer, bias=b)
        for b in (bias, -bias)
    )
    summed = levich_jortner(0.01, w, 2 * coupling**2, outer, temperature, bias)
    assert there == pytest.approx(summed, rel=1e-6)
    assert there == pytest.approx(back * np.exp(-bias / (BOLTZMANN * temperature)), rel=1e-5)


def test_hot_vibrations_are_classical():
    lattice = Lattice(0.01, 0.004, 3.0)
    found = hopping_rate(lattice, 600.0, classical_reorganization=0.1)
    assert found == pytest.approx(marcus_rate(0.01, 0.1 + 2 * 0.036, 600.0), rel=5e-3)


def test_butatriene_tunnels():
    model = vb.library.hamiltonian("butatriene", "published")
    found = hopping_rates(
        model, np.array([100.0, 300.0]), classical_reorganization=0.1, hopping=0.02, state="X"
    )
    np.testing.assert_allclose(found.rates[1], 4.2e-3, rtol=0.02)
    np.testing.assert_allclose(found.marcus[1], 1.44e-3, rtol=0.01)
    np.testing.assert_allclose(found.rates[0] / found.marcus[0], 39, rtol=0.02)
    assert "tunnel" in str(found)


def test_narrowing_of_the_band():
    lattice = Lattice(0.1, 0.05, 1.2)
    assert band_narrowing(lattice, 0.0) == pytest.approx(np.exp(-1.44))
    hot = band_narrowing(lattice, 300.0)
    assert hot == pytest.approx(np.exp(-1.44 / np.tanh(0.025 / (BOLTZMANN * 300))))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: hopping_rate(Lattice(1, 1, 1), 300.0, classical_reorganization=0.0),
            "comb of delta functions",
        ),
        (
            lambda: hopping_rate(Lattice(1, 1, 1), 0.0, classical_reorganization=0.1),
            "`temperature` must be a positive number",
        ),
        (lambda: marcus_rate(0.1, 0.5, 0.0), "`temperature` must be a positive number"),
        (lambda: band_narrowing(Lattice(1, 1, 1), -1.0), "0 or more kelvin"),
        (
            lambda: hopping_rate(
                vb.library.hamiltonian("butatriene"), 300.0, classical_reorganization=0.1
            ),
            "a molecule's model has none",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(vb.InputError, match=message):
        call()
