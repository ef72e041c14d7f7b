"""The page as a whole: complete, safe, reachable, and the same each time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from equipoise.report import render_report
from report.reading import example_html, example_page, read
from support.findings_factory import HOSTILE, example_findings, without_data

ROOT = Path(__file__).parents[2]
SECTIONS = [
    "answer",
    "basis",
    "summary",
    "trials",
    "robustness",
    "harms",
    "gaps",
    "certainty",
    "methods",
    "provenance",
]


def test_sections_stand_in_the_order_a_reader_needs_them() -> None:
    (main,) = example_page().all("main")
    sections = [n.attributes["id"] for n in main.all("section") if n.parent is main]
    assert sections == SECTIONS


def test_the_contents_list_every_section() -> None:
    (nav,) = example_page().all("nav")
    assert [a.attributes["href"] for a in nav.all("a")] == [f"#{name}" for name in SECTIONS]


def test_every_id_is_unique() -> None:
    ids = Counter(n.attributes["id"] for n in example_page().walk() if "id" in n.attributes)
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_link_into_the_page_has_a_target() -> None:
    page = example_page()
    ids = {n.attributes["id"] for n in page.walk() if "id" in n.attributes}
    targets = {
        n.attributes["href"][1:]
        for n in page.walk()
        if n.attributes.get("href", "").startswith("#")
    }
    assert len(targets) > 50
    assert targets - ids == set()


def test_every_reference_between_elements_has_a_target() -> None:
    page = example_page()
    ids = {n.attributes["id"] for n in page.walk() if "id" in n.attributes}
    for name in ("aria-labelledby", "aria-describedby"):
        used = {n.attributes[name] for n in page.walk() if name in n.attributes}
        assert used
        assert used - ids == set()


def test_one_first_heading_and_no_level_is_skipped() -> None:
    levels = [
        int(n.tag[1]) for n in example_page().walk() if n.tag in {"h1", "h2", "h3", "h4", "h5"}
    ]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [b - a for a, b in pairwise(levels) if b - a > 1] == []


def test_every_figure_says_what_it_is() -> None:
    figures = example_page().all("svg")
    assert len(figures) > 8
    for svg in figures:
        kinds = {n.tag: n for n in svg.walk() if n.parent is svg and n.tag in {"title", "desc"}}
        assert svg.attributes["role"] in {"img", "group"}
        assert svg.attributes["aria-labelledby"] == kinds["title"].attributes["id"]
        assert kinds["title"].text
        assert kinds["desc"].text


def test_every_table_has_a_caption_and_every_header_a_scope() -> None:
    tables = example_page().all("table")
    assert len(tables) > 10
    for table in tables:
        assert [caption.text for caption in table.all("caption")] != []
        assert [th.text for th in table.all("th") if "scope" not in th.attributes] == []


def test_every_row_of_a_table_fills_the_same_columns() -> None:
    for table in example_page().all("table"):
        widths = set()
        carried: list[int] = []
        for row in table.all("tr"):
            cells = [n for n in row.children if not isinstance(n, str)]
            spans = [int(c.attributes.get("colspan", "1")) for c in cells]
            widths.add(sum(spans) + len(carried))
            carried = [left - 1 for left in carried if left > 1]
            carried += [
                int(c.attributes["rowspan"]) - 1 for c in cells if "rowspan" in c.attributes
            ]
        assert len(widths) == 1, table.all("caption")[0].text


def test_boxes_that_scroll_can_be_reached_and_are_named() -> None:
    boxes = example_page().all("div", "scroll")
    assert boxes
    for box in boxes:
        assert box.attributes["tabindex"] == "0"
        assert box.attributes["role"] == "group"
        assert box.attributes["aria-label"]


def test_nothing_is_loaded_from_anywhere() -> None:
    page = example_page()
    for node in page.walk():
        assert node.tag not in {"link", "img", "iframe", "object", "embed", "image", "use"}
        assert "src" not in node.attributes
        assert not [name for name in node.attributes if name.startswith("on")]
    (style,) = page.all("style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    policies = [n for n in page.all("meta") if "http-equiv" in n.attributes]
    assert policies[0].attributes["content"].startswith("default-src 'none';")


def test_hostile_text_stays_text() -> None:
    page = example_page()
    assert "<script>alert" not in example_html()
    assert "<b>Alternation" not in example_html()
    assert len(page.all("script")) == 1
    assert [n.text for n in page.all("th") if HOSTILE in n.text] != []


def test_every_text_of_the_findings_is_escaped() -> None:
    hostile = '"><script>alert(2)</script>'
    findings = example_findings()
    page = read(
        render_report(
            replace(
                findings,
                review=replace(
                    findings.review, title=hostile, question=hostile, citation=hostile, doi=hostile
                ),
                comparisons=tuple(
                    replace(c, name=hostile, treatment_name=hostile, note=hostile)
                    for c in findings.comparisons
                ),
                outcomes=tuple(replace(o, name=hostile) for o in findings.outcomes),
                studies=tuple(replace(s, note=hostile) for s in findings.studies),
            )
        )
    )
    assert len(page.all("script")) == 1
    assert page.all("h1")[0].text == hostile


def test_the_same_findings_give_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib\n"
        "from equipoise.report import render_report\n"
        "from support.findings_factory import example_findings\n"
        "print(hashlib.sha256(render_report(example_findings()).encode()).hexdigest())\n"
    )
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(hashes) == 1


def test_changed_findings_give_a_changed_page() -> None:
    findings = example_findings()
    first, *others = findings.findings
    changed = replace(findings, findings=(replace(first, title="Another"), *others))
    assert render_report(changed) != example_html()


def test_the_main_comparison_is_open_and_the_others_are_folded() -> None:
    page = example_page()
    for section in ("summary", "trials", "robustness", "harms", "certainty"):
        assert page.by_id(f"{section}-drug-a-placebo").tag == "div"
        folded = page.by_id(f"{section}-drug-b-placebo")
        assert folded.tag == "details"
        assert "open" not in folded.attributes


def test_each_trial_has_a_row_in_the_table_and_one_in_the_plot_that_lead_to_each_other() -> None:
    page = example_page()
    for finding in example_findings().findings:
        article = page.by_id(f"f-{finding.id}")
        rows = [r for r in article.all("tr") if r.attributes.get("id", "").startswith("t-")]
        assert [row.all("th")[0].text for row in rows] == [t.label for t in finding.trials]
        for row in rows:
            back = row.all("a")[0].attributes["href"][1:]
            plot_row = article.by_id(back)
            assert plot_row.inside("svg")
            links = {a.attributes["href"] for a in article.all("svg")[0].all("a")}
            assert f"#{row.attributes['id']}" in links


def test_each_trial_names_the_line_of_the_file_it_came_from() -> None:
    page = example_page()
    for finding in example_findings().findings:
        article = page.by_id(f"f-{finding.id}")
        for trial in finding.trials:
            assert all(line in article.text for line in trial.inputs)
            assert all(source in article.text for source in trial.sources)


def test_a_review_without_data_says_so_and_draws_only_the_grid() -> None:
    page = read(render_report(without_data()))
    assert len(page.all("svg")) == 1
    assert "No included trial" in page.by_id("summary").text
    assert "Nothing has been rated." in page.by_id("certainty").text


def test_one_thing_is_counted_in_the_singular() -> None:
    findings = example_findings()
    main = findings.comparisons[0].id
    last = next(f for f in findings.findings if f.comparison != main)
    rated = replace(last, certainty=findings.findings[0].certainty)
    changed = tuple(
        f if f.comparison == main else rated if f is last else replace(f, certainty=None)
        for f in findings.findings
    )
    page = read(render_report(replace(findings, findings=changed)))
    counted = page.by_id(f"certainty-{last.comparison}").all("summary")[0]
    assert counted.all("span", "aside")[0].text == "1 rating"


def test_a_finding_whose_trials_gave_no_numbers_is_told_without_a_plot() -> None:
    findings = example_findings()
    last = next(f for f in findings.findings if f.status == "not poolable")
    bare = replace(last, trials=(), without_numbers=("Quist 2009",))
    others = tuple(bare if f is last else f for f in findings.findings)
    article = read(render_report(replace(findings, findings=others))).by_id(f"f-{last.id}")
    assert article.all("svg") == []
    assert "reported without usable numbers: Quist 2009" in article.text


def test_every_file_read_is_listed_with_its_hash() -> None:
    text = example_page().by_id("provenance").text
    for name, digest in example_findings().provenance.inputs.items():
        assert name in text
        assert digest in text
