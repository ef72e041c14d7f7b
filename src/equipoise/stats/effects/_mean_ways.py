"""Ways to the means and standard deviations of groups, and of comparisons of two groups."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from equipoise.kernels.batches import Floats
from equipoise.kernels.effects import quantile_fits
from equipoise.kernels.effects import quantile_summaries as summaries
from equipoise.kernels.effects import reported_tests as tests
from equipoise.stats.effects._route_types import EffectOptions, Values, Way

_Arm = Callable[[Values, EffectOptions], dict[str, Floats]]

_NO_SPREAD: Final = "the quantiles show no spread"
_NO_ERROR: Final = "a difference or a statistic of zero says nothing of the spread"


@dataclass(frozen=True, slots=True)
class ArmWay:
    """A way for one group; names are without the number of the arm."""

    code: str
    needs: tuple[str, ...]
    convert: _Arm
    may_use: tuple[str, ...] = ()
    why: str = _NO_SPREAD


def _reported(_v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return {}


def _from_error(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return {"sd": tests.sd_from_mean_error(v["se"], v["n"])}


def _from_interval(v: Values, o: EffectOptions) -> dict[str, Floats]:
    """Use the middle of the interval where the mean itself was not reported."""
    low, high = v["mean_ci_low"], v["mean_ci_high"]
    df = v["n"] - 1.0 if o.mean_ci == "t" else np.full(low.shape, np.nan)
    se = tests.error_from_interval(low, high, o.level, np.where(df == 0.0, -1.0, df))
    mean = np.where(np.isnan(v["mean"]), (low + high) / 2.0, v["mean"])
    return {"mean": mean, "sd": tests.sd_from_mean_error(se, v["n"])}


def _five(v: Values) -> summaries.FiveNumbers:
    blank = np.full(v["n"].shape, np.nan)
    low, q1, median, q3, high = (
        v.get(name, blank) for name in ("min", "q1", "median", "q3", "max")
    )
    return summaries.FiveNumbers(low, q1, median, q3, high, v["n"])


def _spread_only(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return {"sd": summaries.normal_sd(_five(v))}


def _from_median(v: Values, o: EffectOptions) -> dict[str, Floats]:
    numbers = _five(v)
    mean, sd = MEDIANS[o.medians](numbers)
    judged = numbers.logarithms() if o.medians == "lognormal" else numbers
    statistic, critical = summaries.skewness(judged)
    with np.errstate(invalid="ignore"):
        skewed = (statistic >= critical).astype(np.float64)
    return {"mean": mean, "sd": sd, "_skewed": skewed}


MEDIANS: Final[Mapping[str, Callable[[summaries.FiveNumbers], tuple[Floats, Floats]]]] = {
    "luo-wan-shi": lambda s: (summaries.normal_mean(s), summaries.normal_sd(s)),
    "lognormal": summaries.log_normal,
    "qe": quantile_fits.quantile_estimation,
    "box-cox": quantile_fits.box_cox,
}

_QUANTILES_WHY: Final = (
    "mean and standard deviation are not defined for these quantiles by this method"
)

ARM_WAYS: Final = (
    ArmWay("means", ("mean", "sd", "n"), _reported),
    ArmWay("means-se", ("mean", "se", "n"), _from_error),
    ArmWay("means-ci", ("mean_ci_low", "mean_ci_high", "n"), _from_interval, ("mean",),
           "one participant has no standard deviation"),
    ArmWay("means-five", ("mean", "min", "q1", "q3", "max", "n"), _spread_only),
    ArmWay("means-iqr", ("mean", "q1", "q3", "n"), _spread_only),
    ArmWay("means-range", ("mean", "min", "max", "n"), _spread_only),
    ArmWay("median-five", ("min", "q1", "median", "q3", "max", "n"), _from_median, (),
           _QUANTILES_WHY),
    ArmWay("median-iqr", ("q1", "median", "q3", "n"), _from_median, (), _QUANTILES_WHY),
    ArmWay("median-range", ("min", "median", "max", "n"), _from_median, (), _QUANTILES_WHY),
)  # fmt: skip

IMPUTED: Final = frozenset(
    {"means-five", "means-iqr", "means-range", "median-five", "median-iqr", "median-range"}
)
"""Ways that estimate a standard deviation instead of working it out."""


@functools.cache
def one_group(*, mean: bool = True) -> tuple[Way, ...]:
    """Return the ways to the numbers of a single group."""
    return tuple(_as_way(way, mean=mean) for way in ARM_WAYS)


@functools.cache
def two_groups(*, mean: bool = True) -> tuple[Way, ...]:
    """Return the ways to the numbers of two groups: each arm has its own."""
    return tuple(_both(*pair, mean=mean) for pair in product(ARM_WAYS, ARM_WAYS))


def _needs(way: ArmWay, *, mean: bool) -> tuple[str, ...]:
    return way.needs if mean else tuple(name for name in way.needs if name != "mean")


def _as_way(way: ArmWay, *, mean: bool) -> Way:
    def convert(v: Values, o: EffectOptions) -> dict[str, Floats]:
        return way.convert(v, o)

    return Way(way.code, _needs(way, mean=mean), convert, way.may_use, why=way.why)


def _both(first: ArmWay, second: ArmWay, *, mean: bool) -> Way:
    arms = (("_1", first), ("_2", second))

    def convert(v: Values, o: EffectOptions) -> dict[str, Floats]:
        given: dict[str, Floats] = {}
        for suffix, way in arms:
            own = {
                name: v[name + suffix] for name in (*way.needs, *way.may_use) if name + suffix in v
            }
            given |= {name + suffix: values for name, values in way.convert(own, o).items()}
        return given

    needs = tuple(name + suffix for suffix, way in arms for name in _needs(way, mean=mean))
    may_use = tuple(name + suffix for suffix, way in arms for name in way.may_use)
    code = first.code if first.code == second.code else f"{first.code}+{second.code}"
    return Way(
        code, needs, convert, may_use, why=second.why if first.why == _NO_SPREAD else first.why
    )


# Standard deviations from what was reported of the difference ----------------------------------

_BOTH_MEANS: Final = ("mean_1", "n_1", "mean_2", "n_2")


def df_of_means(v: Values, o: EffectOptions) -> Floats:
    """Return n₁ + n₂ − 2 where both sizes are known and Student's quantiles are wanted."""
    n = v["n_1"] + v["n_2"]
    return n - 2.0 if o.mean_ci == "t" else np.full(n.shape, np.nan)


def _shared(v: Values, se: Floats) -> dict[str, Floats]:
    sd = tests.sd_from_difference_error(se, v["n_1"], v["n_2"])
    return {"sd_1": sd, "sd_2": sd}


def _by_error(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _shared(v, v["se"])


def _by_interval(v: Values, o: EffectOptions) -> dict[str, Floats]:
    return _shared(
        v, tests.error_from_interval(v["ci_low"], v["ci_high"], o.level, df_of_means(v, o))
    )


def _by_t(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _shared(v, tests.error_from_statistic(v["mean_1"] - v["mean_2"], v["t"]))


def _by_p(v: Values, o: EffectOptions) -> dict[str, Floats]:
    t = tests.two_sided_quantile(v["p"], df_of_means(v, o))
    return _shared(v, tests.error_from_statistic(v["mean_1"] - v["mean_2"], t))


SHARED_SD: Final = (
    Way("means-md-se", (*_BOTH_MEANS, "se"), _by_error),
    Way("means-md-ci", (*_BOTH_MEANS, "ci_low", "ci_high"), _by_interval),
    Way("means-t", (*_BOTH_MEANS, "t"), _by_t, why=_NO_ERROR),
    Way("means-p", (*_BOTH_MEANS, "p"), _by_p, why=_NO_ERROR),
)
"""Ways to a standard deviation that both arms share, from their means and a test."""


# Differences in standard deviations ------------------------------------------------------------


def _as_groups(d: Floats) -> dict[str, Floats]:
    """Return two groups that differ by d standard deviations: all that the kernels go by."""
    one = np.ones(d.shape)
    return {"mean_1": d, "sd_1": one, "mean_2": 0.0 * d, "sd_2": one}


def _d_of_t(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _as_groups(tests.difference_from_t(v["t"], v["n_1"], v["n_2"]))


def _d_of_f(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    t = np.sign(v["sign"]) * np.sqrt(v["f"])
    return _as_groups(tests.difference_from_t(t, v["n_1"], v["n_2"]))


def _d_of_p(v: Values, o: EffectOptions) -> dict[str, Floats]:
    t = np.sign(v["sign"]) * tests.two_sided_quantile(v["p"], df_of_means(v, o))
    return _as_groups(tests.difference_from_t(t, v["n_1"], v["n_2"]))


def _d_of_r(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _as_groups(tests.difference_from_correlation(v["r"], v["n_1"], v["n_2"]))


def _d_of_g(v: Values, _o: EffectOptions) -> dict[str, Floats]:
    return _as_groups(tests.difference_from_corrected(v["g"], v["n_1"], v["n_2"]))


_SIZES: Final = ("n_1", "n_2")
_FEW: Final = "too few participants"

STANDARDISED: Final = (
    Way("t-statistic", ("t", *_SIZES), _d_of_t, standardised=True, why=_FEW),
    Way("f-statistic", ("f", "sign", *_SIZES), _d_of_f, standardised=True, why=_FEW),
    Way("d", ("d", *_SIZES), lambda v, _o: _as_groups(v["d"]), standardised=True, why=_FEW),
    Way("g", ("g", *_SIZES), _d_of_g, standardised=True, why=_FEW),
    Way("point-biserial", ("r", *_SIZES), _d_of_r, standardised=True,
        why="a correlation of 1 or -1 has no standardised difference"),
    Way("p-value", ("p", "sign", *_SIZES), _d_of_p, standardised=True, why=_FEW),
)  # fmt: skip
"""Ways to Cohen's d, for measures that are functions of it."""
