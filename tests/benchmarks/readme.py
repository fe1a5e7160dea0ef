"""Printed blocks of the README, made again by the commands that they name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def run() -> dict[str, Any]:
    """Run the commands and write what they print into the README."""
    sys.path.insert(0, str(ROOT / "tests"))
    from printed import printed_blocks, renewed

    renewed(ROOT / "README.md")
    blocks = printed_blocks((ROOT / "README.md").read_text())
    for command, words, _ in blocks:
        print(f"vibronic {command}: {', '.join(words)}")
    return {"blocks": len(blocks)}
