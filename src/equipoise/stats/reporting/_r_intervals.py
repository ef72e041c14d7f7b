"""The R lines of intervals that are not metafor's own defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from equipoise.stats.presets import MethodSpec

_TESTS: Final = {"wald": "z", "t": "t", "hksj": "knha", "hksj-floor": "adhoc"}
_CLASSIC_SE: Final = (
    "w <- weights(fit)",
    "se_wald <- sqrt(sum(w^2 * (fit$vi + fit$tau2))) / sum(w)",
)
_HK_SE: Final = (
    "se_hk <- sqrt(sum((fit$yi - as.numeric(fit$beta))^2 / (fit$vi + fit$tau2)) /"
    " (fit$k - 1)) * se_wald"
)
_IN_META: Final = {
    "kenward-roger": 'method.random.ci = "KR"',
    "hksj-iqwig": 'method.random.ci = "HK", adhoc.hakn.ci = "IQWiG6"',
}
_PREDICTIONS: Final[dict[str, tuple[str, str]]] = {
    "HTS": ("se_wald", "fit$k - 2"),
    "V": ("se_wald", "fit$k - 1"),
    "HK": ("se_hk", "fit$k - 1"),
    "normal": ("se_wald", "Inf"),
}


def fit_lines(spec: MethodSpec, arguments: str) -> list[str]:
    """Fit with the interval of the methods; ``arguments`` are those of `rma` but for the test."""
    otherwise_weighted = spec.weighting in {"given", "sample-size", "ivhet"}
    if spec.ci in _TESTS and not (spec.ci.startswith("hksj") and otherwise_weighted):
        return [_fit("fit", arguments, _TESTS[spec.ci])]
    return [_fit("fit", arguments, "z"), *_interval_lines(spec, arguments)]


def _interval_lines(spec: MethodSpec, arguments: str) -> list[str]:
    """Replace Wald's interval by one that `rma` does not give itself, or say that R has none."""
    if spec.ci == "henmi-copas":
        return [*_HENMI_COPAS]
    if spec.ci == "profile-likelihood":
        return [f"level <- {spec.level!r}", *_PROFILE]
    if spec.ci in _IN_META:
        call = f'metagen(yi, sqrt(vi), data = dat, method.tau = "{spec.tau2}", {_IN_META[spec.ci]})'
        return [f"# metafor has no interval that equals ci={spec.ci!r}; in meta: {call}"]
    if spec.weighting != "inverse-variance":
        return ["# metafor measures Hartung and Knapp's spread around another mean: not shown"]
    return [
        _fit("hk", arguments, "knha"),
        "# Hartung and Knapp's interval where it is wider than Wald's",
        "if (hk$ci.ub - hk$ci.lb >= fit$ci.ub - fit$ci.lb) fit <- hk",
    ]


def _fit(name: str, arguments: str, test: str) -> str:
    return f'{name} <- rma({arguments}, test = "{test}")'


_HENMI_COPAS: Final = (
    "hc_fit <- hc(fit)",
    "fit$beta[1] <- hc_fit$beta; fit$se <- hc_fit$se",
    "fit$ci.lb <- hc_fit$ci.lb; fit$ci.ub <- hc_fit$ci.ub",
)
_PROFILE: Final = (
    "# metafor has no profile-likelihood interval for the mean: by hand",
    "top <- 10 * (var(fit$yi) + max(fit$vi))",
    "log_lik <- function(mu, t2) sum(dnorm(fit$yi, mu, sqrt(fit$vi + t2), log = TRUE))",
    "profile <- function(mu) optimize(function(t2) log_lik(mu, t2), c(0, top), maximum = TRUE, tol = 1e-12)$objective",
    "at <- function(mu) profile(mu) - log_lik(as.numeric(fit$beta), fit$tau2) + qchisq(level, 1) / 2",
    "middle <- as.numeric(fit$beta)",
    "fit$ci.lb <- uniroot(at, c(middle - 20 * fit$se, middle), tol = 1e-12)$root",
    "fit$ci.ub <- uniroot(at, c(middle, middle + 20 * fit$se), tol = 1e-12)$root",
)


def prediction_lines(spec: MethodSpec) -> list[str]:
    """Compute the prediction interval in base R: metafor's names for them changed over time."""
    if spec.pi is None:
        return []
    if spec.pi == "follow-ci":
        se, df = "fit$se", "if (fit$test == 'z') Inf else fit$k - 1"
    elif spec.pi in _PREDICTIONS:
        se, df = _PREDICTIONS[spec.pi]
    else:
        return [f"# metafor has no prediction interval that equals pi={spec.pi!r}."]
    return [
        *_CLASSIC_SE,
        *([_HK_SE] if se == "se_hk" else []),
        f"half <- qt({(1.0 + spec.level) / 2.0!r}, df = {df}) * sqrt({se}^2 + fit$tau2)",
        "pi_limits <- c(pi_low = as.numeric(fit$beta) - half, pi_high = as.numeric(fit$beta) + half)",
    ]
