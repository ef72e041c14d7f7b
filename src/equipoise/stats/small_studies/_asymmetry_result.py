"""What a test of small-study effects found, as a record and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from equipoise.stats import printing
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION, EffectSizes
from equipoise.stats.notes import Note
from equipoise.stats.pooling import finite
from equipoise.stats.small_studies._common import AsymmetryName, RegressionCi, RegressionModel
from equipoise.stats.small_studies._lines import Line

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

PREDICTOR_WORDS: Final[dict[str, str]] = {
    "se": "standard error",
    "variance": "variance",
    "n": "sample size",
    "1/n": "inverse of the sample size",
    "sqrt(n)": "root of the sample size",
    "1/sqrt(n)": "inverse root of the sample size",
    "1/sqrt(V)": "inverse root of the score's variance",
    "1/sqrt(ess)": "inverse root of the effective sample size",
    "sqrt(1/n_1 + 1/n_2)": "standard error without the effect's share",
}
"""What the predictors are called. The last four belong to one test each."""

_NAMES: Final[dict[AsymmetryName, str]] = {
    "egger": "Egger's test",
    "begg": "Begg's rank correlation test",
    "thompson-sharp": "Thompson and Sharp's test",
    "harbord": "Harbord's score test",
    "peters": "Peters's test",
    "macaskill": "Macaskill's test",
    "deeks": "Deeks's test",
    "schwarzer": "Schwarzer's rank correlation test of counts",
    "pustejovsky-rodgers": "Pustejovsky and Rodgers's test",
}
_LIMIT_NAMES: Final[dict[str, str]] = {
    "se": "PET", "variance": "PEESE", "1/n": "limit", "1/sqrt(n)": "limit",
    "1/sqrt(ess)": "limit", "sqrt(1/n_1 + 1/n_2)": "limit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LimitEstimate:
    """The effect the regression gives a trial of boundless precision, on the analysis scale.

    ``name`` is ``PET`` (predictor: standard error), ``PEESE`` (variance) or ``limit``.
    """

    name: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float

    def shown(self, effects: EffectSizes) -> str:
        """Return the estimate with its interval on the display scale."""
        values = np.array([self.estimate, self.ci_low, self.ci_high])
        on_scale = effects.pooled_transformed(values).tolist()
        return printing.effect_with_interval(effects, *on_scale)


@dataclass(frozen=True, slots=True, eq=False)
class Asymmetry:
    """A test for small-study effects; ``None`` stands for what a test does not have.

    Regressions: ``slope`` of the effects on the predictor with ``slope_se``, ``statistic`` with
    ``df`` (``None`` for the normal), the ``limit`` estimate where the predictor is zero for a
    boundless trial, and for the model ``rma`` the residual ``tau2``. Rank tests: ``statistic`` is
    Kendall's tau-b and ``exact`` says whether p is. ``k`` counts the trials that entered.
    """

    fit: MetaAnalysis
    test: AsymmetryName
    k: int
    statistic: float
    p: float
    caution: tuple[Note, ...]
    df: float | None = None
    model: RegressionModel | None = None
    predictor: str | None = None
    ci: RegressionCi | None = None
    slope: float | None = None
    slope_se: float | None = None
    limit: LimitEstimate | None = None
    tau2: float | None = None
    tau2_method: str | None = None
    exact: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        names = ("test", "model", "predictor", "ci", "k", "df", "slope", "slope_se")
        more = ("tau2", "tau2_method", "exact")
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "asymmetry",
            **{name: getattr(self, name) for name in (*names, *more)},
            "statistic": finite(self.statistic),
            "p": finite(self.p),
            "limit": None if self.limit is None else asdict(self.limit),
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        lines = _rank_lines(self) if self.predictor is None else _regression_lines(self)
        return "\n".join([*lines, *(f"  Caution: {note.text}" for note in self.caution)])


def from_line(
    fit: MetaAnalysis,
    test: AsymmetryName,
    line: Line,
    *,
    k: int,
    predictor: str,
    caution: tuple[Note, ...],
    ci: RegressionCi | None = None,
    tau2: float | None = None,
    tau2_method: str | None = None,
) -> Asymmetry:
    """Make the result of a regression; ``ci`` is given for mixed-effects models only."""
    return Asymmetry(
        fit=fit,
        test=test,
        k=k,
        statistic=line.statistic,
        p=line.p,
        caution=caution,
        df=line.df,
        model="lm" if ci is None else "rma",
        predictor=predictor,
        ci=ci,
        slope=line.slope,
        slope_se=line.slope_se,
        limit=limit_of(line, predictor),
        tau2=tau2,
        tau2_method=tau2_method,
    )


def limit_of(line: Line, predictor: str) -> LimitEstimate | None:
    """Return the intercept where it stands for a trial of boundless size."""
    if predictor not in _LIMIT_NAMES:
        return None
    rest = (line.intercept_se, line.intercept_low, line.intercept_high)
    return LimitEstimate(_LIMIT_NAMES[predictor], line.intercept, *rest)


def _rank_lines(result: Asymmetry) -> list[str]:
    how = "exact" if result.exact else "normal approximation"
    tau = printing.number(result.statistic)
    return [
        f"{_NAMES[result.test]} of small-study effects",
        f"  Kendall's τ = {tau}, {printing.p_value(result.p)} ({how}), k = {result.k}",
    ]


def _regression_lines(result: Asymmetry) -> list[str]:
    kind = "weighted regression" if result.model == "lm" else "mixed-effects meta-regression"
    what = PREDICTOR_WORDS[str(result.predictor)]
    statistic = printing.number(result.statistic)
    test = f"z = {statistic}" if result.df is None else f"t = {statistic} ({result.df:g} df)"
    slope, se = (printing.number(value) for value in (result.slope, result.slope_se))
    lines = [
        f"{_NAMES[result.test]} of small-study effects: {kind} on the {what}",
        f"  Slope {slope} (SE {se}), {test}, {printing.p_value(result.p)}, k = {result.k}",
    ]
    if result.limit is not None:
        limit = result.limit
        name = "Limit estimate" if limit.name == "limit" else f"Limit estimate ({limit.name})"
        lines.append(f"  {name}: {limit.shown(result.fit.effects)}")
    return lines
