"""SciPy: `expm_multiply` from output to output, to 20 fs only."""

import numpy as np
from problem import Clock, Problem, write
from scipy.sparse.linalg import expm_multiply

task = Problem()
task.until(20.0)
generator = (-1j * task.sparse_hamiltonian()).tocsr()
psi = task.start()
half = psi.size // 2
populations = []
correlation = []
trace = generator.diagonal().sum()
with Clock() as clock:
    for k, t in enumerate(task.times):
        if k:
            step = t - task.times[k - 1]
            psi = expm_multiply(generator * step, psi, traceA=trace * step)
        populations.append(np.sum(np.abs(psi[half:]) ** 2))
        correlation.append(psi @ psi)
write(clock, task.times, populations, 2 * task.times, correlation)
