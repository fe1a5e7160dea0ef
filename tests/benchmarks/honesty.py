"""How often the true error of a certified propagation is larger than the certificate says."""

from __future__ import annotations

import numpy as np

import vibronic as vb

from .tables import Table

FIRST_SEED = 1000
COUNT = 150


def random_model(rng: np.random.Generator) -> vb.VibronicHamiltonian:
    """Two or three states, two or three modes, strong tuning and coupling, every second one with
    quadratic terms.
    """
    s = rng.integers(2, 4)
    m = rng.integers(2, 4)
    w = rng.uniform(0.05, 0.3, m)
    linear = np.zeros((m, s, s))
    quadratic = np.zeros((m, m, s, s))
    for k in range(m):
        if rng.random() < 0.6:
            linear[k] = np.diag(rng.normal(size=s)) * w[k] * 1.3
        else:
            upper = np.triu(rng.normal(size=(s, s)) * w[k] * 1.2, 1)
            linear[k] = upper + upper.T
    if rng.random() < 0.5:
        a = rng.normal(size=(m, m, s, s)) * 0.1 * np.sqrt(np.outer(w, w))[:, :, None, None]
        a = (a + a.transpose(1, 0, 2, 3)) / 2
        quadratic = (a + a.transpose(0, 1, 3, 2)) / 2
    return vb.VibronicHamiltonian(w, np.diag(np.sort(rng.uniform(0, 1.2, s))), linear, quadratic)


def one(seed: int, tolerances=(1e-2, 1e-3)) -> list[tuple[float, float]]:
    """(certified, true) errors of one random model at each tolerance; nothing where the model is
    refused or not converged.
    """
    rng = np.random.default_rng(seed)
    model = random_model(rng)
    state = int(rng.integers(0, model.n_states))
    times = np.linspace(0, rng.uniform(30, 120), 61)
    try:
        reference = vb.dynamics.propagate(
            model, state, times, tolerance=1e-5, limits=vb.Limits(60_000)
        )
        runs = [
            vb.dynamics.propagate(model, state, times, tolerance=t, limits=vb.Limits(60_000))
            for t in tolerances
        ]
    except vb.InputError:
        return []
    if not reference.certificate.converged:
        return []
    return [
        (
            r.certificate.reached,
            float(
                max(
                    np.abs(r.populations - reference.populations).max(),
                    np.abs(r.autocorrelation - reference.autocorrelation).max(),
                )
            ),
        )
        for r in runs
        if r.certificate.converged
    ]


def run(count: int = COUNT) -> list[dict]:
    """All random models."""
    pairs = [pair for seed in range(FIRST_SEED, FIRST_SEED + count) for pair in one(seed)]
    ratio = np.array([true / certified for certified, true in pairs])
    table = Table(
        "Honesty of certificates (random models; true error from a run at 1e-5)",
        {
            "certificates": "d|12",
            "true <= certified": ".2%|17",
            "median true/certified": ".2f|21",
            "largest": ".2f",
        },
    )
    table.add(
        **{
            "certificates": len(pairs),
            "true <= certified": float((ratio <= 1).mean()),
            "median true/certified": float(np.median(ratio)),
            "largest": float(ratio.max()),
        }
    )
    return [table.close()]
