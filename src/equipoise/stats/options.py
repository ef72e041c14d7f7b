"""Every option of the statistics, and the one place that says what is allowed."""

from __future__ import annotations

from typing import Any, Final, Literal, get_args

from equipoise.errors import MethodError

Measure = Literal["RR", "OR", "RD", "PETO", "MD", "SMD", "IRR", "IRD", "HR", "GENERIC"]
"""Effect measures; ``RR OR PETO IRR HR`` are analysed as logarithms."""

ZeroCells = Literal[
    "none", "only-zero", "if-any-zero", "all", "treatment-arm", "only-zero-variance"
]
"""Which studies get the zero-cell correction.

``only-zero``: those with an empty cell. ``if-any-zero``: all, if one has an empty cell. ``all``.
``treatment-arm``: those with an empty cell, in proportion to the arms' sizes. ``only-zero-variance``:
those with an empty cell, in the variance but not in the estimate (RevMan's risk difference).
"""

DoubleZero = Literal["drop", "keep", "revman"]
"""What becomes of studies with no events, or nothing but events, in both arms (ratio measures).

``revman`` drops those without events, and for odds ratios those with nothing but events; a risk
ratio of the latter is 1 with the corrected variance.
"""

SmdVariance = Literal["hedges-ls", "revman"]
Model = Literal["random", "common"]
Method = Literal["IV", "MH", "Peto"]
Tau2 = Literal["DL", "PM", "REML", "ML"]
Ci = Literal["wald", "t", "hksj", "hksj-floor"]
Pi = Literal["follow-ci", "HTS", "V", "HK", "normal"]
Tau2Ci = Literal["q-profile", "none"]
I2 = Literal["q", "tau2"]
Preset = Literal["cochrane-2025", "as-published"]

MhCounts = Literal["observed", "corrected"]
"""Counts that enter Mantel-Haenszel sums: as observed (metafor), or with the zero-cell
correction of the effect sizes (RevMan, for risk and odds ratios)."""

MhRdVariance = Literal["sato", "greenland-robins"]

RATIO: Final[frozenset[str]] = frozenset({"RR", "OR", "PETO", "IRR", "HR"})
TABLE: Final[frozenset[str]] = frozenset({"RR", "OR", "RD", "PETO"})
RATE: Final[frozenset[str]] = frozenset({"IRR", "IRD"})
MEAN: Final[frozenset[str]] = frozenset({"MD", "SMD"})
CONTRAST: Final[frozenset[str]] = frozenset({"GENERIC", "HR"})

ALLOWED: Final[dict[str, tuple[Any, ...]]] = {
    "measure": get_args(Measure),
    "zero_cells": get_args(ZeroCells),
    "double_zero": get_args(DoubleZero),
    "smd_variance": get_args(SmdVariance),
    "model": get_args(Model),
    "method": get_args(Method),
    "tau2": get_args(Tau2),
    "ci": get_args(Ci),
    "pi": get_args(Pi),
    "tau2_ci": get_args(Tau2Ci),
    "i2": get_args(I2),
    "preset": get_args(Preset),
    "mh_counts": get_args(MhCounts),
    "mh_rd_variance": get_args(MhRdVariance),
}

MEASURE_WORDS: Final[dict[str, str]] = {
    "RR": "risk ratio",
    "OR": "odds ratio",
    "RD": "risk difference",
    "PETO": "Peto odds ratio",
    "MD": "mean difference",
    "SMD": "standardised mean difference",
    "IRR": "incidence rate ratio",
    "IRD": "incidence rate difference",
    "HR": "hazard ratio",
    "GENERIC": "effect",
}


def check_option(name: str, value: object) -> None:
    """Raise `MethodError` unless ``value`` is one of the words allowed for option ``name``."""
    allowed = ALLOWED[name]
    if not isinstance(value, str) or value not in allowed:
        listed = ", ".join(repr(word) for word in allowed)
        raise MethodError(
            f"{name} cannot be {value!r}; allowed: {listed}",
            spec=f"{name}={value!r}",
            reason="there is no such option",
        )


def check_fraction(name: str, value: object) -> None:
    """Raise `MethodError` unless ``value`` is a number strictly between 0 and 1."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0.0 < float(value) < 1.0:  # type: ignore[arg-type]  # checked above
        raise MethodError(
            f"{name} must be a number between 0 and 1 (0.95, not 95), not {value!r}",
            spec=f"{name}={value!r}",
            reason="not a proportion",
        )
