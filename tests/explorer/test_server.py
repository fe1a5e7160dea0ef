"""The server: this machine alone, with its secret; Ctrl-C frees the port."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading

import pytest

import vibronic as vb
from vibronic.explorer import PageServer, Tab, preset


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("plotly", reason="plotly draws the page")
    found = PageServer(lambda: Tab(preset("two modes")))
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def request(server, method, path, body=None, host=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    headers = {"Host": host or server.host}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def ask(server, question):
    status, body = request(server, "POST", f"/{server.token}/ask", json.dumps(question))
    return status, json.loads(body)


def test_the_page_and_its_parts(server):
    for name in ("", "explorer.js", "explorer.css", "host.js", "plotly.min.js"):
        status, body = request(server, "GET", f"/{server.token}/{name}")
        assert status == 200
        assert body
    assert request(server, "GET", f"/{server.token}/nothing")[0] == 404


@pytest.mark.parametrize("path", ["/", "/explorer.js", "/wrong/", "/wrong/ask", "/../etc/passwd"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_secret_nothing_is_told(server, path, method):
    assert request(server, method, path, "{}" if method == "POST" else None)[0] == 403


@pytest.mark.parametrize("host", ["example.org", "localhost:1", "127.0.0.1"])
def test_a_foreign_host_is_refused(server, host):
    assert request(server, "GET", f"/{server.token}/", host=host)[0] == 403


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1", "::", "example.org", ""])
def test_other_addresses_are_refused(address):
    with pytest.raises(vb.InputError, match="on this machine alone"):
        PageServer(lambda: Tab(preset("two modes")), address=address)


def test_tabs_of_one_server_are_independent(server):
    for tab, gap in (("one", 0.9), ("other", 0.1)):
        question = {"stage": "views", "number": 1, "tab": tab, "settings": {"gap": gap}}
        assert ask(server, question)[0] == 200
    assert server.tab("one").settings.gap == 0.9
    assert server.tab("other").settings.gap == 0.1


@pytest.mark.parametrize(
    ("body", "told"), [("{", "must be JSON"), ("[]", "must be a JSON object")]
)
def test_what_is_no_question_is_told(server, body, told):
    status, answer = request(server, "POST", f"/{server.token}/ask", body)
    assert status == 400
    assert told in json.loads(answer)["error"]


def test_ctrl_c_ends_it_and_frees_the_port(tmp_path):
    pytest.importorskip("plotly", reason="plotly draws the page")
    command = [sys.executable, "-m", "vibronic", "explore", "--no-browser"]
    running = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    url = running.stdout.readline().strip()
    port = int(url.split(":")[2].split("/")[0])
    running.send_signal(signal.SIGINT)
    told = running.communicate(timeout=60)[0]
    assert running.returncode == 0
    assert "has ended" in told
    with socket.socket() as free:
        free.bind(("127.0.0.1", port))


def explore(*arguments, cwd):
    command = [sys.executable, "-m", "vibronic", "explore", "--no-browser", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def test_bad_sources_are_told_before_anything_is_served(tmp_path):
    vb.save(vb.library.molecule("water"), tmp_path / "water.toml")
    vb.save(vb.library.hamiltonian("butatriene").subset(modes=("v5",)), tmp_path / "one.toml")
    (tmp_path / "bad.toml").write_text('format = "ExplorerView/1"\nmolecule = "butatriene"\n')
    for source, told in (
        ("furan", "vibronic hamiltonian furan"),
        ("nobody", "Unknown molecule 'nobody'"),
        ("water.toml", "holds a Molecule"),
        ("one.toml", "at least two states and two modes"),
        ("bad.toml", "missing key `settings`"),
    ):
        result = explore(source, cwd=tmp_path)
        assert result.returncode == 2, source
        assert told in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
        assert result.stdout == ""


def test_a_port_in_use_is_told(tmp_path, server):
    pytest.importorskip("plotly", reason="plotly draws the page")
    result = explore("--port", server.server_port, cwd=tmp_path)
    assert result.returncode == 2
    assert "Leave it out to take a free one" in result.stderr
