"""How fast the explorer answers at random positions of its sliders, and how right it is."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np

import vibronic as vb
from vibronic.explorer import PageServer, Tab, preset
from vibronic.explorer.settings import ranges

from .tables import Table

COUNT = 200
SEED = 17
PRESETS = {"two modes": (150.0, 400.0), "pyrazine": (1000.0, 2000.0)}  # ms: median, 95 %
ALLOWED = 1e-2
MOVED = ("gap", "kappa", "coupling", "tuning_frequency", "coupling_frequency", "fwhm")
SET = """async ([values, state]) => {
  const root = document.querySelector('.vibronic-explorer');
  const before = Number(root.dataset.shown || 0);
  const entered = document.querySelector('.choice select');
  for (const [name, value] of Object.entries(values)) {
    document.querySelector(`[data-name=${name}] input`).value = value;
  }
  const inputs = Object.keys(values).map((n) => document.querySelector(`[data-name=${n}] input`));
  const begun = performance.now();
  for (const input of inputs) input.dispatchEvent(new Event('input', { bubbles: true }));
  entered.value = state;
  entered.dispatchEvent(new Event('change'));
  while (Number(root.dataset.shown || 0) < before + inputs.length + 1) {
    await new Promise((go) => setTimeout(go, 2));
  }
  return performance.now() - begun;
}"""


def positions(name: str, count: int) -> list[dict[str, Any]]:
    """Seeded settings over the ranges of the table, every second one in its corner of soft modes
    and strong couplings.
    """
    rng = np.random.default_rng(SEED)
    explored = preset(name)
    table = {r.name: r for r in ranges(explored)}
    found = []
    for k in range(count):
        share = {n: rng.random() for n in MOVED}
        if k % 2:
            for n in ("kappa", "coupling"):
                share[n] = 1 - 0.2 * share[n]
            for n in ("tuning_frequency", "coupling_frequency"):
                share[n] *= 0.15
        values = {
            n: table[n].least + s * (table[n].most - table[n].least) for n, s in share.items()
        }
        state = explored.model.state_labels[int(rng.integers(explored.model.n_states))]
        found.append({**values, "state": state})
    return found


def error(tab: Tab, answer: dict[str, Any]) -> float:
    """Largest error of populations, and of the vibronic curve relative to its peak, against fresh
    certified calls.
    """
    shown = tab.settings
    model = shown.applied(tab.explored)
    limits = vb.Limits(200_000)
    times = np.array(answer["times"])
    run = vb.dynamics.propagate(model, shown.state, times, tolerance=2e-3, limits=limits)
    worst = np.abs(np.array(answer["populations"]).T - run.populations).max()

    grid = np.array(answer["energies"])
    known = np.zeros(grid.size)
    for i in np.flatnonzero(model.transition_amplitudes):
        door = vb.Doorway.transition(model, [int(i)])
        lines = vb.spectra.lanczos_spectrum(
            model, door, tolerance=2e-3, fwhm=shown.fwhm, character=False, limits=limits
        )
        known += lines.broadened(grid, fwhm=shown.fwhm).values
    curve = np.abs(np.array(answer["rungs"]["vibronic"]) - known).max() / known.max()
    return float(max(worst, curve))


@contextmanager
def page_of(name: str) -> Iterator[Any]:
    """The page in headless Chromium, or None where there is no browser."""
    if shutil.which("chromium") is None or importlib.util.find_spec("playwright") is None:
        with nullcontext() as nothing:
            yield nothing
        return

    from playwright.sync_api import sync_playwright

    server = PageServer(lambda: Tab(preset(name)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(120_000)
        page.goto(server.url)
        page.wait_for_selector("[data-finished]")
        yield page
        browser.close()
    server.shutdown()
    server.server_close()


def seen(name: str, asked: list[dict[str, Any]]) -> list[float]:
    """Milliseconds from an input to text and two-dimensional views, position by position."""
    with page_of(name) as page:
        if page is None:
            return []
        return [
            page.evaluate(SET, [{n: v for n, v in one.items() if n != "state"}, one["state"]])
            for one in asked
        ]


def answered(name: str, asked: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """Milliseconds from question to answer, without a page, and the error of every answer."""
    tab = Tab(preset(name))
    tab.answer({"stage": "views", "number": 1})
    spent = []
    errors = []
    for k, one in enumerate(asked):
        begun = time.perf_counter()
        answer = tab.answer({"stage": "views", "number": k + 2, "settings": one})
        json.dumps(answer)
        spent.append(1e3 * (time.perf_counter() - begun))
        errors.append(error(tab, answer) if "populations" in answer else np.inf)
    return spent, errors


def run(count: int = 0) -> list[dict]:
    """Both presets."""
    count = count or int(os.environ.get("VIBRONIC_POSITIONS", COUNT))
    table = Table(
        "The explorer at random positions of its sliders (ms; errors against certified calls)",
        {
            "model": "|10",
            "positions": "d",
            "answer": ".0f|8",
            "95 %": ".0f|8",
            "on the page": ".0f|11",
            "95 % there": ".0f|10",
            "allowed": "|10",
            "missed": ".1%|8",
            "largest error": ".1e",
        },
    )
    for name, allowed in PRESETS.items():
        asked = positions(name, count)
        there = seen(name, asked) or [np.nan]
        spent, errors = answered(name, asked)
        table.add(
            **{
                "model": name,
                "positions": len(asked),
                "answer": float(np.median(spent)),
                "95 %": float(np.percentile(spent, 95)),
                "on the page": float(np.median(there)),
                "95 % there": float(np.percentile(there, 95)),
                "allowed": f"{allowed[0]:.0f}/{allowed[1]:.0f}",
                "missed": float(np.mean(np.array(errors) > ALLOWED)),
                "largest error": float(np.max(errors)),
            }
        )
    table.note = "An answer that misses 1e-2 is marked as being checked until it is certified."
    return [table.close()]
