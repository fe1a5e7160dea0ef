"""Plain QuTiP: `sesolve` on a CSR Hamiltonian. Settings: method, and `always` for krylov's
always_compute_step.
"""

import numpy as np
import qutip
import scipy.sparse as sp
from problem import Clock, Problem, write

task = Problem()
method = task.settings[0]
h = qutip.Qobj(
    qutip.data.CSR(sp.csr_matrix(task.sparse_hamiltonian(), dtype=complex)), isherm=True
)
psi = qutip.Qobj(task.start().reshape(-1, 1))
half = psi.shape[0] // 2
populations = []
correlation = []


def measure(t, state):
    """Population of the upper state, and C(2t)."""
    x = state.full()[:, 0]
    populations.append(np.sum(np.abs(x[half:]) ** 2))
    correlation.append(x @ x)


options = {"method": method, "progress_bar": "", "store_states": False}
options |= (
    {"nsteps": 10**7} if method != "krylov" else {"krylov_dim": 20}
)  # tolerances are QuTiP's own: atol 1e-8, rtol 1e-6
if "always" in task.settings:
    options["always_compute_step"] = True
with Clock() as clock:
    qutip.sesolve(h, psi, task.times, e_ops=[measure], options=options)
write(clock, task.times, populations, 2 * task.times, correlation)
