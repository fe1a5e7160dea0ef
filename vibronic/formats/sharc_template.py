"""What stands in an `LVC.template` of SHARC, line by line, in its own units and its own count."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .text_file import Cursor, Line, TextFile, tell

ORDER = ("epsilon", "eta", "kappa", "lambda", "lambda_soc", "gamma")  # as version 4 needs them
# words of a line: how many name states and modes before its value
STATES = {"epsilon": 1, "eta": 2, "kappa": 1, "lambda": 2, "gamma": 2}
COORDINATES = {"epsilon": 0, "eta": 0, "kappa": 1, "lambda": 1, "gamma": 2}
MATRICES = ("SOC", "DMX", "DMY", "DMZ")
FIT = "multipolar density fit"
MOST_STATES = 1000  # spin components included

Key = tuple[int, tuple[int, ...], tuple[int, ...]]  # multiplicity, states, modes; from 1


@dataclass
class Template:
    """Blocks of coefficients {(multiplicity, states, modes): hartree}, with indices as written,
    the line each stands on, and the matrices over all spin components.
    """

    file: TextFile
    reference_line: Line  # the path of the V0 file
    counts: tuple[int, ...]  # states of each multiplicity from 1
    blocks: dict[str, dict[Key, float]] = field(default_factory=dict)
    lines: dict[tuple[str, Key], Line] = field(default_factory=dict)
    matrices: dict[str, np.ndarray] = field(default_factory=dict)
    spin_orbit_slopes: int = 0
    fits: int = 0

    @property
    def reference(self) -> str:
        """The path of the V0 file, as written."""
        return self.reference_line.text

    @property
    def n_components(self) -> int:
        """States with their spin components."""
        return sum(mult * count for mult, count in enumerate(self.counts, 1))


def read_template(path: Path) -> Template:
    """Everything in the file; blocks in any order."""
    file = TextFile.read(path, comments=("#",))
    cursor = Cursor(file)
    reference = cursor.take("the path of the V0 file")
    line = cursor.take("the number of states of each multiplicity")
    counts = tuple(file.whole(line, w, "a number of states", 0, MOST_STATES) for w in line.words)
    template = Template(file, reference, counts)
    if not 0 < template.n_components <= MOST_STATES:
        raise file.error(line, f"numbers of states with 1 to {MOST_STATES} spin components in all")

    if cursor.ahead is not None and cursor.ahead.words[0].lower() == "charge":
        _charges(cursor, counts)
    seen: list[str] = []
    while cursor.ahead is not None:
        seen.append(_block(cursor, template, seen))

    known = [name for name in seen if name in ORDER]
    if known != sorted(known, key=ORDER.index):
        tell(
            str(path),
            f"blocks stand in the order {', '.join(known)}, and were all read; SHARC 4 itself "
            f"passes over those that are not in the order {', '.join(ORDER)}.",
        )
    return template


def _charges(cursor: Cursor, counts: tuple[int, ...]) -> None:
    line = cursor.take("charges")
    words = line.words[1:]
    if len(words) != len(counts):
        raise cursor.file.error(line, f"`charge` and {len(counts)} charges")
    for word in words:
        cursor.file.whole(line, word, "a charge", -99, 99)


def _block(cursor: Cursor, template: Template, seen: list[str]) -> str:
    """Read one block, and return its name."""
    file = template.file
    line = cursor.take("a block")
    words = line.words
    name = words[0].lower()
    title = f"{words[0].upper()} {words[-1].upper()}"

    if line.text.lower().startswith(FIT):
        name = FIT
    elif len(words) == 2 and words[0].upper() in MATRICES and words[1].upper() in ("R", "I"):
        name = title
    elif len(words) > 1 or name not in ORDER:
        blocks = ", ".join((*ORDER, *(f"{m} R" for m in MATRICES)))
        raise file.error(line, f"the name of a block ({blocks})")
    if name in seen:
        raise file.error(line, f"each block once, {words[0]!r} stands above", "it again")

    if name == title:
        template.matrices[name] = _matrix(cursor, name, template.n_components)
    elif name == FIT:
        template.fits = len(_counted(cursor, name))
    elif name == "lambda_soc":
        template.spin_orbit_slopes = len(_counted(cursor, name))
    else:
        _coefficients(cursor, template, name)
    return name


def _counted(cursor: Cursor, name: str) -> list[Line]:
    """The lines of a block, as many as its second line announces."""
    line = cursor.take(f"the number of lines of {name!r}")
    count = cursor.file.whole(line, line.text, f"the number of lines of {name!r}", 0, 10**7)
    left = len(cursor.lines) - cursor.place
    if count > left:
        raise cursor.file.error(line, f"{count} lines of {name!r} below it", str(left))
    return [cursor.take(name) for _ in range(count)]


def _coefficients(cursor: Cursor, template: Template, name: str) -> None:
    file = template.file
    n_states = STATES[name]
    n_modes = COORDINATES[name]
    fields = ["multiplicity", *["state"] * n_states, *["mode"] * n_modes, "value in hartree"]
    found = template.blocks.setdefault(name, {})

    for line in _counted(cursor, name):
        words = line.words
        if len(words) != len(fields):
            raise file.error(line, f"a line of {name!r}: {', '.join(fields)}")
        mult = file.whole(line, words[0], "a multiplicity", 1, len(template.counts))
        most = template.counts[mult - 1]
        states = words[1 : 1 + n_states]
        modes = words[1 + n_states : -1]
        what = f"a state of multiplicity {mult}"
        i = sorted(file.whole(line, word, what, 1, most) for word in states)
        m = tuple(file.whole(line, word, "a mode", 1, 10**6) for word in modes)
        if name in ("eta", "lambda") and i[0] == i[1]:
            raise file.error(line, f"two different states in {name!r}")

        key = (mult, tuple(i), m)
        if key in found:
            first = template.lines[name, key].number
            raise file.error(line, f"each coefficient once (line {first} gives it)", "it again")
        found[key] = file.real(line, words[-1], fields[-1])
        template.lines[name, key] = line


def _matrix(cursor: Cursor, name: str, n: int) -> np.ndarray:
    rows = []
    for k in range(n):
        what = f"row {k + 1} of the {n} rows of {name!r}"
        rows.append(cursor.file.reals(cursor.take(what), what, n))
    return np.array(rows)
