"""Every rung and every refinement of a spectrum by a second road."""

import json
from dataclasses import replace
from math import factorial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from systems import crossing_model, displaced_oscillator, jahn_teller, random_models
from vibronic.operators import dense_hamiltonian
from vibronic.spectra import (
    Sampling,
    adiabatic_spectrum,
    emission_spectrum,
    lanczos_spectrum,
    spectral_moments,
    thermal_moments,
    thermal_spectrum,
)
from vibronic.spectrum import summed
from vibronic.units import BOLTZMANN, CM

DATA = Path(__file__).parents[1] / "data"
SLOPES = [[0.1, 0.3], [0.25, -0.2]]


def dense_lines(model, door, levels):
    """All lines of a doorway by diagonalisation on a product basis."""
    basis = vb.VibronicBasis(model.n_states, levels)
    values, vectors = np.linalg.eigh(dense_hamiltonian(model, basis))
    strengths = (door.packet(basis).amplitudes.ravel() @ vectors) ** 2
    return vb.StickSpectrum(
        values - model.zero_point_energy - door.quanta @ model.frequencies, strengths
    )


def same_curves(one, other, fwhm=0.02, tolerance=2e-3):
    seen = np.concatenate([s.energies[s.intensities > 1e-6] for s in (one, other)])
    grid = np.arange(seen.min() - 3 * fwhm, seen.max() + 3 * fwhm, fwhm / 6)
    a = one.broadened(grid, fwhm=fwhm).values
    b = other.broadened(grid, fwhm=fwhm).values
    assert np.abs(a - b).max() < tolerance * b.max()


# --- doorways ------------------------------------------------------------------------------------
# -------------------------------------


@pytest.mark.parametrize("quanta", [(0, 0), (2, 0), (1, 3)])
@pytest.mark.parametrize("amplitudes", [(0.0, 1.0), (0.6, -0.8)])
@pytest.mark.parametrize("slopes", [np.zeros((2, 2)), SLOPES])
def test_doorways_against_dense_diagonalisation(quanta, amplitudes, slopes):
    model = crossing_model()
    door = vb.Doorway(amplitudes, slopes, quanta)
    found = lanczos_spectrum(model, door, tolerance=1e-4)
    assert found.certificate.converged
    assert found.strength == pytest.approx(door.strength, rel=1e-5)
    same_curves(found, dense_lines(model, door, (24, 24)))


def test_herzberg_teller_of_a_displaced_oscillator_in_closed_form():
    # amplitude <n'|tau + s q|0> = tau <n'|0> + s/sqrt(2) <n'|1> with <n'|0> and <n'|1> of the
    # displaced oscillator
    w = 0.1
    huang_rhys = 0.7
    tau = 1.0
    slope = 0.3
    model = replace(
        displaced_oscillator(w, huang_rhys),
        transition_amplitudes=[tau],
        transition_slopes=[[slope]],
    )
    # linear > 0 moves the minimum to -q
    n = np.arange(12)
    d = np.sqrt(huang_rhys)
    zero = np.array([np.exp(-huang_rhys / 2) * d**k / np.sqrt(factorial(k)) for k in n])
    one = np.array([(np.sqrt(k) * zero[k - 1] if k else 0.0) for k in n]) - d * zero
    expected = (tau * zero + slope / np.sqrt(2) * one) ** 2
    alone = vb.spectra.franck_condon_spectrum(model, 0, tolerance=1e-6)
    for sticks in (alone, lanczos_spectrum(model, vb.Doorway.transition(model), tolerance=1e-6)):
        for k in n[:7]:
            near = np.abs(sticks.energies - (k - huang_rhys) * w) < 1e-4
            assert sticks.intensities[near].sum() == pytest.approx(expected[k], abs=2e-6)


def test_the_sign_of_coherent_amplitudes_counts():
    # two states coupled by c: eigenstates (1, +-1)/sqrt(2), so that equal amplitudes reach only
    # one line, opposite ones the other
    model = vb.VibronicHamiltonian([0.1], [[1.0, 0.05], [0.05, 1.0]], np.zeros((1, 2, 2)))
    for sign in (1, -1):
        sticks = lanczos_spectrum(
            model, vb.Doorway([1, sign], np.zeros((1, 2)), [0]), tolerance=1e-6
        )
        assert sticks.energies[sticks.intensities > 1e-6] == pytest.approx(
            [1.0 + 0.05 * sign], abs=1e-6
        )
    parts = [lanczos_spectrum(model, i, tolerance=1e-6) for i in (0, 1)]
    assert summed(parts).intensities == pytest.approx([0.5] * 4, abs=1e-5)


def test_propagation_from_a_doorway():
    model = crossing_model()
    door = vb.Doorway([0.6, 0.8], SLOPES, [0, 1])
    times = np.linspace(0, 30, 16)
    run = vb.dynamics.propagate(model, door, times, tolerance=1e-4)
    exact = vb.dynamics.propagate(model, door.packet(vb.VibronicBasis(2, (30, 30))), times)
    np.testing.assert_allclose(run.populations, exact.populations, atol=3e-4)
    assert run.initial == "states 1 + 2 (hot: 1 v2)"


def test_bad_doorways():
    model = crossing_model()
    with pytest.raises(vb.InputError, match=r"`quanta` must be 0 or more"):
        vb.Doorway([1, 0], np.zeros((2, 2)), [0, -1])
    with pytest.raises(vb.InputError, match="at least one state, but all are zero"):
        vb.Doorway([0, 0], np.zeros((2, 2)), [0, 0])
    with pytest.raises(vb.InputError, match="The basis lacks some of the levels"):
        vb.Doorway.vertical(model, 0, [5, 0]).packet(vb.VibronicBasis(2, (4, 4)))
    with pytest.raises(
        vb.InputError, match="The basis has 1 states and 2 modes, but the doorway has 2 and 2"
    ):
        vb.Doorway.vertical(model, 0).packet(vb.VibronicBasis(1, (4, 4)))
    with pytest.raises(vb.InputError, match="`start` must be an integer from 0 to 1"):
        vb.Doorway.vertical(model, 2)


# --- sum rules and invariances -------------------------------------------------------------------
# -------------------------------------


@given(random_models(max_modes=2), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_moments_are_those_of_the_lines(model, seed):
    rng = np.random.default_rng(seed)
    door = vb.Doorway(
        rng.normal(size=model.n_states),
        rng.normal(size=(model.n_modes, model.n_states)),
        rng.integers(0, 3, model.n_modes),
    )
    size = 18
    basis = vb.VibronicBasis(model.n_states, (size,) * model.n_modes)
    h = dense_hamiltonian(model, basis)
    psi = door.packet(basis).amplitudes.ravel()
    origin = model.zero_point_energy + door.quanta @ model.frequencies
    powers = [psi @ psi, psi @ h @ psi / (psi @ psi)]
    off = h @ psi - powers[1] * psi
    expected = [
        powers[0],
        powers[1] - origin,
        off @ off / powers[0],
        off @ (h @ off - powers[1] * off) / powers[0],
    ]
    np.testing.assert_allclose(
        spectral_moments(model, door, 3), expected, atol=1e-9 * max(1, powers[0])
    )


@given(random_models(higher=False))
@settings(max_examples=25, deadline=None)
def test_moments_agree_with_the_closed_form(model):
    for i in range(model.n_states):
        strength, mean, variance, _ = spectral_moments(model, i)
        assert (strength, mean, variance) == pytest.approx(
            (1.0, *model.band_moments(i)), abs=1e-10
        )


def test_third_moment_of_a_linear_model_in_closed_form():
    # <(H - E_i)^3> = sum_m (w_m/2) (L_m^2)_ii + 1/2 sum_m sum_j L_mij^2 (E_j - E_i)
    model = crossing_model()
    for i in range(2):
        squares = (model.linear[:, i] ** 2) / 2
        expected = (model.frequencies[:, None] * squares).sum() + (
            squares * (np.diag(model.constant) - model.constant[i, i])
        ).sum()
        assert spectral_moments(model, i)[3] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("temperature", [0.0, 300.0, 900.0])
def test_thermal_lines_have_thermal_moments(temperature):
    model = replace(crossing_model(), transition_amplitudes=[0.5, 1.0], transition_slopes=SLOPES)
    door = vb.Doorway.transition(model)
    sticks = thermal_spectrum(model, door, temperature, tolerance=1e-3)
    found = [sticks.strength, sticks.moment(1), sticks.central_moment(2), sticks.central_moment(3)]
    np.testing.assert_allclose(
        found, thermal_moments(model, door, temperature), rtol=3e-3, atol=3e-5
    )


def test_thermal_width_of_a_displaced_oscillator_in_closed_form():
    w = 0.05
    huang_rhys = 0.8
    temperature = 500.0
    model = displaced_oscillator(w, huang_rhys)
    variance = huang_rhys * w**2 / np.tanh(w / (2 * BOLTZMANN * temperature))  # S w^2 (2 n + 1)
    assert thermal_moments(model, 0, temperature)[2] == pytest.approx(variance, rel=1e-4)
    alone = vb.spectra.franck_condon_spectrum(model, 0, temperature=temperature, threshold=1e-10)
    for sticks in (alone, thermal_spectrum(model, 0, temperature)):
        assert sticks.central_moment(2) == pytest.approx(variance, rel=2e-3)


@given(st.integers(0, 10**6))
@settings(max_examples=5, deadline=None)
@pytest.mark.slow
def test_spectra_do_not_change_with_signs_and_order(seed):
    rng = np.random.default_rng(seed)
    model = replace(crossing_model(), transition_amplitudes=[0.7, 1.0], transition_slopes=SLOPES)
    flips = rng.choice([-1, 1], 2)
    states = rng.permutation(2)
    modes = rng.permutation(2)
    sign = np.outer(flips, flips)
    other = replace(
        model,
        constant=(model.constant * sign)[np.ix_(states, states)],
        linear=(model.linear * sign)[np.ix_(modes, states, states)],
        frequencies=model.frequencies[modes],
        transition_amplitudes=(model.transition_amplitudes * flips)[states],
        transition_slopes=(model.transition_slopes * flips)[np.ix_(modes, states)],
    )
    for temperature in (0.0, 400.0):
        one, two = (
            thermal_spectrum(m, vb.Doorway.transition(m), temperature, tolerance=3e-4)
            for m in (model, other)
        )
        same_curves(one, two, tolerance=2e-3)
        assert one.strength == pytest.approx(two.strength, rel=1e-5)
    one, two = (
        adiabatic_spectrum(m, int(np.argmax(np.diag(m.constant))), fwhm=0.05)
        for m in (model, other)
    )
    same_curves(one, two, fwhm=0.05, tolerance=1e-2)


@given(st.floats(0.1, 6.2))
@settings(max_examples=5, deadline=None)
def test_spectra_do_not_change_with_the_orientation_of_degenerate_modes_and_states(angle):
    model = jahn_teller(0.6)
    c = np.cos(angle)
    s = np.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    rotated = replace(model, linear=np.einsum("mn,nij->mij", turn, model.linear))
    same_curves(
        lanczos_spectrum(rotated, 0, fwhm=0.2),
        lanczos_spectrum(model, 0, fwhm=0.2),
        fwhm=0.2,
        tolerance=3e-3,
    )
    mixed = replace(model, linear=np.einsum("ik,mkl,jl->mij", turn, model.linear, turn))
    same_curves(
        lanczos_spectrum(mixed, 0, fwhm=0.2),
        lanczos_spectrum(model, 0, fwhm=0.2),
        fwhm=0.2,
        tolerance=3e-3,
    )


def test_zero_coupling_gives_products_of_poisson_progressions():
    model = replace(crossing_model(), linear=crossing_model().linear * np.eye(2))
    for i in (0, 1):
        same_curves(
            lanczos_spectrum(model, i, tolerance=1e-4), vb.spectra.franck_condon_spectrum(model, i)
        )
        same_curves(
            adiabatic_spectrum(model, i, fwhm=0.02),
            vb.spectra.franck_condon_spectrum(model, i),
            tolerance=1e-2,
        )


# --- temperature ---------------------------------------------------------------------------------
# -------------------------------------


@pytest.mark.slow
def test_hot_bands_against_a_dense_thermal_sum():
    model = crossing_model()
    temperature = 700.0
    basis = vb.VibronicBasis(2, (26, 26))
    weights = np.exp(-(basis.quanta @ model.frequencies) / (BOLTZMANN * temperature))
    strong = np.flatnonzero(weights > 1e-4)
    parts = [
        dense_lines(model, vb.Doorway.vertical(model, 1, basis.quanta[k]), (26, 26)).scaled(
            weights[k] / weights.sum()
        )
        for k in strong
    ]
    found = thermal_spectrum(model, 1, temperature)
    assert found.certificate.converged
    same_curves(found, summed(parts), tolerance=3e-3)
    cold = thermal_spectrum(model, 1, 0.0)
    np.testing.assert_array_equal(cold.energies, lanczos_spectrum(model, 1).energies)
    same_curves(thermal_spectrum(model, 1, 25.0), cold, tolerance=2e-3)


def test_drawn_levels_agree_with_the_exact_sum_within_their_certificate():
    model = vb.VibronicHamiltonian(
        [0.02, 0.03], np.diag([1.0, 1.1]), [np.diag([0.01, -0.015]), [[0, 0.02], [0.02, 0]]]
    )
    exact = thermal_spectrum(model, 1, 300.0, tolerance=2e-3, sampling=Sampling(exact=400))
    assert exact.provenance["drawn"] == 0
    for seed in (1, 2, 3):
        drawn = thermal_spectrum(
            model, 1, 300.0, tolerance=3e-2, sampling=Sampling(exact=6, seed=seed)
        )
        assert drawn.provenance["drawn"] >= 24
        assert drawn.certificate.converged
        # two fifths of the tolerance for chance, the levels summed need little of the rest
        assert drawn.certificate.reached < 0.6 * 3e-2
        assert "drawn for the other" in str(drawn)
        assert drawn.strength == pytest.approx(1, abs=1e-5)
        same_curves(
            drawn, exact, tolerance=2 * drawn.certificate.reached
        )  # two standard errors, once more
    few = thermal_spectrum(model, 1, 300.0, tolerance=1e-3, sampling=Sampling(exact=3, samples=5))
    assert not few.certificate.converged
    assert "NOT CONVERGED" in str(few)


@pytest.mark.slow
def test_published_formaldehyde_hot_bands_with_duschinsky_mixing():
    data = json.loads((DATA / "formaldehyde_hot_duschinsky.json").read_text())
    model = vb.VibronicHamiltonian.from_normal_modes(
        np.array(data["w_initial_cm"]) * CM,
        np.array(data["w_target_cm"]) * CM,
        data["S"],
        data["dQ_target_angstrom_sqrt_amu"],
        origin=data["E00_eV"],
    )
    cold = vb.spectra.franck_condon_spectrum(model, 0, tolerance=1e-5, fwhm=0.005)
    assert cold.intensities[np.abs(cold.energies - data["E00_eV"]) < 1e-4].sum() == pytest.approx(
        data["P00"], abs=1e-3
    )
    hot = vb.spectra.franck_condon_spectrum(
        model, 0, temperature=data["temperature_K"], tolerance=1e-3, fwhm=0.005
    )
    energies, strengths = np.array(data["lines_energy_eV_intensity"]).T
    populated = 1 / np.prod(
        1 - np.exp(-model.frequencies / (BOLTZMANN * data["temperature_K"]))
    )  # theirs count from 1 for the cold level
    for energy in energies[strengths > 1e-3]:
        ours = populated * hot.intensities[np.abs(hot.energies - energy) < 4e-4].sum()
        theirs = strengths[np.abs(energies - energy) < 4e-4].sum()
        assert ours == pytest.approx(
            theirs, abs=1.5e-3
        )  # their modes are printed to three decimals


def test_duschinsky_overlap_of_two_modes_in_closed_form():
    # <0'|0>^2 of x' = R x + d with unit masses, by the Gaussian integral
    w = np.array([1.0, 2.0])
    final = np.array([0.8, 1.7])
    d = np.array([0.5, -0.3])
    c = np.cos(np.pi / 6)
    s = np.sin(np.pi / 6)
    from vibronic.units import MASS_WEIGHTED

    model = vb.VibronicHamiltonian.from_normal_modes(
        w, final, [[c, s], [-s, c]], d * np.sqrt(MASS_WEIGHTED), origin=5.0
    )
    sticks = vb.spectra.franck_condon_spectrum(model, 0, tolerance=1e-6, fwhm=0.2)
    assert sticks.energies.min() == pytest.approx(5.0, abs=1e-6)
    assert sticks.intensities[0] == pytest.approx(0.808595827, abs=1e-6)


def test_bad_temperatures():
    for temperature in (-1.0, np.inf, "300"):
        with pytest.raises(vb.InputError, match="must be 0 or more kelvin"):
            thermal_spectrum(crossing_model(), 0, temperature)


# --- emission ------------------------------------------------------------------------------------
# -------------------------------------


def test_cold_emission_of_a_displaced_oscillator_mirrors_absorption():
    w = 0.1
    huang_rhys = 0.8
    model = displaced_oscillator(w, huang_rhys)
    sticks = emission_spectrum(model)
    for k in range(6):
        near = np.abs(sticks.energies - (-huang_rhys * w - k * w)) < 1e-5
        assert sticks.intensities[near].sum() == pytest.approx(
            np.exp(-huang_rhys) * huang_rhys**k / factorial(k), abs=1e-6
        )


@pytest.mark.parametrize("slopes", [np.zeros((2, 2)), SLOPES])
@pytest.mark.slow
def test_emission_against_dense_diagonalisation_and_detailed_balance(slopes):
    model = replace(crossing_model(), transition_amplitudes=[0.3, 1.0], transition_slopes=slopes)
    temperature = 900.0
    down = emission_spectrum(model, temperature, tolerance=1e-4)
    basis = vb.VibronicBasis(2, (22, 22))
    values, vectors = np.linalg.eigh(dense_hamiltonian(model, basis))
    beta = 1 / (BOLTZMANN * temperature)
    populations = np.exp(-beta * (values - values[0]))
    one = vb.numerics.position_power(22, 1)
    unit = np.eye(22)
    coordinates = [np.kron(one, unit), np.kron(unit, one)]
    transition = np.hstack(
        [
            model.transition_amplitudes[i] * np.eye(22**2)
            + sum(model.transition_slopes[m, i] * coordinates[m] for m in (0, 1))
            for i in (0, 1)
        ]
    )
    strengths = (transition @ vectors) ** 2 * populations / populations.sum()
    energies = values - model.zero_point_energy - (basis.quanta @ model.frequencies)[:, None]
    same_curves(down, vb.StickSpectrum(energies.ravel(), strengths.ravel()), tolerance=1e-3)
    # the same lines as in absorption, with populations P_k instead of p_n: detailed balance line
    # by line, hence for every moment
    up = thermal_spectrum(
        model,
        vb.Doorway.transition(model),
        temperature,
        tolerance=1e-4,
        sampling=Sampling(exact=400),
    )
    ratio = (
        np.prod(1 / (1 - np.exp(-beta * model.frequencies)))
        / np.exp(-beta * (values - model.zero_point_energy)).sum()
    )
    for power in range(3):
        emitted = (down.intensities * down.energies**power).sum()
        balanced = (
            ratio * (up.intensities * np.exp(-beta * up.energies) * up.energies**power).sum()
        )
        assert balanced == pytest.approx(emitted, rel=2e-2)


def test_emission_from_degenerate_lowest_levels_shares_their_population():
    assert emission_spectrum(jahn_teller(0.5), fwhm=0.1).provenance["levels"] == 2


def test_too_hot_for_emission():
    model = vb.VibronicHamiltonian([0.01, 0.012, 0.02], [[1.0]], 0.01 * np.ones((3, 1, 1)))
    with pytest.raises(vb.CalculationError, match="more than 384 vibronic levels are populated"):
        emission_spectrum(model, 2000.0)


# --- the adiabatic rung --------------------------------------------------------------------------
# -------------------------------------


@pytest.mark.parametrize("state", [0, 1])
def test_adiabatic_lines_against_a_fourier_grid(state):
    """H = T + V_a on an even Fourier grid of another kind, diagonalised densely."""
    model = crossing_model()
    n = 36
    edge = 7.0
    q = (np.arange(n) + 0.5) / n * 2 * edge - edge
    k = 2 * np.pi * np.fft.fftfreq(n, q[1] - q[0])
    wave = np.exp(1j * np.outer(q, k)) / np.sqrt(n)
    kinetic = np.real(wave @ np.diag(k**2 / 2) @ wave.conj().T)
    grid = np.stack([x.ravel() for x in np.meshgrid(q, q, indexing="ij")], axis=-1)
    energies, vectors = np.linalg.eigh(model.potential(grid))
    ground = np.exp(-(grid**2).sum(axis=1) / 2) / np.sqrt(np.pi) * (q[1] - q[0])
    parts = []
    for a in (0, 1):
        h = (
            model.frequencies[0] * np.kron(kinetic, np.eye(n))
            + model.frequencies[1] * np.kron(np.eye(n), kinetic)
            + np.diag(energies[:, a])
        )
        values, functions = np.linalg.eigh(h)
        start = vectors[:, state, a] * np.sign(vectors[:, a, a]) * ground
        parts.append(vb.StickSpectrum(values - model.zero_point_energy, (start @ functions) ** 2))
    found = adiabatic_spectrum(model, state, fwhm=0.03, tolerance=3e-3)
    assert found.certificate.converged
    assert found.strength == pytest.approx(1, abs=1e-4)
    same_curves(found, summed(parts), fwhm=0.03, tolerance=1.5e-2)
    np.testing.assert_allclose(found.state_weights.sum(axis=1), 1, atol=1e-6)


def test_modes_that_act_alike_on_all_states_multiply():
    model = crossing_model()
    linear = np.concatenate([model.linear, 0.08 * np.eye(2)[None]])
    wider = vb.VibronicHamiltonian([*model.frequencies, 0.15], model.constant, linear)
    found = adiabatic_spectrum(wider, 0, fwhm=0.03)
    assert len(found.provenance["points"]) == 2
    shift = vb.spectra.franck_condon_spectrum(
        vb.VibronicHamiltonian([0.15], [[0.0]], [[[0.08]]]), 0
    )
    base = adiabatic_spectrum(model, 0, fwhm=0.03)
    product = vb.StickSpectrum(
        (base.energies[:, None] + shift.energies).ravel(),
        np.outer(base.intensities, shift.intensities).ravel(),
    )
    same_curves(found, product, fwhm=0.03, tolerance=2e-2)
    named = adiabatic_spectrum(crossing_model(), 0, fwhm=0.05, limits=vb.Limits(60))
    assert "as oscillators of the state entered" in str(named)


# --- line characters, matches, absolute units
# -------------------------------------------------------------------------------------------


def test_entropies_and_participation_against_dense_eigenvectors():
    model = replace(
        crossing_model(), constant=[[9.1, 0.03], [0.03, 9.5]]
    )  # one symmetry: electronic coherences do not vanish
    basis = vb.VibronicBasis(2, (14, 14))
    values, vectors = np.linalg.eigh(dense_hamiltonian(model, basis))
    found = lanczos_spectrum(model, vb.Wavepacket.vertical(basis, 0), fwhm=0.002, tolerance=1e-5)
    for k in found.strongest(5):
        n = int(np.argmin(np.abs(values - model.zero_point_energy - found.energies[k])))
        c = vectors[:, n].reshape(2, -1)
        rho = c @ c.T
        np.testing.assert_allclose(np.abs(found.electronic_density[k]), np.abs(rho), atol=2e-4)
        p = np.linalg.eigvalsh(rho)
        assert found.entanglement_entropies[k] == pytest.approx(-(p * np.log(p)).sum(), abs=2e-4)
        assert found.participation_ratios[k] == pytest.approx(
            1 / (np.diag(rho) ** 2).sum(), abs=1e-3
        )
    alone = vb.spectra.franck_condon_spectrum(model, 0)
    assert alone.participation_ratios == pytest.approx(1)
    product = vb.StickSpectrum(
        [1.0], [1.0], electronic_density=[[[0.5, 0.5], [0.5, 0.5]]]
    )  # mixed, but not entangled
    assert product.entanglement_entropies[0] == pytest.approx(0, abs=1e-12)
    assert product.participation_ratios[0] == pytest.approx(2)


@given(st.floats(-0.4, 0.4), st.floats(0.01, 100))
@settings(max_examples=20, deadline=None)
def test_a_match_finds_shift_and_scale(shift, scale):
    sticks = vb.spectra.franck_condon_spectrum(displaced_oscillator(0.12, 1.3), 0)
    grid = np.linspace(-0.8, 1.6, 400)
    measured = vb.Spectrum(
        grid,
        scale
        * vb.StickSpectrum(sticks.energies + shift, sticks.intensities)
        .broadened(grid, fwhm=0.05)
        .values,
    )
    found = vb.spectra.match(sticks, measured, fwhm=0.05)
    assert found.shift == pytest.approx(shift, abs=1e-3)
    assert found.scale == pytest.approx(scale, rel=1e-2)
    assert found.rms < 5e-3
    assert found.spacing == pytest.approx((0.12, 0.12), abs=4e-3)
    assert vb.spectra.match(sticks, measured, fwhm=0.05, absolute=False).rms_unshifted is None
    text = str(found)
    assert f"best rigid shift {found.shift:+.3f} eV" in text
    assert "no number above is changed" in text


def test_cross_sections_obey_the_oscillator_strength_sum_rule():
    # int sigma dE = 2 pi^2 alpha a0^2 Hartree f = 109.76 Mb eV times f; R. C. Hilborn, Am. J.
    # Phys. 50, 982 (1982)
    model = vb.VibronicHamiltonian(
        [0.1],
        [[6.0]],
        [[[0.0]]],
        transition_dipoles=[[0.3, 0.4, 1.2]],
        process="excitation",
        energy_origin="the vibrational ground state of the molecule",
    )
    found = vb.photoelectron.absorption(model, levels=["vibronic"], shape=vb.Gaussian(0.02))
    strength = vb.spectra.oscillator_strengths(model)[0]
    assert strength == pytest.approx(2 / 3 * 6.0 / 27.211386 * 1.69, rel=1e-6)
    assert found.absolute.area == pytest.approx(109.7609 * strength, rel=1e-4)
    assert found.vibronic_lines.strength == pytest.approx(1.69)
    molar = vb.spectra.cross_section(
        model, found.vibronic_lines, found.absolute.grid, fwhm=0.02, unit="L/(mol cm)"
    )
    assert molar.values.max() / found.absolute.values.max() == pytest.approx(
        6.02214076e23 * 1e-18 / (1000 * np.log(10)), rel=1e-9
    )
    with pytest.raises(vb.InputError, match="no `transition_dipoles`"):
        vb.spectra.cross_section(
            crossing_model(), found.vibronic_lines, found.absolute.grid, fwhm=0.02
        )
    floating = replace(model, energy_origin="the mean of two energies")
    with pytest.raises(vb.InputError, match="are not energies of light"):
        vb.spectra.cross_section(floating, found.vibronic_lines, found.absolute.grid, fwhm=0.02)


def test_ladder_has_rungs_of_one_area_on_one_grid():
    quadratic = np.zeros((2, 2, 2, 2))
    quadratic[0, 0] = np.diag([0.01, -0.02])
    model = replace(
        crossing_model(),
        quadratic=quadratic,
        orbital_energies=[9.4, 9.9],
        transition_amplitudes=[0.95, 0.9],
        process="ionization",
    )
    found = vb.spectra.ladder(model, shape=vb.Gaussian(0.05))
    assert found.levels == vb.spectra.LEVELS
    areas = [rung.curve.area for rung in found.rungs]
    assert areas == pytest.approx([0.95**2 + 0.9**2] * 6, rel=2e-3)
    assert all(np.array_equal(rung.curve.grid, found.rungs[0].curve.grid) for rung in found.rungs)
    assert "Born-Oppenheimer" in str(found)
    few = vb.spectra.ladder(crossing_model(), ["vibronic", "vertical"], shape=vb.Gaussian(0.05))
    assert few.levels == ("vertical", "vibronic")
    with pytest.raises(vb.InputError, match="Unknown level 'vibrnic'. Did you mean 'vibronic'"):
        vb.spectra.ladder(model, ["vibrnic"])
    with pytest.raises(vb.InputError, match="None of the levels koopmans is defined"):
        vb.spectra.ladder(crossing_model(), ["koopmans"])
    assert any(
        "No distorted rung" in text
        for text in vb.spectra.ladder(crossing_model(), shape=vb.Gaussian(0.05)).remarks
    )
    with pytest.raises(vb.InputError, match="All transition amplitudes of 'dark' are zero"):
        vb.spectra.ladder(replace(crossing_model(), transition_amplitudes=[0, 0], title="dark"))


def test_dipoles_along_different_directions_do_not_interfere():
    # one symmetry, so that amplitudes along one direction interfere; along two they cannot, in
    # absorption or emission
    mixed = replace(crossing_model(), constant=[[9.1, 0.05], [0.05, 9.5]])
    crossed, alike = (
        replace(mixed, transition_dipoles=d)
        for d in ([[1.0, 0, 0], [0, 1.0, 0]], [[1.0, 0, 0], [1.0, 0, 0]])
    )
    parts = [emission_spectrum(replace(mixed, transition_amplitudes=a)) for a in ([1, 0], [0, 1])]
    same_curves(emission_spectrum(crossed), summed(parts))
    assert abs(emission_spectrum(alike).strength - summed(parts).strength) > 0.05
    up = vb.photoelectron.absorption(replace(crossed, process="excitation"), levels=["vibronic"])
    assert len(up.vibronic) == 2
    same_curves(
        up.vibronic_lines,
        summed([lanczos_spectrum(mixed, i, fwhm=0.04) for i in (0, 1)]),
        fwhm=0.04,
        tolerance=5e-3,
    )


@pytest.mark.parametrize("ratio", [0.05, 0.5, 0.8])
def test_hot_displaced_oscillator_has_the_moments_and_lines_of_the_exact_one(ratio):
    """Population of level n is (1 - r) r^n; line k of the band is a modified Bessel function."""
    from scipy.special import ive

    w = 0.12
    s = 0.4
    temperature = w / (BOLTZMANN * -np.log(ratio))
    model = displaced_oscillator(w, s)
    found = vb.spectra.franck_condon_spectrum(model, 0, temperature=temperature, threshold=1e-12)
    assert found.strength == pytest.approx(1, abs=1e-7)
    assert found.moment(1) == pytest.approx(0.0, abs=1e-6)
    coth = (1 + ratio) / (1 - ratio)
    assert found.central_moment(2) == pytest.approx(s * w**2 * coth, rel=1e-5)

    n = ratio / (1 - ratio)
    argument = 2 * s * np.sqrt(n * (n + 1))
    for k in (-2, -1, 0, 1, 3):
        exact = np.exp(argument - s * (2 * n + 1)) * ((n + 1) / n) ** (k / 2) * ive(k, argument)
        there = np.abs(found.energies + s * w - k * w) < 1e-6
        assert found.intensities[there].sum() == pytest.approx(exact, rel=1e-5, abs=1e-9)


def test_skewness_of_a_poisson_progression():
    """Third central moment over width cubed: 1/sqrt(S)."""
    s = 0.7
    model = displaced_oscillator(0.13, s)
    lines = lanczos_spectrum(model, 0, resolution=0.065)
    alone = vb.spectra.franck_condon_spectrum(model, 0)
    door = vb.Doorway.vertical(model, 0)
    found = vb.spectra.transition_diagnosis(model, door, lines, alone)
    width = 0.13 * np.sqrt(s)
    for shape in (found.exact, found.found, found.alone):
        assert shape == pytest.approx([0.0, width, 1 / np.sqrt(s)], abs=2e-3)


def test_a_krylov_space_that_is_closed_is_exact():
    packet = vb.Wavepacket.vertical(vb.VibronicBasis(1, (5,)), 0)
    found = lanczos_spectrum(displaced_oscillator(0.1, 0.8), packet)
    assert found.energies.size == 5
    assert found.certificate.converged
    assert found.certificate.reached < 1e-12


@pytest.mark.parametrize("order", [2, 3, 4, 5, 6])
def test_moments_of_every_order_with_amplitudes_that_depend_on_q(order):
    model = crossing_model()
    door = vb.Doorway([0.7, 0.2], SLOPES, [1, 2])
    lines = dense_lines(model, door, (22, 22))
    found = spectral_moments(model, door, order)
    assert found[0] == pytest.approx(lines.strength)
    assert found[1] == pytest.approx(lines.moment(1), abs=1e-8)
    expected = [lines.central_moment(k) for k in range(2, order + 1)]
    np.testing.assert_allclose(found[2:], expected, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("shift", [23.237, 23.248, 23.259, 23.27, 23.281])
def test_the_best_shift_of_narrow_lines_is_found_far_away(shift):
    """Steps of the scan are as fine as the lines, however wide the range."""
    sticks = vb.StickSpectrum([1.0, 1.31], [1.0, 0.6])
    grid = np.linspace(0.0, 30.0, 30_001)
    moved = vb.StickSpectrum([1.0 + shift, 1.31 + shift], [2.0, 1.2])
    measured = moved.broadened(grid, fwhm=0.02)
    found = vb.spectra.match(sticks, measured, fwhm=0.02, absolute=False)
    assert found.shift == pytest.approx(shift, abs=1e-3)
    assert found.scale == pytest.approx(2.0, rel=1e-2)
    assert found.rms < 1e-2


def test_heights_of_recurrences_count_from_the_start_whatever_its_strength():
    model = displaced_oscillator(0.1, 1.5)
    times = np.linspace(0, 130, 521)
    grid = np.linspace(model.constant[0, 0] - 0.6, model.constant[0, 0] + 1.2, 100)
    weak = vb.Doorway([0.3], [[0.0]], [0])
    for start in (0, weak):
        run = vb.spectra.autocorrelation(model, start, times)
        found = vb.spectra.recurrences(run, grid, model, fwhm=0.08)
        np.testing.assert_allclose(found.heights, 1, atol=5e-3)
        assert len(found.times) == 3


@pytest.mark.parametrize(("height", "counts"), [(0.025, True), (0.015, False)])
def test_small_returns_count_from_two_hundredths_on(height, counts):
    t = np.linspace(0, 200, 801)
    c = np.exp(-((t / 10) ** 2)) + height * np.exp(-(((t - 100) / 5) ** 2))
    run = vb.Autocorrelation(t, 4.0 * c)
    found = vb.spectra.recurrences(run, np.linspace(-0.5, 0.5, 50), fwhm=0.05)
    assert found.times.tolist() == ([100.0] if counts else [])
    assert found.heights == pytest.approx([height] if counts else [])


def test_the_error_of_a_sum_of_levels_is_made_of_theirs_and_of_what_is_left_out():
    model = crossing_model()
    asked = []

    class Known:
        """Every level gives one line, with half the error that it may have."""

        fwhm = 0.02

        def lines(self, model, door, tolerance):
            asked.append(tolerance)
            certificate = vb.Certificate(tolerance, tolerance / 2, 7)
            return vb.StickSpectrum([9.0], [1.0], certificate=certificate)

    tolerance = 5e-2
    temperature = 500.0
    door = vb.Doorway.vertical(model, 0)
    found = vb.spectra.thermal_lines(model, door, temperature, Known(), tolerance)
    levels = vb.spectra.thermal_levels(model, temperature, 60, 0.2 * tolerance, door)
    assert len(asked) == len(levels.levels) > 1
    assert levels.rest > 1e-4
    expected = levels.weights @ np.array(asked) / 2 + levels.rest
    assert found.certificate.reached == pytest.approx(expected, rel=1e-9)
    assert found.strength == pytest.approx(1.0)


def test_the_adiabatic_grid_keeps_the_modes_that_tell_the_states_apart_most():
    """A pure tuning mode, whose slopes cancel in a sum, before a weaker coupling mode."""
    linear = np.zeros((3, 2, 2))
    linear[0] = np.diag([0.06, -0.06])
    linear[1] = 0.05 * np.array([[0, 1], [1, 0]])
    linear[2] = 0.02 * np.array([[0, 1], [1, 0]])
    model = vb.VibronicHamiltonian([0.1, 0.1, 0.1], np.diag([0.0, 0.3]), linear)
    found = vb.spectra.adiabatic_spectrum(model, 0, fwhm=0.1, limits=vb.Limits(max_size=300))
    assert "v3 as oscillators of the state entered" in str(found.certificate)
