"""SHARC's LVC.template and V0.txt against SHARC's own definition, worked out here from the bare
file: V = sum w/2 Q^2 + epsilon + eta + kappa Q + lambda Q + sum_nm gamma_nm Q_n Q_m, hartree.
"""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import vibronic as vb
from file_samples import SHARC, SHARC_V0, SHARC_WITH_SPIN
from mutations import check_survives, peak_memory
from vibronic.units import BOHR, HARTREE


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "V0.txt").write_text(SHARC_V0)
    (tmp_path / "LVC.template").write_text(SHARC)
    return tmp_path


def sharc_potential(folder, coordinates):
    """The potential (hartree) that SHARC's definition gives for singlets at a geometry (bohr),
    from nothing but the two files.
    """
    lines = (folder / "V0.txt").read_text().split("\n")
    n = lines.index("Frequencies") - 1
    atoms = np.array([[float(x) for x in row.split()[2:]] for row in lines[1 : n + 1]])
    w = np.array([float(x) for x in lines[n + 2].split()])
    k = np.array([[float(x) for x in row.split()] for row in lines[n + 4 : n + 4 + 3 * n]])
    roots = np.sqrt(np.repeat(atoms[:, 3], 3) * 1822.888486)
    q = np.sqrt(np.abs(w)) * (k.T @ (roots * (coordinates - atoms[:, :3]).ravel()))

    rows = (folder / "LVC.template").read_text().split("\n")
    size = int(rows[1].split()[0])
    v = np.zeros((size, size))
    v += np.eye(size) * 0.5 * float(w @ q**2)
    for title in ("epsilon", "eta", "kappa", "lambda", "gamma"):
        if title not in rows:
            continue
        at = rows.index(title)
        for row in rows[at + 2 : at + 2 + int(rows[at + 1])]:
            words = row.split()
            i = int(words[1]) - 1
            j = i if title in ("epsilon", "kappa") else int(words[2]) - 1
            factor = 1.0
            for m in words[2 if i == j and title in ("epsilon", "kappa") else 3 : -1]:
                factor *= q[int(m) - 1]
            v[i, j] += float(words[-1]) * factor
            if i != j:
                v[j, i] += float(words[-1]) * factor
    return v


def test_energies_worked_out_by_hand(folder):
    """Q7 = 0.5, Q8 = -1, Q9 = 2: the harmonic part 0.0072/8 + 0.0171/2 + 0.0174*2 = 0.04425; V11
    has 0.003/4 more, V22 0.2 + 0.01/2 + 0.0015*(-0.5) and V12 is 0.004 - 0.02 - 0.0014.
    """
    found = vb.load(folder / "LVC.template").potential([0.5, -1.0, 2.0]) / HARTREE
    by_hand = [[0.045, -0.0174], [-0.0174, 0.2485]]
    np.testing.assert_allclose(found, by_hand, atol=1e-14)


def test_both_spellings_of_an_off_diagonal_gamma(folder):
    model = vb.load(folder / "LVC.template")
    assert model.quadratic[0, 1, 1, 1] == pytest.approx(0.0015 * HARTREE)
    assert model.quadratic[0, 0, 0, 0] == pytest.approx(0.006 * HARTREE)
    once = SHARC.replace("7 8 0.001\n1 2 2 8 7 0.0005\n", "8 7 0.0015\n").replace("\n4\n", "\n3\n")
    (folder / "LVC.template").write_text(once)
    again = vb.load(folder / "LVC.template")
    np.testing.assert_allclose(again.quadratic, model.quadratic, atol=1e-15)


def test_the_coordinates_are_those_of_the_reference_file(folder):
    """The model at q, and SHARC's definition at the Cartesian geometry of this q."""
    model = vb.load(folder / "LVC.template")
    modes = vb.load(folder / "V0.txt")
    draw = np.random.default_rng(1)
    for q in draw.standard_normal((10, 3)):
        theirs = sharc_potential(folder, modes.geometry(q) / BOHR)
        np.testing.assert_allclose(model.potential(q) / HARTREE, theirs, atol=1e-9)


def test_what_else_a_model_gets(folder):
    model = vb.load(folder / "LVC.template")
    assert model.state_labels == ("S0", "S1")
    assert model.energy_origin.is_absolute
    assert model.process == "excitation"
    assert model.transitions.amplitudes.tolist() == [0.0, 1.0]
    assert model.provenance["left_out"] == []
    np.testing.assert_allclose(model.frequencies, np.array([0.0072, 0.0171, 0.0174]) * HARTREE)


def test_multiplicities_spin_orbit_couplings_and_dipoles(folder):
    path = folder / "LVC.template"
    path.write_text(SHARC_WITH_SPIN)
    with pytest.warns(vb.formats.FormatWarning) as told:
        singlets = vb.load(path)
    texts = " ".join(str(w.message) for w in told)
    assert "2 states of multiplicity 1 were read, and left out 1 of multiplicity 3" in texts
    assert "SPIN-ORBIT COUPLINGS LEFT OUT: up to 21.9 cm-1" in texts
    assert all(text in texts for text in singlets.provenance["left_out"])
    np.testing.assert_allclose(singlets.transitions.dipoles, [[0, 0, 0], [0.5, 0, -0.25]])

    with pytest.warns(vb.formats.FormatWarning):
        triplets = vb.load(path, multiplicity=3)
    assert triplets.state_labels == ("T1",)
    assert triplets.transitions.dipoles is None
    assert triplets.energy_origin.is_absolute
    assert triplets.constant[0, 0] == pytest.approx(0.14 * HARTREE)
    assert triplets.linear[1, 0, 0] == pytest.approx(0.002 * HARTREE)
    with pytest.raises(vb.InputError, match="no states of `multiplicity` 2; it has 1, 3"):
        vb.load(path, multiplicity=2)


def test_blocks_in_another_order_are_read_and_told(folder):
    head, rest = SHARC.split("kappa", 1)
    kappa, rest = rest.split("lambda", 1)
    (folder / "LVC.template").write_text(head + "lambda" + rest + "\nkappa" + kappa)
    with pytest.warns(vb.formats.FormatWarning, match="order epsilon, eta, lambda, gamma, kappa"):
        assert vb.load(folder / "LVC.template").linear[0, 1, 1] == pytest.approx(0.01 * HARTREE)


@pytest.mark.parametrize("first", ["$SHARC/../V0.txt", "/nowhere/V0.txt", "old/path/V0.txt"])
def test_the_reference_is_found_beside_the_template(folder, first):
    (folder / "LVC.template").write_text(SHARC.replace("V0.txt", first, 1))
    assert vb.load(folder / "LVC.template").n_modes == 3


def test_the_reference_may_be_named(folder):
    (folder / "V0.txt").rename(folder / "other.dat")
    with pytest.raises(vb.InputError, match=r"LVC.template:1: expected the path of the V0 file"):
        vb.load(folder / "LVC.template")
    assert vb.load(folder / "LVC.template", v0="other.dat").n_modes == 3


def altered(old, new):
    assert old in SHARC
    return SHARC.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (altered("kappa\n1", "kappa\n2"), r":13: expected a line of 'kappa'.*found 'lambda'"),
        (altered("1 2 7 0.01", "1 2 7 nan"), r":12: expected value in hartree.*found 'nan'"),
        (altered("1 2 7 0.01", "1 3 7 0.01"), ":12: expected a state of multiplicity 1.* 1 to 2"),
        (altered("1 2 7 0.01", "1 2 6 0.01"), r":12: expected a mode .*\(7 to 9\), but found 6"),
        (altered("1 2 7 0.01", "2 2 7 0.01"), ":12: expected a multiplicity.*found '2'"),
        (
            altered("1 2 7 0.01", "1 2 7"),
            ":12: expected a line of 'kappa': multiplicity, state, m",
        ),
        (altered("kappa", "kapa"), r":10: expected the name of a block .*found 'kapa'"),
        (altered("lambda", "kappa"), ":13: expected each block once"),
        (altered("1 2 0.2", "1 1 0.2"), r":6: expected each coefficient once \(line 5 gives it\)"),
        (
            altered("1 1 2 8 0.02", "1 2 2 8 0.02"),
            ":15: expected two different states in 'lambda'",
        ),
        (
            altered("gamma\n4", "gamma\n5"),
            ":17: expected 5 lines of 'gamma' below it, but found 4",
        ),
        (altered("\n2\n", "\n2 x\n"), ":2: expected a number of states"),
        (altered("\n2\n", "\n0\n"), ":2: expected numbers of states with 1 to"),
        (
            SHARC + "SOC R\n1 2\n",
            ":23: expected row 2 of the 2 rows of 'SOC R'.*end of the file",
        ),
        ("", ":1: expected the path of the V0 file, but found the end of the file"),
    ],
)
def test_what_is_wrong_in_a_template(folder, text, message):
    path = folder / "LVC.template"
    path.write_text(text)
    with pytest.raises(vb.InputError, match=f"LVC.template{message}"):
        vb.load(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Frequencies", "Frequency", ":5: expected an atom"),
        ("1.00782504", "-1.0", ":3: expected a positive mass in u, but found -1.0"),
        ("0.0171", "-0.0171", r":6: expected frequencies above 0 \(a minimum\)"),
        ("0.0171", "0.0", r":6: expected 3 vibrations .*, but found 2"),
        ("Mass-weighted", "Weighted", r":7: expected the heading 'Mass-weighted normal modes'"),
        ("-0.0 0 0", "-0.0 0", ":6: expected 9 numbers"),
    ],
)
def test_what_is_wrong_in_a_reference(folder, old, new, message):
    path = folder / "V0.txt"
    path.write_text(SHARC_V0.replace(old, new, 1))
    with pytest.raises(vb.InputError, match=f"V0.txt{message}"):
        vb.load(folder / "LVC.template")


def test_modes_that_are_not_orthonormal_are_refused(folder):
    lines = SHARC_V0.split("\n")
    lines[7] = " ".join(["0.5"] * 9)
    (folder / "V0.txt").write_text("\n".join(lines))
    with pytest.raises(vb.InputError, match="expected orthonormal mass-weighted normal modes"):
        vb.load(folder / "V0.txt")


def coupled_model(n_states=3):
    """A model of every kind of coefficient in the modes of water."""
    draw = np.random.default_rng(9)
    a = draw.normal(0, 0.05, (3, 3, n_states, n_states))
    a = a + a.swapaxes(2, 3)
    w = np.array([0.2, 0.45, 0.47])
    modes = vb.NormalModes(
        ("O", "H", "H"),
        [[0, 0, 0.117], [0, 0.757, -0.469], [0, -0.757, -0.469]],
        [15.99491462, 1.00782503, 1.00782503],
        w,
        displacements(w, draw),
        ("",) * 3,
    )
    model = vb.VibronicHamiltonian(
        w,
        np.diag([4.0, 5.0, 6.0][:n_states]) + a[0, 0],
        a[1],
        a + a.swapaxes(0, 1),
        transition_dipoles=draw.standard_normal((n_states, 3)),
        process="excitation",
    )
    return model, modes


def displacements(w, draw):
    from vibronic.modes import dimensionless

    vectors = np.linalg.qr(draw.standard_normal((9, 3)))[0].T
    return dimensionless(vectors, w, np.array([15.99491462, 1.00782503, 1.00782503]))


def test_a_model_goes_out_as_sharc_reads_it(tmp_path):
    model, modes = coupled_model()
    vb.save(model, tmp_path / "LVC.template", modes=modes, ground_state=True)
    draw = np.random.default_rng(5)
    for q in draw.normal(0, 2, (50, 3)):
        theirs = sharc_potential(tmp_path, modes.geometry(q) / BOHR) * HARTREE
        np.testing.assert_allclose(theirs[1:, 1:], model.potential(q), atol=1e-6)
        assert theirs[0, 0] == pytest.approx(0.5 * float(model.frequencies @ q**2), abs=1e-6)
        assert not theirs[0, 1:].any()


@pytest.mark.parametrize("ground_state", [False, True])
def test_round_trip(tmp_path, ground_state):
    model, modes = coupled_model()
    given = model if ground_state else replace(model, transition_dipoles=None)
    vb.save(given, tmp_path / "LVC.template", modes=modes, ground_state=ground_state)
    again = vb.load(tmp_path / "LVC.template")
    part = again.subset(states=(1, 2, 3)) if ground_state else again
    for name in ("frequencies", "constant", "linear", "quadratic"):
        np.testing.assert_allclose(
            getattr(part, name), getattr(model, name), rtol=1e-12, atol=1e-14
        )
    assert again.energy_origin.is_absolute == ground_state
    if ground_state:
        np.testing.assert_allclose(part.transitions.dipoles, model.transitions.dipoles)

    back = vb.load(tmp_path / "V0.txt")
    np.testing.assert_allclose(back.displacements, modes.displacements, atol=1e-9)
    np.testing.assert_allclose(back.coordinates, modes.coordinates, atol=1e-11)


def test_modes_that_a_model_leaves_out_stay_in_the_reference(tmp_path):
    model, modes = coupled_model()
    small = replace(model.subset(modes=("v1", "v3")), transition_dipoles=None)
    vb.save(small, tmp_path / "LVC.template", modes=modes)
    again = vb.load(tmp_path / "LVC.template")
    assert again.n_modes == 3
    np.testing.assert_allclose(again.linear[[0, 2]], small.linear, rtol=1e-12)
    assert not again.linear[1].any()


def test_ionized_states_are_doublets(tmp_path):
    model, modes = coupled_model()
    cation = replace(model, process="ionization", transition_dipoles=None)
    vb.save(cation, tmp_path / "LVC.template", modes=modes)
    assert (tmp_path / "LVC.template").read_text().split("\n")[1] == "0 3"
    assert vb.load(tmp_path / "LVC.template").state_labels == ("D1", "D2", "D3")


def test_what_cannot_be_written(tmp_path):
    model, modes = coupled_model()
    path = tmp_path / "LVC.template"
    with pytest.raises(vb.InputError, match="give `modes=`"):
        vb.save(model, path)
    slower = replace(modes, frequencies=modes.frequencies + 0.01)
    with pytest.raises(vb.InputError, match="they do not belong together"):
        vb.save(model, path, modes=slower)
    cubic = replace(model, higher=(vb.Monomial((3, 0, 0), np.eye(3)),))
    with pytest.raises(vb.InputError, match="ends at second order, but this one has 1 terms"):
        vb.save(cubic, path, modes=modes)
    with pytest.warns(vb.formats.FormatWarning, match="dipoles were not written"):
        vb.save(model, path, modes=modes)
    model = replace(model, transition_dipoles=None)

    (tmp_path / "V0.txt").write_text(SHARC_V0)
    with pytest.raises(vb.InputError, match="belongs to another geometry or other modes"):
        vb.save(model, path, modes=modes)
    with pytest.raises(vb.InputError, match="holds a VibronicHamiltonian, but got a NormalModes"):
        vb.save(modes, path)


def test_the_command_line_takes_a_template(folder):
    from vibronic.cli.request import asked

    assert asked("absorption", str(folder / "LVC.template")).model.n_states == 2


def test_mutated_templates(folder):
    good = check_survives(SHARC, "LVC.template", folder, range(400))
    good += check_survives(SHARC_WITH_SPIN, "LVC.template", folder, range(300))
    assert 20 < good < 600


def test_mutated_references(folder):
    assert check_survives(SHARC_V0, "V0.txt", folder, range(300)) < 300


def test_a_template_that_announces_too_much(folder):
    path = folder / "LVC.template"
    path.write_text("V0.txt\n900\nepsilon\n1\n1 900 0.1\n" + "eta\n0\n")
    assert peak_memory(path) < 200e6
    with pytest.raises(vb.InputError, match="too many to be held"):
        vb.load(path)


def test_the_command_line_tells_what_was_left_out_in_one_line(folder):
    (folder / "LVC.template").write_text(SHARC_WITH_SPIN)
    command = [sys.executable, "-m", "vibronic", "hamiltonian", "LVC.template", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0
    assert "vibronic: LVC.template: SPIN-ORBIT COUPLINGS LEFT OUT" in done.stderr
    assert ".py" not in done.stderr
    assert "multiplicity 1 were read" in done.stderr
