"""p-curve: whether the significant results look like those of trials with something to find."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

from equipoise.errors import DataError
from equipoise.kernels.batches import Floats
from equipoise.kernels.distributions import normal_critical
from equipoise.kernels.selection.p_curve import (
    log_power,
    shift_for_score,
    shift_of_power,
    stouffer,
)
from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction
from equipoise.stats.selection import _common as common
from equipoise.stats.selection._common import Direction

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_SHOWS, _SUGGESTS = 0.05, 0.10
"""Simonsohn and others 2015: the half curve below the first, or both curves below the second."""
_THIRD: Final = 1.0 / 3.0


@dataclass(frozen=True, slots=True)
class CurveTests:
    """Tests of a p-curve of ``k`` results: scores with one-sided p-values, ``None`` for no result.

    ``skew`` (right skew, against no effect) and ``flat`` (flatter than a power of one third gives);
    scores far below zero are significant.
    """

    k: int
    skew: float | None
    skew_p: float | None
    flat: float | None
    flat_p: float | None


@dataclass(frozen=True, slots=True, eq=False)
class PCurve:
    """The p-curve of the significant trials in the favoured direction.

    ``full`` takes p below ``alpha``, ``half`` p below half of it. ``binomial_skew_p`` and
    ``binomial_flat_p`` test the share of the latter among the former. ``power`` is that of the
    average significant trial, with its interval at ``level``. ``expected`` are the shares of
    p-values in five equal bins at power one third, ``observed`` those found, lowest p first.
    """

    fit: MetaAnalysis
    favours: Direction
    alpha: float
    level: float
    k: int
    rows: tuple[int, ...]
    p: tuple[float, ...]
    full: CurveTests
    half: CurveTests
    binomial_skew_p: float
    binomial_flat_p: float
    power: float
    power_low: float
    power_high: float
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    evidential: bool
    inadequate: bool
    caution: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = (
            "favours", "alpha", "level", "k", "binomial_skew_p", "binomial_flat_p", "power",
            "power_low", "power_high", "evidential", "inadequate",
        )  # fmt: skip
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "p-curve",
            **{name: getattr(self, name) for name in names},
            "rows": list(self.rows),
            "p": list(self.p),
            "full": _json(self.full),
            "half": _json(self.half),
            "observed": list(self.observed),
            "expected": list(self.expected),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        return "\n".join(_text(self))


def p_curve(
    fit: MetaAnalysis,
    *,
    favours: Direction | None = None,
    alpha: float = 0.05,
    level: float = 0.90,
) -> PCurve:
    r"""Test the curve of significant p-values, in full and below half of ``alpha``.

    Trials are tested by z; those with a two-sided p below ``alpha`` in the favoured direction enter.
    Without any effect their p-values are uniform, with one they pile up near zero. ``skew`` is
    Stouffer's test against the first, ``flat`` against a power of one third. A set has evidential
    value if the half curve is skewed (p < 0.05) or both are (p < 0.1); it is inadequate if the full
    curve is flat (p < 0.05), or the half curve and the binomial test both are (p < 0.1). Power is
    where Stouffer's sum is zero; its interval where it is at the quantiles of ``level``.

    It equals the p-curve app (version 4.06) given each trial as ``Z = z``, but for the app's
    rounding of p-values to 2.2e-16 and of power to between 5% and 99%. Simonsohn, Nelson and
    Simmons 2014, doi:10.1037/a0033242, and 2014, doi:10.1177/1745691614553988; Simonsohn, Simmons
    and Nelson 2015, doi:10.1037/xge0000104.

    Args:
        fit: The meta-analysis.
        favours: The favoured sign on the analysis scale; the pooled estimate's unless told.
        alpha: The level at which a trial counts as significant.
        level: The level of the interval of power.

    Raises:
        DataError: If there are fewer than three trials, or none is significant.
        MethodError: For measures without a value of no effect; for options that do not exist.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> trials = effect_sizes("GENERIC", estimate=[2.1, 2.6, 3.2, 4.0, 0.3], se=[1] * 5)
        >>> found = p_curve(pool(trials))
        >>> found.k, round(found.full.skew_p, 4)
        (4, 0.0043)
    """
    trials = common.turned(fit, favours, "p-curve")
    check_fraction("alpha", alpha)
    check_fraction("level", level)
    critical, half = normal_critical(1.0 - alpha), normal_critical(1.0 - alpha / 2.0)
    significant = trials.z > critical
    z = np.asarray(trials.z[significant], dtype=np.float64)
    if z.size == 0:
        raise DataError(
            f"no trial is significant in the favoured direction ({trials.favours}), so that there "
            "is no p-curve",
            rule="a significant trial",
        )
    third = shift_of_power(_THIRD, critical)
    full, below = _tests(z, critical, third), _tests(z[z > half], half, third)
    skew_p, flat_p = _binomial(z.size, below.k, float(np.exp(log_power(third, half)) / _THIRD))
    low, middle, high = (
        float(np.exp(log_power(float(shift_for_score(z, critical, score).x[0]), critical)))
        for score in _scores(level)
    )
    rows = tuple(row for row, inside in zip(trials.rows, significant, strict=True) if inside)
    observed, expected = _bins(z, alpha, critical, third)
    return PCurve(
        fit=fit,
        favours=trials.favours,
        alpha=alpha,
        level=level,
        k=z.size,
        rows=rows,
        p=tuple((2.0 * special.ndtr(-z)).tolist()),
        full=full,
        half=below,
        binomial_skew_p=skew_p,
        binomial_flat_p=flat_p,
        power=middle,
        power_low=low,
        power_high=high,
        observed=observed,
        expected=expected,
        evidential=_rule(full.skew_p, below.skew_p, below.skew_p),
        inadequate=_rule(below.flat_p, full.flat_p, flat_p),
        caution=_cautions(fit, int((-trials.z > critical).sum())),
    )


def _tests(z: Floats, critical: float, third: float) -> CurveTests:
    if z.size == 0:
        return CurveTests(0, None, None, None, None)
    skew, flat = stouffer(z, critical, 0.0), -stouffer(z, critical, third)
    return CurveTests(z.size, skew, float(special.ndtr(skew)), flat, float(special.ndtr(flat)))


def _rule(with_other: float | None, alone: float | None, other: float | None) -> bool:
    """Tell whether one test is below 0.05 alone, or both of a pair below 0.1."""
    if alone is not None and alone < _SHOWS:
        return True
    return all(p is not None and p < _SUGGESTS for p in (with_other, other))


def _binomial(k: int, below: int, chance: float) -> tuple[float, float]:
    """Test the share of p-values in the lower half against one half, and against ``chance``."""
    skew = float(special.bdtrc(below - 1, k, 0.5)) if below > 0 else 1.0
    return skew, float(special.bdtr(below, k, chance))


def _scores(level: float) -> tuple[float, float, float]:
    bound = normal_critical(level)
    return -bound, 0.0, bound


def _bins(
    z: Floats, alpha: float, critical: float, third: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the shares of p-values in five equal bins: those found, those at power one third."""
    edges = np.arange(1, 6) * alpha / 5.0
    limits = -special.ndtri(edges / 2.0)
    up_to = np.exp(log_power(third, limits) - log_power(third, critical))
    found = (z[:, None] >= limits[None, :]).mean(axis=0)
    observed, expected = (np.diff(values, prepend=0.0) for values in (found, up_to))
    return tuple(observed.tolist()), tuple(expected.tolist())


def _cautions(fit: MetaAnalysis, opposite: int) -> tuple[Note, ...]:
    notes = list(common.heterogeneous(fit, "power is an average of trials that differ"))
    text = (
        "p-curve asks whether significant results show evidence at all; it neither estimates the "
        "effect nor covers selection by other rules than significance"
    )
    notes.append(Note("evidence-not-effect", text))
    text = "trials are tested by z: their own tests may have given other p-values"
    notes.append(Note("tested-by-z", text))
    if opposite:
        trials = "1 trial is" if opposite == 1 else f"{opposite} trials are"
        text = f"{trials} significant in the other direction and left out"
        notes.append(Note("significant-opposite", text))
    return tuple(notes)


def _json(tests: CurveTests) -> dict[str, Any]:
    return {name: common.plain(value) for name, value in asdict(tests).items()} | {"k": tests.k}


def _text(found: PCurve) -> list[str]:
    side = common.direction_words(found.fit, found.favours)
    rows: list[tuple[str, ...]] = [("", "k", "right skew", "", "flatter than 33% power", "")]
    for name, tests in (("Full curve", found.full), ("Half curve", found.half)):
        pairs = ((tests.skew, tests.skew_p), (tests.flat, tests.flat_p))
        cells = [cell for z, p in pairs for cell in (_score(z), printing.p_value(p))]
        rows.append((name, str(tests.k), *cells))
    binomial = (found.binomial_skew_p, found.binomial_flat_p)
    rows.append(("Binomial", str(found.k), "", printing.p_value(binomial[0]), "",
                 printing.p_value(binomial[1])))  # fmt: skip
    limits = " to ".join(f"{100.0 * p:.0f}%" for p in (found.power_low, found.power_high))
    power = f"{100.0 * found.power:.0f}% ({100.0 * found.level:g}% CI {limits})"
    return [
        f"p-curve of {found.k} significant results {side} (two-sided p < {found.alpha:g})",
        *printing.table(rows),
        f"  Power of the average significant trial: {power}",
        f"  Verdict: {_verdict(found)}",
        *common.caution_lines(found.caution),
    ]


def _score(value: float | None) -> str:
    return "–" if value is None else f"z = {printing.number(value)}"


def _verdict(found: PCurve) -> str:
    if found.evidential:
        return "the significant results contain evidential value"
    if found.inadequate:
        return "evidential value is inadequate or absent"
    return "inconclusive: neither evidence nor its absence is shown"
