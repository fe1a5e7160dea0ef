"""One polaron told whole: how heavy it is, how that grows with the coupling, and its band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..door import public
from ..limits import Limits
from ..progress import progress_within
from ..storage import noun
from .hopping import HoppingRates, hopping_rates
from .lattice import DIMENSIONS, Lattice
from .polaron import Polaron, polaron
from .spectral_function import spectral_function

STRONGEST = 2.0  # lambda to which curves are drawn, at least
CURVE = 1e-3  # tolerance of curves
GIVEN_UP = 0.1  # error of the mass from which on stronger couplings are not tried
TRUSTED = 0.02  # error of the mass up to which a point of a curve is shown
SIZE = Limits(20_000)  # of the points of a band
CURVES = Limits(60_000)  # of the points of curves
POINTS = 15  # couplings of a curve
MOMENTA = 17  # from the centre to the edge of the zone
ENERGIES = 360  # of the map


@noun
@dataclass(frozen=True, eq=False)
class Dressing:
    """Mass (in units of the bare one) and quasiparticle weight Z at k = 0 against lambda = E_p/(2
    D t), at fixed frequency and hopping: a row for each of `dimensions`, (n_dimensions,
    n_lambda); `errors` of the masses, relative.
    """

    dimensions: np.ndarray
    effective_couplings: np.ndarray
    masses: np.ndarray
    weights: np.ndarray
    errors: np.ndarray


@noun
@dataclass(frozen=True, eq=False)
class PolaronBand:
    """The lowest energy (eV) at each of `momenta` (radians per site, along the first axis), its
    `errors` (eV), and the spectral function A(k, E) (n_k, n_E) per eV on `grid`, lines of `fwhm`
    (eV).
    """

    lattice: Lattice
    momenta: np.ndarray
    energies: np.ndarray
    errors: np.ndarray
    grid: np.ndarray
    spectral_functions: np.ndarray
    fwhm: float


@noun
@dataclass(frozen=True, eq=False)
class PolaronOverview:
    """A polaron, how it came to be so heavy (`dressing`; None with a Peierls coupling), its `band`
    and, where the surroundings are known, the `rates` of hops.
    """

    polaron: Polaron
    dressing: Dressing | None
    band: PolaronBand
    rates: tuple[HoppingRates, ...] = ()

    def __str__(self) -> str:
        return "\n\n".join([str(self.polaron), self._band_told(), *map(str, self.rates)])

    def _band_told(self) -> str:
        """How wide the dressed band is."""
        band = self.band
        lattice = band.lattice
        width = float(band.energies.max() - band.energies.min())
        bare = 4 * lattice.hopping
        text = (
            f"Band  from the centre to the edge of the zone the lowest level rises by {width:.4g} "
            f"eV, the bare band by {bare:.4g} eV"
        )
        if 0.85 * lattice.frequency < width <= 1.001 * lattice.frequency:
            text += (
                ":\n  where it comes near one phonon above the bottom (w = "
                f"{lattice.frequency:.4g} eV) it goes flat, a slow polaron and a phonon"
            )
        return text + "."


@public
def overview(
    lattice: Lattice,
    *,
    temperatures: Sequence[float] = (),
    classical_reorganization: float | None = None,
    tolerance: float = 1e-5,
    limits: Limits = Limits(300_000),
) -> PolaronOverview:
    """The polaron of a lattice at k = 0 to `tolerance`, mass and weight against the coupling in
    one, two and three dimensions, the band with A(k, E), and with `temperatures` (K) and a
    `classical_reorganization` (eV) the hopping rates, for half and twice that value, too.
    """
    outer = classical_reorganization or 0.0
    rates = [
        hopping_rates(lattice, temperatures, classical_reorganization=factor * outer)
        for factor in ((1.0, 0.5, 2.0) if temperatures else ())
    ]

    with progress_within("Polaron", 0.0, 0.3):
        found = polaron(lattice, tolerance=tolerance, limits=limits)
    curves = None if lattice.peierls_coupling else dressing(lattice)
    return PolaronOverview(found, curves, band_map(lattice), tuple(rates))


@public
def dressing(lattice: Lattice) -> Dressing:
    """Mass and weight against lambda at the lattice's frequency and hopping in every dimension.

    To 1e-3 where a space of 60,000 configurations is enough; a curve ends (nan) where that leaves
    an error of a tenth.
    """
    strongest = max(STRONGEST, 1.2 * lattice.effective_coupling)
    strengths = np.linspace(0, strongest, POINTS)
    shape = (len(DIMENSIONS), POINTS)
    masses = np.ones(shape)
    weights = np.ones(shape)
    errors = np.zeros(shape)

    for row, dimension in enumerate(DIMENSIONS):
        for k in range(1, POINTS):
            coupling = np.sqrt(strengths[k] * 2 * dimension * lattice.hopping / lattice.frequency)
            other = replace(lattice, dimension=dimension, coupling=coupling)
            done = (row * POINTS + k) / (3 * POINTS)
            with progress_within("Mass against coupling", done, done + 1 / (3 * POINTS)):
                one = polaron(other, tolerance=CURVE, limits=CURVES)
            masses[row, k] = one.mass
            weights[row, k] = one.quasiparticle_weight
            errors[row, k] = one.errors[1]
            if errors[row, k] > GIVEN_UP:
                masses[row, k:] = np.nan
                weights[row, k:] = np.nan
                errors[row, k:] = np.inf
                break

    return Dressing(np.array(DIMENSIONS), strengths, masses, weights, errors)


@public
def band_map(lattice: Lattice, *, n_momenta: int = MOMENTA) -> PolaronBand:
    """Band and spectral function from the centre to the edge of the zone, along the first axis."""
    momenta = np.linspace(0, np.pi, n_momenta)
    fwhm = lattice.frequency / 3
    levels = []
    lines = []

    for done, k in enumerate(momenta):
        with progress_within("Band", done / n_momenta, (done + 1) / n_momenta):
            levels.append(polaron(lattice, float(k), tolerance=CURVE, limits=SIZE))
            lines.append(spectral_function(lattice, float(k), fwhm=fwhm, limits=SIZE))

    low = min(level.energy for level in levels) - lattice.frequency
    high = lattice.bandwidth / 2 + lattice.binding_energy / 2 + lattice.frequency
    grid = np.linspace(low, high, ENERGIES)
    return PolaronBand(
        lattice,
        momenta,
        np.array([level.energy for level in levels]),
        np.array([level.errors[0] * lattice.hopping for level in levels]),
        grid,
        np.array([sticks.broadened(grid, fwhm=fwhm).values for sticks in lines]),
        fwhm,
    )
