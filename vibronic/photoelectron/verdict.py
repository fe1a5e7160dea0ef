"""What broke, in plain language: one paragraph made from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..molecule import Band
from .bands import MIXED, VibronicBand

if TYPE_CHECKING:
    from .rungs import Comparison

PURE = 0.97  # a band whose lines belong this much to one state has not broken
TOLD = 0.02  # least share of the strength in new lines that is told
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def verdict(found: Comparison, observed: Sequence[Band] = ()) -> str:
    """One paragraph: which bands are no states, how mixed the others are, and by how much the
    coupling moves and widens them.
    """
    mysteries = [k for k, band in enumerate(found.bands) if band.is_mystery]
    sentences = _mystery(found, mysteries, observed) if mysteries else _no_mystery(found)

    changed = [d.nonadiabatic + _lent(found, k) for k, d in enumerate(found.diagnoses)]
    worst = int(np.argmax(changed))
    if found.diagnoses[worst].nonadiabatic > TOLD or _lent(found, worst) > 1 - PURE:
        sentences.append(_transition(found, worst))
    return "VERDICT: " + " ".join(sentences)


def _mystery(found: Comparison, mysteries: list[int], observed: Sequence[Band]) -> list[str]:
    bands = [found.bands[k] for k in mysteries]
    maxima = " and ".join(f"{b.energy:.2f}" for b in bands)
    what = "is not a state" if len(mysteries) == 1 else "are not states"
    strength = sum(b.strength for b in bands)
    most = np.log(found.model.n_states)
    seen = [f" The observed one lies at {b.vertical:.2f} eV." for b in observed]

    def mean(values: Sequence[float]) -> float:
        return sum(b.strength * x for b, x in zip(bands, values, strict=True)) / strength

    states = mean([b.participation for b in bands])
    entropy = mean([b.entropy for b in bands])
    new = mean([b.nonadiabatic for b in bands])
    return [
        f"The {_named(mysteries)} {what}. MYSTERY BAND between {bands[0].low:.2f} and "
        f"{bands[-1].high:.2f} eV (maximum at {maxima} eV, strength {strength:.3f}): "
        f"{_nothing_there(found, bands)}, and no single state makes it: it is "
        f"{_mixture(found, bands)}, mixed by the nuclear motion; on average {states:.1f} states "
        f"share each of its lines (entropy {entropy:.2f} of at most {most:.2f}){_new(new)}. "
        f"{_below(bands)}{''.join(seen)}"
    ]


def _no_mystery(found: Comparison) -> list[str]:
    mixed = [k for k, band in enumerate(found.bands) if band.purity < MIXED]
    if mixed:
        verb = "is" if len(mixed) == 1 else "are"
        first = f"No mystery band, but the states mix: the {_named(mixed)} {verb} no state's own."
        return [first, *(_composition(found, k) for k in mixed[:2])]
    if min(band.purity for band in found.bands) > PURE:
        return [
            "No mystery band: every band belongs to one electronic state; the single-state "
            "picture holds."
        ]
    return ["No mystery band: every band can be given to one electronic state, though not purely."]


def _mixture(found: Comparison, bands: Sequence[VibronicBand]) -> str:
    """The two states that make most of these bands."""
    strength = sum(b.strength for b in bands)
    character = np.sum([b.strength * b.character for b in bands], axis=0) / strength
    first, second = np.argsort(-character)[:2]
    labels = found.model.state_labels
    return (
        f"{100 * character[first]:.0f} % {labels[first]} and "
        f"{100 * character[second]:.0f} % {labels[second]}"
    )


def _nothing_there(found: Comparison, bands: Sequence[VibronicBand]) -> str:
    """That no electronic energy lies in these bands, and which of Koopmans' does, uncorrelated as
    they are.
    """
    orbital = found.model.orbital_energies
    if orbital is None:
        return "no vertical energy lies there"

    labels = found.model.state_labels
    inside = [
        f"{e:.2f} eV of {label}"
        for e, label in zip(orbital, labels, strict=True)
        if any(b.low <= e < b.high for b in bands)
    ]
    if not inside:
        return "no orbital and no vertical energy lies there"

    return (
        f"no correlated vertical energy lies there (Koopmans' {', '.join(inside)} does, without "
        "relaxation and correlation)"
    )


def _below(bands: Sequence[VibronicBand]) -> str:
    """What the rungs below put where these bands are."""
    alone = sum(b.alone for b in bands)
    adiabatic = sum(b.adiabatic for b in bands)
    text = f"The states alone would put a strength of {alone:.3f} there"
    if adiabatic < 0:
        return f"{text}."
    small = adiabatic < 0.5 * sum(b.strength for b in bands)
    end = ": the band is the work of the motion between the surfaces." if small else "."
    return f"{text}, the Born-Oppenheimer surfaces {adiabatic:.3f}{end}"


def _new(share: float) -> str:
    if share <= TOLD:
        return ""
    return (
        f", and {100 * share:.0f} % of its strength is in lines that no single-state spectrum has"
    )


def _composition(found: Comparison, k: int) -> str:
    band = found.bands[k]
    parts = sorted(zip(band.character, found.model.state_labels, strict=True), reverse=True)
    text = ", ".join(f"{100 * w:.0f} % {label}" for w, label in parts if w >= 0.05)
    return (
        f"The {_ordinal(k)} ({band.energy:.2f} eV) is {text}; on average "
        f"{band.participation:.1f} states share each of its lines{_new(band.nonadiabatic)}."
    )


def _lent(found: Comparison, k: int) -> float:
    """Share of the intensity of transition k that ends in lines of other states than those
    entered.
    """
    own = found.diagnoses[k].carried[found.ladder.doorways[k].states]
    return float(1 - own.sum())


def _transition(found: Comparison, k: int) -> str:
    d = found.diagnoses[k]
    lent = _lent(found, k)
    text = f"What enters {d.label} keeps its character"

    if lent > 0.005:
        text = (
            f"Of what enters {d.label}, {100 * lent:.0f} % of the intensity ends in lines of "
            f"other character{_where(found, k)}"
        )

    move = abs(1000 * (d.first - d.first_alone))
    side = "below" if d.first < d.first_alone else "above"
    return (
        f"{text}; its first line lies {move:.0f} meV {side} that of the state alone, its band is "
        f"{d.found[1]:.2f} eV wide instead of {d.alone[1]:.2f}, while its centroid stays where "
        f"the sum rule puts it ({d.found[0]:.3f} and {d.exact[0]:.3f} eV)."
    )


def _where(found: Comparison, k: int) -> str:
    """The state not entered that carries most of transition k."""
    labels = found.model.state_labels
    others = np.delete(np.arange(len(labels)), found.ladder.doorways[k].states)
    if not others.size:
        return ""
    carried = found.diagnoses[k].carried
    first = labels[int(others[np.argmax(carried[others])])]
    return f", mostly {first}" if others.size > 1 else f" ({first})"


def _ordinal(k: int) -> str:
    return ORDINALS[k] if k < len(ORDINALS) else f"{k + 1}th"


def _named(indices: Sequence[int]) -> str:
    """The bands of these numbers, in words."""
    names = [_ordinal(k) for k in indices]
    if len(names) == 1:
        return f"{names[0]} band"
    return f"{', '.join(names[:-1])} and {names[-1]} bands"
