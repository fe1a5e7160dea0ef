"""Growth with results that are made up: which spaces are tried, and what error is certified."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibronic as vb
from systems import crossing_model
from vibronic.certificate import Limit
from vibronic.convergence import (
    Growth,
    Leaks,
    ProductGrids,
    PrunedSectors,
    certified_error,
    even_points,
)
from vibronic.limits import Limits
from vibronic.progress import progress_to


@dataclass(frozen=True)
class Doubling:
    """Toy spaces 1, 2, 4 ... whose leaks fall with a power of the size."""

    power: float = 2.0
    limits: Limits = field(default_factory=Limits)
    leak: bool = True
    limit: Limit = Limit.BASIS

    def first(self):
        return 1

    def following(self, space, evidence, shortfall):
        return 2 * space if 2 * space <= self.limits.max_size else None

    def size(self, space):
        return space

    def described(self, space):
        return f"{space} functions"

    def leaks(self, space, evidence):
        return Leaks(space**-self.power, "v1") if self.leak else None

    def certified(self, change, expected, before):
        if expected is None:
            return certified_error(change, 1.0, 1.0)
        return certified_error(change, expected, before)


def grown(growth, power):
    """Told results whose true error is size**-power; sizes tried, and whether all was asked."""
    tried = []
    for space in growth:
        result = float(space) ** -power
        change = np.inf if growth.before is None else abs(growth.before - result)
        tried.append((space, growth.complete))
        growth.told(result, change)
    return tried


@settings(max_examples=100, deadline=None)
@given(st.floats(0.7, 6.0), st.floats(1e-8, 1e-1), st.integers(1, 4096))
def test_the_error_certified_bounds_the_true_one_or_the_limit_is_reached(power, tolerance, most):
    growth = Growth(Doubling(power, Limits(most)), tolerance)
    tried = [space for space, _ in grown(growth, power)]
    assert tried == [2**k for k in range(len(tried))]
    assert growth.size == tried[-1] <= most
    certificate = growth.certificate()
    assert certificate.converged or 2 * tried[-1] > most
    assert certificate.converged == (growth.error < tolerance)
    if len(tried) > 1:
        assert growth.result <= growth.error
    else:
        assert certificate.reached == np.inf


@settings(max_examples=100, deadline=None)
@given(st.floats(0.7, 6.0), st.floats(1e-8, 1e-1), st.integers(2, 4096))
def test_trials_end_on_the_same_space_asked_for_everything_there(power, tolerance, most):
    plain = Growth(Doubling(power, Limits(most)), tolerance)
    sparing = Growth(Doubling(power, Limits(most)), tolerance, trials=True)
    sizes = [space for space, _ in grown(plain, power)]
    tried = grown(sparing, power)
    assert sorted({space for space, _ in tried}) == sizes
    assert tried[-1] == (sizes[-1], True)
    assert tried[0][1] is False
    assert sparing.error == plain.error
    assert sparing.certificate() == plain.certificate()
    assert len(tried) <= len(sizes) + 1  # none is asked twice but the one that will do


@settings(max_examples=60, deadline=None)
@given(st.floats(1.0, 4.0), st.floats(1e-7, 1e-2), st.integers(0, 8), st.booleans())
def test_a_growth_goes_on_from_its_state(power, tolerance, after, trials):
    whole = Growth(Doubling(power), tolerance, trials=trials)
    tried = grown(whole, power)
    first = Growth(Doubling(power), tolerance, trials=trials)
    for k, space in enumerate(first):
        if k == min(after, len(tried) - 1):
            break
        result = float(space) ** -power
        first.told(result, np.inf if first.before is None else abs(first.before - result))
    later = Growth(Doubling(power), tolerance, trials=trials, state=replace(first.state))
    assert grown(later, power) == tried[k:]
    assert later.certificate() == whole.certificate()


def test_nothing_leaks_from_a_complete_space():
    class Complete(Doubling):
        def leaks(self, space, evidence):
            return Leaks(0.0)

    growth = Growth(Complete(), 1e-3)
    assert grown(growth, 1.0) == [(1, True)]
    assert growth.error == 0.0
    assert growth.certificate().converged


def test_without_leaks_the_change_is_hardly_believed():
    growth = Growth(Doubling(3.0, Limits(10**6), leak=False), 1e-3)
    grown(growth, 3.0)
    assert growth.error > 100 * growth.result


def test_own_errors_add_and_bounds_hold():
    growth = Growth(Doubling(3.0), 1e-2, own=5e-3)
    grown(growth, 3.0)
    assert 5e-3 < growth.error < 1e-2
    assert growth.certificate(at_least=0.5).reached == 0.5
    assert growth.certificate(at_most=1e-4).reached == 1e-4
    lonely = Growth(Doubling(3.0, Limits(1)), 1e-2)
    grown(lonely, 3.0)
    assert lonely.certificate(at_most=1.0).reached == np.inf
    assert "no second basis fits" in str(lonely.certificate())
    assert "mode v1 limits" in str(lonely.certificate())


def test_a_growth_that_is_told_nothing_says_so():
    growth = Growth(Doubling(), 1e-3)
    with pytest.raises(RuntimeError, match="no result before"):
        _ = growth.result
    with pytest.raises(RuntimeError, match="must be told"):
        for _ in growth:
            pass


def test_growth_reports_what_it_tries():
    heard = []
    growth = Growth(Doubling(), 1e-3)
    with progress_to(lambda stage, fraction: heard.append((stage, fraction))):
        growth.report("Lines")
        growth.told(1.0, np.inf)
        growth.told(0.9, 0.1)
        growth.report("Lines")
    assert heard[0] == ("Lines: 1 functions", pytest.approx(0.0))
    assert heard[1][0] == "Lines: 4 functions"
    assert heard[1][1] == pytest.approx(1e-3 / growth.error)


def test_sectors_of_a_packet():
    model = crossing_model()
    door = vb.Doorway.vertical(model, 1)
    spaces = PrunedSectors(model, door, 50.0, Limits(500))
    first = spaces.first()
    assert spaces.size(first) == first.size
    density = np.ones(first.size) / first.size
    larger = spaces.following(first, density, 100.0)
    assert first.size < larger.size <= 500
    assert spaces.following(first, density, 100.0) is not None
    short = PrunedSectors(model, door, 50.0, Limits(500, memory=1e4))
    assert short.following(first, density, 100.0) is None
    again = spaces.sector(larger.weights, larger.cutoff)
    np.testing.assert_array_equal(again.functions, larger.functions)
    leaks = spaces.leaks(first, density)
    assert leaks.limiting in model.mode_labels
    assert leaks.expected > 0
    assert spaces.leaks(first, None) is None
    whole = PrunedSectors(model, door, 50.0, Limits(500), whole=True).first()
    assert whole.size == whole.basis.size
    assert "functions" in spaces.described(first)


def test_grids_grow_by_a_third_and_have_no_point_at_zero():
    assert [even_points(q) for q in (0.5, 2.0, 2.1, 7.0)] == [4, 4, 6, 10]
    growth = Growth(ProductGrids(np.array([10.0, 20.0]), Limits(2000)), 1e-2)
    sizes = []
    for grid in growth:
        sizes.append(grid.points)
        growth.told(0.0, 0.5**growth.size)
    assert sizes[0] == (8, 14)
    assert sizes[1] == tuple(even_points(0.6 * 1.3 * q) for q in (10.0, 20.0))
    assert growth.certificate().limit == "grid points"
    assert len(sizes) == 2


@pytest.mark.parametrize(
    ("expected", "factor"), [(1e-4, 0.25), (0.25, 1.0), (0.9, 18.0), (1.0, 198.0)]
)
def test_certified_error_of_a_change(expected, factor):
    assert certified_error(0.1, expected, 1.0) == pytest.approx(0.1 * factor)
