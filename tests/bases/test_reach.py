"""How far a packet reaches, and what is said where nothing holds it back."""

import re

import numpy as np
import pytest

import vibronic as vb


def falling(quartic, **others):
    """An oscillator whose surface rises to barriers and falls beyond them."""
    return vb.VibronicHamiltonian(
        [0.1, 0.05],
        [[9.0]],
        [[[0.05]], [[0.02]]],
        higher=(vb.Monomial((4, 0), [[-quartic]]),),
        mode_labels=("soft", "stiff"),
        state_labels=("X",),
        **others,
    )


ADVICE = re.compile(
    r"barrier at ([\d.]+) eV, ([\d.]+) eV above .* falls beyond \|q\| = ([\d.]+)\. .*"
    r"`basis = (vibronic\.VibronicBasis\([^`]*\))`, then `(vibronic\.spectra[^`]*)`, or "
    r"`(vibronic\.Doorway[^`]*)`"
)


@pytest.mark.parametrize("quartic", [0.0003, 0.0005, 0.001, 0.002])
def test_a_surface_that_falls_is_refused_with_a_road_to_its_low_levels(quartic):
    model = falling(quartic)
    calls = (
        lambda: vb.spectra.lanczos_spectrum(model, "X"),
        lambda: vb.dynamics.propagate(model, 0, [0.0, 1.0]),
        lambda: vb.spectra.franck_condon_spectrum(model, 0),
        lambda: vb.bases.reachable_quanta(model, 0),
    )
    told = set()
    for call in calls:
        with pytest.raises(vb.InputError, match="'soft' is not bound") as caught:
            call()
        told.add(str(caught.value))
    (message,) = told
    assert "(`modes=['stiff']`, or `--modes stiff`)" in message
    height, depth, reach, basis, levels, packet = ADVICE.search(message).groups()

    # the barrier by the roots of dV/dq = w q + kappa - 4 c q^3
    roots = np.sort(np.real(np.roots([-4 * quartic, 0, 0.1, 0.05])))
    energy = 9 + 0.05 * roots**2 + 0.05 * roots - quartic * roots**4
    assert float(reach) == pytest.approx(np.abs(roots[[0, 2]]).min(), abs=0.11)
    assert float(height) == pytest.approx(energy[[0, 2]].min(), abs=1e-3)
    assert float(depth) == pytest.approx(energy[[0, 2]].min() - energy[1], abs=1e-3)

    # the basis that is advised gives the levels of the well, by a grid that ends at its barriers
    scope = {"vibronic": vb, "model": model}
    scope["basis"] = eval(basis, scope)
    found = eval(levels, scope).energies
    q = np.linspace(roots[0], roots[2], 1200)[1:-1]
    step = q[1] - q[0]
    kinetic = 0.05 * (2 * np.eye(q.size) - np.eye(q.size, k=1) - np.eye(q.size, k=-1)) / step**2
    well = kinetic + np.diag(9 + 0.05 * q**2 + 0.05 * q - quartic * q**4)
    other = 0.05 * (np.arange(3) + 0.5) - 0.02**2 / (2 * 0.05)
    exact = np.sort((np.linalg.eigvalsh(well)[:3, None] + other).ravel()) - model.zero_point_energy
    assert found[0] == pytest.approx(exact[0], abs=2e-3 if quartic < 0.0015 else 2e-2)

    lines = vb.spectra.lanczos_spectrum(model, eval(packet, scope))
    assert lines.strength == pytest.approx(1)
    assert lines.energies[0] == pytest.approx(found[0], abs=1e-6)


def test_a_surface_without_a_barrier_to_speak_of_has_no_such_road():
    with pytest.raises(vb.InputError, match="No barrier holds even one of its levels") as caught:
        vb.spectra.lanczos_spectrum(falling(0.006), 0)
    assert "VibronicBasis" not in str(caught.value)
