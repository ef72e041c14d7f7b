"""Whether small trials show other effects than large ones: the front door of the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from equipoise.stats.small_studies._asymmetry_result import Asymmetry, LimitEstimate
from equipoise.stats.small_studies._common import (
    AsymmetryName,
    AsymmetryTest,
    Predictor,
    RegressionCi,
    RegressionModel,
    check_choice,
    refuse,
)
from equipoise.stats.small_studies._count_tests import deeks, harbord, macaskill, peters
from equipoise.stats.small_studies._effect_tests import (
    egger,
    pustejovsky_rodgers,
    thompson_sharp,
)
from equipoise.stats.small_studies._rank_tests import begg, schwarzer
from equipoise.stats.small_studies.which_test import RECOMMENDED, allowed_tests, resolve_test

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

__all__ = ["RECOMMENDED", "Asymmetry", "LimitEstimate", "allowed_tests", "asymmetry"]

_WITHOUT_OPTIONS: Final[dict[AsymmetryName, tuple[Callable[[MetaAnalysis], Asymmetry], str]]] = {
    "begg": (begg, "Begg's test"),
    "thompson-sharp": (thompson_sharp, "Thompson and Sharp's test"),
    "harbord": (harbord, "Harbord's test"),
    "peters": (peters, "Peters's test"),
    "macaskill": (macaskill, "Macaskill's test"),
    "deeks": (deeks, "Deeks's test"),
    "schwarzer": (schwarzer, "Schwarzer's test"),
    "pustejovsky-rodgers": (pustejovsky_rodgers, "Pustejovsky and Rodgers's test"),
}


def asymmetry(
    fit: MetaAnalysis,
    test: AsymmetryTest = "egger",
    *,
    model: RegressionModel | None = None,
    predictor: Predictor | None = None,
    ci: RegressionCi | None = None,
) -> Asymmetry:
    """Test whether small trials show other effects than large ones.

    ======================= ================================================================
    ``egger``               effects on a measure of their precision
    ``begg``                rank correlation of standardised effects and variances
    ``thompson-sharp``      as Egger's, with a variance between trials beside the line
    ``harbord``             efficient scores for estimates; odds and risk ratios
    ``peters``              effects on 1/n, weighted by events; odds and risk ratios, proportions
    ``macaskill``           effects on n, weighted by events; odds and risk ratios
    ``deeks``               effects on effective sample size; diagnostic odds ratios
    ``schwarzer``           rank correlation of event counts; two-by-two tables
    ``pustejovsky-rodgers`` as Egger's, without the effect in its predictor; standardised means
    ``recommended``         the test of `RECOMMENDED` for the measure
    ======================= ================================================================

    Args:
        fit: The meta-analysis.
        test: The test, by its authors; ``allowed_tests(fit.effects)`` lists those allowed.
        model: Egger's regression as ``lm`` (the default, the classical one) or ``rma``.
        predictor: What Egger's regression is on; the standard error unless told otherwise. Sample
            sizes are the trials' totals.
        ci: How ``rma`` tests and bounds; as the fit does unless told otherwise (for
            ``hksj-if-wider`` by ``hksj-floor``, for ``profile-likelihood`` by ``wald``).

    Raises:
        DataError: If there are fewer than three trials.
        MethodError: For options that do not exist or do not apply; for a test that is not for the
            measure; for a predictor that is not known, or the same in all trials.
    """
    check_choice("test", test)
    name = resolve_test(fit.effects, test)
    if name == "egger":
        return egger(fit, model or "lm", predictor or "se", ci)
    run, owner = _WITHOUT_OPTIONS[name]
    for option, value in (("model", model), ("predictor", predictor), ("ci", ci)):
        refuse(option, value, owner)
    return run(fit)
