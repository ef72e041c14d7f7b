"""Mistakes in review.toml: each is found where it stands, with what is allowed."""

from __future__ import annotations

import pytest

from equipoise.review import load_review
from equipoise.review.model import AnalysisPlan, Sensitivity, Subgroup, SubgroupUse
from review.folders import Copy, codes, only, with_code

# what is replaced, by what, the code, the line and the field
MISTAKES: list[tuple[str, str, str, tuple[int | None, str]]] = [
    ("format = 1", "format = 2", "unknown-format", (3, "format")),
    ("format = 1", 'format = "1"', "wrong-type", (3, "format")),
    ("format = 1", "format = true", "wrong-type", (3, "format")),
    ("format = 1", "", "missing-key", (None, "format")),
    ('title = "Drug A for condition B (invented example)"', "", "missing-key", (5, "title")),
    ('"Drug A for condition B (invented example)"', '" "', "missing-key", (7, "title")),
    ('reviewers = ["am"]', 'reviewers = "am"', "wrong-type", (12, "reviewers")),
    ('reviewers = ["am"]', 'reviewers = ["am", 3]', "wrong-type", (12, "reviewers")),
    (
        'population = "adults with condition B"',
        'popluation = "x"',
        "unknown-key",
        (9, "popluation"),
    ),
    ("trials = 4", "trials = 4.0", "wrong-type", (15, "trials")),
    ("trials = 4", "trials = -4", "out-of-range", (15, "trials")),
    ("trials = 4", "trials = 99999999999999999999", "not-a-number", (15, "trials")),
    ("[included]", "[includde]", "unknown-key", (14, "includde")),
    ('name = "placebo"', 'name = ["placebo"]', "wrong-type", (27, "name")),
    ('id = "drug-a"', 'id = "drug a"', "bad-id", (22, "id")),
    ('id = "placebo"', 'id = "drug-a"', "duplicate-id", (26, "id")),
    ('treatment = "drug-a"', 'treatment = "drug-b"', "unknown-id", (33, "treatment")),
    ('comparators = ["placebo"]', 'comparators = ["plaecbo"]', "unknown-id", (34, "comparators")),
    ('comparators = ["placebo"]', "comparators = []", "no-comparator", (34, "comparators")),
    (
        'comparators = ["placebo"]',
        'comparators = ["placebo", "drug-a"]',
        "own-comparator",
        (34, "comparators"),
    ),
    (
        'comparators = ["placebo"]',
        'comparators = ["placebo", "placebo"]',
        "listed-twice",
        (34, "comparators"),
    ),
    ("from_days = 1\n", "from_days = 90\n", "low-above-high", (39, "from_days")),
    ("low = 0\n", "low = 100\n", "low-above-high", (51, "low")),
    ("low = 0\n", "low = nan\n", "not-a-number", (51, "low")),
    ("high = 100\n", "high = inf\n", "not-a-number", (52, "high")),
    ("high = 100\n", f"high = 1{'0' * 400}\n", "not-a-number", (52, "high")),
    ("high = 100\n", "high = 1979-05-27\n", "wrong-type", (52, "high")),
    ('measure = "MD"', 'measure = "RR"', "measure-of-another-kind", (59, "measure")),
    ('measure = "RR"', 'measure = "SMD"', "measure-of-another-kind", (72, "measure")),
    ('measure = "MD"', 'measure = "md"', "not-allowed", (59, "measure")),
    ('scale = "pain-0-100"', 'scale = "pain-0-10"', "unknown-id", (63, "scale")),
    ('times = ["short", "long"]', 'times = ["short", "lon"]', "unknown-id", (64, "times")),
    ('times = ["short", "long"]', 'times = ["short", "short"]', "listed-twice", (64, "times")),
    ("mid = 10", "mid = 0", "out-of-range", (65, "mid")),
    ("mid = 10", "mid = -10", "out-of-range", (65, "mid")),
    ("mid = 10", "mid_smd = 0", "out-of-range", (65, "mid_smd")),
    (
        "mid_alternatives = [20]",
        "mid_alternatives = [20, 0]",
        "out-of-range",
        (66, "mid_alternatives"),
    ),
    ("mid_per_1000 = 50", "mid_per_1000 = 1001", "out-of-range", (76, "mid_per_1000")),
    ("mid_per_1000 = 50", "mid_per_1000 = 0", "out-of-range", (76, "mid_per_1000")),
    ("mid_per_1000 = 50", "assumed_risk = 10", "out-of-range", (76, "assumed_risk")),
    ("mid_per_1000 = 50", "assumed_risk = -0.1", "out-of-range", (76, "assumed_risk")),
]


@pytest.mark.parametrize(("old", "new", "code", "place"), MISTAKES)
def test_each_mistake_is_found_at_its_line(
    folder: Copy, old: str, new: str, code: str, place: tuple[int | None, str]
) -> None:
    folder.replace("review.toml", old, new)
    found = with_code(folder.problems(), code)[0]
    assert (found.file, found.line, found.field) == ("review.toml", *place)
    assert found.severity == "error"
    assert folder.reading().review is None


@pytest.mark.parametrize("risk", ["0", "1", "0.25"])
def test_the_ends_of_a_risk_are_risks(folder: Copy, risk: str) -> None:
    folder.replace("review.toml", "mid_per_1000 = 50", f"assumed_risk = {risk}")
    assert load_review(folder.root).protocol.outcomes[1].assumed_risk == float(risk)


def test_a_near_miss_is_named(folder: Copy) -> None:
    folder.replace("review.toml", "direction = ", "diretcion = ")
    missing, unknown = folder.problems()
    assert (missing.code, unknown.code) == ("missing-key", "unknown-key")
    assert "Did you mean 'direction'?" in unknown.message


def test_one_damaged_entry_does_not_make_its_users_wrong(folder: Copy) -> None:
    folder.replace("review.toml", 'kind = "continuous"', "kind = 7")
    assert codes(folder.problems()) == ["wrong-type"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('id = "pain"', "id = pain", 56),
        ('title = "', 'title = "\\q', 7),
        ("[[times]]", "[[times]", 36),
        ("trials = 4", "trials = 4\ntrials = 5", 16),
        ("mid_per_1000 = 50", 'description = """', 77),
        ("mid_per_1000 = 50", "mid_per_1000 = " + "9" * 5000, 76),
        ("mid_per_1000 = 50", "x = " + "[" * 100_000, 76),
    ],
)
def test_what_is_not_toml_is_one_error_with_a_line(
    folder: Copy, old: str, new: str, line: int
) -> None:
    folder.replace("review.toml", old, new)
    problem = only(folder.problems())
    assert problem.code == "toml-syntax"
    assert problem.line is not None
    assert problem.line in {line, 77}  # some faults the parser notices only at the end of the text


def test_the_tables_are_checked_even_without_a_protocol(folder: Copy) -> None:
    folder.write("review.toml", "format = ")
    folder.replace("results.csv", "41.2", "n/a")
    assert codes(folder.problems()) == ["toml-syntax", "not-a-number"]


ANALYSES = """
[[subgroups]]
id = "design"
name = "design"
column = "design"

[[analyses]]
comparison = "drug-a-placebo"
outcome = "pain"
time = "short"
number = "1.1"
measure = "SMD"
methods = { model = "common", level = 0.9 }
subgroups = [{ by = "design", number = "1.2" }]

[[sensitivity]]
id = "without-c"
name = "without Trial C"
kind = "exclude-studies"
studies = ["Trial C"]
"""


def test_planned_analyses_subgroups_and_sensitivity(folder: Copy) -> None:
    folder.append("review.toml", ANALYSES)
    assert folder.problems() == ()
    protocol = load_review(folder.root).protocol
    assert protocol.analyses == (
        AnalysisPlan(
            "drug-a-placebo",
            "pain",
            "short",
            "1.1",
            "SMD",
            (SubgroupUse("design", "1.2"),),
            {"model": "common", "level": 0.9},
        ),
    )
    assert protocol.subgroups == (Subgroup("design", "design", "design"),)
    assert protocol.sensitivity == (
        Sensitivity("without-c", "without Trial C", "exclude-studies", ("Trial C",)),
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ('column = "design"', 'column = "dsign"', "unknown-column", "column"),
        ('comparison = "drug-a-placebo"', 'comparison = "x"', "unknown-id", "comparison"),
        ('outcome = "pain"', 'outcome = "pian"', "unknown-id", "outcome"),
        ('time = "short"', 'time = "shrot"', "unplanned-cell", "time"),
        ('time = "short"', "", "unplanned-cell", "time"),
        ('outcome = "pain"', 'outcome = "nausea"', "unplanned-cell", "time"),
        ('by = "design"', 'by = "dose"', "unknown-id", "by"),
        ('measure = "SMD"', 'measure = "OR"', "measure-of-another-kind", "measure"),
        ("level = 0.9", "level = true", "wrong-type", "level"),
        ("methods = {", "methods = [] # {", "wrong-type", "methods"),
        ('studies = ["Trial C"]', 'studies = ["Trial X"]', "unknown-study", "studies"),
        ('studies = ["Trial C"]', "studies = []", "missing-key", "studies"),
        ('kind = "exclude-studies"', 'kind = "model"', "not-allowed", "studies"),
    ],
)
def test_mistakes_in_what_is_planned(
    folder: Copy, old: str, new: str, code: str, field: str
) -> None:
    planned = ANALYSES.replace('measure = "SMD"\n', "") if "nausea" in new else ANALYSES
    folder.append("review.toml", planned.replace(old, new))
    problem = only(folder.problems())
    assert (problem.file, problem.code, problem.field) == ("review.toml", code, field)


def test_an_analysis_planned_twice(folder: Copy) -> None:
    folder.append("review.toml", ANALYSES)
    line = folder.read("review.toml").count("\n") + 2
    again = '\n[[analyses]]\noutcome = "pain"\ntime = "short"\ncomparison = "drug-a-placebo"\n'
    folder.append("review.toml", again)
    problem = only(folder.problems())
    assert (problem.code, problem.line) == ("planned-twice", line + 3)
    assert problem.found == "drug-a-placebo × pain × short"


def test_a_scale_against_its_outcome_is_a_warning(folder: Copy) -> None:
    folder.replace("review.toml", 'direction = "lower"\nlow', 'direction = "higher"\nlow')
    problem = only(folder.problems())
    assert (problem.code, problem.severity) == ("direction-conflict", "warning")


def test_a_protocol_that_plans_nothing(folder: Copy) -> None:
    text = folder.read("review.toml").split("[[treatments]]")[0]
    text = text.replace(
        "format = 1", "format = 1\ntreatments = []\ncomparisons = []\noutcomes = []"
    )
    folder.write("review.toml", text)
    found = [p for p in folder.problems() if p.file == "review.toml"]
    assert codes(found) == ["nothing-planned"] * 3
    assert [p.line for p in found] == [4, 5, 6]


def test_lines_are_found_in_every_way_toml_is_written(folder: Copy) -> None:
    text = folder.read("review.toml").replace(
        "[included]\ntrials = 4\nparticipants = 430\n",
        'included.trials = "four"\n',
    )
    # a dotted key must stand before the first table; a quoted key and an inline table are keys too
    text = text.replace("included.trials", "[included]\n'trials'").replace(
        '[methods]\npreset = "cochrane-2025"', 'methods = { preset = 1 }\n"included" . note = 2', 1
    )
    folder.write("review.toml", "dotted.key = 1\n" + text)
    found = {(p.line, p.code, p.field) for p in folder.problems()}
    assert (1, "unknown-key", "dotted") in found
    assert (16, "wrong-type", "trials") in found
    assert (18, "unknown-key", "methods") in found


def test_keys_inside_a_text_of_several_lines_are_text(folder: Copy) -> None:
    folder.replace(
        "review.toml",
        'condition = "condition B"\n',
        'condition = """\nB\n[[times]]\nformat = 9\n"""\nurl = 3\n',
    )
    assert [(p.line, p.field) for p in folder.problems()] == [(15, "url")]
