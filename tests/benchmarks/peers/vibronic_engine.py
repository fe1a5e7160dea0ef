"""This project. Setting: `given` (the pruned basis is known) or `found` (nothing but the tolerance
is given).
"""

import sys

import numpy as np
from problem import Clock, Problem, write

import vibronic as vb
from vibronic.dynamics import Lanczos, propagate

task = Problem()
model = vb.library.hamiltonian("pyrazine", "published")
propagate(model, 1, [0.0, 1.0])  # load the compiled kernels
if task.settings[0] == "found":
    with Clock() as clock:
        run = propagate(model, 1, task.times, tolerance=1e-3)
else:
    found = propagate(model, 1, task.times, tolerance=1e-3).basis
    cutoff = 0.96 * found.max_quanta
    levels = tuple(int(cutoff / w + 1e-9) + 1 for w in found.weights)
    with Clock() as clock:
        basis = vb.VibronicBasis(2, levels, max_quanta=cutoff, weights=found.weights)
        run = propagate(model, vb.Wavepacket.vertical(basis, 1), task.times, method=Lanczos(5e-5))
print(run, file=sys.stderr)
write(
    clock,
    run.times,
    run.populations[:, 1],
    np.array(run.autocorrelation_times),
    run.autocorrelation,
)
