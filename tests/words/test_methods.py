"""The methods paragraph follows from the options that were used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from equipoise.findings import Estimate, Findings, Methods
from equipoise.words import methods_text


def _text(findings: Findings) -> str:
    return " ".join(sentence.plain for sentence in methods_text(findings))


def _with(findings: Findings, change: Callable[[Methods], Methods]) -> Findings:
    """Change the options of the first preset in every estimate."""

    def changed(preset: str, estimate: Estimate) -> Estimate:
        if preset != "as-published":
            return estimate
        return replace(estimate, methods=change(estimate.methods))

    return replace(
        findings,
        findings=tuple(
            replace(f, estimates={preset: changed(preset, e) for preset, e in f.estimates.items()})
            for f in findings.findings
        ),
    )


def test_the_main_preset_is_described_first(findings: Findings) -> None:
    first, second, *_ = (sentence.plain for sentence in methods_text(findings))
    assert first == (
        "Main analysis, as published (RevMan's classic methods): mean differences were combined "
        "with a random-effects model, each trial weighted by the inverse of its variance; the "
        "variance between trials was estimated by the moment estimator of DerSimonian and Laird "
        "(1986, doi:10.1016/0197-2456(86)90046-2)."
    )
    assert second.startswith("The risk ratios were combined with a random-effects model")


def test_each_method_in_use_is_cited(findings: Findings) -> None:
    text = _text(findings)
    for doi in (
        "10.1016/0197-2456(86)90046-2",
        "10.1093/jnci/22.4.719",
        "10.2307/2530643",
        "10.3102/10769986030003261",
        "10.1002/sim.791",
        "10.1111/j.1467-985X.2008.00552.x",
        "10.1002/sim.2514",
        "10.1002/sim.1186",
    ):
        assert doi in text


def test_a_method_that_was_not_used_is_not_mentioned(findings: Findings) -> None:
    text = _text(findings)
    assert "Paule" not in text
    assert "Peto" not in text
    assert "Hedges" not in text
    changed = _text(_with(findings, lambda m: replace(m, tau2="PM")))
    assert "Paule and Mandel (1982, doi:10.6028/jres.087.022)" in changed
    assert "DerSimonian" not in changed


def test_a_common_effect_has_no_variance_between_trials(findings: Findings) -> None:
    common = _with(findings, lambda m: replace(m, model="common", method="IV", tau2=None))
    own = [s.plain for s in methods_text(common)][:2]
    assert own[0].startswith(
        "Main analysis, as published (RevMan's classic methods): mean differences and risk ratios "
        "were combined with a common-effect model"
    )
    assert "variance between trials" not in own[0]
    assert "Q-profile" not in own[1]


def test_departures_are_named(findings: Findings) -> None:
    assert (
        "Some mean differences and risk ratios depart from these methods: confidence interval: "
        "wald." in _text(_with(findings, lambda m: replace(m, changed={"ci": "wald"})))
    )


def test_standardised_differences_and_empty_cells_are_explained_where_used(
    findings: Findings,
) -> None:
    everywhere = _with(
        findings, lambda m: replace(m, smd_variance="revman", zero_cells="only-zero", add=0.5)
    )
    text = _text(everywhere)
    assert "For risk ratios, 0.50 was added to each cell of trials with an empty" in text
    assert "mean differences, 0.50" not in text
    assert "Hedges" not in text
    standardised = _with(everywhere, lambda m: replace(m, measure="SMD"))
    assert (
        "For standardised mean differences, the measure was Hedges' g with the approximate "
        "correction" in _text(standardised)
    )


def test_without_pooled_findings_only_the_software_is_named(empty: Findings) -> None:
    assert _text(empty) == (
        "Everything was computed with equipoise 0.0.0 from 3 files, whose fingerprints are "
        "recorded."
    )
