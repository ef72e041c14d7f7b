"""A methods paragraph, written from the options that were resolved and used."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from equipoise.findings import Finding, Findings, Methods
from equipoise.words.binding import Parts, bind, join_path, listed, make_sentence
from equipoise.words.model import Sentence

_COUNTS = frozenset({"RR", "OR", "RD", "IRR", "IRD"})
"""The measures that empty cells concern, since every estimate carries all options."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Measures treated alike: the options and one finding for each measure."""

    methods: Methods
    where: str
    examples: tuple[Finding, ...]


def methods_text(findings: Findings) -> tuple[Sentence, ...]:
    """Describe the methods of every preset that pooled anything, the protocol's first.

    Measures treated alike share a sentence. Findings of one trial pool nothing and are described
    by a sentence of their own; the last sentence names the software and the files it read.
    """
    sentences: list[Sentence] = []
    for position, preset in enumerate(findings.presets):
        sentences.extend(_describe(findings, preset, main=position == 0))
    if any(finding.status == "single trial" for finding in findings.findings):
        sentences.append(_single_trials())
    return (*sentences, _software(findings))


def _describe(findings: Findings, preset: str, *, main: bool) -> Iterator[Sentence]:
    combined = _groups(
        findings, preset, lambda m: (m.model, m.method, m.tau2, m.changed.get("weighting"))
    )
    reported = _groups(findings, preset, lambda m: (m.level, m.ci, m.pi, m.tau2_ci, m.i2))
    for position, group in enumerate(combined):
        opening = _opening(findings, group, main=main) if position == 0 else ()
        yield _combination(findings, group, opening)
    for group in reported:
        yield _reporting(findings, group, alone=len(reported) == 1)
    yield from _empty_cells(findings, preset)
    yield from _standardised(findings, preset)
    yield from _departures(findings, preset)


def _groups(
    findings: Findings, preset: str, alike: Callable[[Methods], Hashable]
) -> tuple[_Group, ...]:
    """Group the measures pooled under a preset by what ``alike`` reads of their options."""
    members: dict[Hashable, dict[str, Finding]] = {}
    for finding in findings.findings:
        if finding.status == "pooled" and preset in finding.estimates:
            methods = finding.estimates[preset].methods
            members.setdefault(alike(methods), {}).setdefault(methods.measure, finding)
    return tuple(_group(tuple(found.values()), preset) for found in members.values())


def _group(examples: Sequence[Finding], preset: str) -> _Group:
    first = examples[0]
    return _Group(first.estimates[preset].methods, _where(first, preset), tuple(examples))


def _where(finding: Finding, preset: str) -> str:
    return join_path("findings", finding.id, "estimates", preset, "methods")


def _measures(findings: Findings, group: _Group) -> Parts:
    preset = group.methods.preset
    paths = (f"{_where(finding, preset)}/measure" for finding in group.examples)
    return listed((bind(findings, path, "measures"),) for path in paths)


def _opening(findings: Findings, group: _Group, *, main: bool) -> Parts:
    which = "Main analysis" if main else "Shown beside it"
    return (f"{which}, ", bind(findings, f"{group.where}/preset", "preset"), ": ")


def _combination(findings: Findings, group: _Group, opening: Parts) -> Sentence:
    return make_sentence(
        opening or "The ",
        _measures(findings, group),
        " were combined with ",
        (bind(findings, group.where, "weighting"),),
        _tau2(findings, group),
        ".",
    )


def _tau2(findings: Findings, group: _Group) -> Parts:
    if group.methods.tau2 is None:
        return ()
    how = bind(findings, f"{group.where}/tau2", "between_trial_variance")
    return ("; the variance between trials was estimated by ", how)


def _reporting(findings: Findings, group: _Group, *, alone: bool) -> Sentence:
    where = group.where
    return make_sentence(
        "Confidence intervals " if alone else "Confidence intervals of ",
        () if alone else (*_measures(findings, group), " "),
        ("(", bind(findings, f"{where}/level", "share"), ") were computed "),
        (bind(findings, f"{where}/ci", "confidence_interval"),),
        *_prediction(findings, group),
        "; variation between trials is described by ",
        (bind(findings, f"{where}/i2", "inconsistency"),),
        *_variance_interval(findings, group),
        ".",
    )


def _prediction(findings: Findings, group: _Group) -> Parts:
    if group.methods.pi is None:
        return ()
    how = bind(findings, f"{group.where}/pi", "prediction_interval")
    return (", and prediction intervals ", how)


def _variance_interval(findings: Findings, group: _Group) -> Parts:
    if group.methods.tau2 is None or group.methods.tau2_ci in {None, "none"}:
        return ()
    how = bind(findings, f"{group.where}/tau2_ci", "variance_interval")
    return (", and the interval of the between-trial variance was computed by ", how)


def _empty_cells(findings: Findings, preset: str) -> Iterator[Sentence]:
    def alike(m: Methods) -> Hashable:
        return (m.zero_cells, m.add, m.double_zero) if m.measure in _COUNTS else None

    for group in _groups(findings, preset, alike):
        if group.methods.measure in _COUNTS and group.methods.zero_cells is not None:
            written = bind(findings, group.where, "empty_cells")
            yield make_sentence("For ", _measures(findings, group), ", ", (written, "."))


def _standardised(findings: Findings, preset: str) -> Iterator[Sentence]:
    for group in _groups(findings, preset, lambda m: m.measure == "SMD" and m.smd_variance):
        if group.methods.measure == "SMD" and group.methods.smd_variance is not None:
            written = bind(findings, f"{group.where}/smd_variance", "standardised_variance")
            start = ("For ", *_measures(findings, group), ", the measure was ")
            yield make_sentence(start, (written, "."))


def _departures(findings: Findings, preset: str) -> Iterator[Sentence]:
    for group in _groups(findings, preset, lambda methods: tuple(sorted(methods.changed.items()))):
        if group.methods.changed:
            written = bind(findings, f"{group.where}/changed", "changes")
            yield make_sentence(
                "Some ", _measures(findings, group), " depart from these methods: ", (written, ".")
            )


def _single_trials() -> Sentence:
    return make_sentence(
        "Where one trial alone had results, its effect is given with an interval from the normal "
        "distribution and nothing was combined."
    )


def _software(findings: Findings) -> Sentence:
    return make_sentence(
        "Everything was computed with ",
        (
            bind(findings, "provenance/software", "name"),
            " ",
            bind(findings, "provenance/version", "name"),
            " from ",
            bind(findings, "provenance/inputs", "files"),
            ", whose fingerprints are recorded.",
        ),
    )
