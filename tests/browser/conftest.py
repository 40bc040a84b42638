"""Pages in a real Chromium, with all that a reader could trip over.

They need `pip install -e '.[browser]'` and a Chromium of the system; elsewhere they are skipped.
"""

import shutil
from pathlib import Path

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A headless Chromium with a fresh profile."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=program, args=FLAGS, headless=True)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser):
    """Opens a file; gives the page, which keeps what went wrong in it as `page.troubles`."""
    contexts = []

    def load(path, scheme="light", viewport=DESK, **options):
        context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        troubles = page.troubles = []
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("console", lambda said: troubles.append(f"console: {said.text}") if said.type != "log" else None)
        url = Path(path).resolve().as_uri()
        page.on(
            "request", lambda request: troubles.append(f"request: {request.url}") if is_foreign(request, url) else None
        )
        page.goto(url)
        return page

    yield load
    for context in contexts:
        context.close()


def is_foreign(request, url):
    """Whether something but the page itself, and what is written in it, was asked for."""
    return request.url.split("#")[0] != url and not request.url.startswith("data:")


@pytest.fixture
def check_page(open_page):
    """Checks a page all over: scripts, network, width on a phone, axe-core in both schemes, the keyboard."""

    def check(path):
        axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
        axe = axe_module.Axe()
        for scheme in ("light", "dark"):
            page = open_page(path, scheme)
            # What is folded is part of the page: axe looks at what can be seen.
            page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
            found = axe.run(page).response["violations"]
            told = [
                f"{scheme}: {one['id']} ({one['help']}): {[node['html'][:200] for node in one['nodes'][:3]]}"
                for one in found
            ]
            assert not told, "\n".join(told)
            assert page.troubles == []
        phone = open_page(path, viewport=PHONE)
        phone.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert phone.troubles == []
        check_keyboard(open_page(path))
        check_heatmaps(open_page(path))

    return check


def check_keyboard(page):
    """Tab goes through everything that can be operated and is seen, and the first stop skips to the content."""
    wanted = page.evaluate(
        """() => {
          const all = document.querySelectorAll('a[href], button, select, input, summary, [tabindex="0"]');
          const seen = [...all].filter((one) => one.checkVisibility() && !one.disabled);
          seen.forEach((one, n) => { one.dataset.stop = n; });
          return seen.length;
        }"""
    )
    reached = []
    for _ in range(wanted + 2):
        page.keyboard.press("Tab")
        stop = page.evaluate("document.activeElement.dataset.stop")
        if stop is None:
            break
        reached.append(int(stop))
    assert sorted(set(reached)) == list(range(wanted))
    assert page.evaluate("document.querySelector('[data-stop=\"0\"]').className") == "skip"


def check_heatmaps(page):
    """In each heat map that is seen, every arrow key leads to another cell and back."""
    for number in range(page.locator("figure.heatmap").count()):
        figure = page.locator("figure.heatmap").nth(number)
        if not figure.is_visible():
            continue
        figure.locator(".map").focus()
        page.keyboard.press("Control+Home")
        first = figure.locator(".readout").inner_text()
        data = page.evaluate(
            "n => JSON.parse(document.querySelectorAll('figure.heatmap script')[n].textContent)", number
        )
        rows, columns = data["rows"], data["columns"]
        assert rows["labels"][0] in first and columns["labels"][0] in first
        for key, back, names in (("ArrowRight", "ArrowLeft", columns), ("ArrowDown", "ArrowUp", rows)):
            if len(names["labels"]) > 1:
                page.keyboard.press(key)
                assert f"{names['name']} {names['labels'][1]}" in figure.locator(".readout").inner_text()
                page.keyboard.press(back)
            assert figure.locator(".readout").inner_text() == first
