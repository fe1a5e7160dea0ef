"""The bands of a vibronic spectrum, and the electronic states they are made of."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..certificate import is_converged
from ..checks import frozen_array
from ..door import public
from ..doorway import Doorway
from ..hamiltonian import VibronicHamiltonian
from ..spectra import Resolution, excess, resolution
from ..spectrum import StickSpectrum, summed
from ..storage import built, noun, reads
from .maxima import Entered, Maximum, maxima_at

PERSISTS = (0.7, 0.85, 1.0, 1.2, 1.4)  # resolutions, in units of the band's, at which it is sought


@noun
@dataclass(frozen=True, eq=False)
class VibronicBand:
    """A band of the vibronic spectrum: neighbouring maxima that one electronic state (or the
    components of a degenerate one) makes most of, or one mystery maximum.

    Maxima are those of the spectrum at the resolution `band` of the model (`vb.spectra.
    resolution`), with the minima between them as limits: `maxima` (eV), `energy` the highest of
    them, `low` and `high` the outer limits. All else is an integral of the energy-filtered
    electronic density at the resolution `fine` between the limits: the `strength`, and with it
    summed over the states entered the `character` (n_states,), of which the leading `states` hold
    `purity`; `borrowed`, the part of the strength whose character is another than that of the
    state entered; `redistributed`, the part at energies where the states alone have less.
    `participation` (states that share an energy) and `entropy` (entanglement of electrons and
    vibrations, nats) are means over energies and states entered, by intensity. `alone` and
    `adiabatic` are the strengths that the states alone, and the adiabatic surfaces, put between
    the limits (-1: not known). `parents` are the states entered whose band it is.

    A mystery band is a maximum of which no state makes 0.75, and whose strength neither the states
    alone nor the adiabatic surfaces give within a quarter: it is the work of the coupled motion.
    `persistence` is the range of resolutions, as multiples of `band`, at which it stays one.
    """

    energy: float
    low: float
    high: float
    strength: float
    character: np.ndarray
    purity: float
    parents: tuple[str, ...]
    is_mystery: bool = False
    participation: float = 1.0
    entropy: float = 0.0
    borrowed: float = 0.0
    redistributed: float = 0.0
    alone: float = -1.0
    adiabatic: float = -1.0
    states: tuple[str, ...] = ()
    maxima: tuple[float, ...] = ()
    persistence: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "character", frozen_array(self.character, "character"))
        for name in ("parents", "states", "maxima", "persistence"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


@reads("VibronicBand")
def _vibronic_band(content: dict[str, object]) -> VibronicBand:
    """Version 0.1 counted new lines instead of the strength that moves."""
    return built(VibronicBand, {"redistributed": np.nan, **content})


@public
def vibronic_bands(
    model: VibronicHamiltonian,
    vibronic: Sequence[StickSpectrum],
    doorways: Sequence[Doorway],
    *,
    alone: StickSpectrum,
    adiabatic: StickSpectrum | None = None,
    seen_at: Resolution | None = None,
) -> tuple[VibronicBand, ...]:
    """The bands of the `vibronic` lines (with their `resolved` densities) through `doorways`, at
    the resolution of the model unless another is given.

    `alone` and `adiabatic` are all lines of the rungs below; adiabatic ones that did not converge
    tell nothing.
    """
    known = adiabatic is not None and is_converged(adiabatic)
    entry = Entered(model, tuple(vibronic), tuple(doorways), alone, adiabatic if known else None)
    seen = seen_at or resolution(model)

    maxima = maxima_at(entry, seen.band)
    groups = [list(g) for _, g in itertools.groupby(maxima, key=lambda m: m.group)]
    parents = _parents(entry, groups)
    lasting = _lasting(entry, seen.band, maxima)

    return tuple(
        _band(entry, group, states, lasting) for group, states in zip(groups, parents, strict=True)
    )


def _band(
    entry: Entered,
    group: list[Maximum],
    parents: list[int],
    lasting: dict[float, tuple[float, float]],
) -> VibronicBand:
    low = group[0].low
    high = group[-1].high
    highest = max(group, key=lambda m: m.height)
    weights = entry.weights(low, high)
    strength = float(weights.sum())
    states = entry.sets[highest.leading]
    labels = entry.model.state_labels
    mystery = highest.is_mystery

    parts = [density.within(low, high) for density in entry.densities]
    shares = np.array([part.strength for part in parts])
    shares = shares / shares.sum()
    lit = [k for k, share in enumerate(shares) if share > 0]
    whole = summed(entry.vibronic).resolved
    assert whole is not None
    inside = whole.within(low, high)

    return VibronicBand(
        energy=highest.energy,
        low=low,
        high=high,
        strength=strength,
        character=weights / strength,
        purity=float(weights[states].sum()) / strength,
        parents=tuple(labels[i] for i in parents),
        is_mystery=mystery,
        participation=float(sum(shares[k] * parts[k].participation for k in lit)),
        entropy=float(sum(shares[k] * parts[k].entropy for k in lit)),
        borrowed=_borrowed(entry, low, high, strength),
        redistributed=float(excess(inside, entry.alone).sum() / inside.values.sum()),
        alone=entry.strength(entry.alone, low, high),
        adiabatic=entry.strength(entry.adiabatic, low, high),
        states=() if mystery else tuple(labels[i] for i in states),
        maxima=tuple(m.energy for m in group),
        persistence=lasting.get(highest.energy, (1.0, 1.0)),
    )


def _borrowed(entry: Entered, low: float, high: float, strength: float) -> float:
    """Share of the strength whose character is that of a state, degenerate ones together, other
    than those entered.
    """
    own = 0.0
    for density, door in zip(entry.densities, entry.doorways, strict=True):
        weights = np.diag(density.between(low, high))
        kin = [s for s in entry.sets if np.isin(s, door.states).any()]
        own += float(sum(weights[s].sum() for s in kin))
    return float(np.clip(1 - own / strength, 0.0, 1.0))


def _parents(entry: Entered, groups: list[list[Maximum]]) -> list[list[int]]:
    """Of every band the states entered whose band it is: that of the most strength which they
    lead, or else where their mean lies.
    """
    found: list[list[int]] = [[] for _ in groups]
    entered = {int(i) for door in entry.doorways for i in door.states}

    for k, states in enumerate(entry.sets):
        members = [int(i) for i in states if int(i) in entered]
        if not members:
            continue
        led = [g for g, group in enumerate(groups) if group[0].group == k]
        if led:
            own = [entry.weights(groups[g][0].low, groups[g][-1].high).sum() for g in led]
            found[led[int(np.argmax(own))]] += members
            continue
        home = _home(entry, members, groups)
        if home is not None:
            found[home] += members

    return found


def _home(entry: Entered, members: list[int], groups: list[list[Maximum]]) -> int | None:
    """The band, not a mystery, in which the mean of what enters these states lies."""
    means = [
        lines.moment(1)
        for lines, door in zip(entry.vibronic, entry.doorways, strict=True)
        if np.isin(members, door.states).any()
    ]
    mean = float(np.mean(means))
    for g, group in enumerate(groups):
        if group[0].low <= mean < group[-1].high and not group[0].is_mystery:
            return g
    return None


def _lasting(
    entry: Entered, fwhm: float, maxima: list[Maximum]
) -> dict[float, tuple[float, float]]:
    """For every mystery the smallest and the largest multiple of the resolution between which it
    stays one.
    """
    mysteries = [m for m in maxima if m.is_mystery]
    if not mysteries:
        return {}

    there = {
        factor: [m.energy for m in maxima_at(entry, factor * fwhm) if m.is_mystery]
        for factor in PERSISTS
        if factor != 1.0
    }
    found = {}
    for m in mysteries:
        here = [f for f, energies in there.items() if any(m.low <= e < m.high for e in energies)]
        below = _unbroken([f for f in reversed(PERSISTS) if f < 1], here)
        above = _unbroken([f for f in PERSISTS if f > 1], here)
        found[m.energy] = (min([1.0, *below]), max([1.0, *above]))
    return found


def _unbroken(factors: list[float], kept: list[float]) -> list[float]:
    """The first factors, as far as all of them are kept."""
    return list(itertools.takewhile(lambda factor: factor in kept, factors))
