"""Results as tables for further work: a row for the whole, a row for each trial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.stats.diagnostics import blup, influence
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.fit_statistics import fit_statistics

if TYPE_CHECKING:
    from equipoise.stats.results import MetaAnalysis

_WHOLE = (
    "k", "estimate", "se", "statistic", "df", "p", "ci_low", "ci_high", "pi_low", "pi_high", "tau2",
    "tau2_se", "i2", "h2", "q", "q_df", "q_p",
)  # fmt: skip
_OF_TRIALS = ("rstandard", "rstudent", "hat", "cook", "dffits")


def glance(fit: MetaAnalysis) -> Any:
    """Return one row that says all of the pooled result, as the user's kind of frame.

    Numbers are on the analysis scale; ``None`` stands for what the methods do not define.
    """
    low, high = fit.tau2_ci or (None, None)
    columns: dict[str, list[Any]] = {"measure": [fit.effects.measure], "trials": [len(fit.effects)]}
    columns |= {name: [getattr(fit, name)] for name in _WHOLE}
    spec = fit.methods
    columns |= {
        "tau2_ci_low": [low], "tau2_ci_high": [high], "converged": [fit.diagnostics.converged],
        "model": [spec.model], "method": [spec.method], "tau2_method": [fit.tau2_method],
        "ci_method": [spec.ci], "pi_method": [spec.pi], "level": [spec.level],
    }  # fmt: skip
    return to_frame(columns | _likelihood(fit), fit.effects.backend)


def _plainly_weighted(fit: MetaAnalysis) -> bool:
    return fit.methods.method == "IV" and fit.methods.weighting == "inverse-variance"


def _likelihood(fit: MetaAnalysis) -> dict[str, list[Any]]:
    """Return the likelihood and its criteria, where the methods have one."""
    names = ("log_likelihood", "aic", "bic", "aicc")
    if fit.k < 2 or not _plainly_weighted(fit):  # noqa: PLR2004  # one trial has no degree of freedom
        return {name: [None] for name in names}
    found = fit_statistics(fit)
    return {name: [getattr(found, name)] for name in names}


def augment(fit: MetaAnalysis) -> Any:
    """Return a row a trial: what it reported, its effect, and how it stands to the pooled result.

    Beside the columns the effects were computed from: ``fitted`` is the pooled estimate,
    ``residual`` the distance from it, ``predicted`` the best linear unbiased prediction of the
    trial's own effect (random effects only), and the diagnostics of `influence` where there are
    enough trials. Numbers are on the analysis scale.
    """
    effects = fit.effects
    columns: dict[str, Sequence[Any]] = {"study": list(effects.study)}
    columns |= {name: _plain(values) for name, values in effects.columns.items()}
    columns |= {
        "yi": _plain(effects.yi),
        "vi": _plain(effects.vi),
        "weight": _plain(fit.weights),
        "fitted": _plain(np.where(effects.estimable, fit.estimate, np.nan)),
        "residual": _plain(effects.yi - fit.estimate),
    }
    if fit.k > 1 and fit.methods.model == "random" and _plainly_weighted(fit):
        predicted = blup(fit)
        columns |= {"predicted": predicted.estimate, "predicted_se": predicted.se}
    if fit.k > 2 and _plainly_weighted(fit):  # noqa: PLR2004  # influence needs three trials
        measured = influence(fit)
        columns |= {name: getattr(measured, name) for name in _OF_TRIALS}
    return to_frame(columns | {"reason": list(effects.reasons)}, effects.backend)


def _plain(values: Any) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]
