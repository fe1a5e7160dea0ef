"""The page in a browser: a server that only this machine reaches."""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Lock
from typing import Any

from ..checks import InputError
from . import page
from .tab import Tab

LOOPBACK = "127.0.0.1"
MOST_TABS = 16
LONGEST = 1_000_000  # bytes of a question
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class PageServer(ThreadingHTTPServer):
    """Serves the page, and answers its questions, under an address that holds a secret.

    `new_tab` makes what a page that is opened shows first. Raises InputError for an `address`
    that other machines reach.
    """

    daemon_threads = True

    def __init__(
        self, new_tab: Callable[[], Tab], *, address: str = LOOPBACK, port: int = 0
    ) -> None:
        if not _is_loopback(address):
            raise InputError(
                f"The explorer listens on this machine alone ({LOOPBACK}), not on {address!r}."
            )
        self.token = secrets.token_urlsafe(24)
        self.contents = {
            "": ("text/html", page.document().encode()),
            "explorer.css": ("text/css", page.style().encode()),
            "explorer.js": ("text/javascript", page.script().encode()),
            "host.js": ("text/javascript", page.host().encode()),
            "plotly.min.js": ("text/javascript", page.plotly()),
        }
        self._address = address
        self._new_tab = new_tab
        self._tabs: OrderedDict[str, Tab] = OrderedDict()
        self._lock = Lock()
        super().__init__((address, port), _Handler)

    @property
    def host(self) -> str:
        """What a request must call this server."""
        return f"{self._address}:{self.server_port}"

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{self.host}/{self.token}/"

    def tab(self, name: str) -> Tab:
        """The tab of this name, a new one where there is none; the oldest are forgotten."""
        with self._lock:
            if name not in self._tabs:
                self._tabs[name] = self._new_tab()
            self._tabs.move_to_end(name)
            while len(self._tabs) > MOST_TABS:
                self._tabs.popitem(last=False)
            return self._tabs[name]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PageServer

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal belongs to the user."""

    def do_GET(self) -> None:
        """A part of the page."""
        name = self._path()
        if name is None:
            return
        if name not in self.server.contents:
            self._send(404, "text/plain", b"There is no such page.")
            return
        self._send(200, *self.server.contents[name])

    def do_POST(self) -> None:
        """The answer to a question."""
        if self._path() is None:
            return
        try:
            question = self._question()
            found = self.server.tab(str(question.get("tab", ""))).answer(question)
        except InputError as error:
            self._json(400, {"error": str(error)})
            return
        self._json(200, found)

    def _question(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST:
            self.close_connection = True
            raise InputError(
                f"A question may have up to {LONGEST:,} bytes, and must say how many."
            )
        body = self.rfile.read(int(length))
        try:
            question = json.loads(body)
        except ValueError:
            raise InputError("A question must be JSON.") from None
        if not isinstance(question, dict):
            raise InputError("A question must be a JSON object.")
        return question

    def _path(self) -> str | None:
        """What is asked for below the secret; None where the request was refused."""
        _, token, *rest = self.path.partition("?")[0].split("/")
        known = secrets.compare_digest(token.encode(), self.server.token.encode())
        if self.headers.get("Host") != self.server.host or not known or len(rest) != 1:
            self.close_connection = True
            self._send(403, "text/plain", b"Refused. Use the address that vibronic printed.")
            return None
        return rest[0]

    def _json(self, status: int, found: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(found).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
