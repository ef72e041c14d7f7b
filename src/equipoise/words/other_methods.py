"""Where the methods shown beside the main analysis come to another verdict, in words."""

from __future__ import annotations

from equipoise.findings import Finding, Findings
from equipoise.words.binding import Parts, bind, join_path, listed, make_sentence
from equipoise.words.estimates import is_estimated
from equipoise.words.model import Bound, Sentence


def differing_presets(finding: Finding) -> tuple[str, ...]:
    """Give the presets beside the main one whose verdict is of another category.

    Empty where the main analysis gave no estimate, as there is then no verdict to differ from.
    """
    if not is_estimated(finding):
        return ()
    main = finding.verdicts[finding.primary].category
    return tuple(
        preset
        for preset, verdict in finding.verdicts.items()
        if preset in finding.estimates and verdict.category != main
    )


def other_verdicts_tag(findings: Findings, finding: Finding) -> Parts:
    """Tell in brief what other methods say: ``unclear by the methods Cochrane 2025``."""
    return listed(
        (
            _category(findings, finding, preset),
            " by the methods ",
            _preset(findings, finding, preset),
        )
        for preset in differing_presets(finding)
    )


def other_verdicts_clause(findings: Findings, finding: Finding) -> Parts:
    """Tell as a clause: ``by the methods Cochrane 2025 the verdict is “unclear”``."""
    return listed(
        (
            "by the methods ",
            _preset(findings, finding, preset),
            " the verdict is “",
            _category(findings, finding, preset),
            "”",
        )
        for preset in differing_presets(finding)
    )


def other_verdicts_row(findings: Findings, finding: Finding) -> Parts:
    """Tell for a row of a table: ``Cochrane 2025: unclear``."""
    return listed(
        (
            (
                _preset(findings, finding, preset),
                ": ",
                _category(findings, finding, preset),
            )
            for preset in differing_presets(finding)
        ),
        "; ",
        "; ",
    )


def other_verdicts_text(findings: Findings, finding: Finding) -> tuple[Sentence, ...]:
    """Tell in sentences of their own, one for each preset whose verdict differs."""
    return tuple(
        make_sentence(
            "By the methods shown beside it, ",
            (_preset(findings, finding, preset), ", the verdict is “"),
            (_category(findings, finding, preset), "”."),
        )
        for preset in differing_presets(finding)
    )


def _preset(findings: Findings, finding: Finding, preset: str) -> Bound:
    path = join_path("findings", finding.id, "estimates", preset, "methods", "preset")
    return bind(findings, path, "preset_in_brief", finding=finding.id)


def _category(findings: Findings, finding: Finding, preset: str) -> Bound:
    path = join_path("findings", finding.id, "verdicts", preset, "category")
    return bind(findings, path, "word", finding=finding.id)
