"""Solutions of tutorial 04. The docstrings answer the questions that ask why."""

import numpy as np


def crossing(model):
    """E_X + kappa_X q = E_A + kappa_A q; w q^2/2 is common to both states and drops out.

    Why the frequency does not matter: both states have the same harmonic part.
    """
    gap = model.constant[1, 1] - model.constant[0, 0]
    return gap / (model.linear[1, 0, 0] - model.linear[1, 1, 1])


def crossing_energy(model):
    """E_X + kappa_X q + w q^2/2 at the crossing.

    Why it is the lowest point of the upper surface in this plane: the cone is peaked. The mean
    slope along q14 at the crossing is smaller than half the difference of the slopes, so that the
    upper surface rises in every direction.
    """
    q = crossing(model)
    return model.constant[0, 0] + model.linear[1, 0, 0] * q + model.frequencies[1] * q**2 / 2


def gap(model, q5=0.1):
    """2 |lambda q5|: at the crossing's q14 the diagonal elements are equal.

    Why it grows linearly: the gap is 2 sqrt(Delta^2 + (lambda q5)^2) and Delta = 0 on this line.
    On a line where Delta is not 0 it grows as q5^2, and one sees an avoided crossing.
    """
    return 2 * abs(model.linear[0, 0, 1] * q5)


def phase(model, centre=None, radius=0.3):
    """The product of the signs of the overlaps of neighbours; the last is joined to the first.

    Why pi: the matrix returns to itself after one turn, the angle of its eigenvector, half that of
    (Delta, lambda q5), only after two. A circle that leaves the crossing outside turns
    (Delta, lambda q5) forth and back: nothing remains.
    """
    centre = np.array([0.0, crossing(model)]) if centre is None else np.asarray(centre)
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    states = []
    for angle in angles:
        q5, q14 = centre + radius * np.array([np.cos(angle), np.sin(angle)])
        diagonal = np.diag(model.constant) + np.diag(model.linear[1]) * q14
        coupling = model.linear[0, 0, 1] * q5
        w = np.array([[diagonal[0], coupling], [coupling, diagonal[1]]])
        states.append(np.linalg.eigh(w)[1][:, 0])
    overlaps = [a @ b for a, b in zip(states, states[1:] + states[:1], strict=True)]
    return np.pi if np.prod(np.sign(overlaps)) < 0 else 0.0


SUBMITTED = [
    # check, solution, further arguments, wrong answers (from the solution) with a word of the hint
    ("check_crossing", crossing, {}, [(lambda x: -x, "sign"), (lambda x: 2 * x, "twice")]),
    (
        "check_crossing_energy",
        crossing_energy,
        {},
        [(lambda x: 0 * x, "gap"), (lambda x: x / 1.239841984e-4, "cm^-1")],
    ),
    ("check_gap", gap, {}, [(lambda x: x / 2, "lambda q5"), (lambda x: 10 * x, "slope")]),
    ("check_phase", phase, {}, [(lambda x: 0.0, "one turn"), (lambda x: -1.0, "sign, exp")]),
    (
        "check_phase",
        phase,
        {"centre": (1.0, 1.5)},
        [(lambda x: np.pi, "inside"), (lambda x: 2 * np.pi, "2 pi is none")],
    ),
]


def altered(model):
    """Three other models: a larger gap, a weaker and a reversed coupling, another slope."""
    from dataclasses import replace

    yield replace(model, constant=model.constant + np.diag([0.0, 0.2]))
    yield model.with_coupling("v5", ("X", "A"), -0.1).with_coupling("v14", "A", -0.25)
    yield model.with_coupling("v14", "X", 0.3)


def usual(checks):
    """The model the students work with."""
    return checks.two_modes()


CONSTANT = ("check_phase",)  # topology: the phase does not move with the model
