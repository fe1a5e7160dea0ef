"""Tables for people: columns of text under their heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .notebook import table_html

GAP = 2  # spaces between columns


@dataclass(frozen=True)
class Column:
    """A column: its `head`, the format of its cells, the least `width`, and whether it is text set
    to the left.

    A cell of None is shown as `missing`, a text as it is.
    """

    head: str
    form: str = ""
    width: int = 0
    left: bool = False
    missing: str = "-"

    def cell(self, value: Any) -> str:
        """The text of one value."""
        if value is None:
            return self.missing
        return value if isinstance(value, str) else format(value, self.form)


@dataclass(frozen=True)
class Table:
    """Rows of values under `columns`, between a `title` and `notes` that explain them; `print`
    it.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]] = field(default_factory=tuple)
    indent: str = ""
    title: str = ""
    notes: Sequence[str] = ()

    def __str__(self) -> str:
        heads = [column.head for column in self.columns]
        cells = [[c.cell(v) for c, v in zip(self.columns, row, strict=True)] for row in self.rows]
        widths = [
            max(column.width, *(len(line[k]) for line in [heads, *cells]))
            for k, column in enumerate(self.columns)
        ]
        lines = [self._line(line, widths) for line in [heads, *cells]]
        return "\n".join([*([self.title] if self.title else []), *lines, *self.notes])

    def _repr_html_(self) -> str:
        return table_html(self)

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        set_out = [
            text.ljust(width) if column.left else text.rjust(width)
            for column, text, width in zip(self.columns, cells, widths, strict=True)
        ]
        return (self.indent + (" " * GAP).join(set_out)).rstrip()
