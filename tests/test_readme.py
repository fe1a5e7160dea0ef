"""The Python of the README runs as written."""

import re
from pathlib import Path

import pytest


@pytest.mark.slow
def test_python_of_the_readme(tmp_path, monkeypatch):
    text = (Path(__file__).parent.parent / "README.md").read_text()
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(block, names)
    assert (tmp_path / "hamiltonian.toml").exists()
    assert names["H"].isherm
    assert "MYSTERY BAND" in str(names["comparison"])
