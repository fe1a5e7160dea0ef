"""dynamiqs: `sesolve` on sparse diagonals, to 4 fs only; compilation is not counted."""

import dynamiqs as dq
import jax.numpy as jnp
import numpy as np
from problem import HBAR, Clock, Problem, write

dq.set_precision("double")
task = Problem()
task.until(4.0)


def product(electronic, factors):
    """A direct product as sparse diagonals."""
    parts = [dq.asqarray(np.asarray(electronic), layout=dq.dia)]
    parts += [
        dq.asqarray(np.asarray(factors.get(m, np.eye(n))), layout=dq.dia)
        for m, n in enumerate(task.levels)
    ]
    return dq.tensor(*parts)


h = sum(
    (
        product(np.eye(2), {m: w * np.diag(np.arange(n) + 0.5)})
        for m, (w, n) in enumerate(zip(task.frequencies, task.levels, strict=True))
    ),
    start=0 * product(np.eye(2), {}),
)
for powers, matrix in task.terms:
    h = h + product(matrix, {m: task.power(m, k) for m, k in enumerate(powers) if k})
h = h / HBAR
psi = dq.asqarray(task.start().reshape(-1, 1), dims=(2, *task.levels))
half = psi.shape[0] // 2
method = dq.method.Tsit5(rtol=1e-5, atol=1e-7)


def observed(t, state):
    """Population of the upper state, and C(2t)."""
    x = state.to_jax()[:, 0]
    return jnp.sum(jnp.abs(x[half:]) ** 2), jnp.sum(x**2)


measure = {"progress_meter": False, "save_states": False, "save_extra": observed}
dq.sesolve(h, psi, task.times[:2], method=method, **measure)  # compile
with Clock() as clock:
    run = dq.sesolve(h, psi, task.times, method=method, **measure)
    populations, correlation = (np.array(x) for x in run.extra)
write(clock, task.times, populations, 2 * task.times, correlation)
