"""The made-up protocol of the example findings and the numbers its trials reported."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.findings import (
    Bias,
    ComparisonInfo,
    OutcomeInfo,
    TimeInfo,
    TreatmentInfo,
)

HOSTILE = "<script>alert(1)</script> & Søn 2016"
PRESETS = ("as-published", "cochrane-2025")
OUTCOMES = (
    OutcomeInfo(
        "pain", "Pain intensity", "continuous", "MD", "lower", "critical", "benefit",
        "Pain intensity (0 to 100)", ("immediate", "short"), 10.0, (20.0,), None,
        "0 no pain, 100 worst pain",
    ),
    OutcomeInfo(
        "response", "Pain reduced by 50 % or more", "binary", "RR", "higher", "important",
        "benefit", None, ("short",), None, (), None, None,
    ),
    OutcomeInfo(
        "depression", "Depressive symptoms", "continuous", "SMD", "lower", "critical",
        "benefit", None, ("short",), None, (), None, None,
    ),
    OutcomeInfo(
        "any-event", "Any adverse event", "binary", "RR", "lower", "important", "harm", None,
        (), None, (), None, None,
    ),
    OutcomeInfo(
        "nausea", "Nausea", "binary", "RR", "lower", "important", "harm", None, (), None, (),
        None, None,
    ),
    OutcomeInfo(
        "serious-event", "Serious adverse events", "binary", "RR", "lower", "critical", "harm",
        None, (), None, (), None, None,
    ),
)  # fmt: skip
TREATMENTS = (
    TreatmentInfo("drug-a", "drug A", "any dose, into a vein"),
    TreatmentInfo("drug-b", "drug B (β-form)", None),
    TreatmentInfo("placebo", "placebo", "matching infusion"),
)
COMPARISONS = (
    ComparisonInfo(
        "drug-a-placebo", "1", "drug A v placebo", "drug-a", "drug A", ("placebo",), "placebo",
        None,
    ),
    ComparisonInfo(
        "drug-b-placebo", "2", "drug B (β-form) v placebo", "drug-b", "drug B (β-form)",
        ("placebo",), "placebo", "labels are inferred",
    ),
)  # fmt: skip
TIMES = (
    TimeInfo("immediate", "immediate term (up to 1 day)"),
    TimeInfo("short", "short term"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One trial's numbers: means with standard deviations, or events, then people."""

    study: str
    numbers: tuple[float, ...]


PAIN_IMMEDIATE = (
    Row("Núñez 2014", (24, 38.0, 22.5, 25, 57.5, 24.0)),
    Row(HOSTILE, (30, 41.0, 26.0, 28, 47.0, 25.5)),
    Row("Abara 2019", (40, 45.2, 24.1, 41, 48.3, 23.7)),
    Row("Œrsted 2021", (18, 30.5, 27.0, 17, 58.0, 26.2)),
)
PAIN_SHORT = (
    Row("Núñez 2014", (24, 46.0, 23.0, 24, 50.0, 23.5)),
    Row("Abara 2019", (38, 47.0, 25.0, 40, 51.5, 24.0)),
)
PAIN_SHORT_B = (
    Row("Lund 2011", (410, 44.1, 21.0, 402, 46.3, 21.4)),
    Row("Okafor 2017", (655, 45.0, 20.2, 661, 46.6, 20.8)),
    Row("Tran 2020", (288, 43.2, 22.0, 290, 44.5, 21.1)),
)
RESPONSE = (Row("Abara 2019", (14, 38, 9, 40)),)
ANY_EVENT = (
    Row("Núñez 2014", (15, 24, 6, 25)),
    Row("Abara 2019", (22, 40, 15, 41)),
    Row("Œrsted 2021", (11, 18, 2, 17)),
)
NAUSEA = (
    Row("Núñez 2014", (9, 24, 2, 25)),
    Row(HOSTILE, (8, 30, 3, 28)),
    Row("Abara 2019", (12, 40, 3, 41)),
    Row("Œrsted 2021", (4, 18, 0, 17)),
)
NAUSEA_B = (
    Row("Lund 2011", (61, 410, 40, 402)),
    Row("Okafor 2017", (90, 655, 58, 661)),
)
SERIOUS = (Row("Abara 2019", (0, 40, 0, 41)), Row("Œrsted 2021", (0, 18, 0, 17)))


BIAS = {
    "Núñez 2014": (
        Bias("randomisation", "low", "Computer list, sealed envelopes."),
        Bias("overall", "some concerns"),
    ),
    "Abara 2019": (Bias("randomisation", "low"), Bias("overall", "low")),
    HOSTILE: (Bias("randomisation", "high", "<b>Alternation</b>"), Bias("overall", "high")),
}
DOSE = {"Núñez 2014": "higher dose", "Abara 2019": "lower dose", "Œrsted 2021": "higher dose"}
