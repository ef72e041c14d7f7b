"""A working review folder to spoil, one thing at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import equipoise.review
from equipoise.review import Problem, Reading, read_review

TEMPLATE = Path(equipoise.review.__file__).parent / "template"
SHARED = Path(__file__).parents[2] / "../shared"
EXAMPLE = Path(__file__).parents[2] / "examples/ketamine-chronic-pain"

RESULTS_HEADER = (
    "study,arm,reference_arm,outcome,time,scale,n,events,person_time,mean,sd,se,measure,"
    "estimate,ci_low,ci_high,o_minus_e,variance,analysed_as,source,note"
)


@dataclass(frozen=True)
class Copy:
    """A copy of the template that a test may change."""

    root: Path

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new, 1))

    def append(self, name: str, text: str) -> None:
        self.write(name, self.read(name) + text)

    def results(self, *rows: dict[str, object]) -> None:
        """Replace the results by these rows, written with every column."""
        columns = RESULTS_HEADER.split(",")
        lines = [",".join(str(row.get(column, "")) for column in columns) for row in rows]
        self.write("results.csv", "\n".join([RESULTS_HEADER, *lines]) + "\n")

    def reading(self) -> Reading:
        return read_review(self.root)

    def problems(self) -> tuple[Problem, ...]:
        return self.reading().problems


def copy_template(to: Path) -> Copy:
    shutil.copytree(TEMPLATE, to)
    return Copy(to)


def with_code(problems: Iterable[Problem], code: str) -> list[Problem]:
    return [problem for problem in problems if problem.code == code]


def codes(problems: Iterable[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def of_rows(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Leave out that an arm stands alone: tests of one row write one row."""
    return tuple(problem for problem in problems if problem.code != "one-sided")


def only(problems: Iterable[Problem]) -> Problem:
    found = list(problems)
    assert len(found) == 1, found
    return found[0]
