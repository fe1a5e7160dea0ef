"""Who sees bars of progress: long calls in a terminal or a notebook, and nobody else."""

import os
import pty
import re
import select
import subprocess
import sys
import threading
import time
import types

import pytest

import vibronic as vb
from vibronic import progress, progress_bars
from vibronic.door import public

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@public
def counting(seconds):
    """Reports every 50 ms, as a calculation does."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        progress.report(f"Counting: {left:.1f} s left", 1 - left / seconds)
        time.sleep(0.05)
    return seconds


@public
def outer(seconds):
    """A public function that calls another."""
    return counting(seconds)


SCRIPT = """
import sys, time
import vibronic as vb
from vibronic import progress
from vibronic.door import public
{before}

@public
def counting(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        progress.report("Counting: sheep", 0.5)
        time.sleep(0.05)

{call}
print("done")
"""


def in_terminal(call, before="", **environment):
    """What a script writes to a terminal of 100 columns."""
    master, slave = pty.openpty()
    variables = {**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(call=call, before=before)],
        stdout=slave,
        stderr=slave,
        stdin=slave,
        env=variables,
        close_fds=True,
    )
    os.close(slave)
    written = b""
    while True:
        ready, _, _ = select.select([master], [], [], 60)
        try:
            part = os.read(master, 4096) if ready else b""
        except OSError:
            part = b""
        if not part:
            break
        written += part
    assert process.wait() == 0, written.decode()
    os.close(master)
    return written.decode()


def test_a_long_call_in_a_terminal_shows_a_bar_and_takes_it_away():
    written = in_terminal("counting(2)")
    assert "Counting" in written
    assert "sheep" in written
    before, done = written.rsplit("done", 1)
    assert done.strip() == ""
    assert before.rstrip().endswith(("\x1b[2K", "\x1b[?25h"))  # erased, the cursor back
    assert ESCAPES.sub("", before.rsplit("Counting", 1)[1]).count("\n") <= 2


@pytest.mark.parametrize(
    ("call", "before", "environment"),
    [
        ("counting(0.5)", "", {}),
        ("counting(1.6)", "vb.progress_to(None)", {}),
        ("counting(1.6)", "", {"VIBRONIC_PROGRESS": "0"}),
        ("counting(1.6)", "", {progress_bars.ELSEWHERE: "1"}),
        (
            "import threading; t = threading.Thread(target=counting, args=(1.6,)); "
            "t.start(); t.join()",
            "",
            {},
        ),
        ("with vb.progress_to(lambda stage, part: None): counting(1.6)", "", {}),
    ],
    ids=["short", "switched off", "by environment", "worker", "thread", "own listener"],
)
def test_nothing_is_shown(call, before, environment):
    assert in_terminal(call, before, **environment).strip() == "done"


def test_a_pipe_sees_nothing():
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(call="counting(1.6)", before="")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "done\n"
    assert result.stderr == ""


class Kernel:
    """What a notebook's kernel does with displays."""

    def __init__(self):
        self.shown = []

    def module(self):
        ipython = types.ModuleType("IPython")
        ipython.get_ipython = lambda: types.SimpleNamespace(kernel=self)
        shows = types.ModuleType("IPython.display")
        shows.HTML = lambda text: text
        shows.display = lambda text, display_id: self.display(text)
        return {"IPython": ipython, "IPython.display": shows}

    def display(self, text):
        self.shown.append(text)
        return types.SimpleNamespace(update=self.shown.append)


@pytest.fixture
def notebook(monkeypatch):
    kernel = Kernel()
    for name, module in kernel.module().items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(progress_bars, "PATIENCE", 0.2)
    monkeypatch.setattr(
        progress_bars.multiprocessing,
        "current_process",
        lambda: types.SimpleNamespace(name="MainProcess"),
    )
    on_main = threading.current_thread() is threading.main_thread()
    if not on_main:
        monkeypatch.setattr(threading, "main_thread", threading.current_thread)
    return kernel


def test_a_long_call_in_a_notebook_shows_one_bar_and_takes_it_away(notebook):
    assert outer(0.6) == 0.6
    assert len(notebook.shown) > 3
    values = [float(re.search(r'value="([\d.]+)"', bar)[1]) for bar in notebook.shown[:-1]]
    assert values == sorted(values)
    assert "Counting" in notebook.shown[0]
    assert notebook.shown[-1] == ""


def test_a_short_call_in_a_notebook_shows_none(notebook):
    counting(0.1)
    time.sleep(0.3)
    assert notebook.shown == []


def test_a_call_that_fails_takes_its_bar_away(notebook):
    @public
    def failing():
        counting(0.4)
        raise vb.CalculationError("it does not work")

    with pytest.raises(vb.CalculationError):
        failing()
    assert notebook.shown[-1] == ""


def test_switches(notebook, monkeypatch):
    with vb.progress_to(None):
        counting(0.4)
    monkeypatch.setenv("VIBRONIC_PROGRESS", "off")
    counting(0.4)
    assert notebook.shown == []
    monkeypatch.setenv("VIBRONIC_PROGRESS", "1")
    counting(0.4)
    assert notebook.shown


def test_the_switch_holds_in_other_contexts_until_a_block_ends():
    from contextvars import Context

    heard = []
    assert not Context().run(progress.somebody_listens)
    switch = vb.progress_to(None)  # a statement: cells of a notebook have contexts of their own
    assert Context().run(progress.somebody_listens)
    with switch:
        assert progress.somebody_listens()
        assert not Context().run(progress.somebody_listens)
    with vb.progress_to(lambda stage, part: heard.append(stage)):
        progress.report("Heard", 0.5)
    progress.report("Not heard", 0.5)
    assert heard == ["Heard"]
    assert not progress.somebody_listens()
