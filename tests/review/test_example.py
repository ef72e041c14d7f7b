"""The example review: real data, on which the checks must be neither silent nor noisy."""

from __future__ import annotations

from collections import Counter

import pytest

from equipoise.review import read_review
from review.folders import EXAMPLE

pytestmark = pytest.mark.skipif(
    not (EXAMPLE / "review.toml").exists(), reason="the example review is not there"
)


def test_the_example_has_no_errors() -> None:
    reading = read_review(EXAMPLE)
    assert [p for p in reading.problems if p.severity == "error"] == []
    assert reading.review is not None


def test_warnings_name_what_is_really_in_the_data() -> None:
    # Changes from baseline stand among final pain scores, and some crossover trials do not say
    # how they were analysed. Nothing else is suspected.
    reading = read_review(EXAMPLE)
    found = Counter(problem.code for problem in reading.problems)
    assert set(found) <= {"mean-outside-scale", "analysis-unknown"}
    assert reading.review is not None
    negative = [r for r in reading.review.results if r.mean is not None and r.mean < 0]
    assert found["mean-outside-scale"] == len(negative)
