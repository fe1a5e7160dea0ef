"""What is measured on moving packets, each by a second road: dense matrices, full grids, equations
of continuity, closed forms.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import vibronic as vb
from systems import crossing_model, displaced_oscillator
from vibronic.dynamics import (
    Amplitudes,
    Flux,
    Means,
    ModeDensity,
    SurfacePopulations,
    observations,
)
from vibronic.dynamics.propagators.unfolding import Unfolding, hermite
from vibronic.numerics import oscillator_dvr
from vibronic.operators import dense_hamiltonian
from vibronic.spectra import autocorrelation_spectrum, recurrences
from vibronic.units import HBAR

TIMES = np.array([0.0, 6.0, 13.0, 20.0])
BASIS = vb.VibronicBasis(2, (14, 14))


def packets(model, basis, times, state=1):
    h = dense_hamiltonian(model, basis)
    start = vb.Wavepacket.vertical(basis, state).amplitudes.ravel()
    return [(expm(-1j * h * t / HBAR) @ start).reshape(basis.n_states, -1) for t in times]


def on_a_fine_grid(model, basis, psi, points=601):
    """Adiabatic populations from a grid far finer than the packet needs."""
    x = np.linspace(-9, 9, points)
    table = hermite(basis.levels[0], x)
    field = np.einsum("xa,yb,iab->xyi", table, table, psi.reshape(2, *basis.levels)).reshape(
        -1, 2
    ) * (x[1] - x[0])
    q = np.stack([g.ravel() for g in np.meshgrid(x, x, indexing="ij")], axis=-1)
    rotation = np.linalg.eigh(model.potential(q))[1]
    return (np.abs(np.einsum("kia,ki->ka", rotation, field)) ** 2).sum(axis=0)


@pytest.mark.parametrize(
    ("settings_", "within"),
    [
        (SurfacePopulations(), 2e-4),
        (SurfacePopulations(error=2e-3, exact_points=50, grid_points=60), 9e-3),
    ],
)
def test_adiabatic_populations_two_ways(settings_, within):
    model = crossing_model()
    (found,) = observations(model, vb.Wavepacket.vertical(BASIS, 1), TIMES, [settings_])
    for k, psi in enumerate(packets(model, BASIS, TIMES)):
        exact = on_a_fine_grid(model, BASIS, psi)
        np.testing.assert_allclose(found.populations[k], exact, atol=within)
        assert np.all(np.abs(found.populations[k] - exact) < 5 * found.errors[k] + 1e-4)
    assert (found.draws.max() > 0) == (settings_.exact_points == 50)
    np.testing.assert_allclose(found.populations.sum(axis=1), 1, atol=1e-9)
    assert f"{model.state_labels[1]} {found.populations[-1, 1]:.3f}" in str(found)


def test_adiabatic_populations_of_three_states_do_not_depend_on_the_diabatic_ones():
    rng = np.random.default_rng(5)
    symmetric = [a + a.T for a in rng.normal(0, 0.1, (4, 3, 3))]
    model = vb.VibronicHamiltonian(
        [0.1, 0.2, 0.15], np.diag([0, 0.4, 0.9]) + symmetric[0], symmetric[1:]
    )
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turned = vb.VibronicHamiltonian(
        model.frequencies,
        turn.T @ model.constant @ turn,
        [turn.T @ x @ turn for x in model.linear],
    )
    basis = vb.VibronicBasis(3, (8, 8, 8))
    start = np.zeros((3, basis.n_vibrational))
    start[:, 0] = 0.6, 0.0, 0.8
    found = [
        observations(m, vb.Wavepacket(basis, u.T @ start), TIMES, [SurfacePopulations()])[0]
        for m, u in ((model, np.eye(3)), (turned, turn))
    ]
    np.testing.assert_allclose(found[0].populations, found[1].populations, atol=2e-4)


def test_draws_follow_the_packet():
    """Moments of the drawn positions are those of the density, for a packet on four modes."""
    model = vb.library.hamiltonian("pyrazine")
    run = vb.dynamics.propagate(model, 1, [0, 15], tolerance=1e-2)
    times = np.array([0.0, 15.0])
    means, kept = observations(
        model, vb.Wavepacket.vertical(run.basis, 1), times, [Means(), Amplitudes()]
    )
    functions = kept.functions
    drawn = Unfolding(run.basis, functions).conditional(
        kept.amplitudes[1], (), (), 1500, np.random.default_rng(3)
    )
    q = drawn.positions[:, 0]
    assert np.all(
        np.abs(q.mean(axis=0) - means.positions[1])
        < 4.5 * means.position_widths[1] / np.sqrt(1500)
    )
    np.testing.assert_allclose(q.std(axis=0), means.position_widths[1], rtol=0.08)
    states = np.abs(drawn.amplitudes[:, :, 0]) ** 2
    assert np.all(np.abs(states.mean(axis=0) - means.populations[1]) < 0.06)


@pytest.mark.parametrize("modes", [(0,), (1, 0)])
def test_densities_against_dense_packets(modes):
    model = crossing_model()
    states, surfaces = observations(
        model,
        vb.Wavepacket.vertical(BASIS, 1),
        TIMES,
        [ModeDensity(modes, reach=7.0), ModeDensity(modes, of_surfaces=True, reach=7.0)],
    )
    x = states.x
    table = hermite(14, x)
    for k, psi in enumerate(packets(model, BASIS, TIMES)):
        both = np.abs(np.einsum("xa,yb,iab->ixy", table, table, psi.reshape(2, 14, 14))) ** 2
        expected = both.transpose(0, 2, 1) if modes == (1, 0) else both.sum(axis=2) * (x[1] - x[0])
        np.testing.assert_allclose(states.values[k], expected, atol=1e-6)
        np.testing.assert_allclose(
            states.populations[k], (np.abs(psi) ** 2).sum(axis=1), atol=1e-6
        )
        np.testing.assert_allclose(
            surfaces.values[k].sum(axis=0),
            expected.sum(axis=0),
            atol=2e-3 if len(modes) == 1 else 1e-6,
        )
    np.testing.assert_allclose(surfaces.populations.sum(axis=1), 1, atol=1e-5)
    (exact,) = observations(model, vb.Wavepacket.vertical(BASIS, 1), TIMES, [SurfacePopulations()])
    np.testing.assert_allclose(surfaces.populations, exact.populations, atol=0.02)
    assert "diabatic states" in str(states)
    assert "adiabatic surfaces" in str(surfaces)


def test_a_drawn_density_agrees_with_the_exact_one():
    model = vb.library.hamiltonian("pyrazine")
    run = vb.dynamics.propagate(model, 1, [0, 20], tolerance=1e-2)
    wanted = [ModeDensity(("v6a", "v10a")), ModeDensity(("v6a", "v10a"), of_surfaces=True)]
    states, surfaces = observations(model, vb.Wavepacket.vertical(run.basis, 1), [0, 20], wanted)
    gap = np.abs(states.values[1].sum(axis=0) - surfaces.values[1].sum(axis=0)).max()
    assert gap < 0.25 * states.values[1].sum(axis=0).max()
    assert surfaces.draws == 64
    assert states.draws == 0


def test_transfer_and_flux_obey_continuity():
    model = crossing_model()
    times = np.linspace(0, 10, 401)
    packet = vb.Wavepacket.vertical(BASIS, 1)
    flux, density, means = observations(
        model, packet, times, [Flux(0, 0.3), ModeDensity((0,), points=601, reach=7.0), Means()]
    )
    inner = slice(2, -2)
    np.testing.assert_allclose(
        flux.transfer.sum(axis=2)[inner],
        np.gradient(means.populations, times, axis=0)[inner],
        atol=2e-5,
    )
    np.testing.assert_allclose(flux.transfer, -flux.transfer.transpose(0, 2, 1), atol=1e-12)
    beyond = density.values.sum(axis=1) * np.clip(
        (density.x - 0.3) / (density.x[1] - density.x[0]) + 0.5, 0, 1
    )
    change = np.gradient(beyond.sum(axis=1) * (density.x[1] - density.x[0]), times)
    np.testing.assert_allclose(flux.through.sum(axis=1)[inner], change[inner], atol=3e-4)
    assert np.abs(flux.through).max() > 1e-3
    beyond = beyond.sum(axis=1) * (density.x[1] - density.x[0])
    np.testing.assert_allclose(flux.passed[-1].sum(), beyond[-1] - beyond[0], atol=1e-3)
    assert "fastest transfer" in str(flux)


def test_snapshots_are_the_packets(tmp_path):
    model = crossing_model()
    (found,) = observations(model, vb.Wavepacket.vertical(BASIS, 1), TIMES, [Amplitudes()])
    vb.save(found, tmp_path / "snapshots.h5")
    again = vb.load(tmp_path / "snapshots.h5")
    for k, psi in enumerate(packets(model, BASIS, TIMES)):
        np.testing.assert_allclose(again.packet(k).amplitudes, psi, atol=1e-6)
    with pytest.raises(vb.InputError, match="Keep fewer"):
        observations(
            model,
            vb.Wavepacket.vertical(BASIS, 1),
            np.linspace(0, 20, 2001),
            [Amplitudes()],
            limits=vb.Limits(memory=4e6),
        )


def test_interrupted_observations_go_on(tmp_path, monkeypatch):
    model = crossing_model()
    times = np.linspace(0, 20, 11)
    mark = tmp_path / "watched.h5"
    wanted = [SurfacePopulations(), Means(), Flux(0, 0.0)]
    whole = observations(model, vb.Wavepacket.vertical(BASIS, 1), times, wanted)
    reached = []

    def stop(stage, part):
        reached.append(part)
        if part > 0.45:
            raise KeyboardInterrupt

    packet = vb.Wavepacket.vertical(BASIS, 1)
    with pytest.raises(KeyboardInterrupt), vb.progress_to(stop):
        observations(model, packet, times, wanted, checkpoint=mark)
    assert mark.exists()
    resumed = []
    with vb.progress_to(lambda stage, part: resumed.append(part)):
        again = observations(model, packet, times, wanted, checkpoint=mark)
    assert min(resumed) > 0.45
    assert not mark.exists()
    for a, b in zip(whole, again, strict=True):
        for name in ("populations", "positions", "transfer"):
            if hasattr(a, name):
                np.testing.assert_allclose(getattr(a, name), getattr(b, name), atol=1e-5)
    mark.write_bytes(b"")
    with pytest.raises(vb.InputError):
        observations(model, vb.Wavepacket.vertical(BASIS, 1), times, wanted, checkpoint=mark)


def test_recurrences_of_an_oscillator_and_their_sum():
    model = displaced_oscillator(0.1, 1.5)
    run = vb.spectra.autocorrelation(model, 0, np.linspace(0, 200, 801))
    period = 2 * np.pi * HBAR / 0.1
    grid = np.linspace(model.constant[0, 0] - 0.6, model.constant[0, 0] + 1.2, 400)
    found = recurrences(run, grid, model, fwhm=0.05)
    np.testing.assert_allclose(found.times[:3], period * np.arange(1, 4), atol=0.3)
    np.testing.assert_allclose(found.heights[:3], 1, atol=5e-3)
    np.testing.assert_allclose(
        found.parts.sum(axis=0), autocorrelation_spectrum(run, grid, fwhm=0.05).values, atol=1e-9
    )
    assert found.periods[0] == model.mode_labels[0]
    assert found.spacings[0] == pytest.approx(0.1, rel=0.01)
    assert "RECURRENCES" in str(found)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.5, 40.0))
def test_norm_energy_and_time_reversal(seed, time):
    """A packet sent forward, conjugated and sent on for as long is conjugate to where it began."""
    rng = np.random.default_rng(seed)
    terms = [a + a.T for a in rng.normal(0, 0.1, (3, 2, 2))]
    model = vb.VibronicHamiltonian(rng.uniform(0.05, 0.3, 2), terms[0], terms[1:])
    basis = vb.VibronicBasis(2, (7, 6))
    start = rng.normal(size=(2, 42)) + 1j * rng.normal(size=(2, 42))
    packet = vb.Wavepacket(basis, start / np.linalg.norm(start))
    (there,) = observations(model, packet, [0, time], [Amplitudes()])
    h = dense_hamiltonian(model, basis)
    psi = packet.amplitudes.ravel()
    end = there.packet(1).amplitudes.ravel()
    assert np.linalg.norm(end) == pytest.approx(1, abs=1e-6)
    assert np.vdot(end, h @ end).real == pytest.approx(np.vdot(psi, h @ psi).real, abs=1e-6)
    (back,) = observations(
        model, vb.Wavepacket(basis, end.reshape(2, 42).conj()), [0, time], [Amplitudes()]
    )
    np.testing.assert_allclose(back.packet(1).amplitudes.conj(), packet.amplitudes, atol=2e-6)


def test_inputs_of_observables():
    model = crossing_model()
    packet = vb.Wavepacket.vertical(BASIS, 1)
    unknown = (ModeDensity(("nix",)), "Unknown mode")
    for wrong, message in (unknown, (Flux(9), "from 0 to 1 .*but is 9")):
        with pytest.raises(vb.InputError, match=message):
            observations(model, packet, TIMES, [wrong])
    with pytest.raises(vb.InputError, match="one mode or two"):
        ModeDensity((0, 1, 1))
    with pytest.raises(vb.InputError, match="`error`"):
        SurfacePopulations(error=0)
    with pytest.raises(vb.InputError, match="increase from 0"):
        observations(model, packet, [1, 2], [Means()])


def test_oscillator_functions_are_those_of_the_dvr():
    points, transform = oscillator_dvr(9)
    weights = transform[0] / hermite(1, points)[:, 0]
    np.testing.assert_allclose(hermite(9, points) * weights[:, None], transform.T, atol=1e-10)


def test_grids_of_many_modes_are_counted_without_overflow():
    """Sixty-four modes on grids of ten points each: 10^64, beyond any machine integer."""
    from vibronic.dynamics.observables.surface_densities import grid_modes

    class Excited:
        model = vb.VibronicHamiltonian(
            np.full(64, 0.1), np.diag([0.0, 1.0]), np.full((64, 2, 2), 0.01)
        )

        def active_modes(self):
            return tuple(range(64))

        def position_grid(self, mode):
            return np.linspace(-3, 3, 10)

    chosen = grid_modes(Excited(), exact=300_000, most=20_000)
    assert not chosen.is_whole
    assert len(chosen.modes) == 4
