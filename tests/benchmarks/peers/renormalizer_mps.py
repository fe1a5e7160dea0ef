"""Renormalizer: a matrix product state by projector-splitting TDVP. Setting: bond dimension."""

import numpy as np
from problem import HBAR, Clock, Problem, write

setattr(np, "product", np.prod)  # noqa: B010  renormalizer 0.0.11 was written for numpy 1

from renormalizer import BasisMultiElectron, BasisSHO, Model, Mpo, Mps, Op  # noqa: E402
from renormalizer.utils import CompressConfig, CompressCriteria, EvolveConfig, EvolveMethod  # noqa: E402

task = Problem()
bond = int(task.settings[0])
states = ["S1", "S2"]
modes = [f"v{m}" for m in range(len(task.frequencies))]
terms = [
    Op("b^\\dagger b", mode, w) for mode, w in zip(modes, task.frequencies / HBAR, strict=True)
]
terms.append(Op("I", modes[0], float(task.frequencies.sum() / 2 / HBAR)))
for powers, matrix in task.terms:
    for i, j in zip(*np.nonzero(matrix), strict=True):
        factors = [Op("a^\\dagger a", [states[i], states[j]], factor=float(matrix[i, j]) / HBAR)]
        for m, k in enumerate(powers):
            if k:  # x = (b + b^+)/sqrt(2 w) in units where hbar = 1, hence q = sqrt(w) x
                factors.append(
                    Op(
                        "x" if k == 1 else f"x^{k}",
                        modes[m],
                        factor=float(np.sqrt(task.frequencies[m] / HBAR) ** k),
                    )
                )
        terms.append(Op.product(factors))
basis = [BasisMultiElectron(states, [0, 0])]
basis += [
    BasisSHO(mode, w / HBAR, n)
    for mode, w, n in zip(modes, task.frequencies, task.levels, strict=True)
]
model = Model(basis, terms)
mpo = Mpo(model)
mps = Mps.hartree_product_state(model, {"S2": 1})
mps.compress_config = CompressConfig(CompressCriteria.fixed, max_bonddim=bond)
mps.evolve_config = EvolveConfig(EvolveMethod.tdvp_ps)
mps = mps.expand_bond_dimension(mpo, include_ex=False).normalize("mps_and_coeff")
populations = []
correlation = []
with Clock() as clock:
    for k, t in enumerate(task.times):
        if k:
            mps = mps.evolve(mpo, t - task.times[k - 1])
        populations.append(mps.e_occupations[1])
        correlation.append(mps.dot(mps))
write(clock, task.times, populations, 2 * task.times, correlation)
