"""Bands: mysteries of a model that crosses from none to one, and what never changes a band."""

from dataclasses import replace

import numpy as np
import pytest

import vibronic as vb
from systems import crossing_model, jahn_teller
from vibronic.photoelectron import vibronic_bands
from vibronic.spectra import Resolution, ladder

RUNGS = ("displaced", "distorted", "vibronic")


def bands_of(model, *, adiabatic=False, shape=0.04, seen_at=None):
    levels = [*RUNGS, *(["adiabatic"] if adiabatic else [])]
    found = ladder(model, levels, shape=vb.Gaussian(shape))
    below = found.rung("adiabatic").total if adiabatic else None
    return vibronic_bands(
        found.model,
        found.rung("vibronic").lines,
        found.doorways,
        alone=found.alone.total,
        adiabatic=below,
        seen_at=seen_at,
    )


@pytest.fixture(scope="module")
def two_modes(butatriene):
    """The torsion and the central stretch of butatriene: the smallest model of its mystery."""
    return butatriene.subset(modes=("v5", "v14"))


@pytest.mark.parametrize(
    ("coupling", "mysteries"), [(0.0, 0), (0.1, 0), (0.15, 0), (0.2, 1), (0.288, 1)]
)
def test_a_mystery_band_appears_between_weak_and_published_coupling(
    two_modes, coupling, mysteries
):
    bands = bands_of(two_modes.with_coupling("v5", ("X", "A"), coupling), adiabatic=True)
    found = [b for b in bands if b.is_mystery]
    assert len(found) == mysteries
    assert sum(b.strength for b in bands) == pytest.approx(2.0, abs=1e-3)

    for b in found:
        assert 9.55 < b.energy < 9.75
        assert b.character.max() < 0.75
        assert b.states == ()
        assert abs(b.alone - b.strength) > 0.25 * b.strength
        assert abs(b.adiabatic - b.strength) > 0.25 * b.strength
        assert b.persistence[0] < 1 < b.persistence[1]
    assert {x for b in bands for x in b.parents} == {"X", "A"}
    if not coupling:
        assert [b.borrowed for b in bands] == pytest.approx([0] * len(bands), abs=1e-4)
        assert [b.participation for b in bands] == pytest.approx([1] * len(bands), abs=1e-4)
        assert [b.strength - b.alone for b in bands] == pytest.approx([0] * len(bands), abs=1e-3)


def test_bands_do_not_depend_on_the_width_of_the_lines():
    model = crossing_model()
    for a, b in zip(bands_of(model, shape=0.02), bands_of(model, shape=0.1), strict=True):
        assert a.states == b.states
        assert a.energy == pytest.approx(b.energy, abs=2e-3)
        assert a.strength == pytest.approx(b.strength, abs=4e-3)
        np.testing.assert_allclose(a.character, b.character, atol=4e-3)
        assert a.entropy == pytest.approx(b.entropy, abs=5e-3)
        assert a.redistributed == pytest.approx(b.redistributed, abs=1e-2)


def test_bands_do_not_depend_on_the_order_or_sign_of_states_and_modes():
    model = crossing_model()
    signs = np.array([1.0, -1.0])
    order = [1, 0]
    turned = replace(
        model,
        frequencies=model.frequencies[order],
        constant=model.constant[order][:, order],
        linear=(signs[:, None] * model.linear * signs)[order][:, order][:, :, order],
        state_labels=("2", "1"),
    )
    for a, b in zip(bands_of(model), bands_of(turned), strict=True):
        assert a.energy == pytest.approx(b.energy, abs=1e-3)
        assert a.strength == pytest.approx(b.strength, abs=2e-3)
        np.testing.assert_allclose(a.character, b.character[order], atol=2e-3)
        assert a.parents == b.parents


def test_components_of_a_degenerate_state_are_one_band_with_equal_numbers():
    model = jahn_teller(0.3)
    model = replace(model, state_irreps=("E", "E"), state_labels=("Ex", "Ey"))
    bands = bands_of(model)
    assert [b.states for b in bands] == [("Ex", "Ey")]
    assert bands[0].parents == ("Ex", "Ey")
    assert bands[0].character == pytest.approx([0.5, 0.5])
    assert bands[0].purity == pytest.approx(1)
    assert bands[0].borrowed == pytest.approx(0, abs=1e-3)


def test_strengths_and_characters_of_bands_are_those_of_dense_eigenvectors():
    from vibronic.operators import dense_hamiltonian

    model = crossing_model()
    seen = Resolution(0.05, 0.13)
    found = bands_of(model, shape=0.05)
    levels = ladder(model, RUNGS, shape=vb.Gaussian(0.05))
    fine = levels.resolution.fine

    basis = vb.VibronicBasis(2, (18, 16))
    values, vectors = np.linalg.eigh(dense_hamiltonian(model, basis))
    values = values - model.zero_point_energy
    grid = np.arange(found[0].low, found[-1].high, fine / 40)
    sigma = fine / np.sqrt(8 * np.log(2))
    gauss = np.exp(-((grid[:, None] - values) ** 2) / (4 * sigma**2))
    gauss = gauss / np.sqrt(sigma * np.sqrt(2 * np.pi))

    populations = np.zeros((grid.size, 2))
    for state in (0, 1):
        start = vb.Wavepacket.vertical(basis, state).amplitudes.ravel()
        filtered = ((gauss * (vectors.T @ start)) @ vectors.T).reshape(grid.size, 2, -1)
        populations += (filtered**2).sum(axis=2)

    for band in found:
        inside = (grid >= band.low) & (grid < band.high)
        exact = np.trapezoid(populations[inside], grid[inside], axis=0)
        assert band.strength == pytest.approx(exact.sum(), abs=5e-3)
        np.testing.assert_allclose(band.character, exact / exact.sum(), atol=5e-3)
    assert seen.band > seen.fine
