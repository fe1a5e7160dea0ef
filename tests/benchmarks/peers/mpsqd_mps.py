"""mpsqd: a matrix product state by one-site TDVP. Setting: bond dimension. The MPO of -iH is
summed from monomials and compressed.
"""

import numpy as np
from mpsqd.tdvp import tdvp1site
from mpsqd.utils import MPO, MPS, add_tensor
from problem import HBAR, Clock, Problem, write

task = Problem()
bond = int(task.settings[0])
sizes = [2, *task.levels]


def product(matrices):
    """The MPO of a direct product."""
    found = MPO(len(sizes), np.array(sizes))
    found.nodes = [np.asarray(a, complex).reshape(1, len(a), len(a), 1) for a in matrices]
    return found


identities = [np.eye(n) for n in sizes]
parts = [
    product([*identities[: m + 1], -1j * w * np.diag(np.arange(n) + 0.5), *identities[m + 2 :]])
    for m, (w, n) in enumerate(zip(task.frequencies / HBAR, task.levels, strict=True))
]
for powers, matrix in task.terms:
    parts.append(
        product(
            [
                -1j * matrix / HBAR,
                *(task.power(m, k) if k else identities[m + 1] for m, k in enumerate(powers)),
            ]
        )
    )
mpo = parts[0]
for part in parts[1:]:
    mpo = add_tensor(mpo, part, small=1e-13, nrmax=60)
rng = np.random.default_rng(0)
psi = MPS(len(sizes), np.array(sizes))
left = 1
for k, n in enumerate(sizes):  # a product state inside random tensors of full bond dimension
    right = 1 if k == len(sizes) - 1 else min(bond, left * n, int(np.prod(sizes[k + 1 :])))
    node = np.zeros((left, n, right), complex)
    node[0, 1 if k == 0 else 0, 0] = 1
    psi.nodes.append(node + 1e-9 * rng.standard_normal(node.shape))
    left = right


def transposed_overlap(a):
    """<a*|a>."""
    total = np.ones((1, 1), complex)
    for node in a.nodes:
        total = np.einsum("ab,anc,bnd->cd", total, node, node, optimize=True)
    return total[0, 0]


populations = []
correlation = []
with Clock() as clock:
    for k, t in enumerate(task.times):
        if k:
            psi = tdvp1site(psi, mpo, t - task.times[k - 1], mmax=30)
        populations.append(psi.calc_pop()[1])
        correlation.append(transposed_overlap(psi))
write(clock, task.times, populations, 2 * task.times, correlation)
