"""Closed formulas at the two ends: weak coupling, and vibrations faster than the charge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.special import gammaln, ive

from ..checks import InputError
from ..door import public
from ..spectrum import StickSpectrum
from .lattice import Lattice


@dataclass(frozen=True)
class PolaronLimit:
    """Energy (eV), mass (in units of the bare one), quasiparticle weight and phonon number of a
    polaron at k = 0 as a limit gives them.
    """

    energy: float
    mass: float
    quasiparticle_weight: float
    phonon_number: float


@public
def weak_coupling(lattice: Lattice) -> PolaronLimit:
    """Second order in the coupling, any dimension: E = -2Dt - g^2 I_0 and m*/m0 = 1 + g^2 I_1, Z =
    1/(1 + g^2 I_1), with I_n = int_0^inf s^n exp(-ws) [exp(-2ts) I_0(2ts)]^D ds, the modified
    Bessel function; in one dimension I_0 = 1/sqrt(w (w + 4t)).

    A. S. Alexandrov, J. T. Devreese, Advances in Polaron Physics (Springer, 2010),
    doi:10.1007/978-3-642-01896-1
    """
    _check_holstein(lattice)
    w = lattice.frequency
    t = lattice.hopping
    squared = (lattice.coupling * w) ** 2

    def returning(s: float) -> float:
        """The bare charge is back where it was: amplitude at imaginary time s."""
        return float(ive(0, 2 * t * s)) ** lattice.dimension

    shift = squared * _integral(returning, 0, w)
    phonons = squared * _integral(returning, 1, w)
    bottom = -2 * lattice.dimension * t
    return PolaronLimit(bottom - shift, 1 + phonons, 1 / (1 + phonons), phonons)


def _integral(returning: Callable[[float], float], order: int, frequency: float) -> float:
    """int_0^inf s^n exp(-ws) f(s) ds."""
    value, _ = quad(
        lambda x: x**order * np.exp(-x) * returning(x / frequency), 0, 60, limit=400, epsabs=1e-12
    )
    return float(value) / frequency ** (order + 1)


@public
def lang_firsov(lattice: Lattice) -> PolaronLimit:
    """Vibrations much faster than the charge: the hopping shrinks by exp(-S), S = (g/w)^2, so E =
    -E_p - 2Dt exp(-S), m*/m0 = exp(S), Z = exp(-S).

    I. G. Lang, Yu. A. Firsov, Sov. Phys. JETP 16, 1301 (1963)
    """
    _check_holstein(lattice)
    phonons = lattice.huang_rhys_factor
    narrowed = lattice.hopping * np.exp(-phonons)
    energy = -lattice.binding_energy - 2 * lattice.dimension * narrowed
    return PolaronLimit(float(energy), float(np.exp(phonons)), float(np.exp(-phonons)), phonons)


@public
def atomic_spectrum(lattice: Lattice, *, threshold: float = 1e-12) -> StickSpectrum:
    """Spectral function of a charge that cannot hop: lines at -E_p + n w of Poisson weights
    exp(-S) S^n/n!; those below `threshold` are left out.
    """
    _check_holstein(lattice)
    phonons = lattice.huang_rhys_factor
    n = np.arange(int(phonons + 12 * np.sqrt(phonons) + 40))
    logarithms = -phonons - gammaln(n + 1) + n * np.log(max(phonons, 1e-300))
    weights = np.exp(logarithms)
    kept = weights > threshold
    energies = -lattice.binding_energy + lattice.frequency * n
    return StickSpectrum(energies[kept], weights[kept], source="atomic limit")


@public
def two_site_surface(lattice: Lattice, q: np.ndarray) -> np.ndarray:
    """The lower Born-Oppenheimer surface of two sites along q = (q_1 - q_2)/sqrt(2), eV: w q^2/2 -
    sqrt(t^2 + g^2 q^2), a double well when E_p > t.
    """
    _check_holstein(lattice)
    force = lattice.coupling * lattice.frequency
    found: np.ndarray = lattice.frequency * q**2 / 2 - np.sqrt(
        lattice.hopping**2 + (force * q) ** 2
    )
    return found


@public
def two_site_barrier(lattice: Lattice) -> float:
    """The barrier between the two wells of `two_site_surface`, (E_p - t)^2/(2 E_p), eV; 0 where
    there is one well.
    """
    _check_holstein(lattice)
    bound = lattice.binding_energy
    if bound <= lattice.hopping:
        return 0.0
    return (bound - lattice.hopping) ** 2 / (2 * bound)


def _check_holstein(lattice: Lattice) -> None:
    if lattice.peierls_coupling:
        raise InputError(
            "The limits are those of a lattice whose hopping does not change: set "
            "`peierls_coupling` to 0."
        )
