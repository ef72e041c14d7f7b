"""From contrasts to effect sizes under one set of methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from equipoise.stats import EffectSizes, MethodSpec, effect_sizes
from equipoise.stats.options import Measure
from equipoise.synthesis.contrasts import Contrast, Reported
from equipoise.synthesis.sides import (
    COUNT_MEASURES,
    MEAN_MEASURES,
    RATE_MEASURES,
    RATIO_MEASURES,
)

Columns = dict[str, Any]

_EFFECT_OPTIONS = ("zero_cells", "add", "double_zero", "smd_variance")
_REPORTED = ("estimate", "se", "ci_low", "ci_high", "o_minus_e", "variance")


@dataclass(frozen=True, slots=True)
class Signed:
    """A usable contrast with the sign its scale asks for."""

    contrast: Contrast
    sign: int


def cell_effects(signed: Sequence[Signed], spec: MethodSpec) -> EffectSizes:
    """Compute the effect sizes of a cell's usable contrasts, in their order.

    Trials given by the numbers of their arms are computed from these; trials given as a ready
    contrast enter with their reported estimate (its interval read at the 95 % level).
    """
    from_arms = [s for s in signed if s.contrast.reported is None]
    reported = [s for s in signed if s.contrast.reported is not None]
    if not reported:
        return _from_arms(from_arms, spec)
    if not from_arms:
        return _as_measure([_from_reported(reported, spec)], [signed], signed, spec)
    parts = [_from_arms(from_arms, spec), _from_reported(reported, spec)]
    return _as_measure(parts, [from_arms, reported], signed, spec)


def needs_inverse_variance(contrasts: Sequence[Contrast], spec: MethodSpec) -> bool:
    """Say whether a method that needs counts meets trials that do not give them."""
    return spec.method in {"MH", "Peto"} and any(c.reported is not None for c in contrasts)


def _from_arms(signed: Sequence[Signed], spec: MethodSpec) -> EffectSizes:
    options = {name: getattr(spec, name) for name in _EFFECT_OPTIONS}
    return effect_sizes(
        cast("Measure", spec.measure),
        study=[s.contrast.label for s in signed],
        **_arm_columns(signed, spec.measure),
        **options,
    )


def _arm_columns(signed: Sequence[Signed], measure: str) -> Columns:
    columns: Columns = {}
    for field, name in _fields(measure):
        turns = field == "mean"
        columns[f"{name}_1"] = [
            _turn(getattr(s.contrast.treatment, field), s, turns) for s in signed
        ]
        columns[f"{name}_2"] = [
            _turn(getattr(s.contrast.comparator, field), s, turns) for s in signed
        ]
    return columns


def _turn(value: float | None, signed: Signed, turns: bool) -> float | None:
    return value if value is None or not turns else signed.sign * value


def _fields(measure: str) -> tuple[tuple[str, str], ...]:
    if measure in COUNT_MEASURES:
        return (("events", "events"), ("n", "n"))
    if measure in MEAN_MEASURES:
        return (("mean", "mean"), ("sd", "sd"), ("n", "n"))
    assert measure in RATE_MEASURES, measure  # noqa: S101 - other measures have no arm columns
    return (("events", "events"), ("person_time", "time"))


def _from_reported(signed: Sequence[Signed], spec: MethodSpec) -> EffectSizes:
    columns: Columns = {name: [_value(s, name) for s in signed] for name in _REPORTED}
    given = {name: values for name, values in columns.items() if any(v is not None for v in values)}
    route = "HR" if spec.measure in RATIO_MEASURES else "GENERIC"
    return effect_sizes(
        cast("Measure", route), study=[s.contrast.label for s in signed], **_complete(given)
    )


def _complete(given: Columns) -> Columns:
    """Drop columns that no row can use, such as an estimate's interval with one end only."""
    ways = (("estimate", "se"), ("estimate", "ci_low", "ci_high"), ("o_minus_e", "variance"))
    used = {name for way in ways if all(n in given for n in way) for name in way}
    return {name: values for name, values in given.items() if name in used}


_TURNED: Mapping[str, Callable[[Reported], float | None]] = {
    "estimate": lambda r: _minus(r.estimate),
    "se": lambda r: r.se,
    "ci_low": lambda r: _minus(r.ci_high),
    "ci_high": lambda r: _minus(r.ci_low),
    "o_minus_e": lambda r: _minus(r.o_minus_e),
    "variance": lambda r: r.variance,
}


def _value(signed: Signed, name: str) -> float | None:
    reported = signed.contrast.reported
    if reported is None:
        return None
    if signed.sign < 0:
        return _TURNED[name](reported)
    return cast("float | None", getattr(reported, name))


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _as_measure(
    parts: Sequence[EffectSizes],
    groups: Sequence[Sequence[Signed]],
    signed: Sequence[Signed],
    spec: MethodSpec,
) -> EffectSizes:
    """Put effect sizes of several origins together as one measure, in the contrasts' order."""
    place = {id(s): position for position, s in enumerate(signed)}
    order = [place[id(s)] for group in groups for s in group]
    back = np.argsort(np.array(order, dtype=np.intp))
    reasons = [reason for part in parts for reason in part.reasons]
    return EffectSizes(
        measure=cast("Measure", spec.measure),
        study=tuple(s.contrast.label for s in signed),
        yi=np.concatenate([part.yi for part in parts])[back],
        vi=np.concatenate([part.vi for part in parts])[back],
        reasons=tuple(reasons[i] for i in back),
        columns=MappingProxyType({}),
        options=MappingProxyType({}),
    )
