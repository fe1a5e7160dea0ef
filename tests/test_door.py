"""What every public function says of a wrong kind of argument, and that labels stand for indices
wherever an index of a state or a mode is wanted.
"""

import inspect
import re

import numpy as np
import pytest

import vibronic as vb
from systems import crossing_model
from vibronic.checks import check_kind, described
from vibronic.door import _Signature
from vibronic.storage import NOUNS

FOLDERS = [name for name in vb.FOLDERS if name not in ("cli", "numerics", "campaign")]


def public_functions():
    """(name, function) of all functions that the folders hand on, and of methods at the door."""
    for folder in FOLDERS:
        module = getattr(vb, folder)
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(value) and name != "style":
                yield f"{folder}.{name}", value
    for kind in (vb.Doorway, vb.Wavepacket, vb.StickSpectrum, vb.Spectrum):
        for name in vars(kind):
            value = getattr(kind, name)
            function = getattr(value, "__func__", value)
            if not name.startswith("_") and hasattr(function, "__wrapped__"):
                yield f"{kind.__name__}.{name}", value


FUNCTIONS = dict(public_functions())


def own_nouns(annotation):
    return {word for word in re.findall(r"\w+", str(annotation)) if word in NOUNS}


CASES = [
    (name, parameter.name)
    for name, function in FUNCTIONS.items()
    for parameter in inspect.signature(function).parameters.values()
    if own_nouns(parameter.annotation)
]


def some(kind):
    """A thing of a kind that nothing was put into: it never gets further than the door."""
    if kind in (type(None), int, str, float, bool):
        return {int: 0, str: "", float: 0.0, bool: False}.get(kind)
    while inspect.isabstract(kind):
        kind = kind.__subclasses__()[0]
    return np.random.default_rng(1) if kind is np.random.Generator else object.__new__(kind)


def calling(name, parameter, wrong):
    """Arguments with a wrong one in the place of `parameter`, right ones before it."""
    function = FUNCTIONS[name]
    whole = inspect.unwrap(getattr(function, "__func__", function))
    kinds = {k.name: k for k in _Signature(whole).kinds}
    arguments, keywords = [], {}
    for own in inspect.signature(function).parameters.values():
        found = kinds.get(own.name)
        value = some(found.own[0]) if found and found.own else None
        if own.name == parameter:
            assert found is not None, f"{name} does not check `{parameter}`"
            value = [wrong] if found.items else wrong
        if own.kind is own.KEYWORD_ONLY:
            if own.name == parameter:
                keywords[own.name] = value
        else:
            arguments.append(value)
    return function, arguments, keywords


@pytest.mark.parametrize("wrong", [3.7, vb.Limits(), [1, 2], vb.InputError], ids=type)
@pytest.mark.parametrize(("name", "parameter"), CASES, ids=[".".join(case) for case in CASES])
def test_a_wrong_kind_of_argument_is_named_with_what_was_expected(name, parameter, wrong):
    if parameter == "limits" and isinstance(wrong, vb.Limits):
        wrong = "much"
    function, arguments, keywords = calling(name, parameter, wrong)
    with pytest.raises(vb.InputError) as caught:
        function(*arguments, **keywords)
    message = str(caught.value)
    assert f"`{parameter}`" in message or f"`{parameter}[0]`" in message
    assert described(wrong) in message
    assert "must be" in message


def test_the_sweep_is_a_large_one():
    assert len(FUNCTIONS) > 100
    assert len(CASES) > 130


MODEL = crossing_model()
MOLECULE = vb.library.molecule("water")
TIMES = np.linspace(0, 1, 3)
WRONG = [
    (lambda: vb.dynamics.propagate("butatriene", 1, TIMES), "must be a VibronicHamiltonian, but"),
    (lambda: vb.spectra.lanczos_spectrum(MOLECULE, 0), "but is a Molecule"),
    (lambda: vb.spectra.lanczos_spectrum(MODEL, None), "Wavepacket or a Doorway or an index or"),
    (lambda: vb.spectra.lanczos_spectrum(MODEL, 0, tolerance="fine"), "must be a number, but is"),
    (lambda: vb.spectra.lanczos_spectrum(MODEL, 0, fwhm=None), "must be a number, but is None"),
    (lambda: vb.plot(3), "no figure of the number 3"),
    (lambda: vb.plot(vb.Spectrum), "no figure of Spectrum itself, not one of its kind"),
    (lambda: vb.save(3, "x.toml"), "`thing` of `save` must be a noun of vibronic"),
    (lambda: vb.save(MODEL, 3), "`path` of `save` must be the name of a file, but is the number"),
    (lambda: vb.load(MODEL), "`path` of `load` must be the name of a file"),
    (lambda: vb.library.molecule(3), "must be a text, but is the number 3"),
    (lambda: vb.library.hamiltonian(MOLECULE), "must be a text, but is a Molecule"),
    (
        lambda: vb.electronic_structure.vibronic_hamiltonian(MOLECULE, MOLECULE),
        "`modes` of `vibronic_hamiltonian` must be NormalModes, but is a Molecule. "
        "`vibronic.electronic_structure.normal_modes(molecule)` gives them",
    ),
    (lambda: vb.models.reduction(MODEL, max_modes=2.5), "must be an integer, but is the number"),
    (lambda: vb.models.reduction(MODEL, max_modes=True), "must be an integer, but is True"),
    (lambda: MODEL.potential("here"), "`q` must be an array of numbers"),
    (lambda: MODEL.with_coupling("v1", "1", "strong"), "must be a number, but is the text"),
    (lambda: MODEL.scaled(np.nan), "`factor` must be finite"),
    (lambda: MODEL.scaled(2, states=(0, 1, 0)), "names one item twice"),
    (lambda: MODEL.subset(modes=["v9"]), "Unknown mode 'v9'"),
    (lambda: vb.Wavepacket.vertical(vb.VibronicBasis(2, (3, 3)), "A"), "does not know the label"),
    (lambda: vb.progress_to("loud"), "`listener` of `progress_to` must be a function"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[w[1][:40] for w in WRONG])
def test_wrong_kinds_a_user_would_try(call, message):
    with pytest.raises(vb.InputError) as caught:
        call()
    assert message in str(caught.value)


def test_numbers_of_numpy_are_as_good_as_others():
    for value in (np.float32(0.5), np.array(0.5), 1, np.int8(1)):
        check_kind("x", value, (float,))
    for value in (np.int64(3), np.array(3)):
        check_kind("x", value, (int,))
    check_kind("x", np.bool_(True), (bool,))
    for value, kind in ((np.array([1.0]), float), (0.5, int), (True, float), (1, bool)):
        with pytest.raises(vb.InputError):
            check_kind("x", value, (kind,))


def test_functions_keep_their_signature_name_and_place():
    import pickle

    assert list(inspect.signature(vb.dynamics.propagate).parameters)[:3] == [
        "model",
        "start",
        "times",
    ]
    assert pickle.loads(pickle.dumps(vb.dynamics.propagate)) is vb.dynamics.propagate
    assert "i hbar d psi/dt" in vb.dynamics.propagate.__doc__


LABELLED = vb.VibronicHamiltonian(
    [0.11, 0.09],
    np.diag([9.5, 9.1]),  # the first state is the upper one
    [np.diag([-0.1, 0.12]), [[0, 0.09], [0.09, 0]]],
    state_labels=("A", "X"),
    mode_labels=("tuning", "coupling"),
    title="crossing",
)
BASIS = vb.VibronicBasis(2, (6, 6))
GRID = np.linspace(8, 11, 50)
D = vb.dynamics
S = vb.spectra
F = vb.surfaces


def numbers_in(value):
    """All numbers of a result, to compare two results."""
    if hasattr(value, "__dataclass_fields__"):
        names = [n for n in value.__dataclass_fields__ if n not in ("certificate", "provenance")]
        return np.concatenate([numbers_in(getattr(value, n, None)) for n in names])
    if isinstance(value, (tuple, list)):
        return np.concatenate([np.zeros(1), *(numbers_in(item) for item in value)])
    array = np.asarray(value)
    return np.abs(array).ravel().astype(float) if array.dtype.kind in "fciu" else np.zeros(1)


def watched(observable):
    return D.observations(LABELLED, 0, TIMES, [observable])


STATES = {  # label and index of a diabatic state: A is 0
    "propagate": lambda s: D.propagate(LABELLED, s, TIMES),
    "expectations": lambda s: D.expectations(LABELLED, s, TIMES),
    "observations": lambda s: D.observations(LABELLED, s, TIMES, [D.Energy()]),
    "observation": lambda s: D.observation(LABELLED, s, TIMES).start,
    "open_propagation": lambda s: D.open_propagation(LABELLED, s, TIMES, [D.Dephasing(0.01)]),
    "thermal start": lambda s: D.open_propagation(LABELLED, D.ThermalStart(s, 300.0), TIMES),
    "trajectories": lambda s: D.trajectories(
        LABELLED, s, TIMES, method=D.MeanField(), sampling=D.WignerSampling(most=20), tolerance=0.9
    ),
    "lanczos_spectrum": lambda s: S.lanczos_spectrum(LABELLED, s, tolerance=0.01),
    "adiabatic_spectrum": lambda s: S.adiabatic_spectrum(LABELLED, s, tolerance=0.05),
    "autocorrelation": lambda s: S.autocorrelation(LABELLED, s, TIMES),
    "eigenstates": lambda s: S.eigenstates(LABELLED, BASIS, 3, state=s),
    "franck_condon_spectrum": lambda s: S.franck_condon_spectrum(LABELLED, s),
    "spectral_moments": lambda s: S.spectral_moments(LABELLED, s),
    "thermal_moments": lambda s: S.thermal_moments(LABELLED, s, 300.0),
    "thermal_spectrum": lambda s: S.thermal_spectrum(LABELLED, s, 100.0, tolerance=0.05),
    "first_sector": lambda s: vb.bases.first_sector(LABELLED, s).functions,
    "suggested_basis": lambda s: vb.bases.suggested_basis(LABELLED, s).levels,
    "reachable_quanta": lambda s: vb.bases.reachable_quanta(LABELLED, s),
    "sector_functions": lambda s: vb.bases.sector_functions(LABELLED, BASIS, s),
    "passage": lambda s: vb.passage.passage(LABELLED, s, TIMES).run,
    "Doorway.vertical": lambda s: vb.Doorway.vertical(LABELLED, s),
    "Doorway.entering": lambda s: vb.Doorway.entering(LABELLED, s),
    "Doorway.transition": lambda s: vb.Doorway.transition(LABELLED, [s]),
    "huang_rhys_factors": lambda s: LABELLED.huang_rhys_factors(s),
    "reorganization_energies": lambda s: LABELLED.reorganization_energies(s),
    "band_moments": lambda s: LABELLED.band_moments(s),
    "subset": lambda s: LABELLED.subset(states=[s]),
    "subset of one": lambda s: LABELLED.subset(states=s),
    "with_coupling": lambda s: LABELLED.with_coupling(0, s, 0.3),
    "scaled": lambda s: LABELLED.scaled(0.3, states=s),
    "comparison_figure": lambda s: _heights(
        vb.plotting.comparison_figure(D.propagate(LABELLED, 0, TIMES), s, [])
    ),
}


def _heights(figure):
    return figure.axes[0].lines[0].get_ydata()


@pytest.mark.parametrize("call", STATES.values(), ids=STATES)
def test_a_state_is_named_by_label_or_index(call):
    by_label, by_index, by_numpy = (numbers_in(call(s)) for s in ("A", 0, np.int64(0)))
    np.testing.assert_allclose(by_label, by_index)
    np.testing.assert_allclose(by_numpy, by_index)
    assert not np.array_equal(by_label, numbers_in(call("X")))
    with pytest.raises(vb.InputError, match="'B'"):
        call("B")


SURFACES = {  # a label means the surface of the state at q = 0: A is 1
    "surface_minimum": lambda a: F.surface_minimum(LABELLED, a),
    "saddle_point": lambda a: _failing(lambda: F.saddle_point(LABELLED, a, [0.1, 0.1])),
    "adiabatic_hessian": lambda a: F.adiabatic_hessian(LABELLED, [0.3, 0.2], a),
    "geometric_phase": lambda a: F.geometric_phase(
        LABELLED, F.loop_around(F.conical_intersection(LABELLED)), a
    ),
    "single_surface_propagation": lambda a: D.single_surface_propagation(
        LABELLED, [0.5, 0.5], TIMES, surface=a, points=16
    ),
    "SurfaceHamiltonian": lambda a: D.SurfaceHamiltonian(LABELLED, a, True, 8).potential,
    "surface_of": lambda a: LABELLED.surface_of(a),
}


def _failing(call):
    """The point found, or where the search ended, which the message tells."""
    try:
        return call()
    except vb.CalculationError as error:
        return [float(x) for x in re.findall(r"-?\d+\.?\d*", str(error))]


@pytest.mark.parametrize("call", SURFACES.values(), ids=SURFACES)
def test_a_surface_is_named_by_the_label_of_its_state_or_by_its_place(call):
    np.testing.assert_allclose(numbers_in(call("A")), numbers_in(call(1)))
    np.testing.assert_allclose(numbers_in(call("X")), numbers_in(call(0)))
    with pytest.raises(vb.InputError, match="'B'"):
        call("B")


def test_intersections_of_surfaces_named_by_labels():
    lowest = vb.passage.lowest_intersection
    for state in ("A", 0, "X", 1):
        np.testing.assert_array_equal(
            lowest(LABELLED, state).position, F.conical_intersection(LABELLED).position
        )

    found = [F.conical_intersection(LABELLED, pair) for pair in ((0, 1), ("X", "A"), ("A", "X"))]
    for x in found:
        assert x.states == (0, 1)
        np.testing.assert_array_equal(x.position, found[0].position)
    three = vb.VibronicHamiltonian(
        [0.1], np.diag([3.0, 1.0, 2.0]), np.zeros((1, 3, 3)), state_labels=("C", "X", "A")
    )
    assert [three.surface_of(label) for label in "XAC"] == [0, 1, 2]
    with pytest.raises(vb.InputError, match="must count three neighbouring"):
        F.three_state_intersection(three, "A")


MODES = {  # label and index of a mode
    "VibrationalDamping": lambda m: D.open_propagation(
        LABELLED, 1, TIMES, [D.VibrationalDamping(m, 0.05)]
    ),
    "ModeDensity": lambda m: watched(D.ModeDensity(m)),
    "ModeDensity of two": lambda m: watched(
        D.ModeDensity((m, "tuning" if m == "coupling" else "coupling"))
    ),
    "Flux": lambda m: watched(D.Flux(m, 0.5)),
    "Watching.plane": lambda m: _plane(vb.passage.Watching(plane=(m, 1 - _index(m)))),
    "Watching.through": lambda m: _plane(vb.passage.Watching(through=(m, 0.5))),
    "reduction": lambda m: vb.models.reduction(LABELLED, modes=[m]).model,
    "reduction to one": lambda m: vb.models.reduction(LABELLED, modes=m).model,
    "subset": lambda m: LABELLED.subset(modes=m),
    "with_coupling": lambda m: LABELLED.with_coupling(m, ("X", "A"), 0.3),
    "scaled": lambda m: LABELLED.scaled(0.3, modes=m),
}


def _index(mode):
    return {"tuning": 0, "coupling": 1}.get(mode, mode) if mode != "v9" else 0


def _plane(watching):
    found = vb.passage.passage(LABELLED, 0, TIMES, watching=watching)
    return found.densities, found.fluxes


@pytest.mark.parametrize("call", MODES.values(), ids=MODES)
def test_a_mode_is_named_by_label_or_index(call):
    by_label, by_index, by_numpy = (numbers_in(call(m)) for m in ("tuning", 0, np.int64(0)))
    np.testing.assert_allclose(by_label, by_index)
    np.testing.assert_allclose(by_numpy, by_index)
    assert not np.array_equal(by_label, numbers_in(call("coupling")))
    with pytest.raises(vb.InputError, match="'v9'"):
        call("v9")
