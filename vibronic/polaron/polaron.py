"""A charge dressed by the vibrations of an infinite lattice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..certificate import Certificate
from ..checks import CalculationError, InputError, check_positive, check_shape, frozen_array
from ..door import public
from ..limits import Limits
from ..storage import noun
from ..tables import Column, Table
from .lattice import Lattice
from .level import GrowingLevel, Level
from .limits import lang_firsov, weak_coupling

FURTHEST = 6  # sites from the charge to which the cloud is given
COLUMNS = (
    Column("", left=True),
    Column("here", left=False),
    Column("error", ".0e"),
    Column("weak coupling"),
    Column("Lang-Firsov"),
)
NOTES = (
    "m*: effective mass, m0: that of the bare charge; Z: the bare charge's part of the state;",
    "weak coupling: second order in the coupling, right for small lambda; Lang-Firsov: right for "
    "w much above t.",
)


@noun
@dataclass(frozen=True, eq=False)
class Polaron:
    """The lowest state of one charge with total `momentum` (D,) (radians per site) on an infinite
    `lattice`.

    `energy` (eV, from the vibrational ground state of the empty lattice), `mass` along the first
    axis in units of the bare mass (negative where the band bends down), `quasiparticle_weight` Z =
    |<psi|c+_k|0>|^2, mean `phonon_number` and `kinetic_energy` (eV; with a Peierls coupling of the
    bare hopping and its changes). `cloud[x]` is <n_i q_(i+x)> at x = 0, 1, ... sites along the
    first axis, with the sign that the Hamiltonian gives it; `cloud_total` its sum over the whole
    lattice, -sqrt(2) g/w. `errors` are those of the energy (in t), of mass and of weight
    (relative).

    J. Bonča, S. A. Trugman, I. Batistić, Phys. Rev. B 60, 1633 (1999),
    doi:10.1103/PhysRevB.60.1633
    """

    lattice: Lattice
    momentum: np.ndarray
    energy: float
    mass: float
    quasiparticle_weight: float
    phonon_number: float
    kinetic_energy: float
    cloud: np.ndarray
    cloud_total: float
    errors: np.ndarray
    certificate: Certificate

    def __post_init__(self) -> None:
        for name in ("momentum", "cloud"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), name))
        errors = np.array(self.errors, float)  # infinite where they are not known
        errors.setflags(write=False)
        object.__setattr__(self, "errors", errors)

    @property
    def regime(self) -> str:
        """What kind of polaron it is, by lambda and (g/w)^2 (a small one needs both above 1: M.
        Capone, S. Ciuchi, C. Grimaldi, Europhys. Lett. 42, 523 (1998),
        doi:10.1209/epl/i1998-00283-7).
        """
        strong = self.lattice.effective_coupling > 1
        many = self.lattice.huang_rhys_factor > 1
        if strong and many:
            return "small polaron: the charge is nearly caught on one site by its own distortion"
        if strong or many:
            return "between large and small: heavier than the bare charge, not caught"
        return "large polaron: the charge moves on, a little heavier"

    def __str__(self) -> str:
        k = ", ".join(f"{x / np.pi:.4g}" for x in self.momentum)
        where = "k = 0" if not np.any(self.momentum) else f"k = ({k}) pi"
        lines = [str(self.lattice), f"Polaron  {where}: {self.regime}"]
        if not self.lattice.peierls_coupling and not np.any(self.momentum):
            lines.append(str(self._beside_limits()))
        else:
            lines.append(
                f"  energy {self.energy:.6g} eV, m*/m0 {self.mass:.5g}, Z "
                f"{self.quasiparticle_weight:.5g}"
            )
        if self.mass < 0:
            lines.append("  The band bends down here: the lowest state is at another momentum.")

        lines += [
            f"  {self.phonon_number:.4g} phonons in the cloud, {self._own_part():.0%} of the "
            "distortion on the charge's own site; kinetic energy "
            f"{self.kinetic_energy:.4g} eV",
            f"  {self.certificate}",
        ]
        return "\n".join(lines)

    def _own_part(self) -> float:
        """The part of the distortion that is on the charge's own site."""
        return float(self.cloud[0] / self.cloud_total) if self.cloud_total else 1.0

    def _beside_limits(self) -> Table:
        """Energy, mass and weight beside both limits."""
        weak = weak_coupling(self.lattice)
        strong = lang_firsov(self.lattice)
        here = (self.energy, self.mass, self.quasiparticle_weight)
        errors = (self.errors[0] * self.lattice.hopping, *(self.errors[1:] * np.abs(here[1:])))
        names = ("energy/eV", "m*/m0", "Z")
        limits = [(own.energy, own.mass, own.quasiparticle_weight) for own in (weak, strong)]
        rows = [
            [name, *(f"{value:.6g}" for value in (here[k],)), errors[k]]
            + [f"{limit[k]:.4g}" for limit in limits]
            for k, name in enumerate(names)
        ]
        return Table(COLUMNS, rows, "  ", notes=[f"  {note}" for note in NOTES])


@public
def polaron(
    lattice: Lattice,
    momentum: float | Sequence[float] = 0.0,
    *,
    tolerance: float = 1e-8,
    limits: Limits = Limits(),
) -> Polaron:
    """The lowest state of one charge with total `momentum` k (radians per site; a number means
    along the first axis) on the infinite lattice.

    `tolerance` is that of the energy in units of the hopping, and of mass and quasiparticle
    weight relative to themselves. The phonon space grows until all three are certain to it, or it
    would pass `limits.max_size`: then the certificate says what was reached. The mass comes from
    linear response, 2t/m* = <H''> - 2 <H'|(H - E)^-1|H'>, primes derivatives by k.

    J. Bonča, S. A. Trugman, I. Batistić, Phys. Rev. B 60, 1633 (1999),
    doi:10.1103/PhysRevB.60.1633
    """
    check_positive("tolerance", tolerance)
    k = momentum_vector(lattice, momentum)
    if lattice.repulsion:
        raise InputError(
            "One charge has nobody to repel: set `repulsion` of the lattice to 0, or ask for a "
            "bipolaron."
        )

    growing = GrowingLevel(lattice, k, tolerance, limits.max_size)
    level = growing.grow()
    if level is None:
        raise CalculationError(
            f"Not even the smallest phonon space fits into {limits.max_size:,} configurations: "
            "raise `max_size`."
        )

    return _described(lattice, k, level, growing, tolerance)


@public
def polaron_band(
    lattice: Lattice,
    momenta: Sequence[float] | np.ndarray,
    *,
    tolerance: float = 1e-4,
    limits: Limits = Limits(),
) -> list[Polaron]:
    """Polarons at several `momenta` along the first axis, (n_k,), each with its own certificate:
    near the edge of the zone, where most of the state is a phonon, convergence is slower.
    """
    return [polaron(lattice, float(k), tolerance=tolerance, limits=limits) for k in momenta]


def momentum_vector(lattice: Lattice, momentum: float | Sequence[float]) -> np.ndarray:
    """All components of a momentum."""
    if np.ndim(momentum) == 0:
        return frozen_array([momentum] + [0.0] * (lattice.dimension - 1), "momentum")
    found = frozen_array(momentum, "momentum")
    check_shape("momentum", found, ("dimension",), (lattice.dimension,))
    return found


def _described(
    lattice: Lattice, k: np.ndarray, level: Level, growing: GrowingLevel, tolerance: float
) -> Polaron:
    """The noun of a level."""
    density = np.abs(level.vector) ** 2
    bloch = level.bloch
    moving = (bloch.at(k) - bloch.stays) @ level.vector

    positions = level.space.positions()
    lowered = np.sqrt(2) * level.space.annihilation_by_position(level.vector)
    errors = growing.errors
    told = (
        f"energy to {errors[0]:.0e} t, mass to {errors[1]:.0e}, Z to {errors[2]:.0e} "
        "(both relative)"
    )
    certificate = Certificate(
        tolerance,
        errors.max(),
        level.space.size,
        found="changes from one phonon space to the next, continued",
        remarks=(told,) if np.isfinite(errors.max()) else (),
    )

    return Polaron(
        lattice=lattice,
        momentum=k,
        energy=level.energy,
        mass=1 / level.inverse_mass,
        quasiparticle_weight=level.weight,
        phonon_number=float(density @ level.space.counts),
        kinetic_energy=float(np.vdot(level.vector, moving).real),
        cloud=lowered[positions.axis(FURTHEST)],
        cloud_total=float(lowered.sum()),
        errors=errors,
        certificate=certificate,
    )
