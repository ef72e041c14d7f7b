"""What only a browser can tell: whether the estimated text widths were enough."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from figures.invented import FIGURES

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MEASURE = """
() => [...document.querySelectorAll('svg')].map(svg => {
  const box = svg.getBoundingClientRect();
  const all = [...svg.querySelectorAll('text')].map(node => {
    const r = node.getBoundingClientRect();
    return {text: node.textContent, left: r.left - box.left, top: r.top - box.top,
            right: r.right - box.left, bottom: r.bottom - box.top,
            tilted: node.hasAttribute('transform')};
  });
  return {width: box.width, height: box.height, texts: all};
})
"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Give a page of the system's Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this system")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1400, "height": 900})
        browser.close()


@pytest.fixture(scope="module")
def measured(page: Page) -> dict[str, dict[str, Any]]:
    """Lay all figures out on one page and measure their texts."""
    drawn = "".join(draw().svg for draw in FIGURES.values())
    page.set_content(f"<!doctype html><html lang='en'><title>Figures</title><main>{drawn}</main>")
    return dict(zip(FIGURES, page.evaluate(MEASURE), strict=True))


def touching(one: dict[str, float], other: dict[str, float]) -> bool:
    """Tell whether two texts overlap by more than the roundness of their letters."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    along = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 1.0 and along > 4.0


@pytest.mark.parametrize("name", FIGURES)
def test_every_text_is_inside_its_figure(name: str, measured: dict[str, dict[str, Any]]) -> None:
    figure = measured[name]
    outside = [
        text["text"]
        for text in figure["texts"]
        if text["left"] < 0
        or text["top"] < 0
        or text["right"] > figure["width"]
        or text["bottom"] > figure["height"]
    ]
    assert outside == []


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_runs_into_another(name: str, measured: dict[str, dict[str, Any]]) -> None:
    texts = [text for text in measured[name]["texts"] if not text["tilted"]]
    pairs = [
        (one["text"], other["text"])
        for i, one in enumerate(texts)
        for other in texts[i + 1 :]
        if touching(one, other)
    ]
    assert pairs == []


@pytest.mark.parametrize("width", [400, 1000])
def test_figures_shrink_to_the_page(page: Page, width: int) -> None:
    drawn = "".join(draw().svg for draw in FIGURES.values())
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(f"<!doctype html><body style='margin:0'>{drawn}")
    widths = page.evaluate("[...document.querySelectorAll('svg')].map(s => s.clientWidth)")
    natural = [draw().width for draw in FIGURES.values()]
    assert widths == [min(width, each) for each in natural]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_is_hidden_from_assistive_technology(page: Page) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe is not installed")
    drawn = "".join(f"<figure>{draw().svg}</figure>" for draw in FIGURES.values())
    page.set_content(
        "<!doctype html><html lang='en'><title>Figures</title>"
        f"<main><h1>Figures</h1>{drawn}</main></html>"
    )
    found = axe.Axe().run(page)["violations"]
    assert [(each["id"], [node["html"][:80] for node in each["nodes"]]) for each in found] == []
