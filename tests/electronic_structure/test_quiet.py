"""What libraries print goes nowhere, and afterwards everything is as before."""

import os
import sys
from pathlib import Path

from vibronic.electronic_structure.scf import quiet


def test_both_streams_and_the_folder_come_back(capfd):
    before = Path.cwd()
    with quiet():
        os.write(1, b"lost\n")
        os.write(2, b"lost\n")
        Path("left.txt").write_text("gone")
    os.write(1, b"out\n")
    print("error", file=sys.stderr, flush=True)
    assert Path.cwd() == before
    assert not Path("left.txt").exists()
    assert capfd.readouterr() == ("out\n", "error\n")
