"""Classical nuclei on the same Hamiltonian: surface hopping and Ehrenfest trajectories, by
mudslide, from Wigner samples.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..checks import InputError, check_index, check_positive, checked_times, frozen_array
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun
from ..units import BOLTZMANN, HARTREE, HBAR
from .measurement import Progress

BATCH = 40  # trajectories between two looks at the statistical error
PILOT = 4  # trajectories that choose the time step
DRIFT = 5e-3  # eV; a trajectory that drifts more needs a shorter step
SHORTEST = 0.01  # fs
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


@noun
@dataclass(frozen=True, eq=False)
class Trajectories:
    """Means over `count` trajectories at `times` (fs): diabatic `populations` and `adiabatic` ones
    (n_t, n_states), their standard `errors` and `adiabatic_errors`, and mean `positions` (n_t,
    n_modes).

    For surface hopping adiabatic populations count the active surfaces, diabatic ones take their
    coherences from the electronic density matrix (B. R. Landry, M. J. Falk, J. E. Subotnik, J.
    Chem. Phys. 139, 211101 (2013), doi:10.1063/1.4837795). `drift` is the largest change of a
    trajectory's energy (eV), `step` (fs) the time step used.
    """

    times: np.ndarray
    populations: np.ndarray
    errors: np.ndarray
    adiabatic: np.ndarray
    adiabatic_errors: np.ndarray
    positions: np.ndarray
    method: str
    count: int
    step: float
    drift: float
    state_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in (
            "times",
            "populations",
            "errors",
            "adiabatic",
            "adiabatic_errors",
            "positions",
        ):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))

    def __str__(self) -> str:
        final = ", ".join(
            f"{label} {p:.3f}"
            for label, p in zip(self.state_labels, self.populations[-1], strict=True)
        )
        return (
            f"Trajectories  {self.method}, {self.count} Wigner samples, "
            f"{self.times[0]:g}-{self.times[-1]:g} fs; diabatic populations at "
            f"the end: {final}; standard error at most {self.errors.max():.2f}; steps of "
            f"{self.step:g} fs keep each energy to "
            f"{self.drift:.0e} eV"
        )


def trajectories(
    model: VibronicHamiltonian,
    state: int,
    times: Any,
    *,
    method: SurfaceHopping | MeanField | None = None,
    temperature: float = 0.0,
    tolerance: float = 0.03,
    most: int = 2000,
    seed: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Trajectories:
    """Classical trajectories started on diabatic `state` from the Wigner function of the reference
    at `temperature` (K), at `times` (fs).

    Samples are added until the standard error of every population is below `tolerance`, or `most`
    have run. Times are rounded to whole steps. An `executor` runs them in parallel. Needs mudslide
    (`pip install 'vibronic[trajectories]'`).

    Raises InputError where mudslide is missing.
    """
    method = method or SurfaceHopping()
    moments = checked_times(times)
    check_index("state", state, model.n_states, model.state_labels)
    for name, value in (("tolerance", tolerance), ("step", method.step), ("most", most)):
        check_positive(name, value)
    _check_mudslide()
    report = progress or (lambda stage, part: None)
    every = float(np.diff(moments).min())
    if not np.allclose(moments / every, np.round(moments / every), atol=1e-6):
        raise InputError(
            "Argument `times` must be multiples of its smallest interval, so that trajectories "
            "can be read at fixed steps."
        )
    seeds = [np.random.SeedSequence([seed, k]) for k in range(int(most))]
    step = _step(model, state, moments[-1], every, method, temperature, seeds[:PILOT])
    run = partial(_run, model, state, moments[-1], every, step, method, temperature)
    rows: list[tuple[np.ndarray, ...]] = []
    places = np.round(moments / every).astype(int)
    while len(rows) < most:
        batch = seeds[len(rows) : len(rows) + BATCH]
        for row in executor.map(run, batch) if executor is not None else map(run, batch):
            rows.append(row)
            report(f"Trajectories: {method.name}, {len(rows)} so far", len(rows) / most)
        diabatic = np.array([row[0][places] for row in rows])
        adiabatic = np.array([row[1][places] for row in rows])
        errors = [x.std(axis=0, ddof=1) / np.sqrt(len(rows)) for x in (diabatic, adiabatic)]
        if max(e.max() for e in errors) < tolerance:
            break
    positions = np.mean([row[2][places] for row in rows], axis=0)
    return Trajectories(
        moments,
        diabatic.mean(axis=0),
        errors[0],
        adiabatic.mean(axis=0),
        errors[1],
        positions,
        method.name,
        len(rows),
        step,
        max(float(row[3]) for row in rows),
        model.state_labels,
    )


def wigner_samples(
    model: VibronicHamiltonian, count: int, rng: np.random.Generator, temperature: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Positions and momenta (count, n_modes) from the reference's Wigner function: Gaussians of
    variance coth(w/2kT)/2.
    """
    if temperature < 0:
        raise InputError(
            f"Argument `temperature` must not be negative (K), but is {temperature:g}."
        )
    spread = (
        1 / np.tanh(model.frequencies / (2 * BOLTZMANN * temperature))
        if temperature > 0
        else np.ones(model.n_modes)
    )
    width = np.sqrt(spread / 2)
    return rng.normal(size=(count, model.n_modes)) * width, rng.normal(
        size=(count, model.n_modes)
    ) * width


def _check_mudslide() -> None:
    try:
        import mudslide  # noqa: F401
    except ImportError:
        raise InputError(
            "Trajectories need the package mudslide: `pip install 'vibronic[trajectories]'`."
        ) from None


def _step(
    model: VibronicHamiltonian,
    state: int,
    end: float,
    every: float,
    method: SurfaceHopping | MeanField,
    temperature: float,
    seeds: list[np.random.SeedSequence],
) -> float:
    """The time step (fs), a whole fraction of `every`, at which a few trajectories keep their
    energy.
    """
    parts = int(np.ceil(every / method.step - 1e-9))
    while every / parts > SHORTEST:
        if (
            max(
                float(_run(model, state, end, every, every / parts, method, temperature, seed)[3])
                for seed in seeds
            )
            < DRIFT
        ):
            break
        parts *= 2
    return every / parts


def _run(
    model: VibronicHamiltonian,
    state: int,
    end: float,
    every: float,
    step: float,
    method: SurfaceHopping | MeanField,
    temperature: float,
    seed: np.random.SeedSequence,
) -> tuple[np.ndarray, ...]:
    """One trajectory: diabatic and adiabatic populations and positions at multiples of `every`,
    and the drift of its energy (eV).
    """
    import mudslide

    first, second = seed.spawn(2)
    rng = np.random.default_rng(first)
    q, p = (x[0] for x in wigner_samples(model, 1, rng, temperature))
    mean_field = isinstance(method, MeanField)
    electronic = _diabatic_model(
        model, "diabatic" if mean_field else "adiabatic"
    )  # mean fields need no adiabatic states, which turn fast
    rotation = np.eye(model.n_states) if mean_field else np.linalg.eigh(model.potential(q))[1]
    electronic._reference = rotation
    rho = np.outer(rotation[state], rotation[state]).astype(complex)
    active = int(rng.choice(model.n_states, p=rotation[state] ** 2))
    if isinstance(method, MeanField):
        kind = _mean_field()
    else:
        kind = mudslide.AugmentedFSSH if method.augmented else mudslide.SurfaceHoppingMD
    trace = mudslide.InMemoryTrace()
    run = kind(
        electronic,
        q,
        p * model.frequencies / HARTREE,
        rho,
        tracer=trace,
        state0=active,
        dt=step / TIME,
        max_time=end / TIME,
        trace_every=round(every / step),
        seed_sequence=second,
    )
    run.simulate()
    return _readings(list(trace), round(end / every) + 1, model, mean_field)


def _readings(
    shots: list[dict], count: int, model: VibronicHamiltonian, mean_field: bool
) -> tuple[np.ndarray, ...]:
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
    return (
        np.array(diabatic),
        np.array(adiabatic),
        np.array([shot["position"] for shot in shots[:count]]),
        np.array(np.ptp(energies)),
    )


def _mean_field() -> Any:
    """Ehrenfest trajectories under the whole mean force, -tr(rho dW/dq): mudslide's own leaves out
    what the coherences contribute.
    """
    import mudslide

    class MeanFieldTrajectory(mudslide.Ehrenfest):
        def _force(self, electronics: Any = None) -> np.ndarray:
            return np.einsum(
                "ij,jix->x", self.rho, (electronics or self.electronics).force_matrix
            ).real

    return MeanFieldTrajectory


def _diabatic_model(model: VibronicHamiltonian, representation: str) -> Any:
    """The Hamiltonian as mudslide reads it: hartree, hbar = 1, masses 1/w."""
    from mudslide.models.electronics import DiabaticModel_

    constant = model.constant
    linear = model.linear
    quadratic = model.quadratic
    unit = np.eye(model.n_states)

    class Model(DiabaticModel_):
        def __init__(self) -> None:
            super().__init__(
                representation=representation, nstates=model.n_states, ndof=model.n_modes
            )
            self.mass = HARTREE / model.frequencies

        def V(self, x: Any) -> np.ndarray:  # noqa: N802
            if model.higher:
                return model.potential(x) / HARTREE
            series = constant + np.tensordot(
                x, linear + np.tensordot(x, quadratic, axes=1) / 2, axes=1
            )
            return (series + 0.5 * (model.frequencies @ x**2) * unit) / HARTREE

        def dV(self, x: Any) -> np.ndarray:  # noqa: N802
            if model.higher:
                return model.potential_derivatives(x)[0] / HARTREE
            return (
                linear
                + np.tensordot(x, quadratic, axes=1)
                + (model.frequencies * x)[:, None, None] * unit
            ) / HARTREE

        def as_dict(self) -> dict:
            return {"rotation": self._reference.tolist()}

    return Model()
