"""The report as people meet it: in a browser, on a phone, on paper, with a keyboard."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from equipoise.report import render_report
from equipoise.review import load_review
from equipoise.synthesis import synthesise
from support.findings_factory import example_findings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
if CHROMIUM is None:
    pytest.skip("no Chromium on this system", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


EXAMPLE = Path(__file__).parents[2] / "examples" / "ketamine-chronic-pain"


@pytest.fixture(scope="module")
def ketamine(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the example's report, made as ``equipoise run`` makes it."""
    file: Path = tmp_path_factory.mktemp("ketamine") / "report.html"
    findings = synthesise(load_review(EXAMPLE), software_version="0")
    file.write_text(render_report(findings), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render_report(example_findings()), encoding="utf-8")
    return file.as_uri()


class Visit:
    """A page that was opened, with everything it said and asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked_for: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.on("request", lambda request: self.asked_for.append(request.url))


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    visit = Visit(context.new_page())
    visit.page.goto(address)
    yield visit
    context.close()


def test_it_opens_from_a_file_and_asks_for_nothing_else(visit: Visit, address: str) -> None:
    assert visit.page.title() == example_findings().review.title
    assert visit.asked_for == [address]
    assert visit.said == []


def test_the_example_leads_from_its_numbers_to_its_trials_without_complaint(
    browser: Browser, ketamine: str
) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    visit = Visit(context.new_page())
    visit.page.goto(ketamine)
    visit.page.locator("#answer a.n", has_text="15.79").click()
    article = visit.page.locator("article:target")
    for trial in ("Lumanauw 2019", "Noppers 2011a", "Sigtermans 2009"):
        label = article.locator("svg").first.get_by_text(trial, exact=True)
        playwright.expect(label.first).to_be_in_viewport()
    article.locator("svg a").first.click()
    playwright.expect(visit.page.locator("tr:target")).to_contain_text("results.csv:2")
    asked_for, said = visit.asked_for, visit.said
    context.close()
    assert (asked_for, said) == ([ketamine], [])


def test_a_number_in_the_answer_leads_to_visible_trials(visit: Visit) -> None:
    finding = example_findings().findings[0]
    visit.page.locator("#answer a.n").first.click()
    target = visit.page.locator("article:target")
    assert target.get_attribute("id") == f"f-{finding.id}"
    for trial in finding.trials:
        label = target.locator("svg").first.get_by_text(trial.label, exact=True)
        playwright.expect(label.first).to_be_in_viewport()


def test_a_trial_in_the_plot_leads_to_its_row_and_unfolds_the_table(visit: Visit) -> None:
    finding = example_findings().findings[0]
    article = visit.page.locator(f'[id="f-{finding.id}"]')
    row = visit.page.locator(f'[id="t-{finding.trials[0].anchor}"]')
    assert not row.is_visible()
    article.locator("svg a").first.click()
    playwright.expect(row).to_be_in_viewport()
    row.locator("a").first.click()
    assert visit.page.evaluate("location.hash") == f"#p-{finding.trials[0].anchor}"


def test_a_link_unfolds_a_folded_comparison(visit: Visit) -> None:
    finding = example_findings().findings[-1]
    assert finding.comparison == "drug-b-placebo"
    article = visit.page.locator(f'[id="f-{finding.id}"]')
    assert not article.is_visible()
    visit.page.locator(f'#gaps svg a[href="#f-{finding.id}"]').click()
    playwright.expect(article.locator("h4")).to_be_in_viewport()


def test_folding_again_and_following_the_same_link_unfolds_again(visit: Visit) -> None:
    finding = example_findings().findings[-1]
    link = visit.page.locator(f'#gaps svg a[href="#f-{finding.id}"]')
    link.click()
    folded = visit.page.locator("#trials-drug-b-placebo")
    folded.evaluate("part => { part.open = false; }")
    link.click()
    playwright.expect(visit.page.locator(f'[id="f-{finding.id}"] h4')).to_be_in_viewport()


def test_an_address_with_a_place_opens_there(visit: Visit, address: str) -> None:
    finding = example_findings().findings[-1]
    visit.page.goto("about:blank")
    visit.page.goto(f"{address}#f-{finding.id}")
    playwright.expect(visit.page.locator(f'[id="f-{finding.id}"] h4')).to_be_in_viewport()


def test_the_keyboard_reaches_the_answer_first(visit: Visit) -> None:
    visit.page.keyboard.press("Tab")
    skip = visit.page.locator(":focus")
    assert skip.inner_text() == "Skip to the answer"
    playwright.expect(skip).to_be_in_viewport()
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.closest('section').id") == "answer"


@pytest.mark.parametrize("width", [320, 375, 768, 900, 1152])
def test_the_page_never_scrolls_sideways(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width


def test_paper_shrinks_the_figures_to_its_width(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 680, "height": 960})
    visit.page.emulate_media(media="print")
    widths = visit.page.evaluate(
        "[...document.querySelectorAll('svg')].map(svg => svg.getBoundingClientRect().right)"
    )
    assert widths
    assert max(widths) <= 680


PAPER_WIDTH = 718
FOLDED = "details:not([open]):not(.off-paper, .off-paper *)"


def test_paper_is_wide_enough_for_the_example(browser: Browser, ketamine: str) -> None:
    context = browser.new_context(viewport={"width": PAPER_WIDTH, "height": 1000})
    page = context.new_page()
    page.goto(ketamine)
    page.emulate_media(media="print")
    playwright.expect(page.locator(FOLDED)).to_have_count(0)
    wide = page.evaluate(
        """width => [...document.querySelectorAll('table, svg, figure, p, th, td')]
            .filter(part => part.getBoundingClientRect().right > width + 1
                || part.scrollWidth > part.clientWidth + 1 && part.matches('th, td'))
            .map(part => part.closest('table')?.caption?.textContent ?? part.outerHTML)""",
        PAPER_WIDTH,
    )
    context.close()
    assert sorted(set(wide)) == []


def test_a_phone_is_told_that_a_figure_goes_on(visit: Visit) -> None:
    cue = "getComputedStyle(document.querySelector('figure.plot'), '::before').content"
    assert visit.page.evaluate(cue) == "none"
    visit.page.set_viewport_size({"width": 375, "height": 800})
    assert "scroll sideways" in visit.page.evaluate(cue)
    hidden = visit.page.evaluate(
        """[...document.querySelectorAll('figure.plot .scroll')]
            .filter(box => box.checkVisibility() && box.scrollWidth <= box.clientWidth)
            .map(box => box.getAttribute('aria-label'))"""
    )
    assert hidden == []
    visit.page.emulate_media(media="print")
    assert visit.page.evaluate(cue) == "none"


def test_paper_leaves_receipts_and_text_versions_out(visit: Visit) -> None:
    left_out = visit.page.locator("details.off-paper")
    assert left_out.count() > 2
    visit.page.emulate_media(media="print")
    assert [part.is_visible() for part in left_out.all()] == [False] * left_out.count()
    assert visit.page.locator("details.off-paper[open]").count() == 0


def test_paper_shows_everything_else_and_folds_again(visit: Visit) -> None:
    folded = visit.page.locator(FOLDED)
    before = folded.count()
    assert before > 10
    visit.page.emulate_media(media="print")
    playwright.expect(folded).to_have_count(0)
    last = example_findings().findings[-1]
    assert visit.page.locator(f'[id="f-{last.id}"] table').first.is_visible()
    assert not visit.page.locator("nav").is_visible()
    visit.page.emulate_media(media="screen")
    playwright.expect(folded).to_have_count(before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barrier_for_assistive_technology(visit: Visit, scheme: str) -> None:
    violations = _axe(visit, scheme)
    assert violations == []


def _axe(visit: Visit, scheme: str) -> list[str]:
    found = importlib.util.find_spec("axe_core_python")
    if found is None or found.origin is None:
        pytest.skip("needs the package axe-core-python")
    script = Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    visit.page.evaluate(script)
    results = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
        for violation in results["violations"]
        if violation["impact"] in {"serious", "critical", "moderate"}
        for node in violation["nodes"][:5]
    ]
