"""Named sets of methods, and how they resolve for a measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from equipoise.errors import MethodError
from equipoise.stats._combinations import check_combination
from equipoise.stats.method_spec import MethodSpec
from equipoise.stats.options import (
    ALLOWED,
    COUNTED,
    RATE,
    TABLE,
    UNCORRECTED,
    check_fraction,
    check_option,
    check_tau2_value,
    check_weights,
)

__all__ = [
    "MethodSpec",
    "check_add",
    "check_combination",
    "resolve_methods",
    "with_effect_options",
]

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
    "weighting": "inverse-variance",
    "weights": None,
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

_METAFOR: Final[dict[str, Any]] = _COCHRANE_2025 | {
    "ci": "wald",
    "double_zero": "keep",
    "smd_variance": "hedges-ls",
}

_META_8: Final[dict[str, Any]] = _COCHRANE_2025 | {
    "ci": "wald",
    "pi": "V",
    "i2": "q",
    "smd_variance": "hedges-ls",
    "mh_counts": "corrected",
    "mh_rd_variance": "greenland-robins",
}

_PRESETS: Final[dict[str, dict[str, Any]]] = {
    "cochrane-2025": _COCHRANE_2025,
    "as-published": _AS_PUBLISHED,
    "revman5": _AS_PUBLISHED,
    "metafor": _METAFOR,
    "meta-8": _META_8,
    "iqwig6": _META_8 | {"tau2": "PM", "ci": "hksj-iqwig"},
}
_REVMAN_5: Final = frozenset({"as-published", "revman5"})
_LISTS: Final = ("tau2_weights", "weights")
_TAU2_FOLLOWS: Final[dict[str, str]] = {
    "profile-likelihood": "ML",
    "kenward-roger": "REML",
    "henmi-copas": "DL",
}


def resolve_methods(
    preset: str = "cochrane-2025", measure: str = "GENERIC", **changes: Any
) -> MethodSpec:
    """Resolve a preset for a measure, with changes; options not given follow from those given.

    ``cochrane-2025`` is the set Cochrane's RevMan has offered since 2025: random effects, REML,
    Hartung-Knapp-Sidik-Jonkman, Q-profile, I² from τ², a prediction interval.
    ``revman5`` is what RevMan 5 computed: inverse variance with DerSimonian and Laird's τ²,
    Wald, I² from Q; Peto's method for Peto odds ratios. ``as-published`` is the same set under the
    name reviews use. Reviews that chose Mantel-Haenszel say ``method="MH"``: with random effects
    that is RevMan's "M-H, random", whose Q is taken around the Mantel-Haenszel estimate.
    ``metafor`` and ``meta-8`` are the defaults of the two R packages (``rma`` 5.1; ``metagen``,
    ``metabin`` and the others 8), ``iqwig6`` is ``meta::settings.meta("IQWiG6")``, for IQWiG's
    General Methods 6. ``docs/statistics/presets.md`` lists every option of each.

    A common-effect model has no τ² and no prediction interval; its interval is Wald's and its I²
    from Q, unless asked otherwise. Mantel-Haenszel random effects know only DerSimonian and Laird's
    τ². ``weighting="ivhet"`` takes DerSimonian and Laird's τ² and Wald's interval with it, and
    ``ci="henmi-copas"`` takes ``ivhet``.

    Args:
        preset: One of the names above.
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


def _preset(preset: str, measure: str) -> dict[str, Any]:
    base = dict(_PRESETS[preset])
    if measure == "RD" and preset != "metafor":
        base["zero_cells"] = "only-zero-variance"
    if measure == "PETO" or measure in UNCORRECTED:
        base["zero_cells"] = "none"
    if measure in RATE or (measure == "RD" and preset in _REVMAN_5):
        base["mh_counts"] = "observed"
    if measure == "PETO" and preset in _REVMAN_5:
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
    else:
        follow |= _of_weights_and_intervals(given)
    if given.get("tau2") == "fixed":
        follow["tau2_ci"] = "none"
    return follow


def _of_weights_and_intervals(given: dict[str, Any]) -> dict[str, Any]:
    """Return what follows from weights and intervals that are defined with one τ² only."""
    follow: dict[str, Any] = {}
    if given.get("weighting") == "ivhet":
        follow |= {"tau2": "DL", "ci": "wald"}
    if given.get("ci") == "henmi-copas":
        follow["weighting"] = "ivhet"
    if given.get("pi") in {"KR", "KR-PR"}:
        follow["tau2"] = "REML"
    if given.get("ci") in _TAU2_FOLLOWS:
        follow["tau2"] = _TAU2_FOLLOWS[given["ci"]]
    return follow


def _spelled_out(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options with a number for ``tau2`` as a fixed value, and weights as tuples."""
    tau2 = given.get("tau2")
    if tau2 is not None and not isinstance(tau2, str):
        check_tau2_value(tau2)
        given = given | {"tau2": "fixed", "tau2_value": float(tau2)}
    for name in _LISTS:
        values = given.get(name)
        if values is not None and not isinstance(values, str):
            numbers = tuple(values) if isinstance(values, Iterable) else values
            check_weights(name, numbers)
            given = given | {name: tuple(float(number) for number in numbers)}
    if given.get("weights") is not None and "weighting" not in given:
        given = given | {"weighting": "given"}
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
        elif name in _LISTS:
            check_weights(name, value)
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
