"""The one sentence that stands over a figure, made from the results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..certificate import is_converged
from ..models import degenerate_sets
from ..surface_names import shared_name
from .observed import observed_bands

if TYPE_CHECKING:
    from .bands import VibronicBand
    from .rungs import Comparison

LEADING = 0.75  # a band of which no state makes more than this is no state's own
NAMED = 0.05  # least share of a band that is named
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def takeaway(found: Comparison) -> str:
    """One sentence: what the coupling of states makes of the picture of one line a state, in the
    numbers of these results.
    """
    if not all(is_converged(lines) for lines in found.vibronic):
        return (
            "The vibronic spectrum is not converged: what it says about its bands is not certain."
        )

    mysteries = [band for band in found.bands if band.is_mystery]
    if mysteries:
        return _mystery(found, mysteries)

    mixed = [band for band in found.bands if _shares(found, band)[0][0] < LEADING]
    if mixed:
        strongest = max(mixed, key=lambda band: band.strength)
        absolute = found.model.has_absolute_energies
        place = f"band at {strongest.energy:.2f} eV" if absolute else "strongest mixed band"
        return (
            f"One {_parent(found)}, one line? The {place} is {_mixture(found, [strongest])}: the "
            "moving nuclei mix the states."
        )

    return _beside_experiment(found) or _pure(found)


def state_names(found: Comparison) -> list[tuple[str, np.ndarray]]:
    """The name of every electronic state and its components: one name for a degenerate set."""
    model = found.model
    sets = degenerate_sets(np.diag(model.constant), model.state_irreps)
    named = []
    for states in sets:
        labels = [model.state_labels[i] for i in states]
        named.append((shared_name(labels), states))
    return named


def _mystery(found: Comparison, bands: Sequence[VibronicBand]) -> str:
    count = len(_entered(found))
    kind = _parent(found) if count == 1 else f"{_parent(found)}s"
    places = " and ".join(f"{band.energy:.2f}" for band in bands)
    there = "a band at" if len(bands) == 1 else "bands at"
    return (
        f"{_number(count).capitalize()} {kind}, yet {there} {places} eV that no {_parent(found)} "
        f"makes: {_mixture(found, bands)}, mixed by the moving nuclei."
    )


def _beside_experiment(found: Comparison) -> str:
    """How far Koopmans' lines and the computed maxima lie from the observed bands; nothing without
    both.
    """
    orbital = found.model.orbital_energies
    seen = observed_bands(found)
    pairs = []
    for k, door in enumerate(found.ladder.doorways):
        i = int(door.states[0])
        band = seen[i]
        if orbital is not None and band is not None:
            pairs.append((orbital[i] - band.vertical, _maximum(found, k) - band.vertical))
    if not pairs:
        return ""

    koopmans, computed = np.abs(pairs).mean(axis=0)
    return (
        f"Koopmans' lines lie {koopmans:.2f} eV from the observed band maxima on average, the "
        f"vibronic maxima {computed:.2f} eV."
    )


def _maximum(found: Comparison, k: int) -> float:
    """Where the spectrum of transition k is highest."""
    grid = found.vibronic_curve.grid
    values = found.vibronic[k].broadened(grid, shape=found.ladder.shape).values
    return float(grid[int(np.argmax(values))])


def _pure(found: Comparison) -> str:
    least = min(_shares(found, band)[0][0] for band in found.bands)
    return (
        f"Every band keeps the character of one state (at least {100 * least:.0f} %); the nuclei "
        "spread each line into a band."
    )


def _entered(found: Comparison) -> list[str]:
    """Names of the states that a transition enters, degenerate ones once."""
    bright = {int(i) for door in found.ladder.doorways for i in door.states}
    return [name for name, states in state_names(found) if bright & set(states.tolist())]


def _parent(found: Comparison) -> str:
    return "orbital" if found.model.orbital_energies is not None else "electronic state"


def _number(count: int) -> str:
    return WORDS[count] if count < len(WORDS) else str(count)


def _shares(found: Comparison, *bands: VibronicBand) -> list[tuple[float, str]]:
    """Share of every state in bands, by strength, falling; components of a degenerate state as
    one.
    """
    strengths = np.array([band.strength for band in bands])
    character = strengths @ np.array([band.character for band in bands]) / strengths.sum()
    shares = [(float(character[states].sum()), name) for name, states in state_names(found)]
    return sorted(shares, reverse=True)


def _mixture(found: Comparison, bands: Sequence[VibronicBand]) -> str:
    named = [(share, name) for share, name in _shares(found, *bands) if share >= NAMED]
    texts = [f"{100 * share:.0f} % {name}" for share, name in named]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
