"""Printed results, fixed by golden files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.stats import EffectSizes, effect_sizes, pool, printing, subgroups
from support.golden import reviewed

GOLDEN = Path(__file__).parent / "golden"


def harms() -> EffectSizes:
    return effect_sizes(
        "RR",
        study=["Ash 2001", "Birch 2004", "Cedar 2010", "Dogwood 2015", "Elm 2019"],
        events_1=[29, 3, 3, 4, 0],
        n_1=[68, 3, 8, 9, 10],
        events_2=[1, 0, 2, 2, 0],
        n_2=[32, 4, 6, 10, 12],
    )


def pain() -> EffectSizes:
    return effect_sizes(
        "MD",
        study=["Ash 2001", "Birch 2004", "Cedar 2010"],
        mean_1=[60.0, 56.0, 26.8],
        sd_1=[38.0, 31.2, 27.9],
        n_1=[59, 12, 30],
        mean_2=[61.3, 74.0, 54.5],
        sd_2=[32.7, 10.4, 26.3],
        n_2=[30, 12, 30],
    )


CASES: dict[str, Callable[[], object]] = {
    "effects": harms,
    "ratio": lambda: pool(harms()),
    "as_published": lambda: pool(pain(), preset="as-published"),
    "changed": lambda: pool(pain(), tau2="PM", ci="wald", level=0.9),
    "common": lambda: pool(harms(), model="common", method="MH"),
    "single": lambda: pool(pain().subset([0])),
    "leave_one_out": lambda: pool(harms()).leave_one_out(),
    "cumulative": lambda: pool(pain()).cumulative([2, 0, 1]),
    "subgroups": lambda: subgroups(harms(), ["short", "short", "long", "long", None], ci="wald"),
    "forest": lambda: pool(harms()).forest().text,
}


@pytest.mark.parametrize("name", CASES)
def test_printed_text_is_as_reviewed(name: str) -> None:
    text = str(CASES[name]()) + "\n"
    assert text == reviewed(GOLDEN / f"{name}.txt", text)
    assert "-0." not in text
    assert "nan" not in text.lower().split()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0444, "0.044"), (0.444, "0.44"), (12.3, "12.30"), (123.4, "123"), (2.5e7, "2.5e+07")],
)
def test_ratios_follow_their_rule(value: float, text: str) -> None:
    assert printing.ratio(value) == text


def test_numbers_have_a_minus_sign_and_no_negative_zero() -> None:
    assert printing.number(-1.234) == "−1.23"
    assert printing.number(-0.001) == "0.00"
    assert printing.number(None) == "–"


def test_p_values_follow_their_rule() -> None:
    assert printing.p_value(0.0004) == "p < 0.001"
    assert printing.p_value(0.0504) == "p = 0.050"
