"""Tests that regress the effects themselves: Egger, Thompson and Sharp, Pustejovsky and Rodgers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import regression
from equipoise.kernels.batches import Floats, single
from equipoise.stats.effects.effect_sizes import EffectSizes
from equipoise.stats.small_studies._asymmetry_result import (
    PREDICTOR_WORDS,
    Asymmetry,
    from_line,
)
from equipoise.stats.small_studies._common import (
    Predictor,
    RegressionCi,
    RegressionModel,
    cautions,
    check_choice,
    refuse,
    tied,
    trials_of,
)
from equipoise.stats.small_studies._lines import fit_line, moment_tau2, residual_tau2

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_REGRESSION_CI: Final[dict[str, RegressionCi]] = {
    "wald": "wald", "t": "t", "hksj": "hksj", "hksj-floor": "hksj-floor",
    "hksj-if-wider": "hksj-floor", "profile-likelihood": "wald",
}  # fmt: skip


def egger(
    fit: MetaAnalysis, model: RegressionModel, predictor: Predictor, ci: RegressionCi | None
) -> Asymmetry:
    """Regress effects on precision; R: ``metafor::regtest(fit, model = , predictor = )``.

    With ``lm`` and ``se`` this is the test of Egger and others 1997, doi:10.1136/bmj.315.7109.629:
    the slope here is the intercept of their regression of ``yi / sei`` on ``1 / sei``. The limit
    estimates by ``lm`` are Stanley and Doucouliagos's PET and PEESE, doi:10.1002/jrsm.1095.
    """
    check_choice("model", model)
    check_choice("predictor", predictor)
    yi, vi = trials_of(fit)
    values = _predictor(fit.effects, predictor)[fit.effects.estimable]
    caution = cautions(fit, yi.size, of_asymmetry=True)
    if predictor in {"se", "variance"}:
        caution += tied(fit)
    named, level = PREDICTOR_WORDS[predictor], fit.methods.level
    if model == "lm":
        refuse("ci", ci, "model='lm'")
        line = fit_line(yi, vi, values, named=named, level=level)
        return from_line(fit, "egger", line, k=yi.size, predictor=predictor, caution=caution)
    how = ci or _REGRESSION_CI.get(fit.methods.ci, "hksj")
    check_choice("ci", how)
    batch = single(yi, vi)
    design = regression.with_intercept(batch, values[None, :, None])
    tau2, method, notes = residual_tau2(fit, batch, design)
    line = fit_line(yi, vi, values, named=named, level=level, tau2=tau2, how=how)
    return from_line(
        fit, "egger", line, k=yi.size, predictor=predictor, caution=(*caution, *notes), ci=how,
        tau2=tau2, tau2_method=method,
    )  # fmt: skip


def thompson_sharp(fit: MetaAnalysis) -> Asymmetry:
    """Regress effects on their standard errors with τ² by moments beside the line.

    The additive model's first form in Thompson and Sharp 1999,
    doi:10.1002/(SICI)1097-0258(19991030)18:20<2693::AID-SIM235>3.0.CO;2-V: weights ``1 / (vi +
    τ²)``, classical standard errors, t with k − 2 degrees of freedom. The R call is
    ``meta::metabias(m, method.bias = "Thompson")`` of a fit with ``method.tau = "DL"``; other
    estimators of τ² are ``asymmetry(model="rma", ci="t")``. Of arcsine differences it is the test
    that Rücker and others 2008, doi:10.1002/sim.2971, call AS+RE.
    """
    yi, vi = trials_of(fit)
    sei = np.sqrt(vi)
    tau2 = moment_tau2(yi, vi, sei)
    named, level = PREDICTOR_WORDS["se"], fit.methods.level
    line = fit_line(yi, vi, sei, named=named, level=level, tau2=tau2, how="t")
    caution = (*cautions(fit, yi.size, of_asymmetry=True), *tied(fit))
    return from_line(
        fit, "thompson-sharp", line, k=yi.size, predictor="se", caution=caution, ci="t", tau2=tau2,
        tau2_method="DL",
    )  # fmt: skip


def pustejovsky_rodgers(fit: MetaAnalysis) -> Asymmetry:
    r"""Regress standardised mean differences on the part of their error that is free of them.

    The variance of a standardised mean difference is :math:`1/n_1 + 1/n_2` and a term that grows
    with its square; Egger's test with :math:`\sqrt{1/n_1 + 1/n_2}` as predictor keeps its level. The
    weights are ``1 / vi``, as in ``meta::metabias(m, method.bias = "Pustejovsky")``. Pustejovsky
    and Rodgers 2019, doi:10.1002/jrsm.1332.
    """
    yi, vi = trials_of(fit)
    n_1, n_2 = (fit.effects.columns[name][fit.effects.estimable] for name in ("n_1", "n_2"))
    predictor = "sqrt(1/n_1 + 1/n_2)"
    line = fit_line(
        yi, vi, np.sqrt(1.0 / n_1 + 1.0 / n_2), named=PREDICTOR_WORDS[predictor],
        level=fit.methods.level,
    )  # fmt: skip
    caution = cautions(fit, yi.size, of_asymmetry=True)
    return from_line(
        fit, "pustejovsky-rodgers", line, k=yi.size, predictor=predictor, caution=caution
    )


def _predictor(effects: EffectSizes, predictor: Predictor) -> Floats:
    if predictor == "se":
        return effects.sei
    if predictor == "variance":
        return effects.vi
    n = _sizes(effects)
    if predictor.startswith("1/"):
        return 1.0 / (n if predictor == "1/n" else np.sqrt(n))
    return n if predictor == "n" else np.sqrt(n)


def _sizes(effects: EffectSizes) -> Floats:
    """Return the trials' total sample sizes.

    Raises:
        MethodError: If the effects came without them.
    """
    columns = effects.columns
    for names in (("n_1", "n_2"), ("n",), ("both", "only_1", "only_2", "neither")):
        if all(name in columns for name in names):
            total: Floats = np.sum([columns[name] for name in names], axis=0)
            if np.isfinite(total[effects.estimable]).all():
                return total
    raise MethodError(
        "these effect sizes came without sample sizes; use predictor='se' or 'variance'",
        spec="predictor",
        reason="sample sizes are not known",
    )
