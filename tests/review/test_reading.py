from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from equipoise.errors import ProjectError
from equipoise.review import check_review, column_value, load_review, read_review
from equipoise.review.model import (
    Arm,
    BiasJudgement,
    Comparison,
    MethodPlan,
    Result,
    Search,
    Study,
    TimeWindow,
)
from review.folders import Copy, codes, only, with_code


def test_the_template_reads_without_any_problem(folder: Copy) -> None:
    reading = folder.reading()
    assert reading.problems == ()
    assert reading.review is not None
    assert reading.review == load_review(folder.root)


def test_the_protocol_is_what_review_toml_says(folder: Copy) -> None:
    protocol = load_review(folder.root).protocol
    assert protocol.question.population == "adults with condition B"
    assert protocol.comparisons == (
        Comparison("drug-a-placebo", "drug A v placebo", "drug-a", ("placebo",), number="1"),
    )
    assert protocol.times == (
        TimeWindow("short", "short term", 1.0, 84.0),
        TimeWindow("long", "long term", 85.0),
    )
    pain, nausea = protocol.outcomes
    assert (pain.mid, pain.mid_alternatives, pain.times) == (10.0, (20.0,), ("short", "long"))
    assert (nausea.scale, nausea.times, nausea.mid_per_1000) == (None, (), 50.0)
    assert protocol.methods == MethodPlan(preset="cochrane-2025")
    assert protocol.reviewers == ("am",)


def test_rows_are_typed_and_know_their_line(folder: Copy) -> None:
    review = load_review(folder.root)
    assert review.studies[0] == Study(
        "Trial A", 2012, "parallel", "condition B", 120, source="invented", line=2
    )
    assert review.arms[1] == Arm(
        "Trial A", "placebo", "placebo", n_randomised=60, source="invented", line=3
    )
    assert review.results[-1] == Result(
        study="Trial C",
        arm="placebo",
        outcome="nausea",
        n=100.0,
        events=9.0,
        analysed_as="parallel",
        source="invented",
        line=15,
    )
    assert review.judgements[0] == BiasJudgement(
        "Trial A", "randomisation", "low", support="invented", assessor="am", line=2
    )


def test_an_empty_cell_is_unknown_and_not_zero(folder: Copy) -> None:
    row = load_review(folder.root).results[0]
    assert (row.events, row.se, row.note) == (None, None, None)


def test_a_row_without_numbers_is_accepted(folder: Copy) -> None:
    folder.append("results.csv", "Trial D,drug A,,nausea,,,,,,,,,said to be similar\n")
    reading = folder.reading()
    assert reading.problems == ()
    assert reading.review is not None
    assert reading.review.results[-1].note == "said to be similar"


def test_own_columns_of_studies_are_kept_as_text(folder: Copy) -> None:
    text = folder.read("studies.csv").replace(",note\n", ",note,dose_group\n")
    folder.write(
        "studies.csv",
        text.replace("invented,\n", "invented,,high\n").replace("period\n", "period,\n"),
    )
    study, *_, last = load_review(folder.root).studies
    assert study.extra == {"dose_group": "high"}
    assert column_value(study, "dose_group") == "high"
    assert column_value(last, "dose_group") is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("year", "2012"),
        ("design", "parallel"),
        ("study", "Trial A"),
        ("doi", None),
        ("reports", None),
    ],
)
def test_the_formats_own_columns_serve_subgroups_too(
    folder: Copy, column: str, value: str | None
) -> None:
    assert column_value(load_review(folder.root).studies[0], column) == value


def test_several_reports_are_separated_by_semicolons(folder: Copy) -> None:
    folder.write(
        "studies.csv",
        "study,reports\nTrial A,Ash 2012; Birch 2013 ;\nTrial B,\nTrial C,\nTrial D,\n",
    )
    assert load_review(folder.root).studies[0].reports == ("Ash 2012", "Birch 2013")


def test_hashes_are_of_the_bytes_of_every_file_read(folder: Copy) -> None:
    folder.write("notes.txt", "not part of the review")
    folder.write("decisions/README.md", "not a log")
    hashes = load_review(folder.root).hashes
    assert list(hashes) == [
        "arms.csv",
        "decisions/am.jsonl",
        "results.csv",
        "review.toml",
        "risk_of_bias.csv",
        "studies.csv",
    ]
    for name, value in hashes.items():
        assert value == hashlib.sha256((folder.root / name).read_bytes()).hexdigest()


def test_articles_are_listed_and_not_read(folder: Copy) -> None:
    folder.write("articles/story.txt", b"\xff not text")
    folder.write("articles/README.md", "about the stories")
    review = load_review(folder.root)
    assert review.articles == ("articles/story.txt",)
    assert "articles/story.txt" not in review.hashes


def test_problems_come_in_file_and_line_order_all_at_once(folder: Copy) -> None:
    folder.append("decisions/am.jsonl", "{\n")
    folder.replace(
        "results.csv", "Trial A,drug A,,nausea,,,60,14", "Trial A,drug A,,nausea,,,60,61"
    )
    folder.replace("results.csv", "58,,41.2,22.5", "58,,n/a,22.5")
    folder.replace("arms.csv", "Trial D,placebo,placebo", "Trial D,placebo,plaecbo")
    folder.replace("review.toml", 'kind = "binary"', 'kind = "bianry"')
    problems = folder.problems()
    assert [(p.file, p.line, p.code) for p in problems] == [
        ("review.toml", 71, "not-allowed"),
        ("arms.csv", 9, "unknown-treatment"),
        ("results.csv", 2, "not-a-number"),
        ("results.csv", 10, "events-above-n"),
        ("decisions/am.jsonl", 3, "json-syntax"),
    ]
    assert problems == folder.problems()


def test_there_is_a_review_if_and_only_if_there_is_no_error(folder: Copy) -> None:
    folder.replace("studies.csv", "Trial A,2012", "Trial A,twenty")
    reading = folder.reading()
    assert reading.review is None
    assert check_review(folder.root) == reading.problems
    with pytest.raises(
        ProjectError, match=r"1 error .*studies\.csv:2 year: found twenty"
    ) as caught:
        load_review(folder.root)
    assert caught.value.problems == reading.problems


def test_warnings_travel_in_the_review(folder: Copy) -> None:
    folder.replace("results.csv", "first period,invented", ",invented")
    review = load_review(folder.root)
    assert codes(review.warnings) == ["analysis-unknown"]


@pytest.mark.parametrize("name", ["review.toml", "studies.csv", "arms.csv", "results.csv"])
def test_a_required_file_that_is_missing_is_the_only_error_it_causes(
    folder: Copy, name: str
) -> None:
    (folder.root / name).unlink()
    problem = only(p for p in folder.problems() if p.severity == "error")
    assert (problem.file, problem.line, problem.code) == (name, None, "missing-file")


@pytest.mark.parametrize("name", ["risk_of_bias.csv", "decisions/am.jsonl"])
def test_an_optional_file_may_be_missing(folder: Copy, name: str) -> None:
    (folder.root / name).unlink()
    assert folder.problems() == ()


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="there is no such folder"):
        read_review(tmp_path / "nowhere")


def test_a_file_in_place_of_the_folder(folder: Copy) -> None:
    with pytest.raises(ProjectError, match="this is a file"):
        read_review(folder.root / "review.toml")


def test_a_path_no_system_accepts() -> None:
    with pytest.raises(
        ProjectError, match=r"re\\x00view': the(re is no such folder| folder cannot be read)"
    ):
        read_review("re\0view")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission(folder: Copy) -> None:
    folder.root.chmod(0)
    try:
        with pytest.raises(ProjectError, match="cannot be read"):
            read_review(folder.root)
    finally:
        folder.root.chmod(0o700)


def test_a_folder_in_place_of_a_file(folder: Copy) -> None:
    (folder.root / "arms.csv").unlink()
    (folder.root / "arms.csv").mkdir()
    assert only(folder.problems()).code == "unreadable"


def test_links_out_of_the_folder_are_not_followed(folder: Copy, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("study,arm\n", encoding="utf-8")
    (folder.root / "arms.csv").unlink()
    (folder.root / "arms.csv").symlink_to(tmp_path / "secret.csv")
    assert only(folder.problems()).code == "outside-folder"


def test_links_inside_the_folder_are_followed(folder: Copy) -> None:
    (folder.root / "arms.csv").rename(folder.root / "arms-2025.csv")
    (folder.root / "arms.csv").symlink_to("arms-2025.csv")
    assert folder.problems() == ()


@pytest.mark.parametrize("target", ["arms.csv", "gone.csv"])
def test_links_that_lead_nowhere(folder: Copy, target: str) -> None:
    (folder.root / "arms.csv").unlink()
    (folder.root / "arms.csv").symlink_to(target)
    assert only(folder.problems()).code == "unreadable"


def test_a_search_takes_its_id_from_its_file(folder: Copy) -> None:
    folder.write("searches/medline.toml", 'database = "MEDLINE"\ndate = 2025-03-01\nhits = 1204\n')
    assert load_review(folder.root).searches == (
        Search("medline", "MEDLINE", date="2025-03-01", hits=1204),
    )


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('database = "X"\nhits = -1\n', "out-of-range", 2),
        ('database = "X"\nid = "y"\n', "unknown-key", 2),
        ('database = "X"\nexport = "gone.ris"\n', "missing-export", 2),
        ('database = "X"\nexport = "../review.toml"\n', "missing-export", 2),
        ('database = "X"\nexport = "' + "x" * 5000 + '"\n', "missing-export", 2),
        ("hits = 1\n", "missing-key", None),
        ("database = X\n", "toml-syntax", 1),
    ],
)
def test_mistakes_in_the_record_of_a_search(
    folder: Copy, text: str, code: str, line: int | None
) -> None:
    folder.write("searches/x.toml", text)
    problem = only(folder.problems())
    assert (problem.file, problem.code, problem.line) == ("searches/x.toml", code, line)


def test_an_export_beside_its_search_is_found(folder: Copy) -> None:
    folder.write("searches/x.toml", 'database = "X"\nexport = "x.ris"\n')
    folder.write("searches/x.ris", "TY  - JOUR\n")
    assert with_code(folder.problems(), "missing-export") == []
