"""Every number a paper may report, by the name `effect_sizes` knows it under."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, TypedDict

from equipoise.errors import DataError


class Reported(TypedDict, total=False):
    """Columns of reported numbers: sequences, or column names of ``data``.

    Arm 1 is the treatment, arm 2 the comparator; names without a number are of a single group or of
    the comparison. A cell may be missing where another way of the row is complete.
    """

    # Two by two -----------------------------------------------------------------------------
    events_1: Any
    """Events in arm 1 (fractions are allowed after adjustment for clustering)."""
    n_1: Any
    """Participants in arm 1; with accuracy of a test, those with the condition."""
    events_2: Any
    """Events in arm 2."""
    n_2: Any
    """Participants in arm 2; with accuracy of a test, those without the condition."""
    events_total: Any
    """Events in both arms together."""
    odds_ratio: Any
    """An odds ratio, not its logarithm, from which the table is rebuilt."""
    phi: Any
    """A phi coefficient of the table."""
    chi2: Any
    """Pearson's chi-square of the table (option ``yates``), with ``sign``."""
    sensitivity: Any
    """Proportion with a positive test among those with the condition."""
    specificity: Any
    """Proportion with a negative test among those without the condition."""
    prevalence: Any
    """Proportion with the condition."""
    ppv: Any
    """Positive predictive value."""
    npv: Any
    """Negative predictive value."""

    # Means of two groups, or of one ---------------------------------------------------------
    mean_1: Any
    """Mean in arm 1."""
    sd_1: Any
    """Standard deviation in arm 1."""
    se_1: Any
    """Standard error of the mean in arm 1."""
    mean_ci_low_1: Any
    """Lower confidence limit of the mean in arm 1."""
    mean_ci_high_1: Any
    """Upper confidence limit of the mean in arm 1."""
    min_1: Any
    """Smallest value in arm 1."""
    q1_1: Any
    """First quartile in arm 1."""
    median_1: Any
    """Median in arm 1."""
    q3_1: Any
    """Third quartile in arm 1."""
    max_1: Any
    """Largest value in arm 1."""
    mean_2: Any
    """Mean in arm 2."""
    sd_2: Any
    """Standard deviation in arm 2."""
    se_2: Any
    """Standard error of the mean in arm 2."""
    mean_ci_low_2: Any
    """Lower confidence limit of the mean in arm 2."""
    mean_ci_high_2: Any
    """Upper confidence limit of the mean in arm 2."""
    min_2: Any
    """Smallest value in arm 2."""
    q1_2: Any
    """First quartile in arm 2."""
    median_2: Any
    """Median in arm 2."""
    q3_2: Any
    """Third quartile in arm 2."""
    max_2: Any
    """Largest value in arm 2."""
    mean: Any
    """Mean of a single group."""
    sd: Any
    """Standard deviation of a single group."""
    mean_ci_low: Any
    """Lower confidence limit of a single group's mean."""
    mean_ci_high: Any
    """Upper confidence limit of a single group's mean."""
    min: Any
    """Smallest value of a single group."""
    q1: Any
    """First quartile of a single group."""
    median: Any
    """Median of a single group."""
    q3: Any
    """Third quartile of a single group."""
    max: Any
    """Largest value of a single group."""

    # What was reported of the comparison ----------------------------------------------------
    estimate: Any
    """The estimate itself; ratios as logarithms unless ``scale`` says otherwise."""
    se: Any
    """Its standard error (of the logarithm, for ratios); of a single group, that of the mean."""
    ci_low: Any
    """Its lower confidence limit, same scale."""
    ci_high: Any
    """Its upper confidence limit, same scale."""
    t: Any
    """Student's t of the comparison (of a correlation, of its test), with its sign."""
    f: Any
    """F of a comparison of two groups (one degree of freedom), with ``sign``; or of a whole
    regression, with ``predictors``."""
    p: Any
    """Two-sided p-value of the comparison."""
    sign: Any
    """The direction where a number has none: above zero if arm 1 has the higher value."""
    d: Any
    """Cohen's d, without a correction for small samples."""
    g: Any
    """Hedges' g: d with the exact correction for small samples."""
    o_minus_e: Any
    """Observed minus expected events in arm 1."""
    variance: Any
    """The variance of ``o_minus_e``."""

    # Rates, correlations, pairs, scales -----------------------------------------------------
    time_1: Any
    """Person-time in arm 1."""
    time_2: Any
    """Person-time in arm 2."""
    events: Any
    """Events in a single group."""
    n: Any
    """Participants of a single group, pairs of a correlation or of a change."""
    time: Any
    """Person-time of a single group."""
    r: Any
    """A correlation: the effect itself, that of the two measurements of a change, that of the two
    outcomes of matched pairs (phi), or of group and outcome (point-biserial)."""
    covariates: Any
    """How many variables a partial correlation holds constant, or a semi-partial one sets aside."""
    r_squared: Any
    """R² of a whole regression, not adjusted."""
    predictors: Any
    """How many predictors a regression has."""
    auc: Any
    """Share of pairs, one of each arm, in which arm 1 has more; ties count a half."""
    both: Any
    """Pairs with an event under either treatment."""
    only_1: Any
    """Pairs with an event under treatment 1 only."""
    only_2: Any
    """Pairs with an event under treatment 2 only."""
    neither: Any
    """Pairs without an event."""
    homozygous_a: Any
    """People with two copies of the one allele."""
    heterozygous: Any
    """People with a copy of each allele."""
    homozygous_b: Any
    """People with two copies of the other allele."""
    alpha: Any
    """Cronbach's alpha."""
    items: Any
    """Items of the scale."""


NAMES = tuple(Reported.__annotations__)
"""The names, in the order they are documented."""


def check_names(reported: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given, without what is ``None``.

    Raises:
        DataError: For names that do not exist, each with the nearest that does.
    """
    unknown = [name for name in reported if name not in NAMES]
    if unknown:
        raise DataError(
            "effect_sizes knows no " + ", and no ".join(map(_with_nearest, unknown)),
            rule="names of columns",
        )
    return {name: value for name, value in reported.items() if value is not None}


def _with_nearest(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.6)
    return f"{name!r} (did you mean {near[0]!r}?)" if near else f"{name!r}"
