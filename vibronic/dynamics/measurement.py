"""One propagation by QuTiP on one basis, and what is measured on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..basis import VibronicBasis
from ..convergence import cost
from ..hamiltonian import VibronicHamiltonian
from ..propagation import Propagation, UnfinishedPropagation
from ..units import HBAR
from ..wavepacket import Wavepacket
from .checkpoint import Checkpoint
from .methods import Lanczos, Method, ShortIterativeLanczos

Progress = Callable[[str, float], None]


@dataclass
class _Tally:
    """What has been measured so far; `density` is summed over the outputs."""

    states: np.ndarray
    edge: np.ndarray
    start: np.ndarray
    real: bool
    populations: list[np.ndarray] = field(default_factory=list)
    correlation: list[complex] = field(default_factory=list)
    energies: list[float] = field(default_factory=list)
    outermost: float = 0.0
    density: np.ndarray = field(default_factory=lambda: np.zeros(0))
    psi: np.ndarray = field(default_factory=lambda: np.zeros(0, complex))

    def add(self, psi: np.ndarray, n_states: int) -> None:
        density = psi.real**2 + psi.imag**2
        self.populations.append(np.bincount(self.states, density, minlength=n_states))
        self.correlation.append(psi @ psi if self.real else np.vdot(self.start, psi))
        self.outermost = max(self.outermost, float(density[self.edge].sum()))
        self.density = density if not self.density.size else self.density + density
        self.psi = psi

    def unfinished(self) -> UnfinishedPropagation:
        return UnfinishedPropagation(
            "",
            self.psi,
            self.density,
            np.array(self.populations),
            np.array(self.correlation),
            np.array(self.energies),
            self.outermost,
        )

    def propagation(
        self,
        times: np.ndarray,
        model: VibronicHamiltonian,
        basis: VibronicBasis,
        initial: str,
        about: dict[str, Any],
    ) -> Propagation:
        return Propagation(
            times,
            np.array(self.populations),
            np.array(self.correlation),
            2 * times if self.real else times,
            np.array(self.energies),
            zero_point_energy=model.zero_point_energy,
            state_labels=model.state_labels,
            initial=initial,
            outermost=self.outermost,
            basis=basis,
            provenance=about,
        )

    def restore(self, left: UnfinishedPropagation) -> None:
        self.populations = list(left.populations)
        self.correlation = list(left.autocorrelation)
        self.energies = list(left.energies)
        self.outermost = left.outermost
        self.density = left.density
        self.psi = left.amplitudes


def _edge(basis: VibronicBasis) -> np.ndarray:
    """Which vibrational functions are the outermost kept."""
    if basis.is_product:
        return np.any(basis.quanta == np.array(basis.levels) - 1, axis=1)
    weights = np.array(basis.weights or (1.0,) * len(basis.levels))
    return basis.quanta @ weights > basis.max_quanta - weights.min(initial=1.0)  # type: ignore[operator]


def measured(
    model: VibronicHamiltonian,
    packet: Wavepacket,
    functions: np.ndarray,
    times: np.ndarray,
    method: Method,
    *,
    initial: str,
    progress: Progress,
    checkpoint: Checkpoint,
    left: UnfinishedPropagation | None = None,
) -> tuple[Propagation, np.ndarray]:
    """Propagate `packet` on the given functions of its basis; the outcome, and the mean density
    (n_functions,).

    `left` is an interrupted run to go on from. Saved to `checkpoint` every minute and on Ctrl-C.
    """
    import qutip

    from ..operators.qutip_data import qutip_hamiltonian, qutip_state

    basis = packet.basis
    part: dict[str, Any] = {} if functions.size == basis.size else {"functions": functions}
    hamiltonian = qutip_hamiltonian(model, basis, stored=False, **part)
    ket = qutip_state(packet, **part)
    tally = _Tally(
        functions // basis.n_vibrational,
        _edge(basis)[functions % basis.n_vibrational],
        packet.amplitudes.ravel()[functions],
        not np.iscomplexobj(packet.amplitudes),
    )
    if left is not None and left.done:
        tally.restore(left)
        ket = qutip.Qobj(
            qutip.core.data.dense.fast_from_numpy(left.amplitudes.reshape(-1, 1).copy()),
            dims=ket.dims,
            copy=False,
        )
    done = len(tally.correlation)
    label = (
        f"Wavepacket from {initial}: "
        f"{cost(model, basis, functions, time=times[-1], n_times=times.size)}"
    )
    rest = times[max(done - 1, 0) :]

    def record(t: float, state: Any) -> float:
        if done and t <= times[done - 1]:
            return 0.0  # measured before the interruption
        tally.add(state.data.to_array()[:, 0], model.n_states)
        if t in (times[0], times[-1]):
            tally.energies.append(
                float(np.real(qutip.core.data.expect(hamiltonian.data, state.data))) * HBAR
            )
        progress(label, t / times[-1])
        if checkpoint.due():
            checkpoint.save(tally.unfinished())
        return 0.0

    if done < times.size:
        try:
            with threadpool_limits(limits=1):  # the vectors are too short for threads to pay
                options = _options(
                    method,
                    lambda part: progress(
                        label, (rest[0] + 0.95 * part * (rest[-1] - rest[0])) / rest[-1]
                    ),
                )
                qutip.SESolver(hamiltonian, options=options).run(ket, list(rest), e_ops=[record])
        except KeyboardInterrupt:
            checkpoint.save(tally.unfinished())
            raise
    about = {
        "model": model.title,
        "method": repr(method),
        "basis": f"{functions.size} functions, per mode {'x'.join(map(str, basis.levels))}",
        "qutip": qutip.__version__,
    }
    return tally.propagation(times, model, basis, initial, about), tally.density / len(
        tally.correlation
    )


def _options(method: Method, report: Callable[[float], None]) -> dict[str, Any]:
    own = {"report": report} if isinstance(method, (Lanczos, ShortIterativeLanczos)) else {}
    return {
        **method.options(),
        **own,
        "progress_bar": "",
        "store_states": False,
        "store_final_state": False,
        "normalize_output": False,
    }
