"""Operator files of MCTDH: what their terms mean, worked out by hand and by an evaluator that
knows only that H is the sum of the lines.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import vibronic as vb
from file_samples import (
    MCTDH,
    MCTDH_MORSE,
    MCTDH_NEUTRAL,
    MCTDH_NUMBERS,
    MCTDH_TABLE,
    NOMAD,
)
from mutations import check_survives, peak_memory
from systems import crossing_model
from vibronic.units import CM, HARTREE

DATA = Path(__file__).parent.parent / "data" / "formats"


@pytest.fixture
def load(tmp_path):
    def loaded(text, **options):
        (tmp_path / "model.op").write_text(text)
        return vb.load(tmp_path / "model.op", **options)

    return loaded


def test_energies_worked_out_by_hand(load):
    """At x = 2, y = -1: harmonic 0.05*4 + 0.1 = 0.3; W11 = 0.3 - 0.1 + 0.0075*4 = 0.23; W22 = 0.3
    + 0.1 + 0.01*2 hartree - 2*0.03*2 = 0.28 + 0.02 hartree; W12 = -0.03 + 0.003*8 = -0.006.
    """
    model = load(MCTDH)
    assert model.frequencies.tolist() == pytest.approx([0.1, 0.2])
    found = model.potential([2.0, -1.0])
    by_hand = [[0.23, -0.006], [-0.006, 0.28 + 0.02 * HARTREE]]
    np.testing.assert_allclose(found, by_hand, atol=1e-14)


def test_what_else_a_model_gets(load):
    model = load(MCTDH)
    assert model.mode_labels == ("x", "y")
    assert model.title == "two states, two modes"
    assert model.provenance["left_out"] == []
    assert not model.energy_origin.is_absolute
    assert model.quadratic[0, 0, 0, 0] == pytest.approx(0.015)  # 2 c
    assert model.quadratic[0, 1, 1, 1] == pytest.approx(0.06)  # c
    assert not model.quadratic[1, 1].any()  # nothing is left of the oscillator
    assert model.higher[0].powers == (3, 0)


def altered(old, new, text=MCTDH):
    assert old in text
    return text.replace(old, new, 1)


KINETIC_BY_STATES = altered("1.00*w1 |1 KE", "-0.5*w1 |2 S1&1 |1 dq*dq\n-0.5*w1 |1 dq^2 |2 S2&2")


def same(a, b, tolerance=1e-14):
    draw = np.random.default_rng(2)
    for q in draw.standard_normal((5, a.n_modes)):
        np.testing.assert_allclose(a.potential(q), b.potential(q), atol=tolerance)
    np.testing.assert_allclose(a.frequencies, b.frequencies, rtol=1e-12)


@pytest.mark.parametrize("text", [MCTDH_TABLE, NOMAD])
def test_three_ways_of_writing(load, text):
    same(load(text), load(MCTDH_NUMBERS))


def test_the_kinetic_energy_of_every_state(load):
    same(load(KINETIC_BY_STATES), load(MCTDH))
    with pytest.raises(
        vb.InputError, match=r":24: expected one positive frequency of the mode 'x'"
    ):
        load(KINETIC_BY_STATES.replace("|1 dq^2 |2 S2&2", "|1 dq^2 |2 S1&1"))


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("au", HARTREE),
        ("mH", HARTREE / 1000),
        ("ev", 1.0),
        ("meV", 1e-3),
        ("cm-1", CM),
        ("kcal/mol", 0.0433641),
        ("kJ/mol", 0.01036427),
        ("Kelvin", 8.617333e-5),
        ("aJ", 6.241509),
        ("nmwl", 1239.841984),
        ("invev", HARTREE**2),
        ("Angst", HARTREE * 1.889726),
        ("fs", HARTREE * 41.34137),
    ],
)
def test_units(load, unit, value):
    """One of each, in eV of the term it stands in; literature values of the conversion factors."""
    model = load(MCTDH.replace("delta = 1.0d-1 , ev", f"delta = 1.0 , {unit}"))
    assert model.constant[1, 1] == pytest.approx(value, rel=2e-6)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.0*3.0/4.0", 1.5),
        ("-2*half", -1.0),
        ("1.0/2.0/half", 1.0),
        ("half+half-3", -2.0),
        ("2*half + 1", 2.0),
        ("2*-half", -1.0),
        (".5e1", 5.0),
    ],
)
def test_arithmetic(load, text, value):
    model = load(MCTDH.replace("delta = 1.0d-1 , ev", f"delta = {text}"))
    assert model.constant[1, 1] == pytest.approx(value * HARTREE)


# --- Morse functions


def test_lithium_trimer_against_its_numbers():
    """Read off the file by hand; the Taylor coefficients of D (1 - e^-x a)^2 are D a^2, -D a^3."""
    with pytest.warns(vb.formats.FormatWarning, match="expanded about q = 0 to order 3"):
        model = vb.load(DATA / "lvc_li3.op", morse_order=3)
    assert model.frequencies.tolist() == pytest.approx([0.048298, 0.048298, 0.038252])
    assert model.constant.ravel().tolist() == pytest.approx([0, 0, 0, 0.016198], abs=1e-12)
    lam, kappa = model.linear[0, 0, 1], model.linear[1]
    assert lam == pytest.approx(0.043556)
    np.testing.assert_allclose(kappa, np.diag([0.043556, -0.043556]), atol=1e-12)
    np.testing.assert_allclose(model.quadratic[0, 0], -0.028214 * np.eye(2), atol=1e-12)
    stiff = [2 * 2.537062 * 0.086860**2 - 0.038252, 2 * 2.685689 * 0.086302**2 - 0.038252]
    np.testing.assert_allclose(np.diag(model.quadratic[2, 2]), stiff, atol=1e-12)
    cubic = [2.537062 * 0.086860**3, 2.685689 * 0.086302**3]
    np.testing.assert_allclose(np.diag(model.higher[0].matrix), cubic, atol=1e-12)


@pytest.mark.filterwarnings("ignore::vibronic.formats.FormatWarning")
def test_a_morse_function_is_its_taylor_series(load):
    model = load(MCTDH_MORSE, morse_order=14)
    for x in (-0.7, 0.0, 0.9):
        exact = 2.0 * (1 - np.exp(-0.3 * (x - 0.4))) ** 2 - 0.3
        assert model.potential([x])[0, 0] == pytest.approx(exact, abs=1e-7)
    assert not load(MCTDH_MORSE).higher
    with pytest.raises(vb.InputError, match="`morse_order` must be a whole number from 2"):
        load(MCTDH_MORSE, morse_order=1)


# --- the state of the reference, and what energies count from


def test_the_neutral_as_last_state(load):
    """Vertical energy 10.0 eV from the neutral, whose potential has its minimum at -w/2; the 0-0
    line lies kappa^2/(2 w) below.
    """
    model = load(MCTDH_NEUTRAL, ground_state=2, process="ionization")
    assert model.n_states == 1
    assert model.constant[0, 0] == pytest.approx(10.0)
    assert model.energy_origin.is_absolute
    np.testing.assert_allclose(model.transitions.dipoles, [[0.3, 0, 0]])
    sticks = vb.spectra.lanczos_spectrum(model, 0, tolerance=1e-6)
    assert sticks.energies[0] == pytest.approx(10.0 - 0.05**2 / 0.4, abs=1e-6)


def test_what_the_user_knows_of_the_zero_of_energy(load):
    with pytest.warns(vb.formats.FormatWarning, match="HAMILTONIAN-SECTION_Ex was left out"):
        plain = load(MCTDH_NEUTRAL)
    assert plain.n_states == 2
    with pytest.warns(vb.formats.FormatWarning):
        level = load(MCTDH_NEUTRAL, origin="vibrational ground state")
    assert level.constant[0, 0] == pytest.approx(9.9 + 0.1)  # the same as from the state itself
    assert level.energy_origin.is_absolute
    with pytest.raises(vb.InputError, match="Unknown origin 'bottom'"):
        load(
            MCTDH_NEUTRAL.partition("HAMILTONIAN-SECTION_Ex")[0] + "end-operator", origin="bottom"
        )
    with pytest.raises(vb.InputError, match="`ground_state=` or `origin=`"):
        load(MCTDH_NEUTRAL, ground_state=2, origin="potential minimum")


@pytest.mark.parametrize(
    ("text", "number", "message"),
    [
        (MCTDH_NEUTRAL, 1, "a state that nothing couples.* but state 1 has some"),
        (MCTDH_NEUTRAL, 3, "must be the number of a state, 1 to 2, but is 3"),
        (MCTDH_NEUTRAL, "2", "must be the number of a state"),
        (MCTDH_NEUTRAL.replace("k |1 S1&1", "k |1 S1&2"), 2, "but state 2 has some"),
        (MCTDH_NEUTRAL.replace("|1 S2&1", "|1 S2&2"), 2, "a transition between the ground state"),
        (
            MCTDH_NEUTRAL.replace("|1 S2&1", "|1 S2&1 |2 q"),
            2,
            "does not depend on the coordinates",
        ),
        (MCTDH_NEUTRAL.replace("|1 S2&1", "|1 Z2&1"), 2, "Z2&1 and Z1&2 with equal factors"),
    ],
)
def test_ground_states_that_are_none(load, text, number, message):
    with pytest.raises(vb.InputError, match=message):
        load(text, ground_state=number)


# --- what is refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (altered("lam     |2", "lamb    |2"), r":29: expected a parameter .*, but found 'lamb'"),
        (
            altered("|3 q\n", "|4 q\n"),
            ":29: expected a degree of freedom, a whole number from 1 to 3",
        ),
        (altered("S1&2", "X1&2"), r":29: expected an electronic operator .*, but found 'X1&2'"),
        (altered("|2 Z2&1", "|2 Z2&2"), r":33: expected a Hermitian operator: Z"),
        (altered("|1 q    |2 S2&2", "|1 q*dq |2 S2&2"), ":30: .*momentum-dependent couplings"),
        (altered("|1 q    |2 S2&2", "|1 KE |3 q"), ":30: .*kinetic energy of one mode alone"),
        (altered("|1 q    |2 S2&2", "|1 KE |2 S1&2"), ":30: .*without an electronic coupling"),
        (altered("|1 q    |2 S2&2", "|1 sin |2 S2&2"), ":30: expected an operator of a mode"),
        (altered("|1 q    |2 S2&2", "|1 q^99"), ":30: expected powers up to 20"),
        (altered("|1 q    |2 S2&2", "|1 q |1 q"), ":30: expected each degree of freedom once"),
        (altered("|1 q    |2 S2&2", "| q | S2&2"), ":30: expected `.number operator` for each"),
        (altered("modes | y |", "modes | el"), "expected one degree of freedom 'el', but found 2"),
        (altered("modes | y |", "modes | x"), "expected each degree of freedom once"),
        (altered("w2      |3 KE\n", ""), "expected a kinetic energy .KE. of the mode 'y'"),
        (altered("w2=0.2,eV", "w2=-0.2,eV"), "one positive frequency of the mode 'y'"),
        (altered("w2=0.2,eV", "w2=0.2,volt"), r":9: expected a unit.*found 'volt'"),
        (altered("w2=0.2,eV", "w2=nan"), ":9: expected a parameter that is defined above"),
        (altered("w2=0.2,eV", "w2=1e99,eV"), ":9: expected a factor, a number of at most"),
        (altered("w2=0.2,eV", "w1=0.2,eV"), r":9: expected 'w1' once \(line 8 gives it\)"),
        (altered("w2=0.2,eV", "w2 0.2"), ":9: expected a parameter, `name = value, unit`"),
        (altered("half = 0.5", "half = 1/0"), ":10: expected a divisor that is not 0"),
        (altered("half = 0.5", "half = 1+2*3"), ":10: expected numbers and names joined"),
        (altered("half = 0.5", "half = __import__('os')"), ":10: expected numbers and names"),
        (altered("big = 4*half", "big = 4*half, ev"), ":14: expected no unit after other param"),
        (altered("PARAMETER-SECTION", "PARAMETR-SECTION"), ":7: expected a section"),
        (altered("end-parameter", "end-hamiltonian"), ":16: expected end-parameter-section"),
        (altered("END-HAMILTONIAN-SECTION\nend-operator", ""), "found the end of the file"),
        (MCTDH_MORSE.replace("morse1", "eckart"), ":7: expected the function morse1"),
        (MCTDH_MORSE.replace("d,0.3", "d,300"), ":7: expected a and a x0 of a Morse function"),
    ],
)
def test_what_is_wrong_in_an_operator_file(load, text, message):
    with pytest.raises(vb.InputError, match=f"model.op.*{message}"):
        load(text)


def test_files_of_parameters_alone_are_refused():
    with pytest.raises(
        vb.InputError, match=r"jahnteller_2.op:\d+: expected a HAMILTONIAN-SECTION"
    ):
        vb.load(DATA / "jahnteller_2.op")


def test_terms_that_stand_twice_are_added_and_told(load):
    twice = altered("lam     |2 S1&2 |3 q\n", "lam |2 S1&2 |3 q\nlam |3 q |2 S2&1\n")
    with pytest.warns(vb.formats.FormatWarning, match="line 30 acts as line 29 does"):
        assert load(twice).linear[1, 0, 1] == pytest.approx(0.06)


# --- out and in again


def definition(text, q):
    """Energies (hartree) at q by nothing but the sum of the lines, operator by operator."""
    numbers = dict(re.findall(r"^(\w+) = (\S+) , ev$", text, re.M))
    numbers = {name: float(value) / 27.211386245981 for name, value in numbers.items()}
    n = max(int(x) for x in re.findall(r"S\d+&(\d+)", text))
    total = np.zeros((n, n))
    for factor, name, acting in re.findall(r"^([\d.]+)\*(\w+)((?: \|\d+ \S+)+)$", text, re.M):
        matrix = np.eye(n)
        value = float(factor) * numbers[name]
        for column, operator in re.findall(r"\|(\d+) (\S+)", acting):
            if operator.startswith("S"):
                i, j = (int(x) - 1 for x in operator[1:].split("&"))
                matrix = np.zeros((n, n))
                matrix[i, j] = matrix[j, i] = 1.0
            elif operator == "KE":
                value = 0.0
            else:
                value *= q[int(column) - 2] ** int((operator + "^1").split("^")[1])
        total += value * matrix
    return total


def models():
    cubic = crossing_model()
    shape = np.eye(2)[::-1] * 0.01
    powers = (2, 1) + (0,) * (cubic.n_modes - 2)
    yield replace(
        cubic, higher=(vb.Monomial(powers, shape), vb.Monomial((4, *powers[2:], 0), np.eye(2)))
    )
    for name in ("butatriene", "pyrazine", "ammonia", "water"):
        yield vb.library.hamiltonian(name)
    yield vb.library.hamiltonian("pyrazine", "24-mode")
    yield vb.library.hamiltonian("pyrazine", "four-state")


@pytest.mark.filterwarnings("ignore::vibronic.formats.FormatWarning")
@pytest.mark.parametrize("model", list(models()), ids=lambda m: m.title)
def test_models_go_out_by_the_definition_and_come_back(model, tmp_path):
    path = tmp_path / "out.op"
    vb.save(model, path)
    text = path.read_text()
    again = vb.load(path)
    draw = np.random.default_rng(4)
    for q in draw.standard_normal((5, model.n_modes)):
        here = model.potential(q)
        np.testing.assert_allclose(definition(text, q) * HARTREE, here, atol=1e-12)
        np.testing.assert_allclose(again.potential(q), here, atol=1e-12)
    assert again.frequencies.tolist() == pytest.approx(model.frequencies.tolist(), rel=1e-13)
    assert again.mode_labels == model.mode_labels


def test_labels_that_a_file_cannot_hold(tmp_path):
    model = replace(
        vb.library.hamiltonian("butatriene"), mode_labels=("el", "a b", "a_b", "", "Time")
    )
    vb.save(model, tmp_path / "out.op")
    assert vb.load(tmp_path / "out.op").mode_labels == ("mode1", "a_b", "a_b_", "mode4", "mode5")


def test_only_models_are_written(tmp_path):
    with pytest.raises(vb.InputError, match="holds a VibronicHamiltonian, but got a Molecule"):
        vb.save(vb.library.molecule("water"), tmp_path / "x.op")
    with pytest.warns(vb.formats.FormatWarning, match="amplitudes, slopes and dipoles were not"):
        vb.save(vb.library.hamiltonian("pyrazine"), tmp_path / "x.op")


@pytest.mark.filterwarnings("ignore::vibronic.formats.FormatWarning")
def test_mutated_files(tmp_path):
    for text in (MCTDH, MCTDH_TABLE, NOMAD, MCTDH_MORSE):
        assert check_survives(text, "model.op", tmp_path, range(250)) > 10
    assert check_survives(MCTDH_NEUTRAL, "model.op", tmp_path, range(250), ground_state=2) > 10


def test_a_file_that_means_too_much(tmp_path):
    path = tmp_path / "model.op"
    path.write_text(
        MCTDH.replace("S2&2 |3", "S1000&2 |3").replace("delta   |2 S2&2", "delta |2 S900&2")
    )
    assert peak_memory(path) < 200e6
    with pytest.raises(vb.InputError, match="too many"):
        vb.load(path)
