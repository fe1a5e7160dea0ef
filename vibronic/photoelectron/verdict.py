"""What broke, in plain words: at most three sentences made from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..certificate import is_converged
from ..molecule import Band
from .bands import VibronicBand
from .maxima import PURE
from .text import percent
from .transitions import kept_by_the_entered

if TYPE_CHECKING:
    from .rungs import Comparison

HOLDS_LENT = 0.05  # most of the strength that may take another state's character
HOLDS_MOVED = 0.10  # most of it that may lie where the states alone have less
FAILS_LENT = 0.25
TOLD = 0.05  # least share of a band's character that is named
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def verdict(found: Comparison, observed: Sequence[Band] = ()) -> str:
    """One paragraph: whether the single-state picture holds, which band is no state's own, and by
    how much the coupling changes the transition that it changes most. Nothing is said of a
    spectrum that is not converged.
    """
    if not all(is_converged(lines) for lines in found.vibronic):
        return _unknown(found)
    if found.model.n_states == 1:
        return "VERDICT: The model has one state only, so that the single-state picture is exact."

    mysteries = [k for k, band in enumerate(found.bands) if band.is_mystery]
    if mysteries:
        return "VERDICT: " + " ".join([*_mysteries(found, mysteries, observed), _worst(found)])
    return f"VERDICT: {_no_mystery(found)}"


def lent(found: Comparison) -> list[float]:
    """Share of the strength of every transition that takes the character of states other than
    those entered (components of a degenerate state are one).
    """
    return [1 - kept_by_the_entered(found, k) for k in range(len(found.diagnoses))]


def _unknown(found: Comparison) -> str:
    errors = [s.certificate.reached for s in found.vibronic if s.certificate is not None]
    error = max(errors, default=np.inf)
    left = "an unknown error"
    if np.isfinite(error):
        left = f"an error of {percent(error)} of the peak"
    return (
        f"NO VERDICT: the vibronic spectrum is not converged ({left} is left, "
        f"{100 * found.tolerance:.2g} % was asked), so that nothing is said of what its bands are."
    )


def _mysteries(found: Comparison, mysteries: list[int], observed: Sequence[Band]) -> list[str]:
    """What the mystery bands are, and what lies where they do."""
    bands = [found.bands[k] for k in mysteries]
    strength = sum(b.strength for b in bands)
    what = "a MYSTERY BAND" if len(bands) == 1 else "MYSTERY BANDS"
    verb = "is" if len(bands) == 1 else "are"
    first = (
        f"The single-state picture fails: the {_named(found, mysteries)} {verb} {what}, no "
        f"state's own: {_mixture(found, bands)}, of strength {strength:.3f}, where the states "
        f"alone would put {sum(b.alone for b in bands):.3f}{_surfaces(bands)}."
    )

    second = f"{_vertical_there(found, bands)}; {_lasts(bands)}"
    if observed:
        seen = " and ".join(f"{b.vertical:.2f}" for b in observed)
        return [first, f"{second}; observed: {seen} eV."]
    return [first, f"{second}."]


def _surfaces(bands: Sequence[VibronicBand]) -> str:
    if any(b.adiabatic < 0 for b in bands):
        return " (what the Born-Oppenheimer surfaces would put there is not known)"
    strength = sum(b.adiabatic for b in bands)
    return f" and the Born-Oppenheimer surfaces {strength:.3f}"


def _vertical_there(found: Comparison, bands: Sequence[VibronicBand]) -> str:
    """Which states' vertical energies lie in these bands, and which of Koopmans'."""
    vertical = np.diag(found.model.constant)
    orbital = found.model.orbital_energies
    spans = ", ".join(f"{b.low:.2f} and {b.high:.2f} eV" for b in bands)
    limits = f"its limits ({spans})" if len(bands) == 1 else f"their limits ({spans})"
    inside = _inside(found, bands, vertical)
    if inside:
        return f"Between {limits} lies the vertical energy {inside}"
    if orbital is None or np.allclose(orbital, vertical):
        return f"No vertical energy lies between {limits}"

    koopmans = _inside(found, bands, orbital)
    if koopmans:
        return f"No vertical energy lies between {limits}, but Koopmans' {koopmans} does"
    return f"No vertical and no orbital energy lies between {limits}"


def _inside(found: Comparison, bands: Sequence[VibronicBand], energies: np.ndarray) -> str:
    """Those energies that lie in the bands, with their states."""
    pairs = zip(energies, found.model.state_labels, strict=True)
    return ", ".join(
        f"{energy:.2f} eV of {label}"
        for energy, label in pairs
        if any(b.low <= energy < b.high for b in bands)
    )


def _lasts(bands: Sequence[VibronicBand]) -> str:
    low = max(b.persistence[0] for b in bands)
    high = min(b.persistence[1] for b in bands)
    it_is = "it is one" if len(bands) == 1 else "they are"
    if low == high:
        return f"{it_is} at this resolution only"
    return f"{it_is} at {low:g} to {high:g} times this resolution"


def _no_mystery(found: Comparison) -> str:
    share = lent(found)
    moved = [d.redistributed for d in found.diagnoses]
    mixed = [
        k
        for k, band in enumerate(found.bands)
        if band.purity < PURE and band.borrowed > FAILS_LENT
    ]

    if mixed or max(share) > FAILS_LENT:
        return " ".join(
            ["The single-state picture fails, without a mystery band.", _worst(found)]
            + [_composition(found, k) for k in mixed[:1]]
        )
    if max(share) > HOLDS_LENT or max(moved) > HOLDS_MOVED:
        return f"The single-state picture is approximate. {_worst(found)}"

    return (
        f"The single-state picture holds: {_at_resolution(found)}of the strength that enters "
        f"any state at most {_at_most(share)} "
        f"takes another state's character, and at most {_at_most(moved)} lies at energies where "
        "the states alone have less."
    )


def _at_resolution(found: Comparison) -> str:
    """At which resolution the characters were found, to begin a clause with."""
    seen = found.ladder.resolution
    return "" if seen is None else f"at {1000 * seen.fine:.0f} meV resolution, "


def _at_most(shares: Sequence[float]) -> str:
    return f"{max(1, int(np.ceil(100 * max(shares) - 1e-9)))} %"


def _worst(found: Comparison) -> str:
    """The transition that the coupling changes most."""
    share = lent(found)
    moved = [d.redistributed for d in found.diagnoses]
    k = int(np.argmax(np.add(share, moved)))
    d = found.diagnoses[k]

    seen = found.ladder.resolution
    begin = "Of" if seen is None else f"At {1000 * seen.fine:.0f} meV resolution, of"
    taken = f"{100 * share[k]:.0f} % takes the character of other states{_where(found, k)}"
    elsewhere = f"{100 * moved[k]:.0f} % lies at energies where the states alone have less"
    wide = f"the band is {d.found[1]:.2f} eV wide instead of {d.alone[1]:.2f}."
    return f"{begin} the strength that enters {d.label}, {taken} and {elsewhere}; {wide}"


def _where(found: Comparison, k: int) -> str:
    """The state not entered that carries most of transition k."""
    labels = found.model.state_labels
    own = found.ladder.doorways[k].states
    others = np.delete(np.arange(len(labels)), own)
    carried = found.diagnoses[k].carried
    if not others.size or carried[others].max() < 0.005:
        return ""
    first = labels[int(others[np.argmax(carried[others])])]
    return f" (mostly {first})" if others.size > 1 else f" ({first})"


def _mixture(found: Comparison, bands: Sequence[VibronicBand]) -> str:
    """The states that make these bands."""
    strength = sum(b.strength for b in bands)
    character = np.sum([b.strength * b.character for b in bands], axis=0) / strength
    return named_shares(found, character)


def named_shares(found: Comparison, character: np.ndarray) -> str:
    """Percentages of the states that matter, the largest first."""
    parts = sorted(zip(character, found.model.state_labels, strict=True), reverse=True)
    return ", ".join(f"{100 * w:.0f} % {label}" for w, label in parts if w >= TOLD)


def _composition(found: Comparison, k: int) -> str:
    band = found.bands[k]
    return (
        f"The {_named(found, [k])} is {named_shares(found, band.character)}, and "
        f"{100 * band.borrowed:.0f} % of its strength has another character than the state that "
        "was entered."
    )


def _named(found: Comparison, indices: Sequence[int]) -> str:
    """The bands of these numbers, in words, with their energies."""
    names = [_ordinal(k) for k in indices]
    energies = " and ".join(f"{found.bands[k].energy:.2f}" for k in indices)
    if len(names) == 1:
        return f"{names[0]} band ({energies} eV)"
    return f"{', '.join(names[:-1])} and {names[-1]} bands ({energies} eV)"


def _ordinal(k: int) -> str:
    return ORDINALS[k] if k < len(ORDINALS) else f"{k + 1}th"
