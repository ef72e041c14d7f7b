"""Ways that take a comparison's own estimate, and work out its variance."""

from __future__ import annotations

from typing import Final

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects import reported_tests as tests
from equipoise.kernels.effects import two_by_two
from equipoise.stats.effects._mean_ways import df_of_means
from equipoise.stats.effects._route_types import EffectOptions, Values, Way

_NO_ERROR: Final = "an estimate or a statistic of zero says nothing of the standard error"
_NO_INFORMATION: Final = "V is zero: no information"
_FEW: Final = "too few participants"


def _with_error(v: Values, se: Floats) -> dict[str, Floats]:
    with np.errstate(over="ignore"):
        return {"yi": v["estimate"], "vi": se**2}


def _by_se(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _with_error(v, v["se"])


def _normal(v: Values) -> Floats:
    return np.full(v["estimate"].shape, np.nan)


def _by_ci(v: Values, o: EffectOptions) -> dict[str, Floats]:
    return _with_error(v, tests.error_from_interval(v["ci_low"], v["ci_high"], o.level, _normal(v)))


def _by_p(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    z = tests.two_sided_quantile(v["p"], _normal(v))
    return _with_error(v, tests.error_from_statistic(v["estimate"], z))


def _by_t(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _with_error(v, tests.error_from_statistic(v["estimate"], v["t"]))


def _by_student_ci(v: Values, o: EffectOptions) -> dict[str, Floats]:
    se = tests.error_from_interval(v["ci_low"], v["ci_high"], o.level, df_of_means(v, o))
    return _with_error(v, se)


def _by_student_p(v: Values, o: EffectOptions) -> dict[str, Floats]:
    t = tests.two_sided_quantile(v["p"], df_of_means(v, o))
    return _with_error(v, tests.error_from_statistic(v["estimate"], t))


def _by_score(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    yi, vi = two_by_two.log_peto(v["o_minus_e"], v["variance"])
    return {"yi": yi, "vi": vi}


# Sizes ride along: tests of asymmetry want them.
_SIZES: Final = ("n_1", "n_2")

_BY_SE: Final = Way("estimate-se", ("estimate", "se"), _by_se, _SIZES)
_BY_CI: Final = Way("estimate-ci", ("estimate", "ci_low", "ci_high"), _by_ci, _SIZES)
_BY_P: Final = Way("estimate-p", ("estimate", "p"), _by_p, _SIZES, why=_NO_ERROR)

ESTIMATES: Final = (_BY_SE, _BY_CI, _BY_P)
"""An estimate with its standard error, normal interval, or p-value."""

SCORE: Final = Way("o-minus-e", ("o_minus_e", "variance"), _by_score, _SIZES, why=_NO_INFORMATION)

GENERIC: Final = (
    _BY_SE, _BY_CI, SCORE, Way("estimate-t", ("estimate", "t"), _by_t, _SIZES, why=_NO_ERROR), _BY_P,
)  # fmt: skip

MEAN_DIFFERENCES: Final = (
    _BY_SE,
    Way("estimate-ci", ("estimate", "ci_low", "ci_high"), _by_student_ci, _SIZES),
    Way("estimate-t", ("estimate", "t"), _by_t, _SIZES, why=_NO_ERROR),
    Way("estimate-p", ("estimate", "p"), _by_student_p, _SIZES, why=_NO_ERROR),
)
"""Intervals and p-values of a mean difference are Student's where the sizes are known."""


# Log-rank tests --------------------------------------------------------------------------------


def _by_log_rank(v: Values, variance: Floats) -> dict[str, Floats]:
    z = np.sign(v["sign"]) * tests.two_sided_quantile(v["p"], np.full(variance.shape, np.nan))
    score = tests.log_rank_score(z, variance)
    yi, vi = two_by_two.log_peto(score, variance)
    return {"yi": yi, "vi": vi, "o_minus_e": score, "variance": variance}


def _events_of_arms(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    total = v["events_1"] + v["events_2"]
    return _by_log_rank(v, v["events_1"] * v["events_2"] / np.where(total > 0.0, total, np.nan))


def _events_by_size(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _by_log_rank(v, v["events_total"] * v["n_1"] * v["n_2"] / (v["n_1"] + v["n_2"]) ** 2)


def _events_halved(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _by_log_rank(v, v["events_total"] / 4.0)


HAZARD_RATIOS: Final = (
    _BY_SE, _BY_CI, SCORE, _BY_P,
    Way("log-rank-events", ("p", "sign", "events_1", "events_2"), _events_of_arms,
        why="no events in one arm: no information"),
    Way("log-rank-sizes", ("p", "sign", "events_total", "n_1", "n_2"), _events_by_size,
        why=_NO_INFORMATION),
    Way("log-rank-equal", ("p", "sign", "events_total"), _events_halved, why=_NO_INFORMATION),
)  # fmt: skip


# Correlations ----------------------------------------------------------------------------------


def _degrees(v: Values) -> Floats:
    return v["n"] - 2.0 - v.get("covariates", np.zeros(v["n"].shape))


def _r_of_t(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return {"r": tests.correlation_from_t(v["t"], _degrees(v))}


def _r_of_p(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    df = _degrees(v)
    return {"r": tests.correlation_from_t(_signed_t(v, df), df)}


def _signed_t(v: Values, df: Floats) -> Floats:
    return np.sign(v["sign"]) * tests.two_sided_quantile(v["p"], np.where(df > 0.0, df, -1.0))


def correlations(*more: str) -> tuple[Way, ...]:
    """Return the ways to a correlation; ``more`` names the number of covariates."""
    return (
        Way("correlation", ("r", "n", *more)),
        Way("correlation-t", ("t", "n", *more), _r_of_t, why=_FEW),
        Way("correlation-p", ("p", "sign", "n", *more), _r_of_p, why=_FEW),
    )


# Regressions -----------------------------------------------------------------------------------


def _semi_partial_of_t(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return {"r": tests.semi_partial_from_t(v["t"], _degrees(v), v["r_squared"])}


def _semi_partial_of_p(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    t = _signed_t(v, _degrees(v))
    return {"r": tests.semi_partial_from_t(t, _degrees(v), v["r_squared"])}


def _determination_of_f(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    df = v["n"] - v["predictors"] - 1.0
    return {"r_squared": tests.determination_from_f(v["f"], v["predictors"], df)}


_REGRESSION: Final = ("n", "covariates", "r_squared")

SEMI_PARTIAL: Final = (
    Way("semi-partial", ("r", "n", "r_squared")),
    Way("semi-partial-t", ("t", *_REGRESSION), _semi_partial_of_t, why=_FEW),
    Way("semi-partial-p", ("p", "sign", *_REGRESSION), _semi_partial_of_p, why=_FEW),
)

DETERMINATION: Final = (
    Way("determination", ("r_squared", "n")),
    Way("determination-f", ("f", "n", "predictors"), _determination_of_f, why=_FEW),
)
