"""Printed output that a document shows: which command printed it, and what it prints now.

A fenced block that follows `<!-- printed by: COMMAND; STATES, BANDS -->` holds the paragraphs of
the output of that command which begin with these words.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

MARKED = re.compile(
    r"(<!-- printed by: vibronic (?P<command>[^;]+); (?P<words>.+?) -->\n```\n)"
    r"(?P<text>.*?)(?=```)",
    re.DOTALL,
)


def printed_blocks(document: str) -> list[tuple[str, list[str], str]]:
    """Command, first words of the paragraphs, and text of every marked block."""
    return [
        (block["command"], block["words"].split(", "), block["text"])
        for block in MARKED.finditer(document)
    ]


def printed(command: str, words: list[str]) -> str:
    """Those paragraphs of what `vibronic COMMAND` prints."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [sys.executable, "-m", "vibronic", *shlex.split(command), "--quiet"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    paragraphs = run.stdout.split("\n\n")
    chosen = [next(p for p in paragraphs if p.startswith(word)) for word in words]
    return "\n\n".join(chosen) + "\n"


def renewed(path: Path) -> None:
    """Write the document again with what its commands print now."""

    def again(block: re.Match[str]) -> str:
        return block[1] + printed(block["command"], block["words"].split(", "))

    path.write_text(MARKED.sub(again, path.read_text()))
