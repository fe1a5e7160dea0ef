"""What broke, in plain language: one paragraph made from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..molecule import Band
from .bands import MIXED, VibronicBand

if TYPE_CHECKING:
    from ..spectra import TransitionDiagnosis
    from .rungs import Comparison

PURE = 0.97  # a band whose lines belong this much to one state has not broken
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def verdict(found: Comparison, observed: Sequence[Band] = ()) -> str:
    """One paragraph: which bands are no states, how mixed the others are, and by how much the
    coupling moves and widens them.
    """
    labels = found.model.state_labels
    sentences = []
    mysteries = [k for k, band in enumerate(found.bands) if band.is_mystery]
    if mysteries:
        sentences += _mystery(found, mysteries, observed)
    else:
        mixed = [k for k, band in enumerate(found.bands) if band.purity < MIXED]
        sentences += (
            [
                f"No mystery band, but the states mix: the {_places(mixed)} "
                f"{'is' if len(mixed) == 1 else 'are'} no state's own."
            ]
            if mixed
            else [
                "No mystery band: "
                + (
                    "every band belongs to one electronic state; the single-state picture holds."
                    if min(b.purity for b in found.bands) > PURE
                    else "every band can be given to one electronic state, though not purely."
                )
            ]
        )
        sentences += [_composition(found.bands[k], labels, k) for k in mixed[:2]]
    worst = max(found.diagnoses, key=lambda d: d.nonadiabatic + _lent(d, labels))
    if worst.nonadiabatic > 0.02 or _lent(worst, labels) > 1 - PURE:
        sentences.append(_transition(worst, labels))
    return "VERDICT: " + " ".join(sentences)


def _mystery(found: Comparison, mysteries: list[int], observed: Sequence[Band]) -> list[str]:
    bands = [found.bands[k] for k in mysteries]
    labels = found.model.state_labels
    strength = sum(b.strength for b in bands)
    mean = {
        name: sum(b.strength * getattr(b, name) for b in bands) / strength
        for name in ("participation", "entropy", "nonadiabatic")
    }
    character = np.sum([b.strength * b.character for b in bands], axis=0) / strength
    first, second = np.argsort(-character)[:2]
    maxima = " and ".join(f"{b.energy:.2f}" for b in bands)
    seen = [f" The observed one lies at {b.vertical:.2f} eV." for b in observed]
    nothing = _nothing_there(found, bands)
    mixture = (
        f"{100 * character[first]:.0f} % {labels[first]} and "
        f"{100 * character[second]:.0f} % {labels[second]}"
    )
    what = "is not a state" if len(mysteries) == 1 else "are not states"
    return [
        f"The {_places(mysteries)} {what}. MYSTERY BAND between {bands[0].low:.2f} and "
        f"{bands[-1].high:.2f} eV (maximum at "
        f"{maxima} eV, strength {strength:.3f}): {nothing}, and no single state makes it: it is "
        f"{mixture}, mixed by the nuclear "
        f"motion; on average {mean['participation']:.1f} states share each of its lines "
        f"(entropy {mean['entropy']:.2f} of at most "
        f"{np.log(found.model.n_states):.2f}){_new(mean['nonadiabatic'])}. "
        f"{_below(bands)}{''.join(seen)}"
    ]


def _nothing_there(found: Comparison, bands: Sequence[VibronicBand]) -> str:
    """That no electronic energy lies in these bands, and which of Koopmans' does, uncorrelated as
    they are.
    """
    orbital = found.model.orbital_energies
    model = found.model
    inside = (
        []
        if orbital is None
        else [i for i, e in enumerate(orbital) if any(b.low <= e < b.high for b in bands)]
    )
    if inside:
        named = ", ".join(f"{orbital[i]:.2f} eV of {model.state_labels[i]}" for i in inside)  # type: ignore[index]
        return (
            f"no correlated vertical energy lies there (Koopmans' {named} does, without "
            "relaxation and correlation)"
        )
    return (
        "no orbital and no vertical energy lies there"
        if orbital is not None
        else "no vertical energy lies there"
    )


def _below(bands: Sequence[VibronicBand]) -> str:
    alone = sum(b.alone for b in bands)
    adiabatic = sum(b.adiabatic for b in bands)
    text = f"The states alone would put a strength of {alone:.3f} there"
    if adiabatic < 0:
        return f"{text}."
    small = adiabatic < 0.5 * sum(b.strength for b in bands)
    end = ": the band is the work of the motion between the surfaces." if small else "."
    return f"{text}, the Born-Oppenheimer surfaces {adiabatic:.3f}{end}"


def _new(share: float) -> str:
    return (
        f", and {100 * share:.0f} % of its strength is in lines that no single-state spectrum has"
        if share > 0.02
        else ""
    )


def _composition(band: VibronicBand, labels: Sequence[str], k: int) -> str:
    parts = sorted(zip(band.character, labels, strict=True), reverse=True)
    text = ", ".join(f"{100 * w:.0f} % {label}" for w, label in parts if w >= 0.05)
    return (
        f"The {ORDINALS[k] if k < len(ORDINALS) else f'{k + 1}th'} ({band.energy:.2f} eV) is "
        f"{text}; on average "
        f"{band.participation:.1f} states share each of its lines{_new(band.nonadiabatic)}."
    )


def _own(d: TransitionDiagnosis, labels: Sequence[str]) -> list[int]:
    """Indices of the states entered."""
    return [k for k, label in enumerate(labels) if label in d.label.split(" + ")]


def _lent(d: TransitionDiagnosis, labels: Sequence[str]) -> float:
    """Share of the intensity that ends in lines of other states than those entered."""
    return float(1 - d.carried[_own(d, labels)].sum())


def _transition(d: TransitionDiagnosis, labels: Sequence[str]) -> str:
    own = _own(d, labels)
    lent = _lent(d, labels)
    others = np.argsort(-np.where(np.isin(np.arange(len(labels)), own), -1, d.carried))
    first = labels[int(others[0])]
    where = (
        f", mostly {first}"
        if len(labels) - len(own) > 1
        else f" ({first})"
        if len(own) < len(labels)
        else ""
    )
    text = (
        f"Of what enters {d.label}, {100 * lent:.0f} % of the intensity ends in lines of other "
        f"character{where}"
        if lent > 0.005
        else f"What enters {d.label} keeps its character"
    )
    move = (
        f"its first line lies {abs(1000 * (d.first - d.first_alone)):.0f} meV "
        f"{'below' if d.first < d.first_alone else 'above'} "
        "that of the state alone"
    )
    return (
        f"{text}; {move}, its band is {d.found[1]:.2f} eV wide instead of {d.alone[1]:.2f}, "
        "while its centroid stays where the sum rule "
        f"puts it ({d.found[0]:.3f} and {d.exact[0]:.3f} eV)."
    )


def _places(indices: Sequence[int]) -> str:
    names = [ORDINALS[k] if k < len(ORDINALS) else f"{k + 1}th" for k in indices]
    return (
        f"{' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)} "
        f"band{'s' if len(names) > 1 else ''}"
    )
