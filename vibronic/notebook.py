"""How results look in a notebook: tables as tables, summaries as text, curves with their figure.

The figures come from whoever knows how to draw (`draw_by`); without one there is the summary.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .tables import Table

Drawer = Callable[[Any], bytes]  # the figure of a noun as PNG
TEXT = "white-space:pre-wrap;line-height:1.35;margin:0 0 0.4em 0"
_drawers: list[Drawer] = []


def draw_by(drawer: Drawer) -> None:
    """Have `drawer` draw the nouns that are shown with a figure."""
    _drawers[:] = [drawer]


def text_html(text: str) -> str:
    """A text as it stands, in letters of one width."""
    return f'<pre style="{TEXT}">{html.escape(text)}</pre>'


def figure_html(noun: Any) -> str:
    """The figure of a noun, if somebody draws."""
    if not _drawers:
        return ""
    content = base64.b64encode(_drawers[0](noun)).decode()
    about = html.escape(str(noun).splitlines()[0], quote=True)
    return f'<img alt="{about}" style="max-width:100%" src="data:image/png;base64,{content}"/>'


def table_html(table: Table) -> str:
    """A table with numbers to the right, texts to the left, its title above and notes below."""
    sides = ["left" if column.left else "right" for column in table.columns]
    heads = [_cell("th", c.head, side) for c, side in zip(table.columns, sides, strict=True)]
    rows = [
        "".join(
            _cell("td", column.cell(value), side)
            for column, value, side in zip(table.columns, row, sides, strict=True)
        )
        for row in table.rows
    ]
    title = f'<caption style="text-align:left">{html.escape(table.title)}</caption>'
    lines = [
        "<table>",
        *([title] if table.title else []),
        f"<thead><tr>{''.join(heads)}</tr></thead>",
        "<tbody>",
        *(f"<tr>{row}</tr>" for row in rows),
        "</tbody></table>",
        *(text_html(note) for note in table.notes),
    ]
    return "\n".join(lines)


def _cell(tag: str, text: str, side: str) -> str:
    return f'<{tag} style="text-align:{side}">{html.escape(text)}</{tag}>'


def parts_html(parts: Sequence[str | Table]) -> str:
    """Texts and tables, one below the other."""
    shown = [
        text_html(part) if isinstance(part, str) else table_html(part) for part in _joined(parts)
    ]
    return "<div>\n" + "\n".join(shown) + "\n</div>"


def _joined(parts: Sequence[str | Table]) -> list[str | Table]:
    """The parts, with texts that follow one another as one."""
    found: list[str | Table] = []
    for part in parts:
        before = found[-1] if found else None
        if isinstance(part, str) and isinstance(before, str):
            found[-1] = f"{before}\n{part.strip()}"
        else:
            found.append(part.strip() if isinstance(part, str) else part)
    return found


def curve_html(noun: Any) -> str:
    """A summary above its figure."""
    return f"<div>\n{text_html(str(noun))}\n{figure_html(noun)}\n</div>"


def summary_html(noun: Any) -> str:
    """A summary alone."""
    return text_html(str(noun))
