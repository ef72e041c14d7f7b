"""The R lines of intervals that are not metafor's own defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from equipoise.stats.presets import MethodSpec

_TESTS: Final = {"wald": "z", "t": "t", "hksj": "knha", "hksj-floor": "adhoc"}
_CLASSIC_SE: Final = "se_wald <- sqrt(1 / sum(1 / (fit$vi + fit$tau2)))"
_HK_SE: Final = (
    "se_hk <- sqrt(sum((fit$yi - as.numeric(fit$beta))^2 / (fit$vi + fit$tau2)) /"
    " (fit$k - 1)) * se_wald"
)
_PREDICTIONS: Final[dict[str, tuple[str, str]]] = {
    "HTS": ("se_wald", "fit$k - 2"),
    "V": ("se_wald", "fit$k - 1"),
    "HK": ("se_hk", "fit$k - 1"),
    "normal": ("se_wald", "Inf"),
}


def fit_lines(spec: MethodSpec, arguments: str) -> list[str]:
    """Fit with the interval of the methods; ``arguments`` are those of `rma` but for the test."""
    if spec.ci in _TESTS:
        return [_fit("fit", arguments, _TESTS[spec.ci])]
    wald = _fit("fit", arguments, "z")
    if spec.ci == "hksj-if-wider":
        return [
            wald,
            _fit("hk", arguments, "knha"),
            "# Hartung and Knapp's interval where it is wider than Wald's",
            "if (hk$ci.ub - hk$ci.lb >= fit$ci.ub - fit$ci.lb) fit <- hk",
        ]
    if spec.ci == "profile-likelihood":
        return [wald, f"level <- {spec.level!r}", *_PROFILE]
    return [wald, f"# metafor has no interval that equals ci={spec.ci!r}: Wald's is shown."]


def _fit(name: str, arguments: str, test: str) -> str:
    return f'{name} <- rma({arguments}, test = "{test}")'


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
        _CLASSIC_SE,
        *([_HK_SE] if se == "se_hk" else []),
        f"half <- qt({(1.0 + spec.level) / 2.0!r}, df = {df}) * sqrt({se}^2 + fit$tau2)",
        "pi_limits <- c(pi_low = as.numeric(fit$beta) - half, pi_high = as.numeric(fit$beta) + half)",
    ]
