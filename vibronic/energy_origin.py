"""From what the energies of a model count."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .storage import noun


class OriginKind(StrEnum):
    """What an origin is; the values stand in stored files."""

    VIBRATIONAL_GROUND_STATE = "vibrational ground state"
    POTENTIAL_MINIMUM = "minimum of the ground state"
    MEAN_VERTICAL = "mean of the vertical energies"
    OTHER = "other"
    NOT_STATED = "not stated"


SENTENCES = {
    "": OriginKind.NOT_STATED,
    "vibrational ground state": OriginKind.VIBRATIONAL_GROUND_STATE,
    "vibrational ground state of the neutral": OriginKind.VIBRATIONAL_GROUND_STATE,
    "vibrational ground state of the cation": OriginKind.VIBRATIONAL_GROUND_STATE,
    "vibrational ground state of the anion": OriginKind.VIBRATIONAL_GROUND_STATE,
    "vibrational ground state of the molecule": OriginKind.VIBRATIONAL_GROUND_STATE,
    "vibrational ground state of the ground state": OriginKind.VIBRATIONAL_GROUND_STATE,
    "minimum of the ground state (electronic energy)": OriginKind.POTENTIAL_MINIMUM,
    "mean of the two vertical excitation energies of the ground-state minimum": (
        OriginKind.MEAN_VERTICAL
    ),
}


@noun
@dataclass(frozen=True)
class EnergyOrigin:
    """The `sentence` of a file or an author, and its `kind`: OTHER where the sentence is none of
    those known, so that its energies are not taken for absolute ones.
    """

    sentence: str = ""

    @property
    def kind(self) -> OriginKind:
        """What the sentence means."""
        words = self.sentence.strip().rstrip(".").lower().removeprefix("the ")
        return SENTENCES.get(words, OriginKind.OTHER)

    @property
    def is_stated(self) -> bool:
        """True where the model says from what its energies count."""
        return self.kind != OriginKind.NOT_STATED

    @property
    def is_absolute(self) -> bool:
        """True when energies count from a vibrational ground state, as measured ones do."""
        return self.kind == OriginKind.VIBRATIONAL_GROUND_STATE

    def __str__(self) -> str:
        return self.sentence or "an origin that was not stated"
