"""The verdict: every number and noun in it is a field of the results, and it is true."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import vibronic as vb
from vibronic.certificate import Certificate
from vibronic.photoelectron import comparison
from vibronic.photoelectron.populations import window_width
from vibronic.photoelectron.verdict import verdict
from vibronic.units import HBAR

PERCENT = r"(\d+) %"
WORST = re.compile(
    rf"At (\d+) meV resolution, of the strength that enters ([\w +]+), {PERCENT} takes the "
    rf"character of other states(?: \((?:mostly )?(\w+)\))? and {PERCENT} lies at energies "
    r"where the states alone have less; the band is ([\d.]+) eV wide instead of ([\d.]+)\."
)
HOLDS = re.compile(
    rf"The single-state picture holds: at (\d+) meV resolution, of the strength that enters any "
    rf"state at most {PERCENT} takes another state's character, and at most {PERCENT} lies at "
    "energies"
)


def ionization(frequencies, constant, linear, **more):
    return vb.VibronicHamiltonian(
        frequencies,
        constant,
        linear,
        process="ionization",
        energy_origin="the vibrational ground state",
        **more,
    )


def random_model(seed):
    """Two or three states, one or two modes; every third one without any coupling."""
    rng = np.random.default_rng(seed)
    n_states = int(rng.integers(2, 4))
    n_modes = int(rng.integers(1, 3))
    linear = rng.normal(size=(n_modes, n_states, n_states)) * 0.07
    linear = (linear + linear.swapaxes(1, 2)) / 2
    if seed % 3 == 0:
        linear = linear * np.eye(n_states)
    if seed % 3 == 1:
        linear[:, ~np.eye(n_states, dtype=bool)] *= 0.15
    energies = 9 + np.cumsum(rng.uniform(0.1, 0.6, n_states))
    return ionization(rng.uniform(0.09, 0.2, n_modes), np.diag(energies), linear)


@cache
def compared(seed):
    return comparison(
        random_model(seed), levels=["vertical", "vibronic"], time=1.0, tolerance=5e-3
    )


def shares(found):
    """Lent and moved share of every transition, from the fields alone."""
    lent = []
    for k, d in enumerate(found.diagnoses):
        own = found.ladder.doorways[k].states
        lent.append(1 - min(1.0, d.carried[own].sum()))
    return np.array(lent), np.array([d.redistributed for d in found.diagnoses])


def check_worst(found, text):
    """The sentence about the transition that changes most."""
    told = WORST.search(text)
    assert told, text
    lent, moved = shares(found)
    k = int(np.argmax(lent + moved))
    d = found.diagnoses[k]

    resolution, label, taken, state, elsewhere, wide, narrow = told.groups()
    assert int(resolution) == round(1000 * found.ladder.resolution.fine)
    assert label == d.label
    assert int(taken) == pytest.approx(100 * lent[k], abs=0.51)
    assert int(elsewhere) == pytest.approx(100 * moved[k], abs=0.51)
    assert float(wide) == pytest.approx(d.found[1], abs=0.0051)
    assert float(narrow) == pytest.approx(d.alone[1], abs=0.0051)
    if state:
        others = [
            i for i in range(found.model.n_states) if i not in found.ladder.doorways[k].states
        ]
        most = max(others, key=lambda i: d.carried[i])
        assert state == found.model.state_labels[most]


def check(found):
    """The whole verdict against the fields."""
    text = verdict(found)
    lent, moved = shares(found)
    mysteries = [b for b in found.bands if b.is_mystery]
    mixed = [b for b in found.bands if b.purity < 0.75 and b.borrowed > 0.25]

    if mysteries:
        assert "MYSTERY BAND" in text
        energies = " and ".join(f"{b.energy:.2f}" for b in mysteries)
        assert f"({energies} eV)" in text
        strength = sum(b.strength for b in mysteries)
        assert f"of strength {strength:.3f}" in text
        assert f"would put {sum(b.alone for b in mysteries):.3f}" in text
        check_worst(found, text)
    elif mixed or lent.max() > 0.25:
        assert text.startswith("VERDICT: The single-state picture fails, without a mystery band.")
        check_worst(found, text)
    elif lent.max() > 0.05 or moved.max() > 0.10:
        assert text.startswith("VERDICT: The single-state picture is approximate.")
        check_worst(found, text)
    else:
        resolution, taken, elsewhere = HOLDS.search(text).groups()
        assert int(resolution) == round(1000 * found.ladder.resolution.fine)
        assert 0 <= int(taken) - 100 * lent.max() < 1 + 1e-6
        assert 0 <= int(elsewhere) - 100 * moved.max() < 1 + 1e-6
        assert min(int(taken), int(elsewhere)) >= 1
    assert ("MYSTERY" in text) == bool(mysteries)
    return text


@pytest.mark.parametrize("seed", range(20))
def test_the_verdict_on_random_models_is_what_the_numbers_say(seed):
    text = check(compared(seed))
    if seed % 3 == 0:
        assert "single-state picture holds" in text
        lent, moved = shares(compared(seed))
        assert lent.max() < 1e-3
        assert moved.max() < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 100))
def test_the_verdict_on_many_more_random_models(seed):
    test_the_verdict_on_random_models_is_what_the_numbers_say(seed)


@pytest.mark.parametrize("coupling", [0.005, 0.02, 0.06])
def test_the_share_that_changes_state_is_that_of_two_levels_in_exact_numbers(coupling):
    """Both states shift the mode alike, so that only the constant coupling V mixes them: P(t) =
    sin(V t)^2, and over the window of the resolution (1 - exp(-2 (V s)^2))/2.
    """
    linear = [[[0.09, 0.0], [0.0, 0.09]]]
    model = ionization([0.12], [[9.0, coupling], [coupling, 9.0]], linear)
    found = comparison(model, levels=["vertical", "vibronic"], time=1.0, tolerance=1e-3)
    check(found)
    width = window_width(found.ladder.resolution.fine)
    exact = 0.5 * (1 - np.exp(-2 * (coupling * width / HBAR) ** 2))
    lent, _ = shares(found)
    assert lent == pytest.approx([exact, exact], abs=2e-4)


def test_one_state_and_an_unconverged_spectrum():
    single = ionization([0.1], [[9.0]], [[[0.05]]])
    found = comparison(single, levels=["vertical", "vibronic"], time=1.0)
    assert "one state only" in verdict(found)

    ladder = found.ladder
    rung = ladder.rung("vibronic")
    worse = replace(rung.lines[0], certificate=Certificate(2e-3, 0.04, 10))
    rungs = tuple(replace(r, lines=(worse,)) if r.level == "vibronic" else r for r in ladder.rungs)
    text = verdict(replace(found, ladder=replace(ladder, rungs=rungs)))
    assert text.startswith("NO VERDICT: the vibronic spectrum is not converged (an error of 4 %")
    assert "0.2 % was asked" in text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["butatriene", "water"])
def test_the_verdict_on_published_models(name):
    check(comparison(vb.library.hamiltonian(name, "published")))
