"""A lattice of equal sites on which a charge moves and vibrations feel it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from ..checks import InputError, check_positive, index_of
from ..door import public
from ..energy_origin import EnergyOrigin
from ..hamiltonian import VibronicHamiltonian
from ..storage import noun

DIMENSIONS = (1, 2, 3)
CLUSTER = 4096  # electronic states of the largest cluster


@noun
@dataclass(frozen=True)
class Lattice:
    """The Holstein lattice in 1, 2 or 3 dimensions: every site has one level and one mode.

    H = -t sum_<ij> (c+_i c_j + h.c.) + w sum_i b+_i b_i + g sum_i n_i (b_i + b+_i)

    `hopping` t and `frequency` w in eV; `coupling` is g/w, without a dimension: its square is the
    number of phonons (the Huang-Rhys factor) of a charge that stays. `peierls_coupling` alpha
    (eV, one dimension) lets the vibrations change the hopping: alpha sum_i (c+_i c_(i+1) + h.c.)
    (b_i + b+_i - b_(i+1) - b+_(i+1)). `repulsion` U (eV) is that of two electrons on one site.
    Energies count from the empty lattice's vibrational ground state. `title` says what it is a
    lattice of, `remarks` what it leaves out.

    T. Holstein, Ann. Phys. 8, 325 (1959), doi:10.1016/0003-4916(59)90002-8
    """

    hopping: float
    frequency: float
    coupling: float
    dimension: int = 1
    peierls_coupling: float = 0.0
    repulsion: float = 0.0
    title: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_positive("hopping", self.hopping, "eV")
        check_positive("frequency", self.frequency, "eV")
        for name in ("coupling", "peierls_coupling", "repulsion"):
            value = getattr(self, name)
            if isinstance(value, (bool, str)) or not np.isfinite(value):
                raise InputError(f"Argument `{name}` must be a finite number, but is {value!r}.")
        if self.dimension not in DIMENSIONS:
            raise InputError(f"Argument `dimension` must be 1, 2 or 3, but is {self.dimension!r}.")
        if self.peierls_coupling and self.dimension != 1:
            raise InputError(
                "Argument `peierls_coupling` is for chains: leave it out, or set `dimension` to "
                f"1 instead of {self.dimension}."
            )
        for name in ("hopping", "frequency", "coupling", "peierls_coupling", "repulsion"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "remarks", tuple(self.remarks))

    @property
    def huang_rhys_factor(self) -> float:
        """(g/w)^2: phonons of a charge that stays on its site."""
        return self.coupling**2

    @property
    def binding_energy(self) -> float:
        """E_p = g^2/w, eV: what a charge that stays on its site gains."""
        return self.coupling**2 * self.frequency

    @property
    def bandwidth(self) -> float:
        """W = 4 D t, eV: of the band without vibrations."""
        return 4 * self.dimension * self.hopping

    @property
    def effective_coupling(self) -> float:
        """lambda = E_p/(2 D t): what staying gains over what spreading gains."""
        return 2 * self.binding_energy / self.bandwidth

    @property
    def adiabatic_ratio(self) -> float:
        """w/t: above 1 the vibrations are faster than the charge."""
        return self.frequency / self.hopping

    @public
    def cluster(
        self, n_sites: int, *, periodic: bool = True, electrons: int = 1
    ) -> VibronicHamiltonian:
        """A piece of the lattice with `n_sites` sites per side as a `VibronicHamiltonian`, which
        everything else in vibronic takes: a state for every site, or for every pair of sites (up,
        down) of two electrons of opposite spin, and a mode for every site.

        Every bond counts once: two sites are joined by t. Energies count from the zero-point
        level of the empty lattice.
        """
        self._check_cluster(n_sites, electrons)
        sites = list(product(range(n_sites), repeat=self.dimension))
        n = len(sites)
        bonds = self._bonds(sites, n_sites, periodic)

        constant = np.zeros((n, n))
        linear = np.zeros((n, n, n))
        local = np.sqrt(2) * self.coupling * self.frequency
        linear[np.arange(n), np.arange(n), np.arange(n)] = local
        for i, j in bonds:
            constant[i, j] = constant[j, i] = -self.hopping
            for mode, sign in ((i, 1), (j, -1)):
                change = sign * np.sqrt(2) * self.peierls_coupling
                linear[mode, i, j] += change
                linear[mode, j, i] += change

        labels = [",".join(str(c + 1) for c in site) for site in sites]
        names = tuple(f"site {label}" for label in labels)
        if electrons == 2:
            constant, linear = self._pairs(constant, linear)
            names = tuple(f"sites {a};{b}" for a in labels for b in labels)

        return VibronicHamiltonian(
            np.full(n, self.frequency),
            constant,
            linear,
            state_labels=names,
            mode_labels=tuple(f"q{label}" for label in labels),
            title=f"{n} sites of {self.title or 'a Holstein lattice'}",
            energy_origin=EnergyOrigin("vibrational ground state of the empty lattice"),
        )

    def _check_cluster(self, n_sites: int, electrons: int) -> None:
        if electrons not in (1, 2):
            raise InputError(f"Argument `electrons` must be 1 or 2, but is {electrons}.")
        if electrons == 1 and self.repulsion:
            raise InputError(
                "One electron has nobody to repel: set `electrons` to 2, or `repulsion` to 0."
            )
        if n_sites < 1 or n_sites ** (self.dimension * electrons) > CLUSTER:
            raise InputError(
                "Argument `n_sites` must be at least 1 and give at most "
                f"{CLUSTER} electronic states, but is {n_sites} in {self.dimension} dimensions."
            )

    def _bonds(
        self, sites: list[tuple[int, ...]], n_sites: int, periodic: bool
    ) -> list[tuple[int, int]]:
        """Neighbours, each pair once, in the direction of the axis that joins them."""
        number = {site: k for k, site in enumerate(sites)}
        found: dict[frozenset[int], tuple[int, int]] = {}
        for site in sites:
            for axis in range(self.dimension):
                if site[axis] == n_sites - 1 and not periodic:
                    continue
                there = list(site)
                there[axis] = (site[axis] + 1) % n_sites
                pair = (number[site], number[tuple(there)])
                if pair[0] != pair[1]:
                    found.setdefault(frozenset(pair), pair)
        return list(found.values())

    def _pairs(self, constant: np.ndarray, linear: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The matrices of two electrons of opposite spin."""
        n = len(constant)
        one = np.eye(n)
        energies = np.kron(constant, one) + np.kron(one, constant)
        together = np.arange(n) * (n + 1)
        energies[together, together] += self.repulsion
        couplings = np.array([np.kron(m, one) + np.kron(one, m) for m in linear])
        return energies, couplings

    @classmethod
    def of_molecule(
        cls, model: VibronicHamiltonian, state: int | str, hopping: float, *, dimension: int = 1
    ) -> Lattice:
        """The crystal of a molecule whose charge is in one `state` of its `model`: one mode a site
        that stands for all, with S = sum_m S_m and w = sum_m S_m w_m / S, so that E_p is the sum
        of the reorganization energies. `hopping` (eV) belongs to the crystal, and is not computed
        here.
        """
        i = index_of("state", state, model.state_labels)
        label = model.state_labels[i]
        factors = model.huang_rhys_factors(i)
        total = float(factors.sum())
        if total == 0:
            raise InputError(
                f"State {label} has no linear coupling to any mode: its charge stays bare. Choose "
                f"another of the states {', '.join(model.state_labels)}."
            )

        frequency = float(factors @ model.frequencies) / total
        spread = float(np.sqrt(factors @ (model.frequencies - frequency) ** 2 / total))
        remarks = (
            f"One mode of {frequency:.4f} eV stands for the {np.count_nonzero(factors)} modes "
            f"that couple; they lie {spread:.4f} eV (standard deviation) around it.",
            f"Left out: {_left_out(model, i)}.",
        )

        title = f"{model.title or 'molecules'}, state {label}"
        return cls(hopping, frequency, np.sqrt(total), dimension, title=title, remarks=remarks)

    def __str__(self) -> str:
        dimensions = {1: "chain", 2: "square lattice", 3: "cubic lattice"}
        lines = [
            f"Lattice  {self.title or dimensions[self.dimension]}"
            + (f", {dimensions[self.dimension]}" if self.title else "")
            + f": hopping t {self.hopping:.4g} eV, frequency w {self.frequency:.4g} eV, coupling "
            f"g/w {self.coupling:.4g}",
            f"  binding energy E_p {self.binding_energy:.4g} eV, bandwidth W {self.bandwidth:.4g} "
            f"eV, lambda {self.effective_coupling:.3g}, w/t {self.adiabatic_ratio:.3g}",
        ]
        if self.peierls_coupling:
            lines.append(f"  vibrations change the hopping: alpha {self.peierls_coupling:.4g} eV")
        if self.repulsion:
            lines.append(f"  two charges on one site repel: U {self.repulsion:.4g} eV")
        return "\n".join([*lines, *(f"  {remark}" for remark in self.remarks)])


def _left_out(model: VibronicHamiltonian, state: int) -> str:
    """What one mode on every site does not have of a molecule's model."""
    others = [k for k in range(model.n_states) if np.any(model.linear[:, state, k]) and k != state]
    names = ", ".join(model.state_labels[k] for k in others)
    parts = [f"the vibronic coupling to {names}"] if others else []
    return ", ".join([*parts, "changes of frequency, and the vibrations between molecules"])
