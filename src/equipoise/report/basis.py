"""What the findings rest on: the trials, who was studied, and what is known of their bias."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from equipoise.findings import Bias, Findings, StudyInfo
from equipoise.report.anchors import finding_anchor, study_anchor
from equipoise.report.directory import Directory
from equipoise.words import numbers

NOT_STATED: Final = "not stated"


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of the review with what it counts."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each value of one characteristic occurs among the listed trials."""

    name: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A listed trial. ``findings`` are links: where they lead and what they are called."""

    anchor: str
    name: str
    design: str
    condition: str
    country: str
    randomised: str
    treatments: str
    bias: str
    findings: tuple[tuple[str, str], ...]
    source: str | None
    note: str | None


def facts(findings: Findings) -> tuple[Fact, ...]:
    """List how many trials and people the review states, and how many trials are listed here."""
    said = findings.included
    stated = [
        (said.trials, "trials included, as the review states"),
        (said.participants, "people in them, as the review states"),
        (said.listed, "trials listed here"),
        (said.with_numbers, "of them with numbers that can be used"),
    ]
    return tuple(Fact(numbers.count(n), label) for n, label in stated if n is not None)


def no_data(findings: Findings) -> str:
    """Say that no trial has data on something, claiming no more than the trials listed can bear.

    Where the review included more trials than are listed here, the others may have measured it.
    """
    said = findings.included
    if said.trials is not None and said.trials > said.listed:
        if not said.listed:
            return "No data: none of the trials is listed here."
        noun = "trial" if said.listed == 1 else "trials"
        return f"No data in the {numbers.count(said.listed)} {noun} listed here."
    return "No included trial of this comparison reported it."


def parts(findings: Findings) -> tuple[str, ...]:
    """Say how the review divides what it included."""
    return tuple(
        f"{label}: {', '.join(text)}"
        for label, trials, people in findings.included.parts
        if (text := _part(trials, people))
    )


def _part(trials: int | None, people: int | None) -> list[str]:
    known = [None if trials is None else numbers.trials(trials)]
    known.append(None if people is None else numbers.people(people))
    return [text for text in known if text is not None]


def tallies(findings: Findings) -> tuple[Tally, ...]:
    """Count conditions, designs, countries and risk-of-bias judgements of the listed trials."""
    studies = findings.studies
    counted = (
        ("Condition", (study.condition for study in studies)),
        ("Design", (study.design for study in studies)),
        ("Country", (study.country for study in studies)),
    )
    return (
        *(_tally(name, (value or NOT_STATED for value in values)) for name, values in counted),
        _tally("Overall risk of bias", (overall(study.risk_of_bias) for study in studies)),
        _tally("Randomisation process", (_judged(study, "randomisation") for study in studies)),
    )


def overall(judgements: tuple[Bias, ...]) -> str:
    """Name the overall judgement; parts of one do not make a whole."""
    return next((bias.judgement for bias in judgements if bias.domain == "overall"), "not known")


def study_rows(names: Directory) -> tuple[StudyRow, ...]:
    """List the included trials, those without usable numbers too."""
    treatments = {treatment.id: treatment.name for treatment in names.all.treatments}
    return tuple(_study_row(study, names, treatments) for study in names.all.studies)


def _study_row(study: StudyInfo, names: Directory, treatments: dict[str, str]) -> StudyRow:
    return StudyRow(
        anchor=study_anchor(study.id),
        name=study.id,
        design=study.design or NOT_STATED,
        condition=study.condition or NOT_STATED,
        country=study.country or NOT_STATED,
        randomised=(
            NOT_STATED if study.n_randomised is None else numbers.count(study.n_randomised)
        ),
        treatments=", ".join(treatments.get(item, item) for item in study.treatments),
        bias=overall(study.risk_of_bias),
        findings=tuple(
            (finding_anchor(item), names.findings[item].title) for item in study.findings
        ),
        source=study.source,
        note=study.note,
    )


def _judged(study: StudyInfo, domain: str) -> str:
    return next((b.judgement for b in study.risk_of_bias if b.domain == domain), "not known")


def _tally(name: str, values: Iterable[str]) -> Tally:
    """Count values, the most frequent first; what is not stated or known comes last."""
    counts = Counter(values)
    known = [value for value in counts if value not in (NOT_STATED, "not known")]
    known.sort(key=lambda value: (-counts[value], value))
    unknown = [value for value in (NOT_STATED, "not known") if value in counts]
    return Tally(name, tuple((value, numbers.count(counts[value])) for value in (*known, *unknown)))
