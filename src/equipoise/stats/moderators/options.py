"""The options of meta-regression, and how those not given follow from those given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from equipoise.errors import MethodError
from equipoise.stats.options import (
    Model,
    check_fraction,
    check_option,
    check_tau2_value,
    check_word,
)
from equipoise.stats.small_studies._common import RegressionCi

RegressionTau2 = Literal["REML", "ML", "DL", "PM", "EB", "HE", "HS", "HSk", "SJ", "fixed"]
"""Estimators of the residual between-study variance, by metafor's codes."""

RegressionTau2Ci = Literal["q-profile", "wald", "none"]
Link = Literal["log", "identity"]
LikelihoodTau2 = Literal["REML", "ML"]
GridWeights = Literal["equal", "proportional"]
"""How the other groups are averaged in marginal means: each alike, or by its number of trials."""

Averaging = Literal["natural", "full"]
Criterion = Literal["AICc", "AIC", "BIC"]

_ALLOWED: Final[Mapping[str, tuple[Any, ...]]] = {
    "tau2": get_args(RegressionTau2),
    "ci": get_args(RegressionCi),
    "tau2_ci": get_args(RegressionTau2Ci),
    "link": get_args(Link),
    "likelihood": get_args(LikelihoodTau2),
    "weights": get_args(GridWeights),
    "averaging": get_args(Averaging),
    "criterion": get_args(Criterion),
}


@dataclass(frozen=True, slots=True)
class RegressionOptions:
    """Fully resolved options; ``tau2`` is ``None`` for the common-effect model."""

    model: Model
    tau2: RegressionTau2 | None
    tau2_value: float | None
    ci: RegressionCi
    tau2_ci: RegressionTau2Ci
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data."""
        return asdict(self)


def check_choice(name: str, value: object) -> None:
    """Raise `MethodError` unless ``value`` is one of the words allowed for ``name``."""
    check_word("tau2" if name == "likelihood" else name, value, _ALLOWED[name])


def resolve(
    model: Model,
    tau2: RegressionTau2 | float | None,
    ci: RegressionCi | None,
    tau2_ci: RegressionTau2Ci | None,
    level: float,
) -> RegressionOptions:
    """Resolve the options: REML and Hartung-Knapp for random effects, Wald for a common effect.

    Raises:
        MethodError: For options that do not exist or do not go together.
    """
    check_option("model", model)
    check_fraction("level", level)
    if model == "common":
        if tau2 is not None:
            raise _undefined("a common-effect model has no tau2; use model='random'", tau2)
        how: RegressionCi = "wald" if ci is None else ci
        check_choice("ci", how)
        return RegressionOptions(model, None, None, how, "none", level)
    estimator, value = _estimator(tau2)
    check_choice("tau2", estimator)
    if estimator == "fixed" and value is None:
        raise _undefined("give a fixed tau2 as a number: tau2=0.04", tau2)
    how = "hksj" if ci is None else ci
    check_choice("ci", how)
    interval = tau2_ci or ("none" if estimator == "fixed" else "q-profile")
    check_choice("tau2_ci", interval)
    if estimator == "fixed" and interval != "none":
        raise _undefined("a fixed tau2 has no interval; use tau2_ci='none'", tau2)
    return RegressionOptions(model, estimator, value, how, interval, level)


def _estimator(tau2: RegressionTau2 | float | None) -> tuple[RegressionTau2, float | None]:
    if tau2 is None:
        return "REML", None
    if isinstance(tau2, str):
        return tau2, None
    check_tau2_value(tau2)
    return "fixed", float(tau2)


def _undefined(reason: str, value: object) -> MethodError:
    return MethodError(reason, spec=f"tau2={value!r}", reason="options that do not go together")
