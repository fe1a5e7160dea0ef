"""Sums and products of numbers and names, as operator files write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .text_file import LARGEST, Line, TextFile, shown

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d{1,3})?(?![\w.]))"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>[-+*/]))",
    re.ASCII,
)
PLAIN = (
    "numbers and names joined by * and /, or a sum whose later parts are plain, so that it "
    "reads the same from left to right as by precedence"
)


def evaluated(file: TextFile, line: Line, text: str, names: Mapping[str, float]) -> float:
    """The value of an expression, from left to right; InputError for a name that is not known and
    for what could be read in two ways (`a + b*c`).
    """
    tokens = _tokens(file, line, text)
    total = 0.0
    sign = 1.0
    operation = "+"
    is_sum = False
    expects_value = True

    for kind, word in tokens:
        if kind == "sign":
            if expects_value and word in "+-":
                sign = -sign if word == "-" else sign
                continue
            is_sum = is_sum or word in "+-"
            if expects_value or (is_sum and word in "*/"):
                raise file.error(line, PLAIN, shown(text))
            operation = word
            expects_value = True
            continue

        if not expects_value:
            raise file.error(line, PLAIN, shown(text))
        total = _applied(
            file, line, operation, total, sign * _value(file, line, kind, word, names)
        )
        sign = 1.0
        expects_value = False

    if expects_value:
        raise file.error(line, PLAIN, shown(text))
    return total


def has_names(file: TextFile, line: Line, text: str) -> bool:
    """True where an expression is not of numbers alone."""
    return any(kind == "name" for kind, _ in _tokens(file, line, text))


def _tokens(file: TextFile, line: Line, text: str) -> list[tuple[str, str]]:
    found = []
    place = 0
    while place < len(text.rstrip()):
        match = TOKEN.match(text, place)
        if match is None:
            raise file.error(line, PLAIN, shown(text[place:]))
        place = match.end()
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
    return found


def _value(file: TextFile, line: Line, kind: str, word: str, names: Mapping[str, float]) -> float:
    if kind == "number":
        return file.real(line, word, "a factor")
    if word not in names:
        raise file.error(line, "a parameter that is defined above", repr(word)[:80])
    return names[word]


def _applied(file: TextFile, line: Line, operation: str, total: float, value: float) -> float:
    if operation == "/" and value == 0:
        raise file.error(line, "a divisor that is not 0")
    results = {
        "+": lambda: total + value,
        "-": lambda: total - value,
        "*": lambda: total * value,
        "/": lambda: total / value,
    }
    found = results[operation]()
    if not abs(found) <= LARGEST:
        raise file.error(line, f"a value of at most {LARGEST:g}", f"{found:g}")
    return found
