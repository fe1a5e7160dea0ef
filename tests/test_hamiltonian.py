"""The Hamiltonian keeps terms: what is asked of it is what the arrays would give."""

import tracemalloc
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from systems import random_models
from vibronic.energy_origin import SENTENCES, EnergyOrigin, OriginKind


def full_model():
    """Every argument of the constructor is given."""
    rng = np.random.default_rng(5)
    linear = rng.normal(size=(3, 2, 2))
    quadratic = rng.normal(size=(3, 3, 2, 2))
    quadratic = quadratic + quadratic.transpose(1, 0, 2, 3)
    return vb.VibronicHamiltonian(
        [0.1, 0.2, 0.3],
        [[9.0, 0.1], [0.1, 10.0]],
        linear + linear.swapaxes(1, 2),
        quadratic + quadratic.swapaxes(2, 3),
        (vb.Monomial((2, 1, 0), np.diag([0.1, 0.2])), vb.Monomial((0, 0, 4), np.eye(2))),
        state_labels=("X", "A"),
        mode_labels=("v1", "v5", "v9"),
        state_irreps=("B1", "A1"),
        mode_irreps=("A1", "A1", "B1"),
        transition_amplitudes=[0.9, 0.8],
        orbital_energies=[-9.5, -10.5],
        transition_slopes=rng.normal(size=(3, 2)),
        linear_errors=np.full((3, 2, 2), 1e-3),
        quadratic_errors=np.full((3, 3, 2, 2), 2e-3),
        title="all of it",
        process="ionization",
        energy_origin="vibrational ground state of the neutral",
        provenance={"method": "none"},
    )


ARGUMENTS = [own.name for own in fields(vb.VibronicHamiltonian) if own.init]


def assert_equal(a, b):
    if isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, tuple) and a and isinstance(a[0], vb.Monomial):
        for one, other in zip(a, b, strict=True):
            assert one.powers == other.powers
            np.testing.assert_array_equal(one.matrix, other.matrix)
    else:
        assert a == b


@pytest.mark.parametrize("model", [full_model(), full_model().subset(["A"], ["v9", "v1"])])
@pytest.mark.parametrize("name", ARGUMENTS)
def test_replace_takes_every_argument(model, name):
    value = getattr(model, name)
    same = replace(model, **{name: value})
    for argument in ARGUMENTS:
        assert_equal(getattr(same, argument), getattr(model, argument))
    assert_equal(same.potential(np.ones(same.n_modes)), model.potential(np.ones(model.n_modes)))


def test_replace_takes_new_values():
    model = full_model().subset(None, ["v5", "v9"])
    changed = replace(model, quadratic=None, higher=(), transition_slopes=None)
    assert not changed.quadratic.any()
    assert not changed.transition_slopes.any()
    np.testing.assert_array_equal(changed.transition_amplitudes, [0.9, 0.8])

    dipoles = replace(
        changed, transition_dipoles=[[3, 0, 4], [0, 1, 0]], transition_amplitudes=None
    )
    np.testing.assert_allclose(dipoles.transition_amplitudes, [5, 1])


@given(random_models(), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=40)
def test_potential_is_the_sum_of_dense_arrays(model, seed):
    q = np.random.default_rng(seed).normal(size=model.n_modes)
    expected = 0.5 * float(model.frequencies @ q**2) * np.eye(model.n_states)
    expected = expected + model.constant + np.tensordot(q, model.linear, 1)
    expected += 0.5 * np.einsum("m,n,mnij->ij", q, q, model.quadratic)
    for term in model.higher:
        expected += np.prod(q ** np.array(term.powers)) * term.matrix
    np.testing.assert_allclose(model.potential(q), expected, atol=1e-12)


@given(random_models(max_states=4, max_modes=4), st.data())
@settings(deadline=None, max_examples=40)
def test_subset_is_a_slice_with_the_others_at_rest(model, data):
    states = data.draw(st.permutations(range(model.n_states)))
    states = states[: data.draw(st.integers(1, model.n_states))]
    modes = data.draw(st.permutations(range(model.n_modes)))
    modes = modes[: data.draw(st.integers(1, model.n_modes))]
    part = model.subset(states, modes)

    q = np.zeros(model.n_modes)
    q[modes] = np.linspace(-1, 1, len(modes))
    expected = model.potential(q)[np.ix_(states, states)]
    np.testing.assert_allclose(part.potential(q[modes]), expected, atol=1e-12)
    block = np.ix_(modes, modes, states, states)
    np.testing.assert_array_equal(part.quadratic, model.quadratic[block])
    np.testing.assert_array_equal(part.transition_amplitudes, model.transition_amplitudes[states])


def test_pairs_and_array_are_the_same_argument():
    model = full_model()
    pairs = {(0, 1): np.eye(2), (2, 2): np.diag([0.3, 0.0])}
    given_pairs = replace(model, quadratic=pairs)
    again = replace(model, quadratic=given_pairs.quadratic)
    np.testing.assert_array_equal(again.quadratic[1, 0], np.eye(2))
    assert set(again.quadratic_pairs) == set(pairs)
    assert len(again.terms()) == len(given_pairs.terms())


def test_wrong_pairs_are_refused():
    model = full_model()
    for modes in ((0, 3), (-1, 0)):
        with pytest.raises(vb.InputError, match="each pair of the 3 modes once"):
            replace(model, quadratic={modes: np.eye(2)})
    with pytest.raises(vb.InputError, match="each pair of the 3 modes once"):
        replace(model, quadratic={(0, 1): np.eye(2), (1, 0): np.eye(2)})
    with pytest.raises(vb.InputError, match="n_states, n_states"):
        replace(model, quadratic={(0, 1): np.eye(3)})


def test_a_hundred_sites_cost_their_terms(tmp_path):
    """96 Holstein sites: the array of second derivatives alone would take 680 MB."""
    n = 96
    linear = np.zeros((n, n, n))
    linear[range(n), range(n), range(n)] = 0.05
    hopping = -0.1 * (np.eye(n, k=1) + np.eye(n, k=-1))

    tracemalloc.start()
    model = vb.VibronicHamiltonian(np.full(n, 0.05), hopping, linear)
    vb.save(model, tmp_path / "chain.h5")
    again = vb.load(tmp_path / "chain.h5")
    assert len(again.terms()) == n + 1
    assert again.quadratic.shape == (n, n, n, n)
    assert again.quadratic[3, 4, 5, 6] == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


@pytest.mark.parametrize("sentence", SENTENCES)
def test_known_origins(sentence):
    origin = EnergyOrigin(sentence)
    assert origin.kind == SENTENCES[sentence] != OriginKind.OTHER
    written = EnergyOrigin("The " + sentence.capitalize() + ".") if sentence else origin
    assert written.kind == origin.kind
    assert origin.is_absolute == ("vibrational ground state" in sentence)


def test_an_unknown_origin_has_no_absolute_energies():
    sentence = "the minimum above the vibrational ground state of something"
    model = replace(full_model(), energy_origin=sentence)
    assert model.energy_origin.kind == OriginKind.OTHER
    assert model.energy_origin.sentence == sentence
    assert not model.has_absolute_energies
    assert model.energy_origin.is_stated
    assert not EnergyOrigin().is_stated


def test_labels_stand_for_indices():
    model = full_model()
    np.testing.assert_array_equal(model.huang_rhys_factors("A"), model.huang_rhys_factors(1))
    assert replace(model, higher=()).band_moments("X") == replace(model, higher=()).band_moments(0)
    water = vb.library.hamiltonian("water")
    labels = water.state_labels
    door = vb.Doorway.vertical(water, labels[1])
    np.testing.assert_array_equal(door.amplitudes, np.eye(3)[1])
    run = vb.dynamics.propagate(water, labels[2], [0.0, 2.0], tolerance=1e-2)
    assert run.initial == f"state {labels[2]}"
    sticks = vb.spectra.franck_condon_spectrum(water, labels[0])
    assert sticks.source.endswith(labels[0])
    for call in (vb.spectra.franck_condon_spectrum, vb.Doorway.vertical):
        with pytest.raises(vb.InputError, match="Unknown st.* 'Q'"):
            call(water, "Q")


def test_another_coupling_makes_another_model():
    model = full_model()
    changed = model.with_coupling("v5", ("X", "A"), 0.123)
    assert changed.linear[1, 0, 1] == changed.linear[1, 1, 0] == 0.123
    assert model.linear[1, 0, 1] != 0.123
    tuned = model.with_coupling(2, "A", -0.5)
    assert tuned.linear[2, 1, 1] == -0.5
    difference = tuned.potential(np.ones(3)) - model.potential(np.ones(3))
    np.testing.assert_allclose(difference, np.diag([0, -0.5 - model.linear[2, 1, 1]]))
    with pytest.raises(vb.InputError, match="Unknown mode 'v7'"):
        model.with_coupling("v7", "X", 0.1)


@settings(max_examples=40, deadline=None)
@given(random_models(), st.floats(-2, 2), st.integers(0, 2**32 - 1))
def test_scaled_couplings_by_the_potential_itself(model, factor, seed):
    rng = np.random.default_rng(seed)
    q = rng.normal(size=model.n_modes)
    bare = 0.5 * (q**2 @ model.frequencies) * np.eye(model.n_states) + model.constant
    coupling = model.potential(q) - bare

    every = model.scaled(factor)
    np.testing.assert_allclose(every.potential(q), bare + factor * coupling, atol=1e-12)

    # those of one pair are one element of the matrix
    i, j = rng.integers(0, model.n_states, size=2)
    names = [int(i)] if i == j else [model.state_labels[i], int(j)]
    weights = np.ones_like(coupling)
    weights[i, j] = factor
    weights[j, i] = factor
    pair = model.scaled(factor, states=names)
    np.testing.assert_allclose(pair.potential(q), bare + weights * coupling, atol=1e-12)

    # those of a mode are what is gone where it does not move, but for its own zero point
    m = int(rng.integers(model.n_modes))
    still = np.where(np.arange(model.n_modes) == m, 0.0, q)
    own = model.potential(q) - model.potential(still)
    own -= 0.5 * model.frequencies[m] * q[m] ** 2 * np.eye(model.n_states)
    some = model.scaled(factor, modes=model.mode_labels[m])
    np.testing.assert_allclose(
        some.potential(q), model.potential(q) + (factor - 1) * own, atol=1e-12
    )

    for other in (every, pair, some):
        np.testing.assert_array_equal(other.constant, model.constant)
        np.testing.assert_array_equal(other.transition_amplitudes, model.transition_amplitudes)
        assert not other.linear.flags.writeable


def test_scaled_models_say_so_and_their_errors_scale(tmp_path):
    model = full_model()
    half = model.scaled(-0.5, modes=["v5", 2], states=("X", "A"))
    weights = np.array([[1, 0.5], [0.5, 1]])
    np.testing.assert_allclose(half.linear_errors[0], model.linear_errors[0])
    np.testing.assert_allclose(half.linear_errors[1], model.linear_errors[1] * weights)
    np.testing.assert_allclose(half.quadratic_errors[0, 0], model.quadratic_errors[0, 0])
    np.testing.assert_allclose(half.quadratic_errors[0, 1], model.quadratic_errors[0, 1] * weights)

    twice = half.scaled(2).with_coupling("v5", "A", 0.25)
    told = (
        f"couplings of X|A by v5, {model.mode_labels[2]} times -0.5",
        "all couplings times 2",
        "linear coupling of A by v5 set to 0.25 eV",
    )
    assert twice.provenance["changes"] == told
    assert all(f"changed: {text}" in str(twice) for text in told)
    assert "changes" not in model.provenance
    for name in ("model.toml", "model.h5"):
        vb.save(twice, tmp_path / name)
        assert tuple(vb.load(tmp_path / name).provenance["changes"]) == told

    off = model.scaled(0)
    assert not off.linear.any()
    assert not off.quadratic_pairs
    assert not off.higher
    np.testing.assert_allclose(
        vb.spectra.lanczos_spectrum(off.subset(states="X"), 0).intensities[0], 1
    )
    for wrong in ((), ("X", "A", 0), 7, "B"):
        with pytest.raises(vb.InputError):
            model.scaled(2, states=wrong)
