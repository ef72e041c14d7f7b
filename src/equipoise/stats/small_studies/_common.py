"""What the small-study results share: their options, the trials they see, their cautions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from equipoise.errors import DataError, MethodError
from equipoise.kernels.batches import Floats
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

AsymmetryName = Literal[
    "egger", "begg", "thompson-sharp", "harbord", "peters", "macaskill", "deeks", "schwarzer",
    "pustejovsky-rodgers",
]  # fmt: skip
AsymmetryTest = Literal[AsymmetryName, "recommended"]
"""The tests by their authors; ``recommended`` takes the one `which_test.RECOMMENDED` names."""

RegressionModel = Literal["lm", "rma"]
"""``lm``: trials weigh ``1 / vi`` and a factor, estimated from the spread, multiplies all
variances. ``rma``: a mixed-effects meta-regression, in which τ² is added to each variance."""

Predictor = Literal["se", "variance", "n", "1/n", "sqrt(n)", "1/sqrt(n)"]
RegressionCi = Literal["wald", "t", "hksj", "hksj-floor"]
LimitMethod = Literal["beta0", "betalim", "mulim"]
Alternative = Literal["greater", "less", "two-sided"]
TrimEstimator = Literal["L0", "R0", "Q0"]
Side = Literal["left", "right"]
FailSafeKind = Literal["Rosenthal", "Orwin", "Rosenberg", "General"]
ExcessTest = Literal["exact", "chi2"]

_ALLOWED: Final[dict[str, tuple[Any, ...]]] = {
    "test": get_args(AsymmetryTest),
    "model": get_args(RegressionModel),
    "predictor": get_args(Predictor),
    "ci": get_args(RegressionCi),
    "method": get_args(LimitMethod),
    "alternative": get_args(Alternative),
    "estimator": get_args(TrimEstimator),
    "side": get_args(Side),
    "kind": get_args(FailSafeKind),
    "excess_test": get_args(ExcessTest),
}

_SE_FOLLOWS_EFFECT: Final = frozenset({
    "RR", "OR", "PETO", "IRR", "SMD", "SMDH", "SMD1", "SMD1H", "PR", "PLN", "PLO", "IR", "IRLN",
    "PHI", "YUQ", "YUY", "COR", "UCOR", "PCOR", "RPB", "SMN", "SMCC", "SMCR", "SMCRH",
    "D2OR", "D2ORN", "D2ORL", "OR2D", "OR2DN", "OR2DL", "MPRR", "MPOR", "MPORC",
})  # fmt: skip
"""Measures whose variance is a function of the estimate."""

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
    check_enough(yi.size, "estimable trials")
    return yi, vi


def check_enough(k: int, what: str) -> None:
    """Raise `DataError` if there are fewer than three trials."""
    if k < FEWEST:
        raise DataError(
            f"small-study effects need {FEWEST} {what}; there are {k}", rule="three trials"
        )


def check_null(fit: MetaAnalysis, what: str) -> None:
    """Raise `MethodError` where zero on the analysis scale is not the absence of an effect."""
    if not fit.effects.zero_is_no_effect:
        raise MethodError(
            f"{what} needs a value of no effect, which {fit.effects.measure} does not have; "
            "use it for comparisons of two groups",
            spec=f"measure={fit.effects.measure}",
            reason="zero is not no effect",
        )


def refuse(name: str, value: object, owner: str) -> None:
    """Raise `MethodError` if an option is given that ``owner`` does not have."""
    if value is not None:
        raise MethodError(
            f"{owner} has no {name}; leave it out",
            spec=f"{name}={value!r}",
            reason="the option does not apply",
        )


def no_spread(what: str) -> MethodError:
    """Return the error for trials that are all of one size."""
    return MethodError(
        f"the {what} is the same in all trials: there are no small trials to tell apart",
        spec="predictor",
        reason="the predictor does not vary",
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


def tied(fit: MetaAnalysis) -> tuple[Note, ...]:
    """Say when the standard error depends on the estimate, so that they correlate by themselves."""
    if fit.effects.measure not in _SE_FOLLOWS_EFFECT:
        return ()
    text = (
        f"the standard error of {fit.effects.measure} depends on its estimate, which alone makes "
        "small p-values too frequent; a predictor made of sample sizes does not"
    )
    return (Note("se-follows-effect", text),)


def legacy(name: str) -> Note:
    """Say that reviewers ask for a statistic that methodologists advise against."""
    text = (
        f"{name} is given because reviewers ask for it; it is not recommended as an adjustment "
        "for missing trials"
    )
    return Note("legacy", text)


def extrapolated(name: str) -> Note:
    """Say that an estimate lies beyond the trials there are."""
    text = (
        f"{name} is what a line gives beyond the most precise trial there is; it is a sensitivity "
        "analysis, not a better estimate"
    )
    return Note("extrapolated", text)
