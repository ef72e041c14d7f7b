"""Which methods go together."""

from __future__ import annotations

from typing import Final

from equipoise.errors import MethodError
from equipoise.stats.method_spec import MethodSpec
from equipoise.stats.options import RATE

MANTEL_HAENSZEL: Final = ("RR", "OR", "RD", "IRR", "IRD")
"""The measures that Mantel and Haenszel's method pools."""

_INTERVAL_OF: Final[dict[str, tuple[str, ...]]] = {
    "general-q": ("GENQ", "GENQM"),
    "profile-likelihood": ("REML", "ML"),
    "sidik-jonkman": ("SJ",),
}
_TAU2_OF: Final[dict[str, tuple[str, str]]] = {
    "profile-likelihood": ("ML", "a profile-likelihood interval"),
    "kenward-roger": ("REML", "a Kenward-Roger interval"),
    "henmi-copas": ("DL", "Henmi and Copas's interval"),
}
_INVERSE_VARIANCE_ONLY: Final = ("profile-likelihood", "kenward-roger", "hksj-iqwig")


def check_combination(spec: MethodSpec) -> None:
    """Raise `MethodError` where the methods do not go together."""
    _check_method(spec)
    _check_model(spec)
    _check_weighting(spec)
    _check_tau2(spec)
    _check_tau2_interval(spec)
    _check_interval(spec)


def _check_method(spec: MethodSpec) -> None:
    if spec.method == "MH" and spec.measure not in MANTEL_HAENSZEL:
        listed = f"{', '.join(MANTEL_HAENSZEL[:-1])} and {MANTEL_HAENSZEL[-1]}"
        raise _undefined(spec, f"Mantel-Haenszel pools {listed}; use method='IV'")
    if spec.method == "MH" and spec.measure in RATE and spec.mh_counts == "corrected":
        raise _undefined(spec, "rates are pooled as observed; use mh_counts='observed'")
    if spec.method == "Peto" and spec.measure not in {"PETO", "HR"}:
        raise _undefined(spec, "Peto's method pools PETO, or HR from O-E and V; use method='IV'")
    if spec.method == "Peto" and spec.model == "random":
        raise _undefined(spec, "Peto's method is a common-effect method; use model='common'")
    if spec.model == "common" and spec.method != "IV" and spec.ci != "wald":
        raise _undefined(spec, f"{spec.method} has only Wald intervals; use ci='wald'")
    if spec.model == "random" and spec.method == "MH" and spec.tau2 != "DL":
        raise _undefined(spec, "Mantel-Haenszel random effects use tau2='DL'")


def _check_model(spec: MethodSpec) -> None:
    if spec.model == "random":
        return
    if spec.tau2 is not None:
        raise _undefined(spec, "a common-effect model has no tau2; use model='random'")
    if spec.pi is not None:
        raise _undefined(spec, "a common-effect model has no prediction interval")
    if spec.i2 == "tau2":
        raise _undefined(spec, "a common-effect model has no tau2; use i2='q'")
    if spec.weighting == "ivhet":
        raise _undefined(spec, "ivhet weights have the variance of model='random'")


def _check_weighting(spec: MethodSpec) -> None:
    """Raise `MethodError` where weights are lacking, or given and not used."""
    if (spec.weighting == "given") != (spec.weights is not None):
        raise _undefined(spec, "weighting='given', and no other, takes weights")
    if spec.weighting != "inverse-variance" and spec.method != "IV":
        raise _undefined(spec, f"{spec.method} has weights of its own; use method='IV'")


def _check_tau2(spec: MethodSpec) -> None:
    """Raise `MethodError` where τ² lacks what it needs or is given what it does not use."""
    if (spec.tau2 == "fixed") != (spec.tau2_value is not None):
        raise _undefined(spec, "give a fixed tau2 as a number: tau2=0.04")
    if (spec.tau2 in {"GENQ", "GENQM"}) != (spec.tau2_weights is not None):
        raise _undefined(spec, "tau2='GENQ' and 'GENQM', and no others, take tau2_weights")


def _check_tau2_interval(spec: MethodSpec) -> None:
    """Raise `MethodError` where the interval of τ² does not go with its estimator."""
    goes_with = _INTERVAL_OF.get(spec.tau2_ci)
    if spec.model != "random" or spec.tau2_ci == "none":
        return
    if spec.tau2 == "fixed":
        raise _undefined(spec, "a fixed tau2 has no interval; use tau2_ci='none'")
    if goes_with is not None and spec.tau2 not in goes_with:
        listed = " or ".join(repr(name) for name in goes_with)
        raise _undefined(spec, f"tau2_ci={spec.tau2_ci!r} goes with tau2={listed}")


def _check_interval(spec: MethodSpec) -> None:
    """Raise `MethodError` where the intervals do not go with τ², its model or the weights."""
    if spec.ci in _TAU2_OF and spec.tau2 != _TAU2_OF[spec.ci][0]:
        tau2, what = _TAU2_OF[spec.ci]
        raise _undefined(spec, f"{what} goes with tau2={tau2!r}")
    if spec.ci == "hksj-iqwig" and spec.model != "random":
        raise _undefined(spec, "IQWiG's rule compares random-effects intervals")
    if spec.ci == "henmi-copas" and spec.weighting != "ivhet":
        raise _undefined(spec, "Henmi and Copas's interval goes with weighting='ivhet'")
    if spec.ci == "henmi-copas" and spec.method != "IV":
        raise _undefined(spec, "Henmi and Copas's interval goes with method='IV'")
    if spec.weighting != "inverse-variance" and spec.ci in _INVERSE_VARIANCE_ONLY:
        raise _undefined(spec, f"ci={spec.ci!r} goes with weighting='inverse-variance'")
    if spec.pi in {"KR", "KR-PR"} and spec.tau2 != "REML":
        raise _undefined(spec, f"pi={spec.pi!r} goes with tau2='REML'")
    if spec.pi in {"KR", "KR-PR"} and spec.weighting != "inverse-variance":
        raise _undefined(spec, f"pi={spec.pi!r} goes with weighting='inverse-variance'")


def _undefined(spec: MethodSpec, reason: str) -> MethodError:
    asked = f"measure={spec.measure}, model={spec.model}, method={spec.method}, ci={spec.ci}"
    return MethodError(f"{reason} (asked for {asked})", spec=asked, reason=reason)
