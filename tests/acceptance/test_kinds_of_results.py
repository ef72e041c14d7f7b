"""Every kind of result a trial can report goes the whole way, and is pooled as it should be.

The expected values are inverse-variance means worked out here by hand from the numbers given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from acceptance.reviews import (
    Answer,
    Row,
    answer,
    both_arms,
    contrast,
    outcome,
    primary,
    said,
    write_review,
)

COMMON = 'changes = { model = "common" }'
PAIN = outcome("pain", "continuous", "MD", scale="pain-0-100", mid=10)
Z = 1.959963984540054


def by_hand(*effects: tuple[float, float]) -> tuple[float, float]:
    """Return the inverse-variance mean of (estimate, standard error) and its standard error."""
    weights = [1 / se**2 for _, se in effects]
    total = math.fsum(weights)
    mean = math.fsum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / total
    return mean, 1 / math.sqrt(total)


def pooled(made: Answer, cell: str) -> tuple[float, float]:
    effect = primary(made.finding(cell)).effect
    return effect.analysis_estimate, effect.analysis_se


@pytest.mark.parametrize(
    ("planned", "rows", "effects"),
    [
        pytest.param(
            PAIN,
            [
                contrast("A", "pain", measure="MD", estimate=-5, se=2),
                contrast("B", "pain", measure="MD", estimate=-8, ci_low=-12, ci_high=-4, n=80),
            ],
            [(-5, 2), (-8, 8 / (2 * Z))],
            id="mean differences with a standard error or an interval",
        ),
        pytest.param(
            PAIN,
            [{**contrast("A", "pain", measure="MD", estimate=5, se=2), "arm": "p", "reference_arm": "d"}],
            [(-5, 2)],
            id="a contrast the other way round",
        ),
        pytest.param(
            outcome("death", "binary", "OR"),
            [
                contrast("A", "death", measure="OR", estimate=-0.5, ci_low=-1, ci_high=0),
                contrast("B", "death", measure="OR", estimate=0.2, se=0.3),
                *both_arms("C", "death", {"n": 50, "events": 5}, {"n": 60, "events": 12}),
            ],
            [
                (-0.5, 1 / (2 * Z)),
                (0.2, 0.3),
                (math.log(5 * 48 / (45 * 12)), math.sqrt(1 / 5 + 1 / 45 + 1 / 12 + 1 / 48)),
            ],
            id="log odds ratios beside counts",
        ),
        pytest.param(
            outcome("death", "time-to-event", "HR"),
            [
                contrast("A", "death", measure="HR", o_minus_e=-3.2, variance=6.4),
                contrast("B", "death", measure="HR", estimate=-0.2, se=0.2),
            ],
            [(-0.5, 1 / math.sqrt(6.4)), (-0.2, 0.2)],
            id="hazard ratios from O - E or from their logarithm",
        ),
        pytest.param(
            outcome("death", "binary", "PETO"),
            [
                contrast("A", "death", measure="PETO", o_minus_e=-3.2, variance=6.4),
                contrast("B", "death", measure="PETO", o_minus_e=1, variance=2),
            ],
            [(-0.5, 1 / math.sqrt(6.4)), (0.5, 1 / math.sqrt(2))],
            id="Peto odds ratios from O - E",
        ),
        pytest.param(
            outcome("falls", "rate", "IRR"),
            both_arms(
                "A", "falls", {"events": 5, "person_time": 100}, {"events": 9, "person_time": 90}
            ),
            [(math.log(5 / 100 / (9 / 90)), math.sqrt(1 / 5 + 1 / 9))],
            id="rates",
        ),
        pytest.param(
            outcome("falls", "rate", "IRD"),
            both_arms(
                "A", "falls", {"events": 5, "person_time": 100}, {"events": 9, "person_time": 90}
            ),
            [(5 / 100 - 9 / 90, math.sqrt(5 / 100**2 + 9 / 90**2))],
            id="rate differences",
        ),
        pytest.param(
            outcome("score", "continuous", "GENERIC"),
            [
                contrast("A", "score", measure="GENERIC", estimate=-0.4, se=0.2),
                contrast("B", "score", measure="GENERIC", estimate=0.1, se=0.4),
            ],
            [(-0.4, 0.2), (0.1, 0.4)],
            id="any estimate",
        ),
        pytest.param(
            PAIN,
            both_arms(
                "A", "pain", {"n": 25, "mean": 40, "se": 4}, {"n": 36, "mean": 50, "sd": 18}
            ),
            [(-10, math.sqrt(4**2 + 3**2))],
            id="a standard error of one arm and a standard deviation of the other",
        ),
    ],
)  # fmt: skip
def test_what_trials_report_is_pooled(
    tmp_path: Path, planned: str, rows: Sequence[Row], effects: list[tuple[float, float]]
) -> None:
    folder = write_review(tmp_path / "review", planned, results=rows, changes=COMMON)
    assert said(folder) == []
    cell = "c." + planned.split('"')[1]
    made = answer(folder)
    assert pooled(made, cell) == pytest.approx(by_hand(*effects), rel=1e-12)
    assert made.finding(cell).status == ("single trial" if len(effects) == 1 else "pooled")


def test_a_paired_contrast_of_a_crossover_trial_goes_before_its_arms(tmp_path: Path) -> None:
    paired = contrast("A", "pain", measure="MD", estimate=-5, se=2, n=30, analysed_as="paired")
    arms = both_arms(
        "A",
        "pain",
        {"n": 30, "mean": 40, "sd": 20, "analysed_as": "unpaired"},
        {"n": 30, "mean": 45, "sd": 20, "analysed_as": "unpaired"},
    )
    folder = write_review(
        tmp_path / "review", PAIN, studies="A", design="crossover", results=[paired, *arms]
    )
    made = answer(folder)
    assert pooled(made, "c.pain") == pytest.approx((-5, 2))
    assert made.finding("c.pain").participants == 30


def test_a_cluster_adjusted_contrast_goes_before_its_arms(tmp_path: Path) -> None:
    adjusted = contrast(
        "A", "pain", measure="MD", estimate=-5, se=4, n=300, analysed_as="cluster-adjusted"
    )
    unadjusted = {"n": 150, "sd": 20, "analysed_as": "cluster-unadjusted"}
    arms = both_arms("A", "pain", {**unadjusted, "mean": 40}, {**unadjusted, "mean": 45})
    folder = write_review(
        tmp_path / "review", PAIN, studies="A", design="cluster", results=[adjusted, *arms]
    )
    assert pooled(answer(folder), "c.pain") == pytest.approx((-5, 4))


def test_two_doses_against_one_placebo_count_the_placebo_once(tmp_path: Path) -> None:
    arms = [
        {"study": "A", "arm": name, "treatment": treatment}
        for name, treatment in (("low", "drug"), ("mid", "drug"), ("p", "placebo"))
    ]
    rows = [
        {"study": "A", "arm": arm, "outcome": "pain", "n": 30, "mean": mean, "sd": 20}
        for arm, mean in (("low", 30), ("mid", 40), ("p", 45))
    ]
    made = answer(
        write_review(tmp_path / "review", PAIN, studies="A", arms=arms, results=rows)
    ).finding("c.pain")
    assert (made.participants, len(made.trials)) == (90, 1)
    assert primary(made).effect.estimate == pytest.approx(35 - 45)


def test_strata_of_one_trial_enter_apart(tmp_path: Path) -> None:
    arms = [
        {"study": "A", "arm": f"{arm}-{group}", "treatment": treatment, "stratum": group}
        for group in ("men", "women")
        for arm, treatment in (("d", "drug"), ("p", "placebo"))
    ]
    rows = [
        {"study": "A", "arm": arm, "outcome": "pain", "n": 30, "mean": mean, "sd": 20}
        for arm, mean in (("d-men", 30), ("p-men", 35), ("d-women", 25), ("p-women", 45))
    ]
    folder = write_review(tmp_path / "review", PAIN, studies="A", arms=arms, results=rows)
    made = answer(folder).finding("c.pain")
    assert [trial.effect and trial.effect.estimate for trial in made.trials] == [-5, -20]
    assert len({trial.anchor for trial in made.trials}) == 2


def test_scales_that_point_opposite_ways_are_turned_when_standardised(tmp_path: Path) -> None:
    planned = outcome("pain", "continuous", "SMD", scale="pain-0-100", mid_smd=0.5)
    rows = [
        *both_arms("A", "pain", {"n": 30, "mean": 40, "sd": 20}, {"n": 30, "mean": 50, "sd": 20}),
        *both_arms(
            "B",
            "pain",
            {"n": 30, "mean": 6, "sd": 2, "scale": "relief-0-10"},
            {"n": 30, "mean": 5, "sd": 2, "scale": "relief-0-10"},
        ),
        contrast("C", "pain", measure="SMD", estimate=0.4, se=0.2, scale="relief-0-10"),
    ]
    made = answer(write_review(tmp_path / "review", planned, results=rows)).finding("c.pain")
    first, second, third = (trial.effect.estimate for trial in made.trials if trial.effect)
    assert first == pytest.approx(second)
    assert first < 0
    assert third == -0.4


def without_a_difference(folder: Path, preset: str, compare: str, events: int) -> Answer:
    """Run three trials in which everybody or nobody had the event."""
    counts = {"n": 50, "events": events}
    rows = [row for study in "ABC" for row in both_arms(study, "death", counts, counts)]
    write_review(folder, outcome("death", "binary", "RR"), results=rows)
    text = (folder / "review.toml").read_text(encoding="utf-8")
    text = text.replace('preset = "as-published"', f'preset = "{preset}"')
    text = text.replace('compare = "cochrane-2025"', f'compare = "{compare}"')
    (folder / "review.toml").write_text(text, encoding="utf-8")
    return answer(folder)


@pytest.mark.parametrize(
    "presets", [("cochrane-2025", "as-published"), ("as-published", "cochrane-2025")]
)
def test_trials_without_any_event_stay_visible(tmp_path: Path, presets: tuple[str, str]) -> None:
    made = without_a_difference(tmp_path, *presets, events=0).finding("c.death")
    assert made.status == "not poolable"
    assert [trial.status for trial in made.trials] == ["not estimable"] * 3
    assert made.estimates == {}


def test_a_risk_ratio_of_trials_in_which_everybody_had_the_event(tmp_path: Path) -> None:
    made = without_a_difference(tmp_path, "as-published", "cochrane-2025", events=50)
    assert primary(made.finding("c.death")).effect.estimate == 1
    assert made.finding("c.death").estimates.keys() == {"as-published"}


def test_and_only_the_preset_shown_beside_can_pool_them(tmp_path: Path) -> None:
    made = without_a_difference(tmp_path, "cochrane-2025", "as-published", events=50)
    assert made.finding("c.death").status == "not poolable"
    assert made.finding("c.death").estimates.keys() == {"as-published"}


@pytest.mark.parametrize(
    ("studies", "rows", "status"),
    [
        ((), [], "no data"),
        (("A",), [], "no data"),
        (("A",), both_arms("A", "pain", {"note": "p < 0.05"}, {}), "not poolable"),
    ],
    ids=["no study", "a study without rows", "rows without numbers"],
)
def test_a_review_without_numbers_still_answers(
    tmp_path: Path, studies: Sequence[str], rows: Sequence[Row], status: str
) -> None:
    made = answer(write_review(tmp_path / "review", PAIN, studies=studies, results=rows))
    assert [gap.status for gap in made.findings.gaps] == [status]
    assert made.findings.included.listed == len(studies)
    assert "pain" in made.summary
    assert made.page.startswith("<!doctype html>")


def test_names_in_every_script_and_hostile_texts_are_only_text(tmp_path: Path) -> None:
    names = ("Müller 2019", "渡辺 2020", "أحمد 2021", "<b>B</b>", "O’Neil & {{7*7}}")
    rows = [
        row
        for study in names
        for row in both_arms(
            study,
            "pain",
            {"n": 30, "mean": 40, "sd": 20, "note": "<script>alert(1)</script>"},
            {"n": 30, "mean": 45, "sd": 20},
        )
    ]
    made = answer(write_review(tmp_path / "review", PAIN, studies=names, results=rows))
    assert {trial.study for trial in made.finding("c.pain").trials} == set(names)
    assert "<b>B" not in made.page
    assert "<script>alert" not in made.page
    assert "{{7*7}}" in made.page
