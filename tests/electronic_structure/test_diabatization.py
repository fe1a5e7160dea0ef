"""Diabatization on saved arrays, with known swaps and sign flips; two roads to butatriene's
torsional coupling.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from vibronic.electronic_structure import diabatic_matrix, gap_curvature_coupling
from vibronic.electronic_structure.diabatic_matrix import check_overlap

PUBLISHED = 0.288  # eV, C. Cattarius et al., J. Chem. Phys. 115, 2088 (2001)


@pytest.fixture(scope="module")
def saved():
    """ADC(3)/cc-pVDZ butatriene: overlaps of Dyson orbitals and energies at q = 0.1 of the Au
    torsion, +-0.1 of the central stretch.
    """
    with np.load(Path(__file__).parent.parent / "data" / "butatriene_adc3_ccpvdz.npz") as arrays:
        return dict(arrays)


def matrix(saved, place, columns=slice(None), signs=1.0):
    return diabatic_matrix(
        saved[f"{place}_overlap"][:, columns] * signs,
        saved[f"{place}_energies"][columns],
        saved[f"{place}_strengths"][columns],
    )


def test_torsional_coupling_by_overlap_and_by_gap_curvature_agree_with_published(saved):
    w, smallest = matrix(saved, "torsion_plus")
    by_overlap = abs(w[0, 1]) / 0.1
    by_curvature = gap_curvature_coupling(
        saved["reference_energies"], saved["torsion_plus_energies"][:2], 0.1
    )
    assert smallest > 0.999
    assert by_overlap == pytest.approx(PUBLISHED, rel=0.05)
    assert by_curvature == pytest.approx(PUBLISHED, rel=0.05)
    assert by_overlap == pytest.approx(by_curvature, rel=0.05)


def test_tuning_couplings_of_the_central_stretch(saved):
    plus = matrix(saved, "stretch_plus")[0]
    minus = matrix(saved, "stretch_minus")[0]
    kappa = np.diag(plus - minus) / 0.2
    np.testing.assert_allclose(kappa, [0.263, -0.305], atol=2e-3)
    assert abs(plus[0, 1]) < 1e-6  # a totally symmetric mode does not couple B2g and B2u


@pytest.mark.parametrize("order", [[0, 1, 2], [1, 0, 2], [2, 0, 1], [2, 1, 0]])
@pytest.mark.parametrize("signs", [(1, 1, 1), (-1, 1, 1), (-1, -1, 1), (1, -1, -1)])
def test_order_and_signs_of_displaced_states_do_not_matter(saved, order, signs):
    expected, _ = matrix(saved, "torsion_plus")
    found, _ = matrix(saved, "torsion_plus", order, np.array(signs))
    np.testing.assert_allclose(found, expected, atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 4), st.integers(0, 2))
def test_eigenvalues_are_the_displaced_energies(seed, n, extra):
    rng = np.random.default_rng(seed)
    rotation = np.linalg.qr(np.eye(n) + 0.2 * rng.normal(size=(n, n)))[0]
    energies = np.sort(rng.uniform(8, 12, size=n))
    overlap = np.hstack([rotation, 0.05 * rng.normal(size=(n, extra))])
    w, _ = diabatic_matrix(overlap, np.append(energies, rng.uniform(20, 30, size=extra)))
    np.testing.assert_allclose(np.linalg.eigvalsh(w), energies, atol=1e-10)
    np.testing.assert_allclose(w, rotation @ np.diag(energies) @ rotation.T, atol=1e-9)


def test_non_orthogonal_reference_orbitals_leave_the_reference_diagonal():
    gram = np.array([[1.0, 0.2, 0.1], [0.2, 1.0, 0.3], [0.1, 0.3, 1.0]])
    w, _ = diabatic_matrix(gram[:2], np.array([9.0, 10.0, 25.0]))
    np.testing.assert_allclose(w, np.diag([9.0, 10.0]), atol=1e-12)


def test_missing_displaced_states_are_reported():
    with pytest.raises(
        vb.CalculationError,
        match="Only 1 main lines were found at a displaced geometry for the 2 states",
    ):
        diabatic_matrix(np.ones((2, 1)), np.array([9.0]))


def test_a_lost_state_is_named():
    overlap = np.array([[0.99, 0.02], [0.05, 0.31]])
    _, smallest = diabatic_matrix(overlap, np.array([9.0, 10.0]))
    with pytest.raises(
        vb.CalculationError,
        match=r"State A leaves the model at q = 0.1 of v3: .* enlarge the model .`--states 3` "
        r"or more",
    ):
        check_overlap(overlap, smallest, ("X", "A"), "q = 0.1 of v3")
