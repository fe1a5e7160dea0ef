"""Random wavefunctions for the Lindblad equation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...certificate import Certificate, Limit
from ...checks import InputError
from ...progress import report
from .open_method import OpenMethod, OpenReadings
from .open_system import SOLVER, OpenSystem, as_qobj, state_pairs

LEAST = 20  # random wavefunctions, so that their scatter means something


@dataclass(frozen=True)
class QuantumJumps(OpenMethod):
    """Random wavefunctions whose mean obeys the Lindblad equation, by `qutip.mcsolve`; up to
    `most`, fewer where the error allows.
    """

    most: int = 400
    seed: int = 1

    def readings(
        self, system: OpenSystem, times: np.ndarray, tolerance: float, room: float
    ) -> OpenReadings:
        """The observables at `times` (fs), means over the wavefunctions."""
        import qutip

        if self.most < LEAST:
            raise InputError(f"Argument `most` must be {LEAST} or more, but is {self.most!r}.")

        p = system.probabilities
        jumps = system.jumps
        none = [as_qobj(sp.csr_array((p.size, p.size)))]
        options = {**SOLVER, "keep_runs_results": True, "rtol": 1e-5, "atol": 1e-7}
        solver = qutip.MCSolver(system.hamiltonian, jumps or none, options=options)
        operators = system.observables()

        rng = np.random.default_rng(self.seed)
        pairs = state_pairs(system.basis.n_states)
        diagonal = [k for k, (i, j) in enumerate(pairs) if i == j]

        runs: list[np.ndarray] = []
        while len(runs) < self.most:
            ket = _random_ket(p, rng)
            seed = int(rng.integers(2**31))
            result = solver.run(ket, times, ntraj=1, e_ops=operators, seeds=seed)
            runs.append(np.array(result.average_expect).T)
            stage = f"Quantum jumps: {p.size:,} functions, {len(runs)} runs"
            report(stage, len(runs) / self.most)
            if len(runs) < LEAST:
                continue

            scatter = np.array(runs).real.std(axis=0, ddof=1)
            errors = scatter[:, diagonal] / np.sqrt(len(runs))
            if errors.max() < tolerance:
                break

        certificate = Certificate(
            tolerance,
            errors.max(),
            len(runs),
            Limit.SAMPLE,
            found="standard error of the mean of the runs",
            remarks=(f"{p.size:,} functions, certain to {tolerance:.0e} without baths",),
        )
        about = f"quantum jumps ({len(jumps)} operators)"

        return OpenReadings(np.mean(runs, axis=0), about, certificate, errors)


def _random_ket(p: np.ndarray, rng: np.random.Generator) -> object:
    """A wavefunction of these probabilities; over random phases the mean is the thermal
    mixture.
    """
    import qutip

    phases = np.exp(2j * np.pi * rng.random(p.size))
    ket = np.sqrt(p / p.sum()) * phases
    return qutip.Qobj(ket.reshape(-1, 1))
