"""load(save(x)) = x for every noun and format; broken files get an error that points at the
line.
"""

from dataclasses import fields, replace

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import vibronic as vb
from systems import crossing_model, random_models
from vibronic.dynamics.unfinished import GrowthStep, Readings, UnfinishedObservation
from vibronic.explorer import ExplorerView
from vibronic.models import reduction


def assert_same(a, b):
    assert type(a) is type(b)
    if hasattr(a, "__dataclass_fields__"):
        for name in (field.name for field in fields(a) if field.init):
            assert_same(getattr(a, name), getattr(b, name))
    elif isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_same(x, y)
    else:
        assert a == b


def nouns():
    model = crossing_model()
    basis = vb.VibronicBasis(2, (6, 5), max_quanta=6.0, weights=(1.0, 1.2))
    packet = vb.Wavepacket.vertical(basis, amplitudes=(0.6, 0.8j))
    sticks = vb.spectra.lanczos_spectrum(model, 0, tolerance=1e-2)
    modes = vb.NormalModes(
        ("H", "O"), np.eye(2, 3), [1.0, 16.0], [0.1], np.ones((1, 2, 3)), ("A1",), "C2v", "x", -1.0
    )
    run = vb.dynamics.propagate(model, packet, [0.0, 1.0, 2.0])
    step = GrowthStep(np.array([1.0, 2.0]), 3.0, True, run, 1e-3, 2.5, 400)
    left = UnfinishedObservation(
        "abc",
        1,
        np.array([1.0, 2j]),
        np.ones(2),
        (1, 2),
        tuple(Readings(np.ones((1, k))) for k in (1, 2, 3)),
        step,
    )
    return [
        model,
        basis,
        packet,
        sticks,
        modes,
        run,
        step,
        left,
        vb.spectra.autocorrelation(model, 0, [0.0, 1.0], tolerance=1e-2),
        vb.spectra.eigenstates(model, basis, 3),
        sticks.broadened(np.linspace(8, 10, 50), fwhm=0.1),
        reduction(model),
        ExplorerView({"gap": 0.5, "state": "1"}, "", "", model),
        vb.library.molecule("butatriene"),
        vb.Gaussian(0.04),
        vb.Lorentzian(0.1),
        vb.Voigt(0.03, 0.02),
        vb.Doorway([1, -0.5], [[0.1, 0.2]], [3]),
        vb.Instrument([-0.01, 0.0, 0.02], [0.0, 1.0, 0.0]),
        vb.spectra.ladder(model, ["displaced", "vibronic"], shape=vb.Voigt(0.03, 0.02)),
        vb.spectra.match(
            sticks, vb.library.measured_spectrum("pyrazine", "absorption"), absolute=False
        ),
    ]


@pytest.mark.parametrize("noun", nouns(), ids=lambda x: type(x).__name__)
def test_hdf5_keeps_every_noun(noun, tmp_path):
    vb.save(noun, tmp_path / "x.h5")
    assert_same(vb.load(tmp_path / "x.h5"), noun)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(random_models(max_states=4, max_modes=4))
def test_toml_keeps_every_hamiltonian(tmp_path, model):
    vb.save(model, tmp_path / "h.toml")
    found = vb.load(tmp_path / "h.toml")
    if all(np.any(t.matrix) for t in model.higher):
        assert_same(found, model)


@pytest.mark.parametrize("name", vb.library.names())
def test_toml_keeps_shipped_nouns(name, tmp_path):
    shipped = [
        vb.library.molecule(name),
        *(vb.library.hamiltonian(name, model) for model in vb.library.hamiltonian_names(name)),
    ]
    for noun in shipped:
        vb.save(noun, tmp_path / "x.toml")
        assert_same(vb.load(tmp_path / "x.toml"), noun)


def test_results_are_read_only(crossing):
    with pytest.raises(ValueError, match="read-only"):
        crossing.constant[0, 0] = 1.0
    with pytest.raises(AttributeError):
        crossing.constant = 1


def test_a_failed_save_leaves_the_old_file(tmp_path, crossing):
    path = tmp_path / "x.h5"
    vb.save(crossing, path)
    before = path.read_bytes()
    broken = replace(crossing)
    object.__setattr__(broken, "provenance", {"made": object()})
    with pytest.raises(AttributeError):
        vb.save(broken, path)
    with pytest.raises(vb.InputError, match=r"`thing` of `save` must be a noun .* NormalModes"):
        vb.save(vb.NormalModes, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


GOOD = """format = "VibronicHamiltonian/1"
energy_origin = "somewhere"
states = [{label = "X", energy_eV = 9.0}, {label = "A", energy_eV = 9.5}]
modes = [{label = "v1", frequency_eV = 0.1}, {label = "v2", frequency_cm = 800}]

[linear_eV.X]
v1 = 0.1

[linear_eV."X|A"]
v2 = 0.2
"""
BAD = [
    (
        "energy_origin",
        "energy_orign",
        r"h.toml:2: unknown key `energy_orign`. Did you mean 'energy_origin'\?",
    ),
    ("v2 = 0.2", "v3 = 0.2", r"h.toml:10: unknown mode 'v3'. Known: v1, v2"),
    ('"X|A"', '"X|B"', r"h.toml:9: unknown state 'B'"),
    ("v1 = 0.1", 'v1 = "strong"', r"h.toml:7: key `v1` must be a number, but is 'strong'"),
    (
        '"VibronicHamiltonian/1"',
        '"VibronicHamiltonian/9"',
        r"h.toml:1: key `format` must name a noun",
    ),
    (
        "frequency_eV = 0.1",
        "frequency_eV = 0.1, frequency_cm = 800",
        r"mode 'v1' needs one of `frequency_eV` and `frequency_cm`",
    ),
    (
        "frequency_eV = 0.1",
        "frequency_eV = 736",
        r"'v1' has `frequency_eV` = 736, too high .* name the key `frequency_cm`",
    ),
    ("frequency_eV = 0.1", "frequency_eV = -0.1", r"positive frequencies"),
    ('label = "A", energy_eV = 9.5', 'label = "A"', r"missing key `energy_eV`"),
    ('"v2"', '"v1"', r"must not repeat a name"),
    ("[linear_eV.X]", "[linear_eV.X", r"not valid TOML: .*line 6"),
    (
        "[linear_eV.X]",
        "[transition_slopes.X]\nv9 = 0.1\n[linear_eV.X]",
        r"h.toml:7: unknown mode 'v9'",
    ),
    (
        "[linear_eV.X]",
        '[transition_slopes."X|A"]\nv1 = 0.1\n[linear_eV.X]',
        r"`transition_slopes` belong to one state each",
    ),
    (
        "energy_eV = 9.5",
        "energy_eV = 9.5, transition_dipole_ea0 = [0, 0, 1]",
        r"three components for every state, or for none",
    ),
    (
        "energy_eV = 9",
        "transition_dipole_ea0 = [0, 0], energy_eV = 9",
        r"three components for every state, or for none",
    ),
    (
        "energy_eV = 9",
        'transition_dipole_ea0 = [0, 0, "z"], energy_eV = 9',
        r"must be a number, but is 'z'",
    ),
    ('energy_origin = "somewhere"', "", r"missing key `energy_origin`"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD, ids=[b[1] or "missing" for b in BAD])
def test_broken_toml_is_pointed_at(tmp_path, old, new, message):
    path = tmp_path / "h.toml"
    path.write_text(GOOD)
    assert vb.load(path).linear[1, 0, 1] == 0.2
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(vb.InputError, match=message):
        vb.load(path)


def test_other_files_are_refused(tmp_path, crossing):
    with pytest.raises(vb.InputError, match=r"There is no file"):
        vb.load(tmp_path / "none.toml")
    (tmp_path / "x.h5").write_text("not hdf5")
    with pytest.raises(vb.InputError, match="not an HDF5 file"):
        vb.load(tmp_path / "x.h5")
    with h5py.File(tmp_path / "y.h5", "w") as file:
        file.attrs["noun"] = "VibronicHamiltonian"
        file.attrs["format"] = 99
    with pytest.raises(vb.InputError, match="format 99"):
        vb.load(tmp_path / "y.h5")
    with pytest.raises(vb.InputError, match=r"name ending in \.cube, .* or \.\w+, or `format=`"):
        vb.save(crossing, tmp_path / "x.docx")


def test_hamiltonian_arguments_are_checked():
    linear = np.zeros((1, 2, 2))
    with pytest.raises(
        vb.InputError,
        match=r"`linear` must have shape \(n_modes, n_states, n_states\) = \(1, 2, 2\), but has "
        r"shape \(2, 2\)",
    ):
        vb.VibronicHamiltonian([0.1], np.eye(2), np.eye(2))
    linear[0, 0, 1] = 0.3
    with pytest.raises(
        vb.InputError,
        match=r"`linear` must be symmetric in its two states, but linear\[0, 0, 1\] = 0.3",
    ):
        vb.VibronicHamiltonian([0.1], np.eye(2), linear)
    with pytest.raises(
        vb.InputError, match=r"`constant` must be finite, but constant\[0, 1\] is nan"
    ):
        vb.VibronicHamiltonian([0.1], [[0, np.nan], [0, 0]], np.zeros((1, 2, 2)))
    with pytest.raises(vb.InputError, match="positive frequencies"):
        vb.VibronicHamiltonian([0.0], np.eye(2), np.zeros((1, 2, 2)))
    quadratic = np.zeros((2, 2, 1, 1))
    quadratic[0, 1] = 0.1
    with pytest.raises(vb.InputError, match="symmetric in its two modes"):
        vb.VibronicHamiltonian([0.1, 0.1], [[0]], np.zeros((2, 1, 1)), quadratic)


def test_slopes_and_dipoles_stand_in_the_file(tmp_path, crossing):
    tilted = replace(crossing, transition_slopes=[[0.1, 0.0], [0.0, -0.2]])
    light = replace(crossing, transition_dipoles=[[0.1, 0, 0], [0, 0.2, 0.3]])
    for model in (tilted, light):
        vb.save(model, tmp_path / "a.toml")
        assert_same(vb.load(tmp_path / "a.toml"), model)
    with pytest.raises(
        vb.InputError, match="Give `transition_dipoles` or `transition_slopes`, not both"
    ):
        replace(tilted, transition_dipoles=light.transition_dipoles)


def test_toml_keeps_estimated_errors(tmp_path):
    model = crossing_model()
    first = np.abs(model.linear) / 100 + 1e-4
    second = np.zeros_like(model.quadratic)
    second[0, 1] = second[1, 0] = 1e-3
    vb.save(replace(model, linear_errors=first, quadratic_errors=second), tmp_path / "h.toml")
    found = vb.load(tmp_path / "h.toml")
    np.testing.assert_array_equal(found.linear_errors, first)
    np.testing.assert_array_equal(found.quadratic_errors, second)
    assert found.subset(modes=[1]).linear_errors.shape == (1, 2, 2)
