"""Named sets of methods, and how they resolve for a measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from equipoise.errors import MethodError
from equipoise.stats.options import (
    ALLOWED,
    COUNTED,
    I2,
    RATE,
    TABLE,
    UNCORRECTED,
    Ci,
    DoubleZero,
    Method,
    MhCounts,
    MhRdVariance,
    Model,
    Pi,
    SmdVariance,
    Tau2,
    Tau2Ci,
    ZeroCells,
    check_fraction,
    check_option,
    check_tau2_value,
    check_tau2_weights,
)


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """Fully resolved methods: nothing is left to a default.

    ``tau2`` and ``pi`` are ``None`` where the model has none; ``tau2_value`` is given where τ² is
    fixed, ``tau2_weights`` (one a trial) where a general Q estimates it. ``changed`` lists what
    departs from the preset, as (option, value).
    """

    preset: str
    measure: str
    model: Model
    method: Method
    tau2: Tau2 | None
    ci: Ci
    pi: Pi | None
    tau2_ci: Tau2Ci
    i2: I2
    level: float
    zero_cells: ZeroCells
    double_zero: DoubleZero
    add: float
    smd_variance: SmdVariance
    changed: tuple[tuple[str, str], ...] = ()
    mh_counts: MhCounts = "observed"
    mh_rd_variance: MhRdVariance = "sato"
    tau2_value: float | None = None
    tau2_weights: tuple[float, ...] | None = None


_COCHRANE_2025: Final[dict[str, Any]] = {
    "model": "random",
    "method": "IV",
    "tau2": "REML",
    "ci": "hksj",
    "pi": "follow-ci",
    "tau2_ci": "q-profile",
    "i2": "tau2",
    "level": 0.95,
    "zero_cells": "only-zero",
    "double_zero": "drop",
    "add": 0.5,
    "smd_variance": "revman",
    "mh_counts": "observed",
    "mh_rd_variance": "sato",
    "tau2_value": None,
    "tau2_weights": None,
}

_AS_PUBLISHED: Final[dict[str, Any]] = _COCHRANE_2025 | {
    "tau2": "DL",
    "ci": "wald",
    "pi": None,
    "tau2_ci": "none",
    "i2": "q",
    "double_zero": "revman",
    "mh_counts": "corrected",
    "mh_rd_variance": "greenland-robins",
}

_EFFECT_OPTIONS: Final = ("zero_cells", "double_zero", "add", "smd_variance")
_OPTIONAL: Final = frozenset({"tau2", "pi"})
_INTERVAL_OF: Final[dict[str, tuple[str, ...]]] = {
    "general-q": ("GENQ", "GENQM"),
    "profile-likelihood": ("REML", "ML"),
    "sidik-jonkman": ("SJ",),
}


def resolve_methods(
    preset: str = "cochrane-2025", measure: str = "GENERIC", **changes: Any
) -> MethodSpec:
    """Resolve a preset for a measure, with changes; options not given follow from those given.

    ``cochrane-2025`` is the set Cochrane's RevMan has offered since 2025: random effects, REML,
    Hartung-Knapp-Sidik-Jonkman, Q-profile, I² from τ², a prediction interval.
    ``as-published`` is what RevMan 5 computed: inverse variance with DerSimonian and Laird's τ²,
    Wald, I² from Q; Peto's method for Peto odds ratios. Reviews that chose Mantel-Haenszel say
    ``method="MH"``: with random effects that is RevMan's "M-H, random", whose Q is taken around the
    Mantel-Haenszel estimate.

    Both compute the standardised mean difference's variance as RevMan does. A common-effect model
    has no τ² and no prediction interval; its interval is Wald's and its I² from Q, unless asked
    otherwise. Mantel-Haenszel random effects know only DerSimonian and Laird's τ².

    Args:
        preset: ``cochrane-2025`` or ``as-published``.
        measure: The effect measure.
        **changes: Any field of `MethodSpec` but ``preset``, ``measure`` and ``changed``; ``None``
            means not given.

    Raises:
        MethodError: For an option that does not exist or a combination that is not defined.
    """
    check_option("preset", preset)
    check_option("measure", measure)
    given = _spelled_out({name: value for name, value in changes.items() if value is not None})
    _check_names(given)
    base = _preset(preset, measure)
    resolved = base | _consequences(base, given) | given
    changed = tuple((name, _shown(value)) for name, value in given.items() if base[name] != value)
    spec = MethodSpec(preset=preset, measure=measure, changed=changed, **resolved)
    check_combination(spec)
    return spec


def with_effect_options(spec: MethodSpec, options: dict[str, Any]) -> MethodSpec:
    """Record in ``spec`` the options the effect sizes were really computed with."""
    relevant = {name: value for name, value in options.items() if getattr(spec, name) != value}
    if not relevant:
        return spec
    base = _preset(spec.preset, spec.measure)
    kept = tuple(pair for pair in spec.changed if pair[0] not in options)
    differs = tuple((name, str(v)) for name, v in options.items() if base[name] != v)
    shown = tuple(pair for pair in differs if _matters(pair[0], spec.measure))
    return replace(spec, changed=kept + shown, **relevant)


def check_combination(spec: MethodSpec) -> None:
    """Raise `MethodError` where the methods do not go together."""
    if spec.method == "MH" and spec.measure not in {"RR", "OR", "RD"}:
        raise _undefined(spec, "Mantel-Haenszel pools RR, OR and RD; use method='IV'")
    if spec.method == "Peto" and spec.measure not in {"PETO", "HR"}:
        raise _undefined(spec, "Peto's method pools PETO, or HR from O-E and V; use method='IV'")
    if spec.method == "Peto" and spec.model == "random":
        raise _undefined(spec, "Peto's method is a common-effect method; use model='common'")
    if spec.model == "common" and spec.method != "IV" and spec.ci != "wald":
        raise _undefined(spec, f"{spec.method} has only Wald intervals; use ci='wald'")
    if spec.model == "common" and spec.tau2 is not None:
        raise _undefined(spec, "a common-effect model has no tau2; use model='random'")
    if spec.model == "common" and spec.pi is not None:
        raise _undefined(spec, "a common-effect model has no prediction interval")
    if spec.model == "common" and spec.i2 == "tau2":
        raise _undefined(spec, "a common-effect model has no tau2; use i2='q'")
    if spec.model == "random" and spec.method == "MH" and spec.tau2 != "DL":
        raise _undefined(spec, "Mantel-Haenszel random effects use tau2='DL'")
    _check_tau2(spec)
    _check_tau2_interval(spec)
    if spec.ci == "profile-likelihood" and spec.tau2 != "ML":
        raise _undefined(spec, "a profile-likelihood interval goes with tau2='ML'")


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


def _preset(preset: str, measure: str) -> dict[str, Any]:
    base = dict(_COCHRANE_2025 if preset == "cochrane-2025" else _AS_PUBLISHED)
    if measure == "RD":
        base["zero_cells"] = "only-zero-variance"
    if measure == "PETO" or measure in UNCORRECTED:
        base["zero_cells"] = "none"
    if preset == "as-published":
        if measure == "RD":
            base["mh_counts"] = "observed"
        if measure == "PETO":
            base |= {"method": "Peto", "model": "common", "tau2": None}
    return base


def _consequences(base: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that follow from those given."""
    follow: dict[str, Any] = {}
    method = given.get("method", base["method"])
    model = given.get("model", base["model"])
    if method == "Peto" and "model" not in given:
        model = follow["model"] = "common"
    if base["method"] == "Peto" and model == "random" and "method" not in given:
        method = follow["method"] = "IV"
    if model == "common":
        follow |= {"tau2": None, "pi": None, "ci": "wald", "i2": "q"}
    elif method == "MH" or base["tau2"] is None:
        follow["tau2"] = "DL"
    elif given.get("ci") == "profile-likelihood":
        follow["tau2"] = "ML"
    if given.get("tau2") == "fixed":
        follow["tau2_ci"] = "none"
    return follow


def _spelled_out(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options with a number for ``tau2`` as a fixed value, and weights as a tuple."""
    tau2, weights = given.get("tau2"), given.get("tau2_weights")
    if tau2 is not None and not isinstance(tau2, str):
        check_tau2_value(tau2)
        given = given | {"tau2": "fixed", "tau2_value": float(tau2)}
    if weights is not None and not isinstance(weights, str):
        numbers = tuple(weights) if isinstance(weights, Iterable) else weights
        check_tau2_weights(numbers)
        given = given | {"tau2_weights": tuple(float(number) for number in numbers)}
    return given


def _shown(value: object) -> str:
    return "one for each trial" if isinstance(value, tuple) else str(value)


def _check_names(given: dict[str, Any]) -> None:
    for name, value in given.items():
        if name not in _COCHRANE_2025:
            listed = ", ".join(_COCHRANE_2025)
            raise MethodError(
                f"there is no option {name!r}; options are: {listed}",
                spec=name,
                reason="there is no such option",
            )
        if name == "level":
            check_fraction(name, value)
        elif name == "add":
            check_add(value)
        elif name == "tau2_value":
            check_tau2_value(value)
        elif name == "tau2_weights":
            check_tau2_weights(value)
        elif name in ALLOWED:
            check_option(name, value)


def check_add(value: object) -> None:
    """Raise `MethodError` unless ``value`` is a finite number above zero."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not good or not 0.0 < float(value) < float("inf"):  # type: ignore[arg-type]  # checked
        raise MethodError(
            f"add must be a number above zero, not {value!r}; for no correction use "
            "zero_cells='none'",
            spec=f"add={value!r}",
            reason="not a correction",
        )


def _matters(option: str, measure: str) -> bool:
    if option == "smd_variance":
        return measure == "SMD"
    if option == "double_zero":
        return measure in (TABLE | RATE) - UNCORRECTED - {"RD", "PETO", "IRD"}
    return measure in COUNTED - UNCORRECTED


def _undefined(spec: MethodSpec, reason: str) -> MethodError:
    asked = f"measure={spec.measure}, model={spec.model}, method={spec.method}, ci={spec.ci}"
    return MethodError(f"{reason} (asked for {asked})", spec=asked, reason=reason)
