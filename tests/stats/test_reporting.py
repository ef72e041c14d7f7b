"""What a result says of itself: the methods paragraph and the tables for further work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # pandas ships no types
import polars as pl
import pytest

import equipoise as eq
from equipoise.literature import LITERATURE
from equipoise.stats import EffectSizes
from equipoise.stats.options import ALLOWED
from equipoise.stats.reporting import _phrases
from support.golden import reviewed

GOLDEN = Path(__file__).parent / "golden"
TABLE = {
    "study": ["Ash 2001", "Birch 2004", "Cedar 2010", "Dogwood 2015", "Elm 2019"],
    "a": [29, 3, 3, 4, 0],
    "n": [68, 30, 28, 29, 10],
    "c": [1, 0, 2, 2, 0],
    "m": [32, 34, 26, 30, 12],
}


def harms(data: Any = None) -> EffectSizes:
    return eq.effect_sizes(
        "RR",
        data=TABLE if data is None else data,
        study="study",
        events_1="a",
        n_1="n",
        events_2="c",
        n_2="m",
    )


METHODS = {
    "methods_default": {},
    "methods_mantel_haenszel": {"method": "MH", "model": "common"},
    "methods_changed": {"tau2": "PM", "ci": "hksj-floor", "tau2_ci": "none", "level": 0.9},
    "methods_fixed": {"tau2": 0.2, "ci": "wald", "pi": "HTS"},
}


@pytest.mark.parametrize("name", METHODS)
def test_the_methods_paragraph_is_as_reviewed(name: str) -> None:
    text = eq.pool(harms(), **METHODS[name]).methods_text() + "\n"  # type: ignore[arg-type]  # options of several kinds
    assert text == reviewed(GOLDEN / f"{name}.txt", text)


def test_every_paper_a_paragraph_names_is_in_its_list() -> None:
    paragraph, references = eq.pool(harms()).methods_text().split("\n\nReferences\n")
    named = [
        one for cites in re.findall(r"\(([^()]*\d{4})\)", paragraph) for one in cites.split("; ")
    ]
    assert "Viechtbauer 2005" in named
    for short in named:
        citation = next(c for c in LITERATURE.values() if c.short == short)
        assert str(citation) in references


def test_authors_a_phrase_has_just_named_are_not_named_again() -> None:
    text = eq.pool(harms(), tau2="PM").methods_text()
    assert "the estimator of Paule and Mandel (1982)" in text


def test_one_trial_is_not_said_to_be_pooled() -> None:
    text = eq.pool(harms().subset([0])).methods_text()
    assert "nothing was pooled" in text
    assert "References" not in text


@pytest.mark.parametrize(
    ("option", "phrases"),
    [
        ("tau2", _phrases.TAU2),
        ("ci", _phrases.INTERVAL),
        ("pi", _phrases.PREDICTION),
        ("tau2_ci", _phrases.TAU2_INTERVAL),
        ("i2", _phrases.INCONSISTENCY),
        ("method", _phrases.WEIGHTING),
        ("model", _phrases.MODEL),
        ("weighting", _phrases.OTHER_WEIGHTS),
        ("smd_variance", _phrases.STANDARDISED),
        ("zero_cells", _phrases.ZERO_CELLS),
    ],
)
def test_every_option_has_its_phrase(option: str, phrases: dict[str, object]) -> None:
    unsaid = {"fixed", "none", "inverse-variance"}
    assert set(ALLOWED[option]) - unsaid == set(phrases)


def test_every_citation_is_listed_and_used() -> None:
    tables = (_phrases.TAU2, _phrases.INTERVAL, _phrases.PREDICTION, _phrases.TAU2_INTERVAL)
    cited = {key for table in tables for method in table.values() for key in method.cites}
    assert cited <= set(LITERATURE)
    dois = [citation.doi for citation in LITERATURE.values()]
    assert len(set(dois)) == len(dois)
    assert all(doi.startswith("10.") for doi in dois)


def test_glance_says_all_of_a_fit_in_one_row() -> None:
    fit = eq.pool(harms(pd.DataFrame(TABLE)))
    row = fit.glance()
    assert isinstance(row, pd.DataFrame)
    assert len(row) == 1
    assert row.loc[0, "estimate"] == fit.estimate
    assert row.loc[0, "tau2"] == fit.tau2
    assert row.loc[0, "tau2_method"] == "REML"
    assert row.loc[0, "trials"] == 5
    assert row.loc[0, "k"] == 4


def test_augment_gives_a_row_a_trial_in_the_users_kind_of_frame() -> None:
    fit = eq.pool(harms(pl.DataFrame(TABLE)))
    rows = fit.augment()
    assert isinstance(rows, pl.DataFrame)
    assert rows["study"].to_list() == TABLE["study"]
    assert rows["residual"][0] == pytest.approx(fit.effects.yi[0] - fit.estimate)
    assert rows["cook"].to_list() == list(fit.influence().cook)
    assert rows["predicted"].to_list() == list(fit.blup().estimate)
    assert rows["yi"][4] is None
    assert rows["reason"][4] == "no events in either arm"


def test_augment_of_a_common_effect_predicts_nothing() -> None:
    rows = eq.pool(harms(), model="common", method="MH").augment()
    assert "predicted" not in rows
    assert "cook" not in rows
    assert rows["weight"][4] == 0.0
