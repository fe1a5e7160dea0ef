"""A real browser that reaches this machine alone, and a page of the explorer in it."""

import importlib.util
import json
import os
import shutil
import threading
from contextlib import contextmanager

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
OWN = ("http://127.0.0.1:", "data:", "blob:")
PATIENCE = 120_000  # ms; machines that test do other things, too


def missing():
    """What a browser test needs and this machine lacks."""
    packages = ("playwright", "axe_playwright_python", "plotly", "anywidget")
    found = [name for name in packages if importlib.util.find_spec(name) is None]
    return found + ["chromium"] * (shutil.which("chromium") is None)


def need_browser():
    """Skip where there is no browser; fail where there must be one."""
    lacking = missing()
    if not lacking:
        return
    reason = f"the browser tests need {', '.join(lacking)}"
    if os.environ.get("CI") and os.geteuid() == 0:
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium():
    """Headless Chromium that resolves no name."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        yield browser
        browser.close()


@contextmanager
def served(new_tab):
    """A server in a thread."""
    from vibronic.explorer import PageServer

    server = PageServer(new_tab)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Watched:
    """A page whose requests and troubles are kept."""

    def __init__(self, browser, url, width=1280, height=720):
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.requests = []
        self.troubles = []
        self.questions = []
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda e: self.troubles.append(str(e)))
        self.page.on("console", self._heard)
        self.page.goto(url)

    def _asked(self, request):
        self.requests.append(request.url)
        if request.post_data:
            self.questions.append(json.loads(request.post_data))

    def _heard(self, message):
        if message.type == "error":
            self.troubles.append(message.text)

    def shown(self, after=0):
        """Wait for the views of a later input; its number."""
        return self._number("shown", after)

    def finished(self, after=0):
        """Wait for everything that follows."""
        return self._number("finished", after)

    def _number(self, name, after):
        self.page.wait_for_function(
            "([name, after]) => Number(document.querySelector('.vibronic-explorer')"
            "?.dataset[name] || 0) > after",
            arg=[name, after],
        )
        return int(self.page.locator(".vibronic-explorer").get_attribute(f"data-{name}"))

    def value(self, name):
        """Where a slider stands."""
        return float(self.page.locator(f"[data-name={name}] input").input_value())

    def figure(self, name):
        """One of the four figures."""
        return self.page.locator(f".panel.{name} .figure")

    def close(self):
        """Nothing outside was asked for, and nothing went wrong."""
        self.context.close()
        assert [url for url in self.requests if not url.startswith(OWN)] == []
        assert self.troubles == []
