"""What the numbers of results.csv may be, alone and together."""

from __future__ import annotations

import math

import pytest

from equipoise.review import load_review
from review.folders import Copy, codes, of_rows, only

PAIN = {"study": "Trial A", "arm": "drug A", "outcome": "pain", "time": "short"}
NAUSEA = {"study": "Trial A", "arm": "drug A", "outcome": "nausea"}
CONTRAST = {**PAIN, "reference_arm": "placebo", "measure": "MD"}
RATIO = {**NAUSEA, "reference_arm": "placebo", "measure": "RR"}

EXTRA_OUTCOMES = """
[[outcomes]]
id = "falls"
name = "Falls"
kind = "rate"
measure = "IRR"
direction = "lower"
importance = "important"
domain = "harm"

[[outcomes]]
id = "death"
name = "Time to death"
kind = "time-to-event"
measure = "HR"
direction = "lower"
importance = "critical"
domain = "harm"
"""


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({**NAUSEA, "n": 10, "events": 11}, "events-above-n", "events"),
        ({**NAUSEA, "n": 10, "events": -1}, "events-negative", "events"),
        ({**NAUSEA, "n": 0, "events": 0}, "n-not-positive", "n"),
        ({**NAUSEA, "n": -5, "events": 0}, "n-not-positive", "n"),
        ({**NAUSEA, "events": 3}, "incomplete-row", "n"),
        ({**NAUSEA, "n": 10}, "incomplete-row", "events"),
        ({**NAUSEA, "n": 10, "mean": 4, "sd": 1}, "kind-mismatch", "mean"),
        ({**PAIN, "n": 10, "events": 4}, "kind-mismatch", "events"),
        ({**PAIN, "n": 10, "mean": 40}, "incomplete-row", "sd or se"),
        ({**PAIN, "n": 10, "sd": 20}, "incomplete-row", "mean"),
        ({**PAIN, "mean": 40, "sd": 20}, "incomplete-row", "n"),
        ({**PAIN, "n": 10, "mean": 40, "sd": 0}, "sd-not-positive", "sd"),
        ({**PAIN, "n": 10, "mean": 40, "sd": -20}, "sd-not-positive", "sd"),
        ({**PAIN, "n": 10, "mean": 40, "se": 0}, "se-not-positive", "se"),
        ({**PAIN, "n": 10, "mean": 101, "sd": 20}, "mean-impossible", "mean"),
        ({**PAIN, "n": 10, "mean": -101, "sd": 20}, "mean-impossible", "mean"),
        ({**PAIN, "n": 10, "mean": 40, "sd": 110}, "sd-impossible", "sd"),
        ({**PAIN, "n": 10, "mean": 40, "se": 40}, "sd-impossible", "se"),
        ({**PAIN, "n": 10, "mean": -99, "sd": 40}, "sd-impossible", "sd"),
        ({**RATIO, "estimate": 79, "se": 0.1}, "log-ratio-large", "estimate"),
        ({**RATIO, "estimate": -0.2, "se": 21}, "log-ratio-large", "se"),
        ({**RATIO, "estimate": 0, "ci_low": -30, "ci_high": 30}, "log-ratio-large", "ci_low"),
        ({**PAIN, "estimate": 4, "se": 1}, "mixed-levels", "estimate"),
        ({**CONTRAST, "estimate": 4, "se": 1, "mean": 4}, "mixed-levels", "mean"),
        ({**CONTRAST, "estimate": 4}, "incomplete-row", "estimate"),
        ({**CONTRAST, "estimate": 4, "ci_low": 1}, "incomplete-row", "estimate"),
        ({**CONTRAST, "ci_low": 1, "ci_high": 2}, "incomplete-row", "ci_low"),
        ({**CONTRAST, "estimate": 4, "se": 1, "measure": ""}, "missing-measure", "measure"),
        ({**CONTRAST, "estimate": 4, "ci_low": 5, "ci_high": 6}, "ci-order", "ci_low"),
        ({**CONTRAST, "estimate": 4, "ci_low": 1, "ci_high": 3}, "ci-order", "ci_low"),
        ({**CONTRAST, "estimate": 4, "ci_low": 4, "ci_high": 4}, "ci-order", "ci_low"),
        ({**CONTRAST, "estimate": 4, "se": -1}, "se-not-positive", "se"),
        ({**CONTRAST, "o_minus_e": 4, "variance": 2}, "measure-without-o-e", "measure"),
        ({**RATIO, "o_minus_e": 4, "measure": "PETO"}, "incomplete-row", "o_minus_e"),
        (
            {**RATIO, "o_minus_e": 4, "variance": 0, "measure": "PETO"},
            "variance-not-positive",
            "variance",
        ),
        (
            {**RATIO, "estimate": 3.26, "ci_low": 1.05, "ci_high": 10.09},
            "ratio-not-logged",
            "estimate",
        ),
        ({**NAUSEA, "outcome": "falls", "events": 3}, "incomplete-row", "person_time"),
        (
            {**NAUSEA, "outcome": "falls", "events": 3, "person_time": 0},
            "person-time-not-positive",
            "person_time",
        ),
        ({**NAUSEA, "outcome": "death", "mean": 3, "n": 5}, "kind-mismatch", "mean"),
        ({**NAUSEA, "study": "Trial X", "n": 10, "events": 1}, "unknown-study", "study"),
        ({**NAUSEA, "arm": "drug B", "n": 10, "events": 1}, "unknown-arm", "arm"),
        ({**NAUSEA, "outcome": "naussea", "n": 10, "events": 1}, "unknown-outcome", "outcome"),
        ({**NAUSEA, "time": "shrt", "n": 10, "events": 1}, "unknown-time", "time"),
        ({**PAIN, "scale": "vas", "n": 10, "mean": 1, "sd": 1}, "unknown-scale", "scale"),
        (
            {**CONTRAST, "reference_arm": "x", "estimate": 4, "se": 1},
            "unknown-reference-arm",
            "reference_arm",
        ),
        (
            {**CONTRAST, "reference_arm": "drug A", "estimate": 4, "se": 1},
            "own-reference",
            "reference_arm",
        ),
    ],
)
def test_each_error_is_found_once(
    folder: Copy, row: dict[str, object], code: str, field: str
) -> None:
    folder.append("review.toml", EXTRA_OUTCOMES)
    folder.results(row)
    problem = only(p for p in folder.problems() if p.severity == "error")
    assert (problem.file, problem.line, problem.field) == ("results.csv", 2, field)
    assert (problem.code, problem.severity) == (code, "error")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({**NAUSEA, "n": 10.5, "events": 1}, "count-not-whole"),
        ({**NAUSEA, "n": 10, "events": 0.5}, "count-not-whole"),
        ({**NAUSEA, "n": 61, "events": 1}, "n-above-randomised"),
        ({**NAUSEA, "n": 10, "events": 1, "mean": 4}, "kind-mismatch"),
        ({**PAIN, "n": 10, "mean": -12, "sd": 20}, "mean-outside-scale"),
        ({**PAIN, "n": 10, "mean": 95, "sd": 30}, "sd-outside-scale"),
        ({**NAUSEA, "time": "short", "n": 10, "events": 1}, "unplanned-cell"),
        ({**PAIN, "time": "", "n": 10, "mean": 4, "sd": 1}, "unplanned-cell"),
        ({**CONTRAST, "estimate": 4, "ci_low": 3, "ci_high": 9}, "ci-asymmetric"),
        ({**RATIO, "estimate": -0.5, "ci_low": -0.7, "ci_high": 0.6}, "ci-asymmetric"),
        ({**CONTRAST, "estimate": 4, "se": 3, "ci_low": 3, "ci_high": 5}, "se-against-ci"),
        ({**CONTRAST, "estimate": 4, "se": 1, "measure": "SMD"}, "measure-mismatch"),
        ({**NAUSEA, "outcome": "death", "n": 10, "events": 1}, "no-hazard-ratio"),
        ({**PAIN, "n": 1, "mean": 40, "sd": 20}, "sd-of-one-person"),
    ],
)
def test_each_warning_is_found_once(folder: Copy, row: dict[str, object], code: str) -> None:
    folder.append("review.toml", EXTRA_OUTCOMES)
    folder.results(row)
    problem = only(of_rows(folder.problems()))
    assert (problem.file, problem.line, problem.code) == ("results.csv", 2, code)
    assert problem.severity == "warning"


@pytest.mark.parametrize(
    "row",
    [
        {**NAUSEA, "n": 10, "events": 0},
        {**NAUSEA, "n": 10, "events": 10},
        {**PAIN, "n": 10, "mean": 0.5, "se": 0.1},
        {**CONTRAST, "estimate": -4, "se": 1, "n": 60, "analysed_as": "parallel"},
        {**CONTRAST, "estimate": -4, "ci_low": -6, "ci_high": -2},
        {**CONTRAST, "estimate": 4, "se": 1, "ci_low": 1.7, "ci_high": 6.3},
        {**RATIO, "estimate": 0.3, "ci_low": 0.1, "ci_high": 0.5},
        {**NAUSEA, "outcome": "falls", "events": 13, "person_time": 2.5, "n": 10},
        {**CONTRAST, "note": "no difference and no numbers"},
    ],
)
def test_what_is_right_is_left_alone(folder: Copy, row: dict[str, object]) -> None:
    folder.append("review.toml", EXTRA_OUTCOMES)
    folder.results(row)
    assert of_rows(folder.problems()) == ()


def test_the_problem_says_what_was_found_and_what_is_allowed(folder: Copy) -> None:
    folder.results({**NAUSEA, "n": 12, "events": 17})
    problem = only(of_rows(folder.problems()))
    assert (problem.found, problem.allowed) == ("17", "0 to n (12)")


def test_the_largest_standard_deviation_is_half_at_each_end(folder: Copy) -> None:
    # Ten people, five at 0 and five at 100: mean 50, SD = 50·sqrt(10/9) = 52.705.
    sd = 50 * math.sqrt(10 / 9)
    folder.results({**PAIN, "n": 10, "mean": 50, "sd": repr(sd)})
    assert of_rows(folder.problems()) == ()
    folder.results({**PAIN, "n": 10, "mean": 50, "sd": 52.71})
    problem = only(of_rows(folder.problems()))
    assert (problem.code, problem.allowed) == ("sd-outside-scale", "up to 52.7")


@pytest.mark.parametrize(("end", "mean"), [("low = 0", 101), ("high = 100", -1)])
def test_a_scale_with_one_end(folder: Copy, end: str, mean: int) -> None:
    folder.replace("review.toml", f"{end}\n", "")
    folder.results({**PAIN, "n": 10, "mean": mean, "sd": 5})
    assert codes(of_rows(folder.problems())) == ["mean-outside-scale"]


def test_a_scale_without_ends_allows_everything(folder: Copy) -> None:
    folder.replace("review.toml", "low = 0\nhigh = 100\n", "")
    folder.results({**PAIN, "n": 10, "mean": 1e6, "sd": 1e9})
    assert of_rows(folder.problems()) == ()


def test_a_damaged_row_is_reported_for_its_damage_only(folder: Copy) -> None:
    folder.results({**NAUSEA, "n": "ten", "events": 11})
    assert codes(folder.problems()) == ["not-a-number"]


def test_arms_of_another_stratum_are_not_compared(folder: Copy) -> None:
    folder.replace("arms.csv", "Trial A,placebo,placebo,,60,", "Trial A,placebo,placebo,,60,men")
    folder.results({**CONTRAST, "estimate": -4, "se": 1})
    problem = only(folder.problems())
    assert (problem.code, problem.found, problem.allowed) == (
        "another-stratum",
        "men",
        "no stratum",
    )


def test_a_treatment_no_comparison_names(folder: Copy) -> None:
    folder.append("review.toml", '\n[[treatments]]\nid = "drug-b"\nname = "drug B"\n')
    folder.append("arms.csv", "Trial A,drug B,drug-b,,60,,\n")
    folder.results({**NAUSEA, "arm": "drug B", "n": 60, "events": 5})
    problem = only(folder.problems())
    assert (problem.code, problem.severity) == ("unplanned-treatment", "warning")


def test_a_repeated_row(folder: Copy) -> None:
    folder.results(
        {**PAIN, "n": 10, "mean": 40, "sd": 20},
        {**PAIN, "n": 11, "mean": 41, "sd": 21, "scale": "pain-0-100"},
    )
    problem = only(of_rows(folder.problems()))
    assert (problem.code, problem.line) == ("repeated-row", 3)
    assert "Line 2" in problem.message


def test_ids_are_used_once(folder: Copy) -> None:
    folder.append("studies.csv", "Trial A,2012,,,,,,,\n")
    folder.append("arms.csv", "Trial B,placebo,placebo,,,,\n")
    assert [(p.code, p.line) for p in folder.problems()] == [
        ("duplicate-study", 6),
        ("duplicate-arm", 10),
    ]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("studies.csv", "condition B,120", "condition B,0"),
        ("arms.csv", "20 mg a day,60", "20 mg a day,-60"),
    ],
)
def test_numbers_randomised_are_positive(folder: Copy, name: str, old: str, new: str) -> None:
    folder.replace(name, old, new)
    assert codes(folder.problems()) == ["n-not-positive"]


SMD_SCALES = """
[[scales]]
id = "function"
name = "Function"
direction = "higher"

[[scales]]
id = "pain-0-10"
name = "Pain intensity"
direction = "lower"
"""


def two_scales(folder: Copy, other: str) -> None:
    folder.append("review.toml", SMD_SCALES)
    text = folder.read("results.csv")
    folder.write(
        "results.csv",
        text.replace(
            "Trial B,drug A,,pain,short,pain-0-100", f"Trial B,drug A,,pain,short,{other}"
        ).replace("Trial B,placebo,,pain,short,pain-0-100", f"Trial B,placebo,,pain,short,{other}"),
    )


def test_scales_are_not_mixed_in_mean_differences(folder: Copy) -> None:
    two_scales(folder, "pain-0-10")
    assert [(p.code, p.line, p.severity) for p in folder.problems()] == [
        ("mixed-scales", 4, "error"),
        ("mixed-scales", 5, "error"),
    ]


def test_scales_of_one_direction_may_be_mixed_when_standardised(folder: Copy) -> None:
    folder.replace("review.toml", 'measure = "MD"', 'measure = "SMD"')
    two_scales(folder, "pain-0-10")
    assert folder.problems() == ()


def test_an_analysis_may_depart_from_its_outcomes_measure(folder: Copy) -> None:
    two_scales(folder, "pain-0-10")
    folder.append(
        "review.toml",
        '\n[[analyses]]\ncomparison = "drug-a-placebo"\noutcome = "pain"\ntime = "short"\n'
        'measure = "SMD"\n',
    )
    assert folder.problems() == ()


def test_opposite_directions_are_aligned_with_a_warning(folder: Copy) -> None:
    folder.replace("review.toml", 'measure = "MD"', 'measure = "SMD"')
    two_scales(folder, "function")
    found = folder.problems()
    assert codes(found) == ["mixed-directions", "mixed-directions"]
    assert {p.severity for p in found} == {"warning"}


@pytest.mark.parametrize("measure", ["MD", "SMD"])
def test_of_an_arm_on_two_scales_one_is_used(folder: Copy, measure: str) -> None:
    folder.replace("review.toml", 'measure = "MD"', f'measure = "{measure}"')
    folder.append("review.toml", SMD_SCALES)
    for arm in ("drug A", "placebo"):
        folder.append("results.csv", f"Trial A,{arm},,pain,short,pain-0-10,50,,4.1,2.2,,,\n")
    found = folder.problems()
    assert codes(found) == ["arm-on-two-scales", "arm-on-two-scales"]
    assert [(p.line, p.severity) for p in found] == [(16, "warning"), (17, "warning")]


def test_a_shared_comparator_in_two_contrasts_would_count_twice(folder: Copy) -> None:
    folder.append("arms.csv", "Trial A,high dose,drug-a,,60,,\n")
    folder.results(
        {**CONTRAST, "estimate": -4, "se": 1},
        {**CONTRAST, "arm": "high dose", "estimate": -6, "se": 1},
    )
    problem = only(folder.problems())
    assert (problem.code, problem.line, problem.found) == ("arm-counted-twice", 3, "placebo")


def test_a_shared_comparator_in_two_comparisons_counts_once_in_each(folder: Copy) -> None:
    folder.append(
        "review.toml",
        '\n[[treatments]]\nid = "drug-b"\nname = "drug B"\n\n[[comparisons]]\nid = "b"\n'
        'name = "drug B v placebo"\ntreatment = "drug-b"\ncomparators = ["placebo"]\n',
    )
    folder.append("arms.csv", "Trial A,drug B,drug-b,,60,,\n")
    folder.results(
        {**CONTRAST, "estimate": -4, "se": 1},
        {**CONTRAST, "arm": "drug B", "estimate": -6, "se": 1},
    )
    assert folder.problems() == ()


def test_a_contrast_and_the_numbers_of_its_arms(folder: Copy) -> None:
    folder.results(
        {**PAIN, "n": 50, "mean": 40, "sd": 20},
        {**PAIN, "arm": "placebo", "n": 50, "mean": 44, "sd": 20},
        {**CONTRAST, "estimate": -4, "se": 4},
    )
    problem = only(folder.problems())
    assert (problem.code, problem.line, problem.severity) == ("two-levels", 4, "warning")


@pytest.mark.parametrize(
    ("analysed_as", "code"),
    [
        ("", "analysis-unknown"),
        ("unpaired", "analysed-unpaired"),
        ("cluster-adjusted", "analysis-of-another-design"),
        ("paired", None),
        ("first period", None),
    ],
)
def test_the_analysis_of_a_crossover_trial(
    folder: Copy, analysed_as: str, code: str | None
) -> None:
    folder.write("results.csv", folder.read("results.csv").replace("first period", analysed_as))
    assert codes(folder.problems()) == ([code] if code else [])


@pytest.mark.parametrize(
    ("analysed_as", "code"),
    [
        ("", "analysis-unknown"),
        ("cluster-unadjusted", "analysed-cluster-unadjusted"),
        ("cluster-adjusted", None),
    ],
)
def test_the_analysis_of_a_cluster_trial(folder: Copy, analysed_as: str, code: str | None) -> None:
    folder.replace("studies.csv", "crossover", "cluster")
    folder.replace("risk_of_bias.csv", "Trial D,,,period,low,invented: first period only,am\n", "")
    folder.write("results.csv", folder.read("results.csv").replace("first period", analysed_as))
    found = folder.problems()
    assert codes(found) == ([code] if code else [])
    if code:
        assert "too narrow" in found[0].message
        assert "2 rows" in found[0].message


def test_a_parallel_trial_need_not_say_how_it_was_analysed(folder: Copy) -> None:
    folder.write("results.csv", folder.read("results.csv").replace(",parallel,", ",,"))
    assert folder.problems() == ()


def test_standard_errors_in_the_place_of_standard_deviations(folder: Copy) -> None:
    # Trial C, 96 and 97 people: 21.0/sqrt(96) = 2.14 and 22.4/sqrt(97) = 2.27.
    folder.replace("results.csv", "96,,38.9,21.0", "96,,38.9,2.14")
    folder.replace("results.csv", "97,,51.7,22.4", "97,,51.7,2.27")
    problem = only(folder.problems())
    assert (problem.code, problem.line, problem.severity) == ("sd-looks-like-se", 6, "warning")
    assert problem.found == "2.14, 2.27"
    assert "SD 20.97, 22.36" in problem.message


def test_one_small_spread_is_not_called_a_standard_error(folder: Copy) -> None:
    folder.replace("results.csv", "96,,38.9,21.0", "96,,38.9,2.14")
    assert folder.problems() == ()


def test_without_enough_other_trials_nothing_is_called_a_standard_error(folder: Copy) -> None:
    folder.replace("results.csv", "96,,38.9,21.0", "96,,38.9,2.14")
    folder.replace("results.csv", "97,,51.7,22.4", "97,,51.7,2.27")
    text = folder.read("results.csv").split("\n")
    folder.write("results.csv", "\n".join(t for t in text if not t.startswith("Trial D")))
    assert folder.problems() == ()


def test_results_that_are_right_stay_as_they_are(folder: Copy) -> None:
    assert len(load_review(folder.root).results) == 14


def test_a_hazard_ratio_as_a_percentage_is_found_behind_its_counts(folder: Copy) -> None:
    folder.append("review.toml", EXTRA_OUTCOMES)
    counts = {"measure": "HR", "o_minus_e": -40, "variance": 1}
    folder.results({**CONTRAST, **counts, "outcome": "death", "time": ""})
    problem = only(folder.problems())
    assert (problem.code, problem.field, problem.found) == ("log-ratio-large", "o_minus_e", "-40")


@pytest.mark.parametrize(("estimate", "found"), [(5.1, ["log-ratio-large"]), (4.9, []), (-4.9, [])])
def test_a_large_ratio_is_worth_a_look(folder: Copy, estimate: float, found: list[str]) -> None:
    folder.results({**RATIO, "estimate": estimate, "se": 1})
    problems = folder.problems()
    assert codes(problems) == found
    assert all("164 to 1" in p.message and p.severity == "warning" for p in problems)


def test_a_large_mean_difference_is_no_large_ratio(folder: Copy) -> None:
    folder.results({**CONTRAST, "estimate": -30, "se": 4})
    assert folder.problems() == ()
