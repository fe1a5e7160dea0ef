"""One classical trajectory, by mudslide: the task that a campaign repeats for many samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..campaign import Result
from ..hamiltonian import VibronicHamiltonian
from ..units import HARTREE, HBAR
from .wigner_samples import wigner_samples

TIME = HBAR / HARTREE  # fs per atomic unit


@dataclass(frozen=True)
class SurfaceHopping:
    """Fewest-switches surface hopping; `augmented` adds the decoherence of augmented FSSH. `step`
    (fs) is halved until energy is kept.

    J. C. Tully, J. Chem. Phys. 93, 1061 (1990), doi:10.1063/1.459170
    """

    step: float = 0.1
    augmented: bool = False

    @property
    def name(self) -> str:
        """As printed."""
        return "augmented surface hopping" if self.augmented else "surface hopping"


@dataclass(frozen=True)
class MeanField:
    """Ehrenfest dynamics: nuclei feel the mean force of the electronic wavefunction. `step` (fs)
    is halved until energy is kept.
    """

    step: float = 0.1

    @property
    def name(self) -> str:
        """As printed."""
        return "Ehrenfest"


@dataclass(frozen=True)
class Course:
    """How a trajectory runs: from `state` at `temperature` (K), in steps of `step` to `end`, read
    at multiples of `every` (fs).
    """

    state: int
    temperature: float
    method: SurfaceHopping | MeanField
    end: float
    every: float
    step: float


@dataclass(frozen=True)
class Draw:
    """A sample: the user's `seed`, the trajectory's `number`, and how often it was drawn
    `before`, to choose the time step.
    """

    seed: int
    number: int
    before: int = 0

    def generators(self) -> tuple[np.random.Generator, np.random.SeedSequence]:
        """What draws the start of the trajectory, and what its hops are drawn from."""
        entropy = [self.seed, self.number]
        start, hops = (
            np.random.SeedSequence(entropy, spawn_key=(2 * self.before + k,)) for k in range(2)
        )
        return np.random.default_rng(start), hops


def trajectory(model: VibronicHamiltonian, course: Course, draw: Draw) -> Result:
    """`diabatic` and `adiabatic` populations (n_t, n_states) and `positions` (n_t, n_modes) at
    multiples of `course.every`, and the `drift` of the energy (eV).
    """
    import mudslide

    rng, hops = draw.generators()
    q, p = (x[0] for x in wigner_samples(model, 1, rng, course.temperature))
    mean_field = isinstance(course.method, MeanField)

    # mean fields need no adiabatic states, which turn fast
    electronic = _diabatic_model(model, "diabatic" if mean_field else "adiabatic")
    rotation = np.eye(model.n_states) if mean_field else np.linalg.eigh(model.potential(q))[1]
    electronic._reference = rotation
    start = rotation[course.state]
    active = int(rng.choice(model.n_states, p=start**2))

    trace = mudslide.InMemoryTrace()
    run = _kind(course.method)(
        electronic,
        q,
        p * model.frequencies / HARTREE,
        np.outer(start, start).astype(complex),
        tracer=trace,
        state0=active,
        dt=course.step / TIME,
        max_time=course.end / TIME,
        trace_every=round(course.every / course.step),
        seed_sequence=hops,
    )
    run.simulate()

    return _readings(list(trace), round(course.end / course.every) + 1, model, mean_field)


def _kind(method: SurfaceHopping | MeanField) -> Any:
    """Mudslide's class."""
    import mudslide

    if isinstance(method, MeanField):
        return _mean_field()
    return mudslide.AugmentedFSSH if method.augmented else mudslide.SurfaceHoppingMD


def _readings(
    shots: list[dict[str, Any]], count: int, model: VibronicHamiltonian, mean_field: bool
) -> Result:
    diabatic = []
    adiabatic = []
    for shot in shots[:count]:
        rho = np.array(shot["density_matrix"]).reshape(model.n_states, -1).view(complex)
        if mean_field:
            rotation = np.linalg.eigh(model.potential(np.array(shot["position"])))[1]
            diabatic.append(np.diag(rho).real)
            adiabatic.append(np.einsum("ia,ij,ja->a", rotation, rho, rotation).real)
            continue
        rotation = np.array(shot["electronics"]["rotation"])
        rho = rho - np.diag(np.diag(rho)) + np.diag(np.arange(len(rho)) == shot["active"])
        adiabatic.append(np.diag(rho).real)
        diabatic.append(np.einsum("ia,ab,ib->i", rotation, rho, rotation).real)

    energies = np.array([shot["energy"] for shot in shots]) * HARTREE
    return {
        "diabatic": np.array(diabatic),
        "adiabatic": np.array(adiabatic),
        "positions": np.array([shot["position"] for shot in shots[:count]]),
        "drift": np.array(np.ptp(energies)),
    }


def _mean_field() -> Any:
    """Ehrenfest trajectories under the whole mean force, -tr(rho dW/dq): mudslide's own leaves out
    what the coherences contribute.
    """
    import mudslide

    class MeanFieldTrajectory(mudslide.Ehrenfest):  # type: ignore[misc]
        def _force(self, electronics: Any = None) -> np.ndarray:
            matrix = (electronics or self.electronics).force_matrix
            force: np.ndarray = np.einsum("ij,jix->x", self.rho, matrix).real
            return force

    return MeanFieldTrajectory


def _diabatic_model(model: VibronicHamiltonian, representation: str) -> Any:
    """The Hamiltonian as mudslide reads it: hartree, hbar = 1, masses 1/w."""
    from mudslide.models.electronics import DiabaticModel_

    constant = model.constant
    linear = model.linear
    quadratic = model.quadratic
    unit = np.eye(model.n_states)

    class Model(DiabaticModel_):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(
                representation=representation, nstates=model.n_states, ndof=model.n_modes
            )
            self.mass = HARTREE / model.frequencies

        def V(self, x: Any) -> np.ndarray:  # noqa: N802
            if model.higher:
                return model.potential(x) / HARTREE
            slopes = linear + np.tensordot(x, quadratic, axes=1) / 2
            series = constant + np.tensordot(x, slopes, axes=1)
            harmonic = 0.5 * (model.frequencies @ x**2)
            potential: np.ndarray = (series + harmonic * unit) / HARTREE
            return potential

        def dV(self, x: Any) -> np.ndarray:  # noqa: N802
            if model.higher:
                return model.potential_derivatives(x)[0] / HARTREE
            harmonic = (model.frequencies * x)[:, None, None] * unit
            slopes = linear + np.tensordot(x, quadratic, axes=1)
            gradient: np.ndarray = (slopes + harmonic) / HARTREE
            return gradient

        def as_dict(self) -> dict[str, Any]:
            return {"rotation": self._reference.tolist()}

    return Model()
