"""The page in a real browser: what a person sees, by mouse and by keyboard."""

import io
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vibronic as vb
from vibronic.explorer import Tab, preset, shared_view, tab_of

sys.path.insert(0, str(Path(__file__).parent))

from browser import Watched, chromium, need_browser, served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser():
    need_browser()
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def server():
    need_browser()
    with served(lambda: Tab(preset("two modes"))) as found:
        yield found


@pytest.fixture
def watched(browser, server):
    found = Watched(browser, server.url)
    yield found
    found.close()


def image(locator):
    return np.array(Image.open(io.BytesIO(locator.screenshot())).convert("RGB")).astype(int)


def test_both_sheets_the_packet_and_the_words_are_seen(watched):
    watched.finished()
    red, _, blue = np.moveaxis(image(watched.figure("cone")), -1, 0)
    assert (blue > red + 60).sum() > 2000  # the lower sheet
    assert (red > blue + 60).sum() > 400  # the upper one
    density = image(watched.figure("density"))
    assert (density[..., 0] > 200).sum() > 100  # bright where the packet is
    assert "conical intersection" in watched.page.locator(".said").text_content()
    assert "Checked" in watched.page.locator(".certificate").text_content()
    for name in ("cone", "rungs", "density", "populations"):
        assert len(watched.figure(name).get_attribute("aria-label")) > 40


def test_every_control_is_reached_and_moved_by_keyboard(watched):
    page = watched.page
    number = watched.shown()
    wanted = "button, select, input[type=range]"
    count = page.locator(wanted).count()
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(count + 8):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(wanted) => [...document.querySelectorAll(wanted)].indexOf("
                "document.activeElement)",
                wanted,
            )
        )
    assert set(range(count)) <= reached

    before = page.locator(".said").text_content()
    gap = watched.value("gap")
    page.locator("[data-name=gap] input").focus()
    page.keyboard.press("ArrowRight")
    assert watched.value("gap") == pytest.approx(gap + 0.01)
    page.keyboard.press("PageUp")
    assert watched.value("gap") == pytest.approx(gap + 0.11)
    watched.finished(number)
    assert page.locator(".said").text_content() != before

    page.get_by_role("button", name="Own values").focus()
    page.keyboard.press("Enter")
    assert watched.value("gap") == pytest.approx(gap)
    cone = image(watched.figure("cone"))
    page.get_by_role("button", name="Turn the surfaces left").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    assert np.abs(image(watched.figure("cone")) - cone).max() > 50


def test_a_burst_ends_on_the_last_value(watched, server):
    number = watched.finished()
    watched.questions.clear()
    watched.page.evaluate(
        """() => {
          const gap = document.querySelector('[data-name=gap] input');
          for (let k = 1; k <= 50; k += 1) {
            gap.value = 0.01 * k;
            gap.dispatchEvent(new Event('input', { bubbles: true }));
          }
        }"""
    )
    watched.shown(number + 49)
    assert watched.value("gap") == pytest.approx(0.5)
    tabs = [tab for tab in server._tabs.values() if tab.settings.gap == 0.5]
    assert tabs
    asked = [q["settings"]["gap"] for q in watched.questions if q["stage"] == "views"]
    assert len(asked) <= 2
    assert asked[-1] == 0.5


def test_play_pause_and_scrub(watched):
    watched.finished()
    page = watched.page
    before = image(watched.figure("density"))
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "() => Number(document.querySelector('[data-name=time] input').value) > 10"
    )
    page.get_by_role("button", name="Pause").click()
    stopped = watched.value("time")
    page.wait_for_timeout(400)
    assert watched.value("time") == stopped
    assert np.abs(image(watched.figure("density")) - before).max() > 50
    page.locator("[data-name=time] input").focus()
    page.keyboard.press("ArrowRight")
    assert watched.value("time") == stopped + 2
    assert f"{stopped + 2:.0f} fs:" in page.locator(".populations .note").text_content()


def test_a_view_is_shared_reopened_and_a_bad_one_loses_nothing(watched, tmp_path):
    number = watched.finished()
    page = watched.page
    page.locator("[data-name=gap] input").focus()
    page.keyboard.press("PageUp")
    number = watched.shown(number)
    with page.expect_download() as download:
        page.get_by_role("button", name="Share", exact=True).click()
    path = tmp_path / "view.toml"
    download.value.save_as(path)
    view = shared_view(path.read_text())
    assert view.settings["gap"] == pytest.approx(0.5)
    assert tab_of(vb.load(path)).settings.gap == pytest.approx(0.5)

    page.get_by_role("button", name="Own values").click()
    number = watched.shown(number)
    page.locator("input.shared").set_input_files(path)
    number = watched.finished(number)
    assert watched.value("gap") == pytest.approx(0.5)

    bad = tmp_path / "bad.toml"
    bad.write_text(path.read_text().replace("gap =", "gup ="))
    page.locator("input.shared").set_input_files(bad)
    page.get_by_role("alert").wait_for()
    assert "Did you mean 'gap'" in page.get_by_role("alert").text_content()
    assert watched.value("gap") == pytest.approx(0.5)


def test_two_pages_are_independent(browser, server, watched):
    other = Watched(browser, server.url)
    numbers = watched.shown(), other.shown()
    watched.page.locator("[data-name=gap] input").focus()
    watched.page.keyboard.press("PageUp")
    watched.shown(numbers[0])
    assert other.value("gap") == pytest.approx(0.4)
    other.page.locator("[data-name=kappa] input").focus()
    other.page.keyboard.press("PageDown")
    other.shown(numbers[1])
    assert watched.value("gap") == pytest.approx(0.5)
    assert watched.value("kappa") == pytest.approx(0.16)
    other.close()


def test_out_of_range_is_explained_with_the_way_back(browser):
    model = vb.VibronicHamiltonian(
        [0.14, 0.1],
        np.diag([0, 0.4]),
        [np.diag([0.1, -0.1]), [[0, 0.1], [0.1, 0]]],
        quadratic={(0, 0): -0.1 * np.eye(2)},
    )
    with served(lambda: tab_of(model)) as own:
        found = Watched(browser, own.url)
        number = found.finished()
        slider = found.page.locator("[data-name=tuning_frequency] input")
        slider.focus()
        for _ in range(4):
            found.page.keyboard.press("PageDown")
        alert = found.page.get_by_role("alert")
        alert.wait_for()
        assert "is not bound" in alert.text_content()
        found.page.get_by_role("button", name="Back", exact=True).click()
        found.finished(number)
        assert not alert.is_visible()
        assert found.value("tuning_frequency") >= 0.11
        found.close()


def test_normal_modes_are_animated(browser):
    from dataclasses import replace

    water = np.array([[0, 0, 0.1], [0, 0.8, -0.5], [0, -0.8, -0.5]])
    moves = np.zeros((2, 3, 3))
    moves[0, 1:, 2] = (0.2, 0.2)
    moves[1, 1:, 1] = (0.2, 0.2)
    modes = vb.NormalModes(
        ("O", "H", "H"), water, [16.0, 1.0, 1.0], [0.1, 0.2], moves, ("A1", "B2")
    )
    model = replace(preset("two modes").model, mode_labels=("v1", "v2"))
    with served(lambda: tab_of(model, modes)) as own:
        found = Watched(browser, own.url)
        found.finished()
        found.page.get_by_label("show").select_option("mode v1")
        found.page.wait_for_timeout(1500)
        before = image(found.figure("density"))
        assert (before.min(axis=-1) < 240).sum() > 300  # atoms and bonds
        found.page.get_by_role("button", name="Play").click()
        found.page.wait_for_timeout(2500)
        assert np.abs(image(found.figure("density")) - before).max() > 50
        assert "normal mode v1" in found.figure("density").get_attribute("aria-label")
        found.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("name", ["butatriene", "pyrazine"])
def test_nothing_overlaps_or_scrolls(browser, width, height, name):
    with served(lambda: Tab(preset(name))) as own:
        found = Watched(browser, own.url, width, height)
        found.finished()
        for _ in range(2):
            found.page.wait_for_timeout(800)
            check_boxes(found.page, width, height)
            found.page.get_by_role("button", name="Projector").click()
        found.close()


def check_boxes(page, width, height):
    groups = [
        "header, .controls, .panel, footer",
        ".controls > *",
        "footer p:not([hidden])",
        ".tools > *:not([hidden])",
        ".panel.density .head > *, .panel.density .figure",
        ".panel.rungs .head > *, .panel.rungs .figure",
        ".panel.populations .head > *, .panel.populations .figure",
        ".panel.cone .head > *, .panel.cone .figure",
        ".rungs .key > span, .rungs .figure",
    ]
    for group in groups:
        boxes = [b for b in map(box, page.locator(group).all()) if b and b[2] * b[3] > 0]
        assert boxes, group
        for x, y, w, h in boxes:
            assert x >= -1, group
            assert y >= -1, group
            assert x + w <= width + 1, group
            assert y + h <= height + 1, group
        for one, other in combinations(boxes, 2):
            assert apart(one, other), (group, one, other)
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    clipped = page.evaluate(
        "() => [...document.querySelectorAll('footer, .controls, .head, header')]"
        ".filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)"
        ".map((e) => e.className || e.tagName)"
    )
    assert clipped == []


def box(locator):
    found = locator.bounding_box()
    return found and (found["x"], found["y"], found["width"], found["height"])


def apart(one, other):
    return (
        one[0] + one[2] <= other[0] + 1
        or other[0] + other[2] <= one[0] + 1
        or one[1] + one[3] <= other[1] + 1
        or other[1] + other[3] <= one[1] + 1
    )


def test_axe_finds_nothing_serious(watched):
    from axe_playwright_python.sync_playwright import Axe

    watched.finished()
    for _ in range(2):
        found = Axe().run(watched.page).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert serious == []
        watched.page.get_by_role("button", name="Projector").click()


MOUNT = """async ([script, style]) => {
  const sheet = document.createElement('style');
  sheet.textContent = style;
  document.head.append(sheet);
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const widget = (await import(url)).default;
  const heard = [];
  const model = {
    on: (event, listener) => heard.push(listener),
    send: async (question) => {
      const answer = await window.kernel(question);
      heard.forEach((listener) => listener(answer));
    },
  };
  widget.render({ model, el: document.getElementById('cell') });
}"""


def test_a_notebooks_cell_shows_the_same_page(browser):
    """As anywidget loads it: one module without anything beside it, and messages of a kernel."""
    from vibronic.explorer import show

    widget = show("two modes")
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    requests = []
    troubles = []
    page.on("request", lambda r: requests.append(r.url))
    page.on("pageerror", lambda e: troubles.append(str(e)))

    def kernel(question):
        key = question.pop("key")
        return {**widget.tab.answer(question), "key": key}

    page.expose_function("kernel", kernel)
    page.set_content("<!doctype html><div id='cell' style='width: 1100px'></div>")
    page.evaluate(MOUNT, [widget._esm, widget._css])
    page.wait_for_selector("[data-finished]", timeout=60_000)
    red, _, blue = np.moveaxis(image(page.locator(".panel.cone .figure")), -1, 0)
    assert (blue > red + 60).sum() > 2000
    assert (red > blue + 60).sum() > 400
    root = page.locator(".vibronic-explorer").bounding_box()
    assert root["width"] <= 1100

    number = int(page.locator(".vibronic-explorer").get_attribute("data-finished"))
    page.locator("[data-name=gap] input").focus()
    page.keyboard.press("PageUp")
    page.wait_for_selector(f"[data-finished='{number + 1}']", timeout=120_000)
    assert widget.tab.settings.gap == pytest.approx(0.5)
    assert [url for url in requests if not url.startswith("blob:")] == []
    assert troubles == []
    context.close()
