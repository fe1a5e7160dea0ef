"""Models with exact answers, and random ones for property tests."""

import numpy as np
from hypothesis import strategies as st

import vibronic as vb


def crossing_model():
    """Two states, one tuning and one coupling mode: the smallest conical intersection."""
    linear = np.zeros((2, 2, 2))
    linear[0] = np.diag([-0.10, 0.12])
    linear[1] = [[0, 0.09], [0.09, 0]]
    return vb.VibronicHamiltonian([0.11, 0.09], np.diag([9.1, 9.5]), linear)


def displaced_oscillator(frequency, huang_rhys):
    """One state, one mode with Huang-Rhys factor S: Poisson progression from E - S w."""
    return vb.VibronicHamiltonian([frequency], [[0.0]], [[[np.sqrt(2 * huang_rhys) * frequency]]])


def jahn_teller(stabilisation):
    """Linear E x e model, w = 1 eV, stabilisation energy D = g^2/2."""
    g = np.sqrt(2 * stabilisation)
    return vb.VibronicHamiltonian(
        [1.0, 1.0], np.zeros((2, 2)), [g * np.diag([1, -1]), g * np.array([[0, 1], [1, 0]])]
    )


def two_site_holstein(t, w, g):
    """H = -t sigma_x + w sum b+b + g sum_i n_i (b_i + b_i^+), zero-point energy included."""
    linear = np.zeros((2, 2, 2))
    linear[0, 0, 0] = linear[1, 1, 1] = np.sqrt(2) * g
    return vb.VibronicHamiltonian([w, w], [[0, -t], [-t, 0]], linear)


@st.composite
def random_models(draw, max_states=3, max_modes=3, higher=True):
    """Random symmetric models with every kind of term."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    s = draw(st.integers(1, max_states))
    m = draw(st.integers(1, max_modes))

    def symmetric(*shape):
        a = rng.normal(size=(*shape, s, s)) * 0.1
        a[rng.random(a.shape) < 0.3] = 0
        return (a + a.swapaxes(-1, -2)) / 2

    quadratic = symmetric(m, m)
    quadratic = (quadratic + quadratic.swapaxes(0, 1)) / 2
    terms = []
    if higher and draw(st.booleans()):
        powers = rng.integers(0, 3, size=m)
        powers[0] += max(0, 3 - powers.sum())
        terms = [vb.Monomial(tuple(powers), symmetric())]
    return vb.VibronicHamiltonian(
        rng.uniform(0.05, 0.4, size=m),
        symmetric() + np.diag(rng.uniform(8, 10, size=s)),
        symmetric(m),
        quadratic,
        tuple(terms),
        transition_amplitudes=rng.uniform(0.5, 1, size=s),
    )


@st.composite
def models_and_bases(draw):
    """A random model and a small product or pruned basis for it."""
    model = draw(random_models())
    levels = tuple(
        draw(st.lists(st.integers(1, 5), min_size=model.n_modes, max_size=model.n_modes))
    )
    cut = draw(st.sampled_from([None, 2, 3.5]))
    weights = tuple(
        draw(
            st.lists(
                st.sampled_from([0.5, 1.0, 1.7]), min_size=model.n_modes, max_size=model.n_modes
            )
        )
    )
    return model, vb.VibronicBasis(
        model.n_states, levels, max_quanta=cut, weights=weights if cut else None
    )
