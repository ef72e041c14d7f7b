"""Every option of the statistics, and the one place that says what is allowed."""

from __future__ import annotations

from numbers import Real
from typing import Any, Final, Literal, get_args

from equipoise.errors import MethodError

Measure = Literal[
    "RR", "OR", "RD", "PETO", "AS", "PHI", "ZPHI", "YUQ", "YUY", "RTET", "ZTET",
    "PBIT", "OR2D", "OR2DN", "OR2DL",
    "MD", "SMD", "SMDH", "SMD1", "SMD1H", "CLESN", "AUCN", "CLES", "AUC", "ROM", "VR", "CVR",
    "D2OR", "D2ORN", "D2ORL", "RPB", "ZPB", "RBIS", "ZBIS",
    "IRR", "IRD", "IRSD",
    "COR", "UCOR", "ZCOR", "PCOR", "ZPCOR", "SPCOR", "ZSPCOR", "R2", "ZR2",
    "PR", "PLN", "PLO", "PRZ", "PAS", "PFT", "IR", "IRLN", "IRS", "IRFT",
    "MN", "SMN", "MNLN", "SDLN", "CVLN",
    "MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "CLESCN", "AUCCN", "ROMC", "VRC", "CVRC",
    "MPRD", "MPRR", "MPOR", "MPORM", "MPORC", "MPPETO",
    "ARAW", "AHW", "ABT", "REH",
    "HR", "GENERIC",
]  # fmt: skip
"""Effect measures, by metafor's codes; ``docs/statistics/effect-sizes.md`` says what each needs."""

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

SmdVariance = Literal["hedges-ls", "hedges-ls2", "hedges-ub", "hedges-av", "revman", "cohens-d"]
"""Variances of the standardised mean difference; ``cohens-d`` also leaves out Hedges' correction."""

HedgesJ = Literal["exact", "approximate"]
"""Hedges' correction by gamma functions, or 1 − 3 / (4m − 1)."""

Medians = Literal["luo-wan-shi", "lognormal", "qe", "box-cox"]
"""How mean and standard deviation are estimated from a median with quartiles, extremes or both.

``luo-wan-shi`` supposes normal data, ``lognormal`` log-normal data; ``qe`` keeps the closest of four
distributions; ``box-cox`` transforms towards symmetry.
"""

MeanCi = Literal["t", "normal"]
"""The quantiles behind reported confidence intervals and p-values of means."""

Scale = Literal["log", "natural"]
"""The scale on which ratios and their confidence limits were reported."""

Model = Literal["random", "common"]
Method = Literal["IV", "MH", "Peto"]
Tau2 = Literal[
    "DL", "PM", "REML", "ML", "HE", "HS", "HSk", "SJ", "EB", "PMM", "DLIT", "SJIT", "GENQ", "GENQM",
    "fixed",
]  # fmt: skip
"""Estimators of the between-study variance, by metafor's codes.

``EB``, ``DLIT`` and ``SJIT`` solve the equation of ``PM`` and are its other names. ``GENQ`` and its
median-unbiased form ``GENQM`` take ``tau2_weights``. ``fixed`` takes ``tau2_value``; a number given
as ``tau2`` says both.
"""

Weighting = Literal["inverse-variance", "ivhet", "equal", "sample-size", "given"]
"""Weights of the trials' estimates in their mean, where the method is inverse variance.

``ivhet``: the common-effect weights with the variance of random effects. ``sample-size``:
``n1 n2 / (n1 + n2)``. ``given`` takes ``weights``; weights given say it.
"""

Ci = Literal[
    "wald", "t", "hksj", "hksj-floor", "hksj-if-wider", "hksj-iqwig", "kenward-roger",
    "henmi-copas", "profile-likelihood",
]  # fmt: skip
"""Confidence intervals of the pooled estimate.

``hksj-floor`` keeps Hartung and Knapp's standard error from falling below the classic one;
``hksj-if-wider`` takes their interval where it is wider than Wald's, and else Wald's;
``hksj-iqwig`` takes the classic standard error where theirs gives an interval narrower than
DerSimonian and Laird's. ``kenward-roger`` is that of REML, ``profile-likelihood`` that of maximum
likelihood, ``henmi-copas`` that of ``ivhet`` weights with DerSimonian and Laird's τ².
"""

Pi = Literal["follow-ci", "HTS", "V", "HK", "HK-PR", "KR", "KR-PR", "normal"]
"""Prediction intervals, by the names of R's meta (whose ``S`` is ``normal``).

``follow-ci`` has the standard error and the distribution of the confidence interval (metafor).
"""

Tau2Ci = Literal[
    "q-profile", "biggerstaff-jackson", "jackson", "general-q", "profile-likelihood",
    "sidik-jonkman", "wald", "none",
]  # fmt: skip
"""Confidence intervals of the between-study variance.

``biggerstaff-jackson``, ``jackson`` and ``general-q`` invert the exact distribution of a Q with the
weights ``1 / vi``, ``1 / sei`` and ``tau2_weights``.
"""

I2 = Literal["q", "tau2"]
Preset = Literal["cochrane-2025", "as-published", "revman5", "metafor", "meta-8", "iqwig6"]
"""Named sets of methods; ``docs/statistics/presets.md`` has every option of each."""


MhCounts = Literal["observed", "corrected"]
"""Counts that enter Mantel-Haenszel sums: as observed (metafor), or with the zero-cell
correction of the effect sizes (RevMan, for risk and odds ratios)."""

MhRdVariance = Literal["sato", "greenland-robins"]

RATIO: Final[frozenset[str]] = frozenset({
    "RR", "OR", "PETO", "IRR", "HR", "ROM", "VR", "CVR", "D2OR", "D2ORN", "D2ORL",
    "ROMC", "VRC", "CVRC", "MPRR", "MPOR", "MPORM", "MPORC", "MPPETO", "REH",
})  # fmt: skip
"""Measures that are ratios of two things, analysed as logarithms."""

TABLE: Final[frozenset[str]] = frozenset({
    "RR", "OR", "RD", "PETO", "AS", "PHI", "ZPHI", "YUQ", "YUY", "RTET", "ZTET",
    "PBIT", "OR2D", "OR2DN", "OR2DL",
})  # fmt: skip
RATE: Final[frozenset[str]] = frozenset({"IRR", "IRD", "IRSD"})
MEAN: Final[frozenset[str]] = frozenset({
    "MD", "SMD", "SMDH", "SMD1", "SMD1H", "CLESN", "AUCN", "ROM", "VR", "CVR",
    "D2OR", "D2ORN", "D2ORL", "RPB", "ZPB", "RBIS", "ZBIS",
})  # fmt: skip
CONTRAST: Final[frozenset[str]] = frozenset({"GENERIC", "HR"})

ONE_GROUP: Final[frozenset[str]] = frozenset({
    "PR", "PLN", "PLO", "PRZ", "PAS", "PFT", "IR", "IRLN", "IRS", "IRFT",
    "MN", "SMN", "MNLN", "SDLN", "CVLN", "ARAW", "AHW", "ABT", "R2", "ZR2",
})  # fmt: skip
"""Measures of single groups: they compare nothing, so there is no value of no effect."""

MATCHED: Final[frozenset[str]] = frozenset({
    "MPRD", "MPRR", "MPOR", "MPORM", "MPORC", "MPPETO",
})  # fmt: skip

SUPERIORITY: Final[frozenset[str]] = frozenset({
    "CLES", "AUC", "CLESN", "AUCN", "CLESCN", "AUCCN",
})  # fmt: skip
"""Probabilities that one has more than the other: a half is no effect."""

UNCORRECTED: Final[frozenset[str]] = frozenset({
    "AS", "PHI", "ZPHI", "RTET", "ZTET", "IRSD", "PAS", "PFT", "IRS", "IRFT", "REH",
})  # fmt: skip
"""Measures of counts that are never corrected for empty cells: most are defined with them."""

COUNTED: Final[frozenset[str]] = (
    TABLE | RATE | MATCHED | {m for m in ONE_GROUP if m.startswith(("P", "I"))}
)
"""Measures of counts, to which the options about empty cells apply."""

ALLOWED: Final[dict[str, tuple[Any, ...]]] = {
    "measure": get_args(Measure),
    "zero_cells": get_args(ZeroCells),
    "double_zero": get_args(DoubleZero),
    "smd_variance": get_args(SmdVariance),
    "medians": get_args(Medians),
    "mean_ci": get_args(MeanCi),
    "j": get_args(HedgesJ),
    "scale": get_args(Scale),
    "model": get_args(Model),
    "method": get_args(Method),
    "weighting": get_args(Weighting),
    "tau2": get_args(Tau2),
    "ci": get_args(Ci),
    "pi": get_args(Pi),
    "tau2_ci": get_args(Tau2Ci),
    "i2": get_args(I2),
    "preset": get_args(Preset),
    "mh_counts": get_args(MhCounts),
    "mh_rd_variance": get_args(MhRdVariance),
}


def check_option(name: str, value: object) -> None:
    """Raise `MethodError` unless ``value`` is one of the words allowed for option ``name``."""
    check_word(name, value, ALLOWED[name])


def check_word(name: str, value: object, allowed: tuple[Any, ...]) -> None:
    """Raise `MethodError` unless ``value`` is one of the words ``allowed`` for ``name``."""
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


def check_finite(name: str, value: object) -> float:
    """Return ``value`` as a float; raise `MethodError` unless it is a finite number."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not float("-inf") < float(value) < float("inf"):  # type: ignore[arg-type]  # checked
        raise MethodError(
            f"{name} must be a finite number: {value!r} is not a number to calculate with",
            spec=f"{name}={value!r}",
            reason="not a number",
        )
    return float(value)  # type: ignore[arg-type]  # checked above


def check_tau2_value(value: object) -> None:
    """Raise `MethodError` unless ``value`` is a finite number, zero or above."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not 0.0 <= float(value) < float("inf"):  # type: ignore[arg-type]  # checked
        raise MethodError(
            f"a fixed tau2 must be a number, zero or above, not {value!r}",
            spec=f"tau2={value!r}",
            reason="not a variance",
        )


def check_weights(name: str, values: object) -> None:
    """Raise `MethodError` unless ``values`` are finite numbers above zero."""
    if not isinstance(values, tuple) or not all(_above_zero(value) for value in values):
        raise MethodError(
            f"{name} must be numbers above zero, one for each trial",
            spec=name,
            reason="not weights",
        )


def _above_zero(value: object) -> bool:
    return isinstance(value, Real) and 0.0 < float(value) < float("inf")
