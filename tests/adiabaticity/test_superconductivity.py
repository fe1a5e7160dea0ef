"""Transition temperatures against solved equations, their asymptote, and the closed formulas."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.adiabaticity import (
    allen_dynes_temperature,
    coulomb_pseudopotential,
    eliashberg_temperature,
    mcmillan_temperature,
)
from vibronic.units import BOLTZMANN

W = 0.03  # eV


@pytest.mark.parametrize(
    ("coupling", "mu_star", "exact", "mcmillan", "allen_dynes", "error"),
    [
        (1.0, 0.0, 0.11461951, 0.104109, 0.112421, 1e-6),
        (1.0, 0.1, 0.07211, 0.069640, 0.073169, 2e-4),
        (10.0, 0.0, 0.5577779, 0.265452, 0.556140, 1e-6),
    ],
)
def test_one_mode(coupling, mu_star, exact, mcmillan, allen_dynes, error):
    unit = W / BOLTZMANN
    solved = eliashberg_temperature([coupling], [W], mu_star)
    assert solved == pytest.approx(exact * unit, rel=error)
    assert mcmillan_temperature(coupling, W, mu_star) == pytest.approx(mcmillan * unit, rel=1e-5)
    formula = allen_dynes_temperature(coupling, W, mu_star)
    assert formula == pytest.approx(allen_dynes * unit, rel=1e-5)


def test_asymptote_of_strong_coupling():
    """T_c -> 0.1827262477 w sqrt(lambda): M. K.-H. Kiessling et al., arXiv:2409.02121."""
    found = eliashberg_temperature([4000.0], [W]) * BOLTZMANN / W / np.sqrt(4000)
    assert found == pytest.approx(0.1827262477, rel=1e-3)


def test_modes_of_one_frequency_add_up():
    together = eliashberg_temperature([0.4, 0.6], [W, W])
    assert together == pytest.approx(eliashberg_temperature([1.0], [W]), rel=1e-8)
    assert eliashberg_temperature([1.0], [2 * W]) == pytest.approx(2 * together, rel=1e-8)


def test_pseudopotential_of_slow_vibrations():
    assert coulomb_pseudopotential(0.3, 5.0, 0.05) == pytest.approx(0.3 / (1 + 0.3 * np.log(100)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mcmillan_temperature(0.5, W, 0.4), "where the formula has its pole"),
        (lambda: coulomb_pseudopotential(-0.1, 5.0, W), "`mu` must be 0 or more"),
        (lambda: eliashberg_temperature([1.0], [W, W]), "two lists of one length"),
        (lambda: eliashberg_temperature([1.0], [-W]), "must be positive"),
        (lambda: eliashberg_temperature([1.0], [W], 0.9), "from 0 to 0.5"),
        (lambda: eliashberg_temperature([0.15], [W], 0.1), "no transition above"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(vb.VibronicError, match=message):
        call()
