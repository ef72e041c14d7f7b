"""The figures of the report: which there are, and what stands in them."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from equipoise.figures import Figure
from equipoise.findings import Finding
from equipoise.report import report_figures
from equipoise.report.effects import effect_text
from equipoise.words import numbers
from report.reading import example_html
from support.findings_factory import HOSTILE, example_findings


def _figures() -> dict[str, Figure]:
    return report_figures(example_findings())


def _first() -> Finding:
    return example_findings().findings[0]


def _texts(figure: Figure) -> list[str]:
    tree = ET.fromstring(figure.svg)  # noqa: S314 - our own figure
    return ["".join(node.itertext()) for node in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_each_finding_with_trials_has_a_plot_and_each_name_is_a_file_name() -> None:
    figures = _figures()
    assert {f.id for f in example_findings().findings} <= figures.keys()
    assert "gap-map" in figures
    assert "drug-a-placebo.pain.immediate-by-dose" in figures
    assert [name for name in figures if not re.fullmatch(r"[A-Za-z0-9._-]+", name)] == []


def test_the_page_holds_the_same_figures() -> None:
    for figure in _figures().values():
        assert figure.svg in example_html()


def test_curves_are_drawn_where_the_verdict_depends_on_the_analysis() -> None:
    curves = {name for name in _figures() if name.endswith("-other-analyses")}
    assert curves == {
        "drug-a-placebo.pain.immediate-other-analyses",
        "drug-a-placebo.pain.short-other-analyses",
        "drug-a-placebo.any-event-other-analyses",
    }


def test_both_sets_of_methods_have_a_total_the_protocols_first() -> None:
    finding = _first()
    texts = _texts(_figures()[finding.id])
    totals = [text for text in texts if text.startswith("Total, ")]
    assert totals == ["Total, as published (95% CI)", "Total, Cochrane 2025 (95% CI)"]
    for estimate in finding.estimates.values():
        assert effect_text(estimate.effect) in texts


def test_a_prediction_interval_is_drawn_where_there_is_one() -> None:
    finding = _first()
    texts = _texts(_figures()[finding.id])
    modern = finding.estimates["cochrane-2025"]
    assert modern.pi_low is not None
    assert modern.pi_high is not None
    assert texts.count("95% prediction interval") == 1
    assert numbers.interval(modern.pi_low, modern.pi_high) in texts


def test_heterogeneity_and_tests_stand_below_for_each_set_of_methods() -> None:
    finding = _first()
    found = finding.estimates["as-published"].heterogeneity
    lines = [t for t in _texts(_figures()[finding.id]) if t.startswith(("As published:", "Coch"))]
    assert len(lines) == 2
    assert found.tau2 is not None
    assert found.i2 is not None
    assert f"τ² = {numbers.tau2(found.tau2)}" in lines[0]
    assert f"I² = {numbers.percent(found.i2)}" in lines[0]
    assert "overall effect: z = " in lines[0]
    assert "overall effect: t = " in lines[1]


def test_the_numbers_of_both_arms_stand_beside_each_trial() -> None:
    trial = _first().trials[0]
    texts = _texts(_figures()[_first().id])
    row = texts.index(trial.label)
    assert texts[row + 1 : row + 9] == [
        "38.00", "22.50", "24", "57.50", "24.00", "25",
        numbers.weight(trial.weights["as-published"]),
        effect_text(trial.effect) if trial.effect else "",
    ]  # fmt: skip


def test_a_trial_that_cannot_be_estimated_keeps_its_row_and_its_numbers() -> None:
    figure = _figures()["drug-a-placebo.serious-event"]
    texts = _texts(figure)
    row = texts.index("Abara 2019")
    assert texts[row + 1 : row + 6] == ["0", "40", "0", "41", "Not estimable"]
    assert "Total" not in figure.text.replace("Total  ", "")


def test_a_single_trial_is_not_totalled() -> None:
    texts = _texts(_figures()["drug-a-placebo.response.short"])
    assert not [text for text in texts if text.startswith("Total,")]
    assert "Weight" not in texts


def test_the_sides_are_named_by_who_is_favoured() -> None:
    figures = _figures()
    assert _sides(figures["drug-a-placebo.pain.short"]) == ["Favours drug A", "Favours placebo"]
    assert _sides(figures["drug-a-placebo.response.short"]) == ["Favours placebo", "Favours drug A"]


def _sides(figure: Figure) -> list[str]:
    """Give the texts under the axis from left to right."""
    tree = ET.fromstring(figure.svg)  # noqa: S314 - our own figure
    found = [
        (float(node.attrib["x"]), "".join(node.itertext()))
        for node in tree.iter("{http://www.w3.org/2000/svg}text")
        if "".join(node.itertext()).startswith("Favours")
    ]
    return [text for _, text in sorted(found)]


def test_the_minimal_important_difference_is_marked_on_both_sides() -> None:
    figures = _figures()
    assert _texts(figures["drug-a-placebo.pain.short"]).count("MID") == 2
    assert "MID" not in _texts(figures["drug-a-placebo.nausea"])


def test_a_difference_per_thousand_is_not_marked_on_an_axis_of_another_unit() -> None:
    findings = example_findings()
    finding = next(f for f in findings.findings if f.id == "drug-a-placebo.pain.short")
    verdict = replace(finding.verdicts[finding.primary], mid_unit="per 1,000")
    changed = replace(finding, verdicts={finding.primary: verdict})
    others = tuple(changed if f is finding else f for f in findings.findings)
    figures = report_figures(replace(findings, findings=others))
    assert "MID" not in _texts(figures[finding.id])


def test_subgroups_have_headings_subtotals_and_a_test_for_their_differences() -> None:
    analysis = _first().subgroup_analyses[0]
    texts = _texts(_figures()["drug-a-placebo.pain.immediate-by-dose"])
    headings = [texts.index(level.level) for level in analysis.levels]
    assert headings == sorted(headings)
    assert texts.count("Subtotal (95% CI)") == sum(level.k > 1 for level in analysis.levels)
    assert len([t for t in texts if t.startswith("Differences between groups, ")]) == 2
    assert f"In no group: {HOSTILE}" in texts
