"""The Python of the README runs as written."""

import re
from pathlib import Path

import pytest

from printed import printed, printed_blocks

README = (Path(__file__).parent.parent / "README.md").read_text()
BLOCKS = printed_blocks(README)


@pytest.mark.slow
def test_python_of_the_readme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", README, re.S):
        exec(block, names)
    assert (tmp_path / "hamiltonian.toml").exists()
    assert names["H"].isherm
    assert "MYSTERY BAND" in str(names["comparison"])


@pytest.mark.slow
@pytest.mark.parametrize(("command", "words", "text"), BLOCKS, ids=[block[0] for block in BLOCKS])
def test_printed_blocks_are_what_their_commands_print(command, words, text):
    assert printed(command, words) == text


def test_blocks_are_found_by_their_marks():
    assert BLOCKS
    marked = "<!-- printed by: vibronic a b; X, Y -->\n```\nX 1\n\nY 2\n```\n"
    assert printed_blocks(marked) == [("a b", ["X", "Y"], "X 1\n\nY 2\n")]
