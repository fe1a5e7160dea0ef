"""Text files of other programs, read line by line: whatever is wrong is told in one sentence with
the file, the line, what was expected and what was found.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..checks import InputError, VibronicError

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d{1,3})?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
LARGEST = 1e12  # of a number in any unit that these files use
SHOWN = 60  # characters of what was found


class FormatWarning(UserWarning):
    """What a file of another program holds and the noun made of it does not, or how something
    doubtful in it was read.
    """


def tell(path: str, sentence: str) -> str:
    """Warn of what was left out of a file or how it was read, and return the sentence."""
    warnings.warn(f"{path}: {sentence}", FormatWarning, stacklevel=3)
    return sentence


def shown(text: str) -> str:
    """What was found, as a message quotes it."""
    plain = " ".join(text.split())
    return repr(plain if len(plain) <= SHOWN else plain[:SHOWN] + "...")


@contextmanager
def blame(path: str) -> Iterator[None]:
    """Put the file's name before the message of an error raised inside."""
    try:
        yield
    except VibronicError as error:
        if str(error).startswith(path):
            raise
        raise InputError(f"{path}: {error}") from None


@dataclass(frozen=True)
class Line:
    """A line of a file: its `number` from 1, and its `text` without comment and blanks at the
    ends.
    """

    number: int
    text: str

    @property
    def words(self) -> list[str]:
        """What blanks separate."""
        return self.text.split()


@dataclass(frozen=True)
class TextFile:
    """The lines of a text file, and how to complain about one of them."""

    path: str
    lines: tuple[Line, ...]

    @classmethod
    def read(cls, path: Path, *, comments: Sequence[str] = ()) -> TextFile:
        """All lines; what follows one of the signs `comments` is left out."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(f"{path}: not a text file.") from None
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}.") from None

        lines = []
        for number, line in enumerate(text.split("\n"), 1):
            for sign in comments:
                line = line.partition(sign)[0]
            lines.append(Line(number, line.strip()))
        return cls(str(path), tuple(lines))

    def error(self, line: Line | int, expected: str, found: str | None = None) -> InputError:
        """An error that names the file and the line, what was `expected` there and what was
        found: the line itself, unless told.
        """
        number = line if isinstance(line, int) else line.number
        seen = found
        if seen is None:
            seen = shown(line.text if isinstance(line, Line) else self.lines[number - 1].text)
        return InputError(f"{self.path}:{number}: expected {expected}, but found {seen}.")

    @property
    def end(self) -> Line:
        """The last line that is not blank."""
        return next((line for line in reversed(self.lines) if line.text), self.lines[-1])

    def real(self, line: Line, word: str, what: str) -> float:
        """A finite number, with an exponent of C or Fortran."""
        if NUMBER.fullmatch(word):
            value = float(word.replace("d", "e").replace("D", "e"))
            if abs(value) <= LARGEST:
                return value
        raise self.error(line, f"{what}, a number of at most {LARGEST:g}", shown(word))

    def whole(self, line: Line, word: str, what: str, least: int, most: int) -> int:
        """An integer from `least` to `most`."""
        if WHOLE.fullmatch(word) and least <= int(word) <= most:
            return int(word)
        raise self.error(line, f"{what}, a whole number from {least} to {most}", shown(word))

    def reals(self, line: Line, what: str, count: int | None = None) -> list[float]:
        """All words of a line as numbers, `count` of them where it is given."""
        words = line.words
        if count is not None and len(words) != count:
            raise self.error(line, f"{count} numbers ({what})", f"{len(words)} words")
        return [self.real(line, word, what) for word in words]


class Cursor:
    """Goes through the lines of a file that are not blank, one after the other."""

    def __init__(self, file: TextFile) -> None:
        self.file = file
        self.lines = [line for line in file.lines if line.text]
        self.place = 0

    @property
    def ahead(self) -> Line | None:
        """The line that comes next; None at the end."""
        return self.lines[self.place] if self.place < len(self.lines) else None

    def take(self, expected: str) -> Line:
        """The next line; InputError where the file ends before what was `expected`."""
        line = self.ahead
        if line is None:
            raise self.file.error(self.file.end, expected, "the end of the file")
        self.place += 1
        return line
