"""One Krylov space beside certified propagations and spectra, which know nothing of it."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.dynamics import Means, ModeDensity
from vibronic.explorer import own_settings, preset, settings
from vibronic.explorer.engine import krylov_packet, larger_packet
from vibronic.explorer.packets import certified_change, packets
from vibronic.explorer.views import energies

TIME = 100.0


@pytest.fixture(scope="module")
def model():
    return preset("two modes").model


@pytest.fixture(scope="module")
def packet(model):
    return krylov_packet(model, vb.Doorway.vertical(model, 1), TIME)


def test_populations_and_autocorrelation(model, packet):
    run = vb.dynamics.propagate(model, 1, packet.times, tolerance=1e-4)
    assert np.abs(packet.populations() - run.populations).max() < 1e-2
    double = packet.autocorrelation(run.autocorrelation_times)
    assert np.abs(double - run.autocorrelation).max() < 1e-2


def test_positions_and_density(model, packet):
    k = 40
    times = packet.times[: k + 1]
    axis = np.linspace(-5, 5, 41)
    wanted = [Means(), ModeDensity((0, 1), points=41, reach=5.0)]
    means, density = vb.dynamics.observations(model, 1, times, wanted, tolerance=1e-4)
    for mode in (0, 1):
        found = packet.positions(mode)[: k + 1]
        assert np.abs(found - means.positions[:, mode]).max() < 1e-2
    found = packet.density(k, (0, 1), (axis, axis))
    assert np.abs(found - density.values[k]).max() < 1e-2 * density.values[k].max()


def test_lines(model, packet):
    grid = np.linspace(8.4, 10.5, 400)
    known = vb.spectra.lanczos_spectrum(model, 1, tolerance=1e-4, fwhm=0.03)
    curve = known.broadened(grid, fwhm=0.03).values
    assert np.abs(packet.lines().broadened(grid, fwhm=0.03).values - curve).max() < (
        1e-2 * curve.max()
    )
    assert packet.lines().strength == pytest.approx(1.0, abs=1e-4)


def test_a_basis_follows_the_one_before(model, packet):
    nearby = model.with_coupling(1, (0, 1), 0.16)
    door = vb.Doorway.vertical(nearby, 1)
    following = krylov_packet(nearby, door, TIME, packet)
    assert following.size == pytest.approx(packet.size, rel=0.3)
    run = vb.dynamics.propagate(nearby, 1, following.times, tolerance=1e-4)
    assert np.abs(following.populations() - run.populations).max() < 1e-2


def test_a_basis_far_away_is_new(model, packet):
    far = settings(preset("two modes"), {"kappa": 0.16, "tuning_frequency": 0.07, "gap": 1.2})
    other = far.applied(preset("two modes"))
    found = krylov_packet(other, vb.Doorway.vertical(other, 1), TIME, packet)
    run = vb.dynamics.propagate(other, 1, found.times, tolerance=1e-4)
    assert np.abs(found.populations() - run.populations).max() < 1e-2


def test_too_small_a_basis_expects_its_error(model):
    door = vb.Doorway.vertical(model, 1)
    small = krylov_packet(model, door, TIME, target=1e9)
    cramped = krylov_packet(model, door, TIME, target=1e-9, most=small.size)
    assert cramped.expected_error > 1e-9
    larger = larger_packet(small, 2.0)
    assert larger.size > 1.5 * small.size
    assert larger.expected_error < small.expected_error


def test_the_certificate_holds_the_error():
    explored = preset("two modes")
    shown = own_settings(explored)
    small = packets(explored, shown)
    large = small.larger()
    claimed = certified_change(small, large, energies(small, shown.fwhm), shown.fwhm)
    run = vb.dynamics.propagate(explored.model, shown.state, large.watched.times, tolerance=1e-5)
    true = np.abs(large.watched.populations() - run.populations).max()
    assert true < max(claimed, 1e-5) < 1e-2


def test_out_of_range_is_refused():
    soft = vb.VibronicHamiltonian(
        [0.1, 0.1],
        np.diag([0, 0.5]),
        [np.diag([0.1, -0.1]), [[0, 0.1], [0.1, 0]]],
        quadratic={(0, 0): -0.11 * np.eye(2)},
    )
    with pytest.raises(vb.InputError, match="is not bound"):
        krylov_packet(soft, vb.Doorway.vertical(soft, 1), TIME)
