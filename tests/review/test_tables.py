"""CSV as spreadsheets write it, and cells as people fill them."""

from __future__ import annotations

import csv
import io

import pytest

from equipoise.review import load_review
from review.folders import Copy, codes, only, with_code


def rewritten(text: str, delimiter: str, *, decimal_comma: bool = False) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in csv.reader(io.StringIO(text)):
        cells = [c.replace(".", ",") if _is_decimal(c) else c for c in row]
        writer.writerow(cells if decimal_comma else row)
    return out.getvalue()


def _is_decimal(cell: str) -> bool:
    return "." in cell and cell.replace(".", "").isdigit()


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolon"), ("\t", "tab")])
@pytest.mark.parametrize("decimal_comma", [True, False])
def test_other_separators_are_read_with_one_warning(
    folder: Copy, delimiter: str, word: str, decimal_comma: bool
) -> None:
    before = load_review(folder.root).results
    text = rewritten(folder.read("results.csv"), delimiter, decimal_comma=decimal_comma)
    folder.write("results.csv", "\ufeff" + text)
    problem = only(folder.problems())
    assert (problem.code, problem.severity) == ("assumed-separator", "warning")
    assert word in problem.message
    assert ("decimal marks" in problem.message) is decimal_comma
    assert load_review(folder.root).results == before


def test_decimal_commas_and_points_in_one_file_are_not_guessed_at(folder: Copy) -> None:
    text = rewritten(folder.read("results.csv"), ";", decimal_comma=True)
    folder.write("results.csv", text.replace("45,0", "1.450"))
    problem = only(with_code(folder.problems(), "mixed-decimal-marks"))
    assert problem.found == "a comma in line 2, a point in line 4"


def test_a_decimal_comma_beside_comma_separators_is_an_error(folder: Copy) -> None:
    folder.replace("results.csv", ",41.2,", ',"41,2",')
    problem = only(folder.problems())
    assert (problem.code, problem.found) == ("not-a-number", "41,2")
    assert "decimal point" in problem.message


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("1,234", "thousands"),
        ("1 234", "thousands"),
        ("12%", "percent"),
        ("12 %", "percent"),
        ("<0.05", "bound"),
        ("≈12", "bound"),
        ("NA", "empty"),
        ("n/a", "empty"),
        ("not reported", "empty"),
        ("-", "empty"),
        ("–", "empty"),
        ("?", "empty"),
        ("nan", "empty"),
        ("NaN", "empty"),
        ("inf", "empty"),
        ("-Infinity", "empty"),
        ("–5", "hyphen"),
        ("−5.2", "hyphen"),
        ("=41+1", "formula"),
        ("41.2 (22.5)", "One number"),
        ("1e999", ""),
        ("1e16", ""),
        ("-1e-16", ""),
        ("0x10", ""),
        ("1_000", ""),
        ("٤١", ""),
        ("forty", ""),
        ("4 1", ""),
    ],
)
def test_what_is_not_plainly_a_number_is_an_error_with_advice(
    folder: Copy, cell: str, advice: str
) -> None:
    folder.replace("results.csv", ",41.2,", f',"{cell}",')
    problem = only(folder.problems())
    assert (problem.file, problem.line, problem.field) == ("results.csv", 2, "mean")
    assert (problem.code, problem.found) == ("not-a-number", cell)
    assert "empty when unknown" in problem.allowed
    assert advice in problem.message


@pytest.mark.parametrize(
    ("cell", "value"),
    [("41", 41.0), ("+41.5", 41.5), ("4.12e1", 41.2), (".5", 0.5), ("41.", 41.0), (" 41.2 ", 41.2)],
)
def test_numbers_are_read_exactly(folder: Copy, cell: str, value: float) -> None:
    folder.replace("results.csv", ",41.2,", f",{cell},")
    assert load_review(folder.root).results[0].mean == value


@pytest.mark.parametrize("cell", ["2012.5", "2012.0", "c. 2012", "9" * 5000])
def test_whole_numbers_are_whole(folder: Copy, cell: str) -> None:
    folder.replace("studies.csv", "Trial A,2012", f"Trial A,{cell}")
    problem = only(folder.problems())
    assert (problem.code, problem.allowed) == (
        "not-a-number",
        "a whole number, or empty when unknown",
    )
    assert len(problem.found) <= 60


def test_words_that_are_not_on_the_list(folder: Copy) -> None:
    folder.replace("studies.csv", "crossover", "cross-over")
    problem = only(p for p in folder.problems() if p.severity == "error")
    assert problem.code == "not-allowed"
    assert problem.allowed == "parallel, crossover, cluster"
    assert "Did you mean 'crossover'?" in problem.message


def test_a_required_cell_left_empty(folder: Copy) -> None:
    folder.replace("results.csv", "Trial B,drug A,,pain", "Trial B,,,pain")
    problem = only(folder.problems())
    assert (problem.line, problem.field, problem.code) == (4, "arm", "missing-value")


def test_a_header_without_rows_is_an_empty_table(folder: Copy) -> None:
    folder.write("results.csv", folder.read("results.csv").split("\n")[0] + "\n")
    assert folder.problems() == ()
    assert load_review(folder.root).results == ()


def test_empty_lines_and_rows_of_empty_cells_are_passed_over(folder: Copy) -> None:
    folder.replace("results.csv", "Trial B,drug A", "\n,,,,,,,,,,,,\nTrial B,drug A")
    assert folder.problems() == ()
    assert load_review(folder.root).results[2].line == 6


def test_a_cell_of_several_lines_does_not_shift_the_count(folder: Copy) -> None:
    folder.replace("results.csv", "parallel,invented,\n", 'parallel,invented,"two\nlines"\n')
    folder.replace("results.csv", "45.0", "forty")
    assert only(folder.problems()).line == 5


@pytest.mark.parametrize("missing", ["study", "arm", "outcome"])
def test_a_required_column(folder: Copy, missing: str) -> None:
    folder.replace("results.csv", missing, missing.upper() if missing == "arm" else f"{missing}s")
    problem = only(p for p in folder.problems() if p.code == "missing-column")
    assert (problem.line, problem.field) == (1, missing)
    assert "Is it the column" in problem.message


def test_a_repeated_column(folder: Copy) -> None:
    folder.replace("results.csv", "events,mean", "mean,mean")
    assert only(folder.problems()).code == "duplicate-column"


def test_a_column_the_format_does_not_have(folder: Copy) -> None:
    folder.replace("results.csv", ",source,", ",sourec,")
    problem = only(folder.problems())
    assert (problem.code, problem.severity) == ("unknown-column", "warning")
    assert (
        problem.message == "The format has no such column. It is not read. Did you mean 'source'?"
    )


def test_a_misspelt_column_of_studies_is_pointed_out(folder: Copy) -> None:
    folder.replace("studies.csv", "n_randomised", "n_randomized")
    problem = only(folder.problems())
    assert (problem.code, problem.severity) == ("unknown-column", "warning")
    assert "kept as a column of your own. Did you mean 'n_randomised'?" in problem.message


def test_an_unnamed_column_with_text(folder: Copy) -> None:
    text = folder.read("arms.csv").replace("\n", ",\n")
    folder.write("arms.csv", text)
    assert folder.problems() == ()
    folder.write(
        "arms.csv",
        text.replace(
            "Trial B,drug A,drug-a,20 mg a day,40,,invented,",
            "Trial B,drug A,drug-a,20 mg a day,40,,invented,x",
        ),
    )
    problem = only(folder.problems())
    assert (problem.code, problem.line, problem.found) == ("unnamed-column", 4, "x")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("Trial B,placebo,placebo,,40,,invented", "Trial B,placebo,placebo,,40", "5 cells"),
        ("Trial B,placebo,placebo,,40", "Trial B,placebo,placebo,,40,x", "8 cells"),
    ],
)
def test_ragged_rows_are_one_error_and_cause_no_others(
    folder: Copy, old: str, new: str, found: str
) -> None:
    folder.replace("arms.csv", old, new)
    problem = only(folder.problems())
    assert (problem.code, problem.line, problem.found) == ("ragged-row", 5, found)
    assert problem.allowed == "7 cells"


def test_spare_empty_cells_at_the_end_are_passed_over(folder: Copy) -> None:
    folder.replace("arms.csv", "40,,invented\n", "40,,invented,,,\n")
    assert folder.problems() == ()


@pytest.mark.parametrize("length", [100_001, 140_000])
def test_a_cell_too_long(folder: Copy, length: int) -> None:
    folder.replace("arms.csv", "20 mg a day", "x" * length)
    problem = only(folder.problems())
    assert (problem.code, problem.line) == ("cell-too-long", 2)


def test_a_cell_as_long_as_allowed(folder: Copy) -> None:
    folder.replace("arms.csv", "20 mg a day", "x" * 100_000)
    assert folder.problems() == ()


@pytest.mark.parametrize("cell", ['"20 mg a day', '"20 mg" a day'])
def test_a_quotation_mark_left_open(folder: Copy, cell: str) -> None:
    folder.replace("arms.csv", "20 mg a day", cell)
    problem = only(folder.problems())
    assert (problem.code, problem.line) == ("csv-syntax", 2)
    assert "quotation mark" in problem.message


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-x", "@SUM(A1)", "=cmd|'/c calc'!A0"])
def test_texts_a_spreadsheet_would_run_are_kept_with_a_warning(folder: Copy, text: str) -> None:
    folder.replace("arms.csv", "20 mg a day", text)
    problem = only(folder.problems())
    assert (problem.code, problem.severity, problem.field) == (
        "formula-text",
        "warning",
        "description",
    )
    assert load_review(folder.root).arms[0].description == text


def test_own_columns_are_looked_at_for_formulas_too(folder: Copy) -> None:
    folder.write("studies.csv", "study,group\nTrial A,=1\nTrial B,\nTrial C,\nTrial D,\n")
    problem = only(folder.problems())
    assert (problem.code, problem.line, problem.field) == ("formula-text", 2, "group")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "-", "'; DROP TABLE", "{{ 7*7 }}"])
def test_hostile_text_is_text(folder: Copy, text: str) -> None:
    folder.replace("arms.csv", "20 mg a day", text)
    assert folder.problems() == ()
    assert load_review(folder.root).arms[0].description == text


def test_a_negative_number_is_no_formula(folder: Copy) -> None:
    folder.replace("results.csv", ",41.2,", ",-41.2,")
    assert codes(folder.problems()) == ["mean-outside-scale"]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;;"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_excels_own_first_line_names_the_separator(folder: Copy, line: str, end: str) -> None:
    before = load_review(folder.root).results
    text = rewritten(folder.read("results.csv"), ";", decimal_comma=True)
    lines = [line, *text.splitlines()]
    folder.write("results.csv", end.join(lines) + end)
    assert codes(folder.problems()) == ["assumed-separator"]
    after = load_review(folder.root).results
    assert [row.mean for row in after] == [row.mean for row in before]
    assert [row.line for row in after] == [(row.line or 0) + 1 for row in before]


def test_an_unknown_separator_in_excels_line_is_a_missing_column(folder: Copy) -> None:
    folder.write("results.csv", "sep=|\n" + folder.read("results.csv").replace(",", "|"))
    assert set(codes(folder.problems())) == {"missing-column"}


@pytest.mark.parametrize("cell", ["1e15", "1e-15", "0", "0.0"])
def test_numbers_of_ordinary_size_are_read(folder: Copy, cell: str) -> None:
    folder.replace("results.csv", ",41.2,", f",{cell},")
    assert "not-a-number" not in codes(folder.problems())
