"""Routes: mean and standard deviation from medians.

Suppose 100 people with median 4, quartiles 3 and 6, range 2 to 9. The R call is
``metafor::conv.fivenum`` with ``test=FALSE``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special

import equipoise.stats as eq
from spec.manual import printed

RANGE: dict[str, Any] = {"min": [2], "median": [4], "max": [9], "n": [100]}
QUARTILES: dict[str, Any] = {"q1": [3], "median": [4], "q3": [6], "n": [100]}
FIVE: dict[str, Any] = RANGE | QUARTILES
XI = 2 * special.ndtri((100 - 0.375) / 100.25)
ETA = 2 * special.ndtri((75 - 0.125) / 100.25)


def spread(columns: dict[str, Any], **options: Any) -> tuple[float, float]:
    trials = eq.effect_sizes("MN", **columns, **options)
    return float(trials.yi[0]), float(trials.columns["sd"][0])


def test_luos_mean_and_wans_deviation_from_a_range() -> None:
    """Weight 4 / (4 + 100^0.75) = 0.112278 on the mid-range 5.5, the rest on the median.

    SD = 7 / ξ, ξ = 2 Φ⁻¹(99.625 / 100.25) = 4.997.
    """
    mean, sd = spread(RANGE)
    assert mean == printed(4 + 1.5 * 4 / (4 + 100**0.75), 10)
    assert sd == printed(7 / XI, 10)
    assert printed(4.9972, 3) == XI


def test_luos_mean_and_wans_deviation_from_quartiles() -> None:
    """Weight 0.7 + 0.39 / 100 on the mid-quartile 4.5; SD = 3 / η with η = 1.3287."""
    mean, sd = spread(QUARTILES)
    assert mean == printed(4 + 0.5 * 0.7039, 10)
    assert sd == printed(3 / ETA, 10)


def test_all_five_numbers_use_shis_weights() -> None:
    """The range counts with weight 1 / (1 + 0.07 × 100^0.6) = 0.474 in the standard deviation."""
    mean, sd = spread(FIVE)
    w1, w2 = 2.2 / (2.2 + 100**0.75), 0.7 - 0.72 / 100**0.55
    w = 1 / (1 + 0.07 * 100**0.6)
    assert mean == printed(4 + 1.5 * w1 + 0.5 * w2, 10)
    assert sd == printed(w * 7 / XI + (1 - w) * 3 / ETA, 10)


def test_a_reported_mean_keeps_its_place() -> None:
    """With the mean itself, quartiles only give the standard deviation."""
    trials = eq.effect_sizes("MN", mean=[4.4], q1=[3], q3=[6], n=[100])
    assert trials.route == ("means-iqr",)
    assert trials.yi[0] == 4.4
    assert trials.columns["sd"][0] == printed(3 / ETA, 10)
    assert [note.code for note in trials.notes] == ["imputed-sd"]


def test_quantile_estimation_is_mcgraths() -> None:
    """2, 4, 9 with n = 100: estmeansd's README prints 4.347284 and 1.502171 for ``qe.mean.sd``.

    Its optimiser stops about 1e-5 short of the least squares; ours are less by construction.
    """
    mean, sd = spread(RANGE, medians="qe")
    assert mean == pytest.approx(4.347284, rel=2e-5)
    assert sd == pytest.approx(1.502171, rel=2e-5)


def test_box_cox_finds_the_logarithm() -> None:
    """1, e, e² lie evenly on a log scale, so λ = 0 and the moments are log-normal, with μ = 1.

    σ is Wan's, 2 / ξ; nothing is simulated.
    """
    columns = {"min": [1.0], "median": [math.e], "max": [math.e**2], "n": [100]}
    mean, sd = spread(columns, medians="box-cox")
    sigma = 2 / XI
    assert mean == pytest.approx(math.exp(1 + sigma**2 / 2), rel=1e-8)
    assert sd == pytest.approx(mean * math.sqrt(math.expm1(sigma**2)), rel=1e-8)


def test_skewness_is_tested_and_noted() -> None:
    """S1: |2 + 9 − 8| / 7 = 0.4286 against 1/ln 109 + 2.5/101 = 0.2379: skewed.

    Quartiles 3, 4, 6: 1/3 against 0.265 − 0.0006: skewed too. Symmetric ones are not. Shi (2023).
    """
    for columns in (RANGE, QUARTILES, FIVE):
        codes = [note.code for note in eq.effect_sizes("MN", **columns).notes]
        assert codes == ["imputed-sd", "skewed"]
    even = eq.effect_sizes("MN", q1=[3], median=[4.4], q3=[6], n=[100])
    assert [note.code for note in even.notes] == ["imputed-sd"]


def test_arms_may_report_differently() -> None:
    """Arm 1 by quartiles, arm 2 by mean and SD; the note says which arm is skewed."""
    trials = eq.effect_sizes(
        "MD", q1_1=[3], median_1=[4], q3_1=[6], n_1=[100], mean_2=[4], sd_2=[2], n_2=[90]
    )
    assert trials.route == ("median-iqr+means",)
    assert "quantiles of arm 1 are skewed" in str(trials)
    assert "arm 1, median-iqr: mean and SD from median and quartiles" in trials.explain()


def test_fewer_than_five_people_have_no_estimate() -> None:
    """metafor leaves such rows out as well; ours stay as rows with a reason, and k is noted."""
    trials = eq.effect_sizes("MN", min=[1, 1], median=[2, 2], max=[4, 4], n=[4, 40])
    assert trials.k == 1
    assert trials.reasons[0] is not None
    assert "k-changed" in [note.code for note in trials.notes]


@pytest.mark.parametrize("columns", [RANGE, QUARTILES, FIVE])
def test_log_normal_estimates_tend_to_the_log_normal_moments(columns: dict[str, Any]) -> None:
    """In a vast sample the corrections for n vanish: exp(μ + σ²/2) with Luo's μ and Wan's σ of the logs."""
    vast = columns | {"n": [1e9]}
    logs = eq.effect_sizes(
        "MN", **{name: np.log(v) if name != "n" else v for name, v in vast.items()}
    )
    mu, sigma = float(logs.yi[0]), float(logs.columns["sd"][0])
    mean, _ = spread(vast, medians="lognormal")
    log_n = math.log(1e9)
    square = {"q1" not in columns: 1.01 + 0.25 / log_n**2, "min" not in columns: 1.0}
    divisor = square.get(True, 1 + 0.28 / log_n**2)
    assert mean == pytest.approx(math.exp(mu + sigma**2 / divisor / 2), rel=1e-7)
