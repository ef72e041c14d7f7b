"""Whatever is done to the files, only problems come out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.review import format_problem
from review.folders import TEMPLATE, Copy, copy_template

FILES = tuple(sorted(str(p.relative_to(TEMPLATE)) for p in TEMPLATE.rglob("*") if p.is_file()))
JUNK = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b'"""',
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n\n",
    b"[[",
    b"]]",
    b"[review]\n",
    b"[[times]]\n",
    b"= 1\n",
    b"{",
    b"}",
    b"null\n",
    b"nan",
    b"-",
    b"1e999",
    b"1,5",
    b"99999999999999999999999",
    b"=cmd()",
    b"<script>",
    b"<<<<<<< HEAD\n",
    "\u2028\u202e\ud7ff".encode(),
    b"overall",
    b"pain",
    b"Trial A",
    b"study,arm\n",
)

edits = st.lists(
    st.tuples(
        st.sampled_from(FILES),
        st.sampled_from(["flip", "insert", "delete-line", "repeat-line", "swap-lines", "cut"]),
        st.integers(0, 2**16),
        st.integers(0, 2**16),
    ),
    min_size=1,
    max_size=6,
)


def spoil(content: bytes, way: str, a: int, b: int) -> bytes:
    if not content:
        return JUNK[a % len(JUNK)]
    at = a % len(content)
    if way == "flip":
        return content[:at] + bytes([content[at] ^ (1 << b % 8)]) + content[at + 1 :]
    if way == "insert":
        return content[:at] + JUNK[b % len(JUNK)] + content[at:]
    if way == "cut":
        return content[:at]
    lines = content.splitlines(keepends=True)
    i, j = a % len(lines), b % len(lines)
    if way == "delete-line":
        del lines[i]
    elif way == "repeat-line":
        lines.insert(j, lines[i])
    else:
        lines[i], lines[j] = lines[j], lines[i]
    return b"".join(lines)


def check(folder: Copy) -> None:
    reading = folder.reading()
    assert (reading.review is None) == any(p.severity == "error" for p in reading.problems)
    assert reading.problems == folder.reading().problems
    for problem in reading.problems:
        text = format_problem(problem)
        assert "\n" not in text
        assert text.startswith(problem.file)
        assert problem.message or problem.allowed
        assert problem.line is None or problem.line >= 1


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(edits)
def test_spoiled_folders_give_problems_and_nothing_else(
    changes: list[tuple[str, str, int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder = copy_template(Path(root) / "review")
        for name, way, a, b in changes:
            folder.write(name, spoil((folder.root / name).read_bytes(), way, a, b))
        check(folder)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(FILES),
    st.binary(max_size=300) | st.text(st.characters(codec="utf-8"), max_size=300).map(str.encode),
)
def test_anything_at_all_in_place_of_a_file(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder = copy_template(Path(root) / "review")
        folder.write(name, content)
        check(folder)
