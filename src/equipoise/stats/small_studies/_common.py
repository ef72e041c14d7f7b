"""What the small-study results share: their options, the trials they see, their cautions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Floats
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

AsymmetryTest = Literal["egger", "begg"]
RegressionModel = Literal["lm", "rma"]
"""``lm``: trials weigh ``1 / vi`` and a factor, estimated from the spread, multiplies all
variances. ``rma``: a mixed-effects meta-regression, in which τ² is added to each variance."""

Predictor = Literal["se", "variance", "n", "1/n", "sqrt(n)", "1/sqrt(n)"]
RegressionCi = Literal["wald", "t", "hksj", "hksj-floor"]
TrimEstimator = Literal["L0", "R0", "Q0"]
Side = Literal["left", "right"]
FailSafeKind = Literal["Rosenthal", "Orwin", "Rosenberg", "General"]
ExcessTest = Literal["exact", "chi2"]

_ALLOWED: Final[dict[str, tuple[Any, ...]]] = {
    "test": get_args(AsymmetryTest),
    "model": get_args(RegressionModel),
    "predictor": get_args(Predictor),
    "ci": get_args(RegressionCi),
    "estimator": get_args(TrimEstimator),
    "side": get_args(Side),
    "kind": get_args(FailSafeKind),
    "excess_test": get_args(ExcessTest),
}

FEW: Final = 10
"""Below this many trials guidance advises against tests of asymmetry. Sterne and others 2011,
doi:10.1136/bmj.d4002."""
FEWEST: Final = 3
HETEROGENEOUS: Final = 50.0
"""The I² (percent) from which results say that heterogeneity may be what they see."""


def check_choice(name: str, value: object) -> None:
    """Raise `MethodError` unless ``value`` is one of the words allowed for ``name``."""
    check_word(name.removeprefix("excess_"), value, _ALLOWED[name])


def trials_of(fit: MetaAnalysis) -> tuple[Floats, Floats]:
    """Return estimates and variances of the trials that can be estimated.

    Raises:
        DataError: If there are fewer than three.
    """
    keep = fit.effects.estimable
    yi, vi = fit.effects.yi[keep], fit.effects.vi[keep]
    if yi.size < FEWEST:
        raise DataError(
            f"small-study effects need {FEWEST} estimable trials; there are {yi.size}",
            rule="three trials",
        )
    return yi, vi


def check_null(fit: MetaAnalysis, what: str) -> None:
    """Raise `MethodError` where zero on the analysis scale is not the absence of an effect."""
    if not fit.effects.zero_is_no_effect:
        raise MethodError(
            f"{what} needs a value of no effect, which {fit.effects.measure} does not have; "
            "use it for comparisons of two groups",
            spec=f"measure={fit.effects.measure}",
            reason="zero is not no effect",
        )


def cautions(fit: MetaAnalysis, k: int, *, of_asymmetry: bool) -> tuple[Note, ...]:
    """Say what in these trials speaks against relying on a result about small studies."""
    notes = []
    if of_asymmetry and k < FEW:
        text = (
            f"{k} trials: with fewer than {FEW}, chance and small-study effects cannot be told "
            "apart; not recommended"
        )
        notes.append(Note("few-trials", text))
    if fit.i2 is not None and fit.i2 >= HETEROGENEOUS:
        text = (
            f"I² is {fit.i2:.0f}%: trials that truly differ can produce this result without any "
            "missing trial"
        )
        notes.append(Note("heterogeneous", text))
    return tuple(notes)


def legacy(name: str) -> Note:
    """Say that reviewers ask for a statistic that methodologists advise against."""
    text = (
        f"{name} is given because reviewers ask for it; it is not recommended as an adjustment "
        "for missing trials"
    )
    return Note("legacy", text)
