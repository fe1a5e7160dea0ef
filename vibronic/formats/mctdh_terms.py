"""The terms of a Hamiltonian section of an operator file: coefficients, and what acts on each
degree of freedom, in the three ways of writing that are met.

Proper: `coefficient |2 q^2 |1 S1&2`, degrees of freedom by number, the electronic one with them.
Table: `coefficient | q^2 | 1 | S1&2`, one column each. NOMAD: `coefficient 2^1 3^1 S1&2`, powers
of modes by number, without an electronic degree of freedom.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .arithmetic import evaluated
from .mctdh_parameters import Label
from .taylor_sum import HIGHEST
from .text_file import Line, TextFile, shown

ELECTRONIC = "el"
TIME = "time"
MOST_STATES = 1000
ACTING = re.compile(r"(\d{1,6})\s+(\S.*)", re.ASCII)
POWER = re.compile(r"(\d{1,6})\^(\d{1,6})", re.ASCII)
STATES = re.compile(r"([SZ])(\d{1,6})&(\d{1,6})", re.IGNORECASE | re.ASCII)
COORDINATE = re.compile(r"q(?:\^(\d{1,6}))?", re.ASCII)
KINETIC = {"KE": 1.0, "dq^2": -2.0, "dq*dq": -2.0}  # in units of -1/2 d^2/dq^2
OPERATORS = "q, q^2, q*q, KE, dq^2, 1 or a label"


@dataclass(frozen=True)
class Columns:
    """Degrees of freedom in the order of their numbers: the names of the modes, and where the
    electronic one (from 0) and the time stand among all columns, if they do.
    """

    names: tuple[str, ...]
    electronic: int | None
    time: int | None

    @property
    def modes(self) -> tuple[int, ...]:
        """The columns that are modes."""
        others = (self.electronic, self.time)
        return tuple(k for k in range(len(self.names)) if k not in others)


@dataclass(frozen=True)
class OperatorTerm:
    """`coefficient` (hartree) times q_m for each of `modes` (from 0, repeated as often as its
    power), the functions `labels` of one mode each, and the kinetic energy of the mode `kinetic`;
    between two `states` (from 0), of which `symmetric` says whether both orders are meant; None is
    the unit matrix.
    """

    line: Line
    coefficient: float
    modes: tuple[int, ...] = ()
    labels: tuple[tuple[int, str], ...] = ()
    kinetic: int | None = None
    states: tuple[int, int] | None = None
    symmetric: bool = True


def columns(file: TextFile, lines: list[Line]) -> tuple[Columns, list[Line]]:
    """The degrees of freedom that the lines `modes | ... ` name, and the lines that follow."""
    names: list[str] = []
    rest = []
    last: Line | None = None
    for line in lines:
        first, bar, others = line.text.partition("|")
        if first.strip().lower() != "modes" or not bar:
            rest.append(line)
            continue
        words = [word.strip() for word in others.rstrip("| \t").split("|")]
        if not all(words):
            raise file.error(line, "names joined by |")
        names += words
        last = line

    if last is None:
        where = lines[0] if lines else file.end
        raise file.error(where, "a line `modes | name | name ...`")
    small = [name.lower() for name in names]
    for name in (ELECTRONIC, TIME):
        if small.count(name) > 1:
            raise file.error(last, f"one degree of freedom {name!r}", f"{small.count(name)}")
    if len(set(names)) < len(names):
        raise file.error(last, "each degree of freedom once", ", ".join(names)[:80])

    places = [small.index(name) if name in small else None for name in (ELECTRONIC, TIME)]
    return Columns(tuple(names), places[0], places[1]), rest


class TermReader:
    """Reads terms over `columns`, with parameters (atomic units) and labels by their names."""

    def __init__(
        self,
        file: TextFile,
        own: Columns,
        parameters: Mapping[str, float],
        labels: Mapping[str, Label],
    ) -> None:
        self.file = file
        self.columns = own
        self.parameters = dict(parameters)
        if own.electronic is None:  # NOMAD writes names in small letters
            small = {name.lower(): value for name, value in parameters.items()}
            self.parameters = {**small, **parameters}
        self.labels = labels
        self.modes = {column: m for m, column in enumerate(own.modes)}

    def term(self, line: Line) -> OperatorTerm:
        """One line, in whichever way it is written."""
        first, *parts = [part.strip() for part in line.text.split("|")]
        if not parts:
            return self._nomad(line)
        if parts[-1] == "":
            parts.pop()

        if all(ACTING.fullmatch(part) for part in parts):
            acting = [self._numbered(line, part) for part in parts]
        else:
            if len(parts) != len(self.columns.names):
                raise self.file.error(
                    line,
                    "`|number operator` for each factor, or one column for each of the "
                    f"{len(self.columns.names)} degrees of freedom",
                )
            acting = list(enumerate(parts))

        coefficient = evaluated(self.file, line, first, self.parameters)
        return self._product(line, coefficient, acting)

    def _numbered(self, line: Line, part: str) -> tuple[int, str]:
        match = ACTING.fullmatch(part)
        assert match is not None
        n = self.file.whole(line, match[1], "a degree of freedom", 1, len(self.columns.names))
        return n - 1, match[2]

    def _product(
        self, line: Line, coefficient: float, acting: list[tuple[int, str]]
    ) -> OperatorTerm:
        seen = [column for column, _ in acting]
        if len(set(seen)) < len(seen):
            raise self.file.error(line, "each degree of freedom once in a term")

        states = None
        symmetric = True
        powers: list[int] = []
        functions: list[tuple[int, str]] = []
        kinetic: list[tuple[int, float]] = []
        for column, text in acting:
            word = "".join(text.split())
            if word == "1":
                continue
            if column == self.columns.electronic:
                states, symmetric = self._states(line, word)
            elif column == self.columns.time:
                raise self.file.error(line, "no operator of the time", shown(text))
            elif word in self.labels:
                functions.append((self.modes[column], word))
            elif word in KINETIC or word.upper() == "KE":
                kinetic.append((self.modes[column], KINETIC.get(word, 1.0)))
            else:
                powers += [self.modes[column]] * self._power(line, word)

        factor = 1.0
        if kinetic:
            factor = self._kinetic_factor(line, kinetic, bool(powers or functions))
        return OperatorTerm(
            line,
            coefficient * factor,
            tuple(sorted(powers)),
            tuple(functions),
            kinetic[0][0] if kinetic else None,
            states,
            symmetric,
        )

    def _kinetic_factor(
        self, line: Line, kinetic: list[tuple[int, float]], has_others: bool
    ) -> float:
        if has_others or len(kinetic) > 1:
            raise self.file.error(
                line, "the kinetic energy of one mode alone (no momentum-dependent coupling)"
            )
        return kinetic[0][1]

    def _states(self, line: Line, word: str) -> tuple[tuple[int, int], bool]:
        match = STATES.fullmatch(word)
        if match is None:
            raise self.file.error(line, "an electronic operator (S1&2, Z1&2 or 1)", shown(word))
        i, j = (
            self.file.whole(line, text, "a state", 1, MOST_STATES) - 1
            for text in match.groups()[1:]
        )
        return (i, j), match[1].upper() == "S"

    def _power(self, line: Line, word: str) -> int:
        """The power of q in a product such as q^2*q."""
        total = 0
        for part in word.split("*"):
            match = COORDINATE.fullmatch(part)
            if match is None:
                expected = f"an operator of a mode ({OPERATORS})"
                if "dq" in word or "p" in word:
                    expected += "; momentum-dependent couplings cannot be read"
                raise self.file.error(line, expected, shown(word))
            total += int(match[1] or 1)
        if total > HIGHEST:
            raise self.file.error(line, f"powers up to {HIGHEST}", shown(word))
        return total

    def _nomad(self, line: Line) -> OperatorTerm:
        """`coefficient 2^1 3^1 S1&1`."""
        words = line.words
        states = None
        symmetric = True
        powers: list[int] = []
        while len(words) > 1:
            word = words[-1]
            match = POWER.fullmatch(word)
            if match is not None:
                n_modes = len(self.columns.modes)
                m = self.file.whole(line, match[1], "a mode", 1, n_modes) - 1
                power = self.file.whole(line, match[2], "a power", 0, HIGHEST)
                powers += [m] * power
            elif STATES.fullmatch(word) and states is None:
                states, symmetric = self._states(line, word)
            else:
                break
            words.pop()

        if not powers and states is None:
            raise self.file.error(
                line, "a term: `coefficient |number operator ...`, or `coefficient 2^1 S1&1`"
            )
        coefficient = evaluated(self.file, line, " ".join(words), self.parameters)
        return OperatorTerm(
            line, coefficient, tuple(sorted(powers)), states=states, symmetric=symmetric
        )
