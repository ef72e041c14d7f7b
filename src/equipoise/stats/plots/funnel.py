"""The funnel plot of a meta-analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from equipoise.errors import MethodError
from equipoise.figures import Curve, Figure, FunnelRow
from equipoise.figures import funnel as draw
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.options import check_word
from equipoise.stats.plots import _common as common

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis
    from equipoise.stats.small_studies.asymmetry import Asymmetry
    from equipoise.stats.small_studies.trim_and_fill import TrimAndFill

FunnelPrecision = Literal["se", "variance", "precision", "n"]

_STEPS: Final = 40


def funnel(
    fit: MetaAnalysis,
    *,
    precision: FunnelPrecision = "se",
    contours: bool = True,
    filled: TrimAndFill | None = None,
    regression: Asymmetry | None = None,
    names: Sequence[str] = (),
    title: str = "",
    width: float = 560.0,
) -> Figure:
    """Draw each trial's estimate against its precision.

    The shaded regions say which p-value a trial there has against no effect; the dashed funnel lies
    around the pooled estimate and would hold a share of trials (the level of the methods) if chance
    alone made them differ, the dotted one if the between-trial variance did too. A gap where
    p ≥ 0.10 points to unpublished results, a gap elsewhere does not; heterogeneity, chance and
    real differences between small and large trials make asymmetry as well. With fewer than ten
    trials do not read one. The R call is ``metafor::funnel(fit, level = c(90, 95, 99), refline = 0)``.

    Args:
        fit: The meta-analysis.
        precision: What stands on the upright axis.
        contours: Whether to shade the regions of p-values.
        filled: A trim and fill of ``fit``, whose added trials are drawn open.
        regression: Egger's test of ``fit`` on the standard error or the variance, to draw its line.
        names: Labels of trials to write beside their marks.
        title: What the figure is.
        width: Width of the figure.

    Raises:
        MethodError: For a trim and fill or a regression of another fit; for a regression on another
            predictor; for ``n`` where trials gave no sizes.
    """
    check_word("precision", precision, get_args(FunnelPrecision))
    effects = fit.effects
    _check_same(fit, filled, regression)
    rows = _rows(effects, precision)
    lines: list[Curve] = []
    if filled is not None:
        every = _rows(filled.filled.effects, precision)
        rows += [replace(row, filled=True) for row in every[len(rows) :]]
    if regression is not None:
        lines.append(_line(fit, regression, precision))
    return draw(
        rows,
        x=common.effect_axis(effects),
        title=title or f"Funnel plot, {common.count(fit.k)}",
        description=f"{common.pooled_text(fit)}; effects against {_WORDS[precision]}.",
        pooled=common.drawn_one(effects, fit.estimate),
        null=common.drawn_null(effects),
        tau2=fit.tau2,
        precision=precision,
        contours=contours,
        confidence=fit.methods.level,
        lines=lines,
        named=tuple(names),
        notes=(*_words_of(filled), *common.left_out(effects)),
        width=width,
    )


_WORDS: Final[dict[str, str]] = {
    "se": "standard errors",
    "variance": "variances",
    "precision": "one over standard errors",
    "n": "sample sizes",
}


def _check_same(
    fit: MetaAnalysis, filled: TrimAndFill | None, regression: Asymmetry | None
) -> None:
    for name, other in (("filled", filled), ("regression", regression)):
        if other is not None and other.fit is not fit:
            raise MethodError(
                f"{name} is of another meta-analysis; make it from the fit that is drawn",
                spec=name,
                reason="another fit",
            )


def _rows(effects: EffectSizes, precision: str) -> list[FunnelRow]:
    values, errors = common.drawn(effects, effects.yi), effects.sei
    sizes = common.sizes(effects) if precision == "n" else None
    return [
        FunnelRow(
            effects.study[i],
            float(values[i]),
            float(errors[i]),
            n=None if sizes is None else float(sizes[i]),
        )
        for i in common.estimable(effects)
    ]


def _words_of(filled: TrimAndFill | None) -> tuple[str, ...]:
    if filled is None:
        return ()
    return (f"Trim and fill adds {common.count(filled.k0)}. {common.pooled_text(filled.filled)}.",)


def _line(fit: MetaAnalysis, test: Asymmetry, precision: str) -> Curve:
    """Draw the regression line: the effect it gives a trial of each standard error."""
    if test.predictor not in ("se", "variance") or test.limit is None or test.slope is None:
        raise MethodError(
            "only a regression on the standard error or the variance has a line in this plot; "
            "use fit.asymmetry('egger')",
            spec=f"regression={test.test!r}",
            reason="no line",
        )
    if precision == "n":
        raise MethodError(
            "a regression on the standard error has no line against sample size",
            spec="precision='n'",
            reason="no line",
        )
    errors = fit.effects.sei[fit.effects.estimable]
    low = errors.min() if precision == "precision" else 0.0
    se = np.linspace(low, errors.max() * 1.02, _STEPS + 1)
    predictor = se if test.predictor == "se" else se**2
    effect = common.drawn(fit.effects, test.limit.estimate + test.slope * predictor)
    height = {"se": se, "variance": se**2}.get(precision)
    if height is None:
        height = 1.0 / se
    places = tuple((float(x), float(y)) for x, y in zip(effect, height, strict=True))
    return Curve("asymmetry regression", places, "dashed", "threshold", 1.5)
