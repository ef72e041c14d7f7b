"""Every published figure is in the folder, once, and nothing is there that was not published.

The files are read with ``csv`` and ``tomllib`` so that a mistake of the project's own reader cannot
hide a mistake in the files.
"""

from __future__ import annotations

import re

import pytest

from example.folder import (
    FOLDER,
    arms,
    decisions,
    numbered_cells,
    protocol,
    results,
    table,
    treatments,
)
from example.published import (
    STANDARDISED,
    Figures,
    PublishedRow,
    abstracts,
    needs_published_figures,
    number,
    numbers,
    published_rows,
)

JUDGEMENTS = {"Low risk": "low", "Some concerns": "some concerns", "High risk": "high"}


def analyses_of(row: dict[str, str]) -> list[str]:
    """List the analyses a row of ``results.csv`` says it comes from."""
    found = re.fullmatch(r"CD015373\.pub2 Analys[ei]s (\d+\.\d+(?:, \d+\.\d+)*)", row["source"])
    assert found, row["source"]
    return found[1].split(", ")


def sides(row: PublishedRow) -> list[tuple[dict[str, str], Figures]]:
    """Pair the two rows of ``results.csv`` with the published figures of a row."""
    cell = numbered_cells()[row.number]
    treatment, comparators = treatments(cell.comparison)
    pairs = []
    for given, figures in (((treatment,), row.treatment), (comparators, row.comparator)):
        found = results(row.study, arms(row.study, row.stratum, given), cell)
        assert len(found) == 1, (row.number, row.study, given)
        pairs.append((found[0], figures))
    return pairs


@needs_published_figures
def test_there_are_176_published_rows_to_compare() -> None:
    assert len(published_rows()) == 176


@needs_published_figures
@pytest.mark.parametrize("analysis", numbers())
def test_every_published_figure_is_in_results_unchanged(analysis: str) -> None:
    for row in (row for row in published_rows() if row.number == analysis):
        for carried, figures in sides(row):
            found = (
                number(carried["n"]),
                number(carried["events"]),
                number(carried["mean"]),
                number(carried["sd"]),
            )
            assert found == (figures.n, figures.events, figures.mean, figures.sd)
            assert analysis in analyses_of(carried)


@needs_published_figures
def test_every_row_of_results_is_published_in_exactly_the_analyses_it_names() -> None:
    published: dict[tuple[str, str, str, str], list[str]] = {}
    for row in published_rows():
        for carried, _ in sides(row):
            key = (carried["study"], carried["arm"], carried["outcome"], carried["time"])
            uses = published.setdefault(key, [])
            uses += [row.number] if row.number not in uses else []
    carried_over = {
        (row["study"], row["arm"], row["outcome"], row["time"]): analyses_of(row)
        for row in table("results.csv")
    }
    assert carried_over == published
    assert len(carried_over) == len(table("results.csv")), "a row stands twice"


@needs_published_figures
@pytest.mark.parametrize("analysis", numbers())
def test_every_number_leads_to_the_cell_its_title_names(analysis: str) -> None:
    row = next(row for row in published_rows() if row.number == analysis)
    cell = numbered_cells()[analysis]
    comparison = next(c for c in protocol()["comparisons"] if c["id"] == cell.comparison)
    assert comparison["number"] == row.comparison
    assert (cell.outcome, cell.time, cell.by) == (row.outcome, row.time, row.by)


@needs_published_figures
def test_the_numbers_are_those_published_and_no_others() -> None:
    assert set(numbered_cells()) == set(numbers())


@needs_published_figures
def test_every_subgroup_is_the_published_one_and_no_other_trial_has_one() -> None:
    published: dict[str, dict[str, str]] = {row.study: {} for row in published_rows()}
    for row in published_rows():
        if row.by:
            assert published[row.study].setdefault(row.by, row.subgroup) == row.subgroup
    for study in table("studies.csv"):
        groups = {by: study[f"{by}_group"] for by in ("condition", "duration", "dose")}
        assert {by: group for by, group in groups.items() if group} == published[study["study"]]


@needs_published_figures
def test_published_notes_on_the_figures_travel_with_them() -> None:
    for row in published_rows():
        for carried, _ in sides(row):
            if row.note and not row.stratum:
                assert row.note in carried["note"]
            if row.note == "first crossover phase only":
                assert carried["analysed_as"] == "first period"


@needs_published_figures
def test_notes_that_were_not_published_say_that_they_are_ours() -> None:
    published = {row.note for row in published_rows()} - {""}
    for row in table("results.csv"):
        ours = row["note"]
        for note in published:
            ours = ours.replace(note, "")
        for remark in filter(None, ours.split("; ")):
            assert re.search("inferred|assumed|named in (the )?analysis", remark), row


@needs_published_figures
def test_randomisation_judgements_are_those_published_for_every_trial() -> None:
    published = {row.study: set[str]() for row in published_rows()}
    for row in published_rows():
        published[row.study].add(JUDGEMENTS[row.randomisation])
    carried = {row["study"]: {row["judgement"]} for row in table("risk_of_bias.csv")}
    assert carried == published
    assert len(table("risk_of_bias.csv")) == 28


@needs_published_figures
def test_trials_and_their_years_are_those_published() -> None:
    years = {row.study: row.year for row in published_rows()}
    assert {row["study"]: row["year"] for row in table("studies.csv")} == years


@needs_published_figures
def test_what_the_abstracts_say_is_carried_over_and_nothing_is_added() -> None:
    carried = {row["study"]: row for row in table("studies.csv")}
    assert len(abstracts()) == len(carried)
    for abstract in abstracts():
        study = carried[abstract["study"]]
        assert study["condition"] == abstract["condition"]
        assert study["n_randomised"] == abstract["n_randomised"]
        assert study["country"] == abstract["country"]
        # Only the design of Niesters 2013 is inferred, from a note on its figures.
        inferred = "crossover" if study["study"] == "Niesters 2013" else ""
        assert study["design"] == (abstract["design"].split(" ")[0] or inferred)


def test_counts_of_the_folder_are_those_of_the_review() -> None:
    included = protocol()["included"]
    assert (included["trials"], included["participants"]) == (67, 2309)
    assert [part["trials"] for part in included["parts"]] == [39]
    assert [row["number"] for row in protocol()["comparisons"]] == [str(n) for n in range(1, 14)]
    assert len(protocol()["analyses"]) == 85
    assert len(numbered_cells()) == 95
    assert len(table("studies.csv")) == len({row["study"] for row in table("results.csv")}) == 28


def test_the_readme_counts_what_is_there() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    counts = dict(re.findall(r"^\| ([a-z][^|]*?) \| (\d+)\b", readme, flags=re.MULTILINE))
    assert counts == {
        "comparisons": "13",
        "analyses": str(len(numbered_cells())),
        "trials with numbers": str(len(table("studies.csv"))),
        "rows in `results.csv`": str(len(table("results.csv"))),
    }


def test_only_the_two_standardised_analyses_depart_from_their_outcomes_measure() -> None:
    departing = {
        plan["number"]: plan["measure"] for plan in protocol()["analyses"] if "measure" in plan
    }
    assert departing == dict.fromkeys(STANDARDISED, "SMD")


def test_active_placebos_are_entered_as_what_was_given() -> None:
    given = {
        row["study"]: (row["arm"], row["treatment"])
        for row in table("arms.csv")
        if "active placebo" in row["description"]
    }
    assert given == {
        "Noppers 2011a": ("midazolam", "placebo"),
        "Gilron 2000": ("lorazepam", "placebo"),
    }


def test_published_certainty_is_entered_for_three_cells_only() -> None:
    rated = [(row["outcome"], row.get("time"), row["judgement"]) for row in decisions()]
    assert rated == [
        ("pain", "immediate", "very low"),
        ("pain", "short", "low"),
        ("adverse-events", None, "low"),
    ]
    assert {row["comparison"] for row in decisions()} == {"ketamine-iv-placebo"}
    assert {row["domain"] for row in decisions()} == {"overall"}
    assert {row["by"] for row in decisions()} == set(protocol()["review"]["reviewers"])


def test_what_nobody_published_is_empty() -> None:
    assert not any("from_days" in time or "to_days" in time for time in protocol()["times"])
    assert [row["id"] for row in protocol()["outcomes"] if "mid" in row] == ["pain"]
    assert not any("assumed_risk" in row for row in protocol()["outcomes"])
    assert "sensitivity" not in protocol()
    assert not (FOLDER / "searches").exists()
    assert {row["domain"] for row in table("risk_of_bias.csv")} == {"randomisation"}
    unknown = ("doi", "pmid", "reports")
    assert not any(row[column] for row in table("studies.csv") for column in unknown)
    assert not any(row["n_randomised"] for row in table("arms.csv"))


@pytest.mark.parametrize(
    "name",
    ["README.md", "review.toml", "studies.csv", "arms.csv", "results.csv", "risk_of_bias.csv"],
)
def test_files_are_plain_text_with_line_feeds(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    assert data.decode("utf-8").endswith("\n")
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
