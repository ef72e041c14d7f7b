"""The methods a protocol names: a wrong word is found where it stands, before anything is run."""

from __future__ import annotations

import pytest

from equipoise.review import load_review
from equipoise.review.checks import methods
from equipoise.stats import options
from equipoise.stats.presets import MethodSpec, resolve_methods
from review.folders import Copy, codes, only

LISTS = {
    "tau2_weights",
    "weights",
}  # options that take a number for each trial, which a protocol cannot know
PRESET = 'preset = "cochrane-2025"\n'
ANALYSIS = """
[[analyses]]
comparison = "drug-a-placebo"
outcome = "nausea"
methods = { ci = "wlad" }
"""


def test_the_words_are_those_of_the_statistics() -> None:
    named = {name: words for name, words in options.ALLOWED.items() if name in methods.WORDS}
    assert named == methods.WORDS
    assert options.ALLOWED["preset"] == methods.PRESETS
    fields = set(MethodSpec.__dataclass_fields__)
    assert set(methods.OPTIONS) == fields - {"preset", "measure", "changed"} - LISTS


@pytest.mark.parametrize("level", [0.5, 0.9999])
@pytest.mark.parametrize("add", [0.0001, 10.0])
def test_the_numbers_allowed_are_numbers_the_statistics_take(level: float, add: float) -> None:
    assert resolve_methods("cochrane-2025", "RR", level=level, add=add).level == level


@pytest.mark.parametrize(
    ("written", "code", "line", "field"),
    [
        ('preset = "cochrane"\n', "unknown-preset", 19, "preset"),
        ('preset = ""\n', "unknown-preset", 19, "preset"),
        (PRESET + 'compare = "as-publshed"\n', "unknown-preset", 20, "compare"),
        (PRESET + 'changes = { modle = "common" }\n', "unknown-option", 20, "modle"),
        (PRESET + 'changes = { preset = "as-published" }\n', "unknown-option", 20, "preset"),
        (PRESET + 'changes = { measure = "OR" }\n', "unknown-option", 20, "measure"),
        (PRESET + 'changes = { changed = "x" }\n', "unknown-option", 20, "changed"),
        (PRESET + 'changes = { model = "comon" }\n', "not-allowed", 20, "model"),
        (PRESET + "changes = { model = 1 }\n", "not-allowed", 20, "model"),
        (PRESET + "changes = { level = 95 }\n", "out-of-range", 20, "level"),
        (PRESET + 'changes = { level = "0.95" }\n', "out-of-range", 20, "level"),
        (PRESET + "changes = { add = -1 }\n", "out-of-range", 20, "add"),
        (PRESET + "changes = { add = inf }\n", "not-a-number", 20, "add"),
        (PRESET + '[methods.changes]\nci = "walds"\n', "not-allowed", 21, "ci"),
    ],
)
def test_each_mistake_is_found_at_its_line(
    folder: Copy, written: str, code: str, line: int, field: str
) -> None:
    folder.replace("review.toml", PRESET, written)
    problem = only(folder.problems())
    assert (problem.file, problem.code, problem.severity) == ("review.toml", code, "error")
    assert (problem.line, problem.field) == (line, field)
    assert problem.allowed


def test_all_mistakes_are_found_at_once(folder: Copy) -> None:
    changes = 'changes = { level = true, ci = "wlad", tau = "DL" }\n'
    folder.replace("review.toml", PRESET, PRESET + changes)
    folder.append("review.toml", ANALYSIS)
    assert [(p.code, p.field) for p in folder.problems()] == [
        ("wrong-type", "level"),
        ("not-allowed", "ci"),
        ("unknown-option", "tau"),
        ("not-allowed", "ci"),
    ]


def test_an_analysis_of_its_own_is_looked_at_in_its_own_line(folder: Copy) -> None:
    last = folder.read("review.toml").count("\n")
    folder.append("review.toml", ANALYSIS)
    assert only(folder.problems()).line == last + 5


def test_near_misses_are_named(folder: Copy) -> None:
    folder.replace("review.toml", PRESET, PRESET + 'changes = { modle = "common" }\n')
    assert "Did you mean 'model'?" in only(folder.problems()).message


def test_every_allowed_word_passes(folder: Copy) -> None:
    changes = "[methods.changes]\n" + "".join(
        f'{name} = "{words[-1]}"\n' for name, words in methods.WORDS.items()
    )
    folder.replace("review.toml", PRESET, PRESET + changes + "level = 0.9\nadd = 0.25\n")
    assert codes(folder.problems()) == []
    assert load_review(folder.root).protocol.methods.changes["level"] == 0.9
