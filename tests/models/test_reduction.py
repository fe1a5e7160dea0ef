"""Which modes are kept, and what is left out."""

import numpy as np
import pytest

import vibronic as vb
from vibronic.models import reduction


def test_reduction_measures_what_it_leaves_out():
    linear = np.zeros((3, 2, 2))
    linear[0, 0, 0] = 0.2
    linear[0, 1, 1] = -0.1
    linear[1, 0, 1] = 0.3
    linear[1, 1, 0] = 0.3
    linear[2, 0, 0] = 1e-4
    model = vb.VibronicHamiltonian([0.1, 0.1, 0.2], np.diag([9.0, 9.6]), linear)
    kept = reduction(model)
    assert kept.model.mode_labels == ("v1", "v2")
    full = [model.band_moments(i)[1] for i in (0, 1)]
    left = [kept.model.band_moments(i)[1] for i in (0, 1)]
    np.testing.assert_allclose(kept.left_out, 1 - np.array(left) / full, atol=1e-12)
    np.testing.assert_allclose(kept.shares.sum(axis=0), 1)
    assert reduction(model, max_modes=1).model.mode_labels == ("v2",)
    assert reduction(model, modes=["v3"]).model.mode_labels == ("v3",)
    with pytest.raises(vb.InputError, match="Unknown mode 'v9'. .*Known: v1, v2, v3"):
        reduction(model, modes=["v9"])


def test_unbound_quadratic_terms_are_left_out_and_named():
    quadratic = np.zeros((1, 1, 2, 2))
    quadratic[0, 0] = np.diag([0.02, -0.2])
    model = vb.VibronicHamiltonian([0.1], np.diag([9.0, 9.6]), [np.diag([0.1, 0.1])], quadratic)
    kept = reduction(model)
    np.testing.assert_allclose(kept.model.quadratic[0, 0], np.diag([0.02, 0]))
    assert "Quadratic terms of mode v1 in state 2 left out: gamma = -0.200 eV" in str(kept)


def test_degenerate_modes_are_kept_or_left_out_together():
    """E x e: the two components of a mode, and the quadratic terms of both, share their fate."""
    linear = np.zeros((3, 2, 2))
    linear[0] = np.diag([0.1, -0.1])
    linear[1] = [[0, 0.1], [0.1, 0]]
    linear[2] = np.diag([0.05, 0.05])
    quadratic = np.zeros((3, 3, 2, 2))
    quadratic[0, 0] = np.diag([-0.12, 0.12])
    quadratic[1, 1] = np.diag([0.12, -0.12])
    quadratic[0, 1] = quadratic[1, 0] = [[0, 0.12], [0.12, 0]]
    model = vb.VibronicHamiltonian(
        [0.2, 0.2, 0.15],
        np.diag([9.0, 9.0]),
        linear,
        quadratic,
        energy_origin="here",
        process="ionization",
        mode_irreps=("E", "E", "A1"),
        state_irreps=("E", "E"),
    )
    assert reduction(model, max_modes=2).model.mode_labels == ("v1", "v2")
    one = reduction(model, max_modes=1)
    assert one.model.mode_labels == ("v1", "v2")
    assert not np.any(one.model.quadratic)
    assert len(one.remarks) == 1
