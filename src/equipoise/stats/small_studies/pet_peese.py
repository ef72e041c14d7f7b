"""PET-PEESE: a line to a trial without error, through the trials or their variances."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy import special

from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.notes import Note
from equipoise.stats.options import check_fraction
from equipoise.stats.pooling import finite
from equipoise.stats.small_studies._asymmetry_result import (
    PREDICTOR_WORDS,
    LimitEstimate,
    limit_of,
)
from equipoise.stats.small_studies._common import (
    Alternative,
    cautions,
    check_choice,
    check_null,
    extrapolated,
    tied,
    trials_of,
)
from equipoise.stats.small_studies._lines import Line, fit_line

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_TOO_HETEROGENEOUS: Final = 80.0
_TOO_FEW: Final = 20
"""Stanley 2017, doi:10.1177/1948550617693062, finds PET-PEESE unreliable with an I² of 80% or more,
with fewer than 20 estimates, and where all of them have little power."""


@dataclass(frozen=True, slots=True, eq=False)
class PetPeese:
    """The conditional estimate, with both that it chose between; all on the analysis scale.

    ``statistic`` (t with ``df``) and ``p`` test PET's intercept against zero, on the side that
    ``alternative`` names; ``chosen`` is PEESE where ``p`` is below ``alpha``, else PET.
    ``slope_p`` is the two-sided test of PET's slope: Egger's.
    """

    fit: MetaAnalysis
    k: int
    chosen: Literal["PET", "PEESE"]
    pet: LimitEstimate
    peese: LimitEstimate
    statistic: float
    df: float
    p: float
    alternative: Alternative
    alpha: float
    slope_p: float
    caution: tuple[Note, ...]

    @property
    def limit(self) -> LimitEstimate:
        """The chosen estimate."""
        return self.pet if self.chosen == "PET" else self.peese

    @property
    def estimate(self) -> float:
        """The chosen estimate on the analysis scale."""
        return self.limit.estimate

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "pet-peese",
            **{name: getattr(self, name) for name in ("k", "chosen", "df", "alternative", "alpha")},
            **{name: finite(getattr(self, name)) for name in ("statistic", "p", "slope_p")},
            "pet": asdict(self.pet),
            "peese": asdict(self.peese),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        side = {"two-sided": "two-sided", "greater": "one-sided, above 0"}.get(
            self.alternative, "one-sided, below 0"
        )
        test = f"t = {printing.number(self.statistic)} ({self.df:g} df)"
        test += f", {printing.p_value(self.p)} ({side})"
        why = "below" if self.chosen == "PEESE" else "not below"
        effects = self.fit.effects
        lines = [
            f"PET-PEESE: {self.chosen} is chosen, k = {self.k}",
            f"  PET:   {self.pet.shown(effects)}; {test}, {why} {self.alpha:g}",
            f"  PEESE: {self.peese.shown(effects)}",
        ]
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def pet_peese(
    fit: MetaAnalysis, *, alpha: float = 0.1, alternative: Alternative | None = None
) -> PetPeese:
    r"""Estimate the effect in a trial without error: by PET, or by PEESE where PET finds one.

    Both are weighted regressions with the weights ``1 / vi`` and a variance factor from the spread
    (``lm``): PET of ``yi`` on ``sei``, PEESE of ``yi`` on ``vi``; the estimates are the intercepts.
    PET is biased towards zero where there is an effect, PEESE away from it where there is none.
    Stanley and Doucouliagos 2014, doi:10.1002/jrsm.1095, therefore take PEESE where PET rejects "no
    effect", and PET otherwise. The default asks so one-sided at 10 percent, as Stanley 2017,
    doi:10.1177/1948550617693062, does; ``alpha=0.05`` is the stricter form of others. R:
    ``lm(yi ~ sei, weights = 1 / vi)`` and ``lm(yi ~ vi, weights = 1 / vi)``.

    Do not use it as the only result, nor with few or very heterogeneous trials, nor where all are
    small: the line then goes far beyond them.

    Args:
        fit: The meta-analysis; only its trials and its level are used.
        alpha: The level of the choice.
        alternative: On which side of zero PET is tested; the side of the common-effect mean unless
            told otherwise. Name it beforehand where the protocol does.

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For measures without a value of no effect; if all trials have one standard
            error.
    """
    check_fraction("alpha", alpha)
    check_null(fit, "PET-PEESE")
    yi, vi = trials_of(fit)
    side = alternative or ("less" if float((yi / vi).sum()) < 0.0 else "greater")
    check_choice("alternative", side)
    level, sei = fit.methods.level, np.sqrt(vi)
    pet = fit_line(yi, vi, sei, named=PREDICTOR_WORDS["se"], level=level)
    peese = fit_line(yi, vi, vi, named=PREDICTOR_WORDS["variance"], level=level)
    statistic, p = _test(pet, side, yi.size - 2)
    return PetPeese(
        fit=fit,
        k=yi.size,
        chosen="PEESE" if p < alpha else "PET",
        pet=_limit(pet, "se"),
        peese=_limit(peese, "variance"),
        statistic=statistic,
        df=float(yi.size - 2),
        p=p,
        alternative=side,
        alpha=alpha,
        slope_p=pet.p,
        caution=(
            extrapolated("the estimate"),
            *cautions(fit, yi.size, of_asymmetry=True),
            *tied(fit),
            *_unreliable(fit, yi.size),
        ),
    )


def _test(line: Line, alternative: Alternative, df: int) -> tuple[float, float]:
    """Test the intercept against zero; a line without error rejects whatever is not zero."""
    if line.intercept_se == 0.0:
        statistic = np.copysign(np.inf, line.intercept) if line.intercept else 0.0
    else:
        statistic = line.intercept / line.intercept_se
    if alternative == "two-sided":
        return float(statistic), float(2.0 * special.stdtr(df, -abs(statistic)))
    towards = statistic if alternative == "greater" else -statistic
    return float(statistic), float(special.stdtr(df, -towards))


def _limit(line: Line, predictor: str) -> LimitEstimate:
    limit = limit_of(line, predictor)
    assert limit is not None  # noqa: S101  # for the type checker: both predictors have one
    return limit


def _unreliable(fit: MetaAnalysis, k: int) -> tuple[Note, ...]:
    reasons = []
    if k < _TOO_FEW:
        reasons.append(f"fewer than {_TOO_FEW} trials")
    if fit.i2 is not None and fit.i2 >= _TOO_HETEROGENEOUS:
        reasons.append(f"an I² of {_TOO_HETEROGENEOUS:.0f}% or more")
    if not reasons:
        return ()
    text = f"PET-PEESE is unreliable with {' and with '.join(reasons)}"
    return (Note("unreliable", text),)
