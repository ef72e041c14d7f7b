"""Only UTF-8 is read; nothing is guessed and the place is named."""

from __future__ import annotations

import pytest

from equipoise.review import load_review
from review.folders import Copy, only

FILES = [
    "review.toml",
    "studies.csv",
    "arms.csv",
    "results.csv",
    "risk_of_bias.csv",
    "decisions/am.jsonl",
]
TABLES = [name for name in FILES if name.endswith(".csv")]


@pytest.mark.parametrize("name", FILES)
def test_a_byte_order_mark_changes_nothing(folder: Copy, name: str) -> None:
    before = load_review(folder.root)
    folder.write(name, b"\xef\xbb\xbf" + folder.read(name).encode())
    after = load_review(folder.root)
    assert after.hashes[name] != before.hashes[name]
    assert (after.protocol, after.results, after.decisions) == (
        before.protocol,
        before.results,
        before.decisions,
    )


# TOML and JSON lines do not know the line end of old Macintoshes.
@pytest.mark.parametrize(
    ("name", "end"), [(name, "\r\n") for name in FILES] + [(name, "\r") for name in TABLES]
)
def test_line_ends_of_other_systems(folder: Copy, name: str, end: str) -> None:
    before = load_review(folder.root)
    folder.write(name, folder.read(name).replace("\n", end))
    after = load_review(folder.root)
    assert (after.results, after.arms, after.decisions) == (
        before.results,
        before.arms,
        before.decisions,
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_named_and_not_decoded(folder: Copy, name: str, encoding: str) -> None:
    folder.write(name, folder.read(name).encode(encoding))
    problem = next(p for p in folder.problems() if p.severity == "error")
    assert (problem.file, problem.line) == (name, 1)
    assert problem.code in {"not-utf-8", "nul-byte"}
    assert "UTF-8" in problem.message
    assert folder.reading().review is None


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_windows_1252_byte_is_named_with_its_line(folder: Copy, mark: bytes) -> None:
    text = folder.read("studies.csv").encode()
    spoiled = mark + text.replace(b"Trial B,2015", b"Tri\xe4l B,2015")
    folder.write("studies.csv", spoiled)
    problem = only(folder.problems())
    assert (problem.file, problem.line, problem.code) == ("studies.csv", 3, "not-utf-8")
    assert problem.found == f"byte 0xE4 at position {spoiled.index(0xE4)}"
    assert "Windows-1252" in problem.message


def test_a_nul_byte(folder: Copy) -> None:
    folder.replace("arms.csv", "Trial B,placebo", "Trial\0B,placebo")
    problem = only(folder.problems())
    assert (problem.line, problem.code) == (5, "nul-byte")


def test_other_control_characters_are_kept_with_a_warning(folder: Copy) -> None:
    folder.replace("arms.csv", "Trial A,drug A,drug-a,20 mg", "Trial A,drug A,drug-a,\x0720 mg")
    problem = only(folder.problems())
    assert (problem.line, problem.code, problem.severity) == (2, "control-character", "warning")
    assert problem.found == "\\x07"
    assert load_review(folder.root).arms[0].description == "\x0720 mg a day"


@pytest.mark.parametrize("name", FILES)
def test_an_unfinished_merge_is_named_and_nothing_else(folder: Copy, name: str) -> None:
    lines = folder.read(name).split("\n")
    lines[1:1] = ["<<<<<<< HEAD", lines[1], "=======", lines[1], ">>>>>>> other"]
    folder.write(name, "\n".join(lines))
    problem = only(folder.problems())
    assert (problem.file, problem.line, problem.code) == (name, 2, "merge-conflict")


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file(folder: Copy, name: str) -> None:
    folder.write(name, "")
    found = [p for p in folder.problems() if p.severity == "error"]
    if name.endswith(".jsonl"):
        assert found == []
    else:
        assert only(found).code == "empty-file"


def test_unicode_in_every_kind_of_text(folder: Copy) -> None:
    for name in ("studies.csv", "arms.csv", "results.csv", "risk_of_bias.csv"):
        folder.write(
            name, folder.read(name).replace("Trial A", "Müller‑Ångström 試験 🧪 \u200f\u05d0")
        )
    assert load_review(folder.root).studies[0].id == "Müller‑Ångström 試験 🧪 \u200f\u05d0"


@pytest.mark.parametrize(
    ("encoding", "code", "found"),
    [
        ("utf-16", "not-utf-8", "UTF-16"),
        ("utf-32", "not-utf-8", "UTF-32"),
        ("utf-16-le", "nul-byte", "a NUL byte"),
        ("utf-16-be", "nul-byte", "a NUL byte"),
    ],
)
@pytest.mark.parametrize("name", FILES)
def test_wide_encodings_are_called_by_their_name_even_with_umlauts(
    folder: Copy, name: str, encoding: str, code: str, found: str
) -> None:
    folder.write(name, (folder.read(name) + "ä\n").encode(encoding))
    problem = only(p for p in folder.problems() if p.file == name)
    assert (problem.code, problem.found) == (code, found)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_all_files_may_have_the_line_ends_of_any_system(folder: Copy, end: str) -> None:
    for name in FILES:
        folder.write(name, folder.read(name).replace("\n", end))
    assert folder.problems() == ()
    folder.replace("review.toml", 'measure = "MD"', 'measure = "MDD"')
    assert [(p.line, p.field) for p in folder.problems()] == [(59, "measure")]
