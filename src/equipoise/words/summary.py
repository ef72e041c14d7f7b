"""The findings as plain text for a terminal."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from equipoise.findings import ComparisonInfo, Finding, Findings, GapCell
from equipoise.words import numbers
from equipoise.words.answer import answer, main_finding
from equipoise.words.binding import gap_key, make_sentence
from equipoise.words.certainty import is_ceiling, reviewers_disagree
from equipoise.words.effects import absolute_in_words
from equipoise.words.estimates import interval_warning, is_estimated, people_incomplete
from equipoise.words.gaps import gap_text
from equipoise.words.listing import all_are_listed
from equipoise.words.model import Sentence
from equipoise.words.other_methods import other_verdicts_row
from equipoise.words.phrases import name, name_start
from equipoise.words.robustness import robustness_text
from equipoise.words.subjects import measured

_GAP = "  "
_SYMBOLS = {"high": "⊕⊕⊕⊕", "moderate": "⊕⊕⊕⊖", "low": "⊕⊕⊖⊖", "very low": "⊕⊖⊖⊖"}
_NOTHING = "–"
_LEGEND = {
    " ≤": "≤ at most: nobody has yet judged every domain of the certainty.",
    " (rule)": "(rule): computed; no person has decided it.",
    " ≠": "≠ reviewers disagree about the certainty.",
}


def terminal_summary(findings: Findings, width: int = 80) -> str:
    """Write a summary that reads well in a terminal of ``width`` columns.

    It holds the title and source, the answer for the protocol's first comparison, its table of
    findings, what the main verdict hangs on, what nobody measured, and what the numbers were made
    from. Control characters in names are replaced, so that a file cannot drive a terminal.
    """
    comparison = findings.comparisons[0]
    blocks = [
        _title(findings, width),
        _wrapped(answer(findings), width),
        _findings_table(findings, comparison, width),
        _main_robustness(findings, comparison.id, width),
        _section("What nobody measured", gap_text(findings, comparison.id), width),
        _others(findings, width),
        _origin(findings, width),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _title(findings: Findings, width: int) -> str:
    review = findings.review
    source = " ".join(filter(None, (review.citation, review.doi and f"doi:{review.doi}")))
    title = _fill(name(review.title), width)
    rule = "═" * max(_width(line) for line in title.splitlines())
    return "\n".join(filter(None, (title, rule, _fill(name(source), width))))


def _heading(text: str) -> str:
    return f"{text}\n{'─' * _width(text)}"


def _section(title: str, sentences: Sequence[Sentence], width: int) -> str:
    if not sentences:
        return ""
    return f"{_heading(title)}\n{_wrapped(sentences, width)}"


def _wrapped(sentences: Sequence[Sentence], width: int) -> str:
    return "\n\n".join(_fill(sentence.plain, width) for sentence in sentences)


def _fill(text: str, width: int, indent: str = "") -> str:
    return "\n".join(
        textwrap.wrap(
            text,
            width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=True,
            break_on_hyphens=False,
        )
    )


def _findings_table(findings: Findings, comparison: ComparisonInfo, width: int) -> str:
    lines = list(_table(findings, comparison.id, width))
    marks = {_mark(finding) for finding in findings.findings if finding.comparison == comparison.id}
    explained = [text for mark, text in _LEGEND.items() if mark in marks]
    lines.extend(("", *explained) if explained else ())
    return "\n".join((_heading(name_start(comparison.name)), *lines))


def _table(findings: Findings, comparison: str, width: int) -> Iterator[str]:
    """Write one row per planned cell with data; the outcome wraps in its own column."""
    by_id = {finding.id: finding for finding in findings.findings}
    rows = [
        _row(findings, by_id[gap_key(cell)])
        for cell in findings.gaps
        if cell.comparison == comparison and gap_key(cell) in by_id
    ]
    if not rows:
        who = "included trial" if all_are_listed(findings) else "trial listed here"
        yield f"No {who} reported a planned outcome."
        return
    header = ("Outcome", "Trials/people", "Effect (CI)", "Certainty")
    widths = [max(_width(row[i]) for row in (header, *rows)) for i in (1, 2, 3)]
    first = max(16, width - sum(widths) - 3 * len(_GAP))
    sizes = (first, *widths)
    for row in (header, *rows):
        yield from _cells(row[:4], sizes)
        yield from _below(row[4:], width)


def _row(findings: Findings, finding: Finding) -> tuple[str, ...]:
    outcome = make_sentence(measured(findings, finding, start=True)).plain
    estimate = finding.estimates.get(finding.primary)
    k = len(finding.trials) if estimate is None else estimate.k
    return (
        outcome,
        f"{numbers.count(k)}/{_people(finding)}",
        _effect(finding),
        _certainty(finding),
        _per_thousand(findings, finding),
        _verdict(findings, finding),
        interval_warning(finding) if is_estimated(finding) else "",
    )


def _people(finding: Finding) -> str:
    if finding.participants is None:
        return _NOTHING
    return ("≥" if people_incomplete(finding) else "") + numbers.count(finding.participants)


def _effect(finding: Finding) -> str:
    estimate = finding.estimates.get(finding.primary)
    if estimate is None:
        return "not estimable"
    effect = estimate.effect
    written = numbers.ratio if finding.ratio else numbers.estimate
    limits = f"{written(effect.ci_low)} to {written(effect.ci_high)}"
    return f"{name(finding.measure)} {written(effect.estimate)} ({limits})"


def _certainty(finding: Finding) -> str:
    certainty = finding.certainty
    if certainty is None:
        return _NOTHING
    if _only_a_high_ceiling(finding):
        return "not yet rated"
    return _SYMBOLS[certainty.level] + _mark(finding)


def _only_a_high_ceiling(finding: Finding) -> bool:
    """Tell whether nothing is known of the certainty: at most high is no rating."""
    certainty = finding.certainty
    return certainty is not None and certainty.level == "high" and is_ceiling(finding)


def _mark(finding: Finding) -> str:
    certainty = finding.certainty
    if certainty is None or _only_a_high_ceiling(finding):
        return ""
    if certainty.decided_by is not None:
        return " ≠" if reviewers_disagree(finding) else ""
    return " ≤" if certainty.not_judged else " (rule)"


def _per_thousand(findings: Findings, finding: Finding) -> str:
    return make_sentence(absolute_in_words(findings, finding)).plain


def _verdict(findings: Findings, finding: Finding) -> str:
    verdict = finding.verdicts.get(finding.primary)
    if verdict is None or not is_estimated(finding):
        return ""
    held = finding.robustness
    if held is None:
        basis = "one trial"
    else:
        total = numbers.analyses(held.analysis_total)
        basis = f"in {numbers.count(held.analysis_same)} of {total}"
    other = make_sentence(other_verdicts_row(findings, finding)).plain
    return f"verdict: {verdict.category} ({'; '.join(filter(None, (basis, other)))})"


def _cells(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    lines = _fill(row[0], widths[0]).splitlines() or [""]
    rest = _GAP.join(
        _pad(text, size) for text, size in zip(row[1:], widths[1:], strict=True)
    ).rstrip()
    yield f"{_pad(lines[0], widths[0])}{_GAP}{rest}"
    yield from lines[1:]


def _below(remarks: Iterable[str], width: int) -> Iterator[str]:
    for remark in filter(None, remarks):
        yield from _fill(remark, width, "    ").splitlines()


def _main_robustness(findings: Findings, comparison: str, width: int) -> str:
    finding = main_finding(findings, comparison)
    if finding is None:
        return ""
    outcome = make_sentence(measured(findings, finding, start=True)).plain
    title = f"{outcome}: analysed otherwise"
    return _section(title, robustness_text(findings, finding), width)


def _others(findings: Findings, width: int) -> str:
    lines = [
        _fill(f"{name_start(info.name)}: {_counted(findings.gaps, info.id)}", width)
        for info in findings.comparisons[1:]
    ]
    return "\n".join((_heading("Other comparisons"), *lines)) if lines else ""


def _counted(gaps: Iterable[GapCell], comparison: str) -> str:
    cells = [cell for cell in gaps if cell.comparison == comparison]
    with_data = sum(cell.status != "no data" for cell in cells)
    planned = f"{len(cells)} planned cell{'' if len(cells) == 1 else 's'}"
    return f"{with_data} of {planned} {'has' if with_data == 1 else 'have'} data"


def _origin(findings: Findings, width: int) -> str:
    included = findings.included
    stated = ", ".join(
        written
        for written in (
            included.trials is not None and numbers.trials(included.trials),
            included.participants is not None and numbers.people(included.participants),
        )
        if written
    )
    rests = f"{numbers.trials(included.listed)} listed, {included.with_numbers} with numbers"
    made = f"{name(findings.provenance.software)} {name(findings.provenance.version)}"
    lines = (
        f"Included by the review: {stated}." if stated else "",
        f"Here: {rests}.",
        f"Methods: {', '.join(name(preset) for preset in findings.presets)} (the first is shown).",
        f"Made by {made} from {numbers.files(findings.provenance.inputs)}.",
    )
    return "\n".join(_fill(line, width) for line in lines if line)


def _pad(text: str, size: int) -> str:
    return text + " " * max(0, size - _width(text))


def _width(text: str) -> int:
    """Count terminal columns: wide characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
