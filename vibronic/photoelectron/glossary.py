"""Words of the printed story that need a line of explanation."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from .text import WIDTH

WORDS: Mapping[str, str] = {
    "Koopmans": "minus the energy of the orbital that the electron leaves: an ionization energy "
    "if the other electrons did not respond.",
    "vertical": "energy needed before the nuclei have moved.",
    "0-0 alone": "from the lowest vibrational level to the lowest of the final state, had it no "
    "coupling to other states.",
    "strength": "area of a band, as a number of states (or of squared transition moments).",
    "alone": "what is found where every electronic state is taken by itself, without coupling "
    "(Franck-Condon).",
    "one surface": "what is found where the nuclei stay on one Born-Oppenheimer surface: an "
    "energy of the electrons as a function of the geometry.",
    "made of": "the electronic character: in which diabatic states the electrons are found; a "
    "diabatic state keeps its orbitals when the nuclei move.",
    "mystery": "a band of which no state makes three quarters, and whose strength neither the "
    "states alone nor one surface at a time give within a quarter.",
    "resolution": "energies closer than this are seen as one; it belongs to the molecule (one and "
    "a half times its lowest frequency that carries a coupling), not to the plot.",
    "kappa": "slope of a state's energy along a mode (it shifts the minimum).",
    "lambda": "coupling of two states along a mode (it mixes them).",
    "gamma": "change of a state's curvature along a mode.",
    "skewness": "asymmetry of the spectrum: 0 where it is symmetric.",
    "entropy": "how far electrons and nuclei are entangled: 0 where a level is one electronic "
    "state times one vibration.",
    "borrowed": "strength found with the character of a state that was not entered.",
    "moved": "strength at energies where the states alone have less.",
}


def glossary(text: str) -> str:
    """A line for every one of these words that occurs in `text`."""
    lines = [f"{word}: {meaning}" for word, meaning in WORDS.items() if word in text]
    wrapped = [
        textwrap.fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
        for line in lines
    ]
    return "\n".join(["WORDS", *wrapped]) if wrapped else ""
