"""wavepacket: Chebyshev propagation on a plane-wave grid, to 0.5 fs only (its vectors are those of
a full grid).
"""

import numpy as np
import wavepacket as wp
from problem import HBAR, Clock, Problem, write

task = Problem()
task.until(1.0)
points = [24, 32, 24, 18]
reach = [10.0, 9.0, 7.5, 6.5]
grid = wp.grid.Grid(
    [
        wp.grid.ChannelDof(["S1", "S2"]),
        *(wp.grid.PlaneWaveDof(-r, r, n) for r, n in zip(reach, points, strict=True)),
    ]
)
hamiltonian = None
for m, w in enumerate(task.frequencies / HBAR):
    part = wp.operator.CartesianKineticEnergy(grid, m + 1, 1 / w) + wp.operator.Potential1D(
        grid, m + 1, lambda q, w=w: w / 2 * q**2
    )
    hamiltonian = part if hamiltonian is None else hamiltonian + part
for powers, matrix in task.terms:
    for i in range(2):
        for j in range(i, 2):
            if matrix[i, j]:
                value = matrix[i, j] / HBAR
                part = wp.operator.Channel(grid, i) if i == j else wp.operator.Coupling(grid, i, j)
                factors = [(m, k) for m, k in enumerate(powers) if k]
                if not factors:
                    factors = [(0, 0)]
                for n, (m, k) in enumerate(factors):
                    part = part * wp.operator.Potential1D(
                        grid, m + 1, lambda q, k=k, c=(value if n == 0 else 1.0): c * q**k + 0 * q
                    )
                hamiltonian = hamiltonian + part
ground = [lambda q: np.exp(-(q**2) / 2) / np.pi**0.25 for _ in task.frequencies]
psi = wp.builder.product_wave_function(grid, [lambda c: np.array([0.0, 1.0]), *ground])
top = (
    sum(
        w / 2 * ((np.pi * n / (2 * r)) ** 2 + r**2)
        for w, n, r in zip(task.frequencies / HBAR, points, reach, strict=True)
    )
    * 1.4
)
step = task.times[1] - task.times[0]
solver = wp.solver.ChebychevSolver(
    wp.expression.SchroedingerEquation(hamiltonian), step, (-0.4 * top, top)
)
populations = []
correlation = []
times = []
with Clock() as clock:
    for t, state in solver.propagate(psi, 0.0, len(task.times) - 1):
        density = np.abs(state.data) ** 2
        populations.append(density[1].sum() / density.sum())
        correlation.append((state.data * state.data).sum() / (np.abs(psi.data) ** 2).sum())
        times.append(t)
write(clock, np.array(times), populations, 2 * np.array(times), correlation)
