"""The intervals whose coverage is measured, each from the batch kernels that `pool` uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from bench.simulations.draws import Draws
from equipoise.kernels.batches import Floats, single
from equipoise.kernels.predictive import confidence_predictive
from equipoise.stats import MethodSpec, resolve_methods
from equipoise.stats._between_study import confidence_interval
from equipoise.stats._engine import Core, core_key, fit_core, intervals, predictions

Target = Literal["mean", "new trial", "tau2"]
Limits = tuple[Floats, Floats]

_EVERY: Final = 10_000
_SLOW: Final = 2_000
_SLOWEST: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """An interval: what it is to cover, its name in the tables, and its options.

    ``replicates`` says how many meta-analyses it is given: quadrature for each is slow.
    """

    target: Target
    name: str
    options: dict[str, Any]
    replicates: int = _EVERY


@dataclass(slots=True, eq=False)
class Fits:
    """The fits of some draws, each made once for all the intervals that follow from it."""

    draws: Draws
    _cores: dict[tuple[str, ...], Core] = field(default_factory=dict)

    def limits(self, method: Method) -> Limits:
        """Return the limits of a method for all draws; ``nan`` where it gives none."""
        if method.options.get("pi") == "NNF":
            return _confidence_prediction(self.draws)
        spec = resolve_methods(measure="GENERIC", **method.options)
        return _LIMITS[method.target](self._core(spec), spec)

    def _core(self, spec: MethodSpec) -> Core:
        key = core_key(spec)
        if key not in self._cores:
            self._cores[key] = fit_core(self.draws.effects, self.draws.keep, spec)
        return self._cores[key]


def _mean(core: Core, spec: MethodSpec) -> Limits:
    inference = intervals(core, spec)
    return inference.low, inference.high


def _new_trial(core: Core, spec: MethodSpec) -> Limits:
    return predictions(core, intervals(core, spec), spec)


def _tau2(core: Core, spec: MethodSpec) -> Limits:
    found = confidence_interval(core.batch, core.tau2, spec)
    if found is None:
        raise ValueError(spec.tau2_ci)
    return found.low, found.high


_LIMITS: Final[dict[str, Callable[[Core, MethodSpec], Limits]]] = {
    "mean": _mean,
    "new trial": _new_trial,
    "tau2": _tau2,
}


def _confidence_prediction(draws: Draws) -> Limits:
    """Return the limits of Nagashima, Noma and Furukawa; none for fewer than three trials."""
    limits = np.full((2, draws.tau2.size), np.nan)
    if draws.effects.yi.shape[1] > 2:
        for row, (yi, vi) in enumerate(zip(draws.effects.yi, draws.effects.vi, strict=True)):
            found = confidence_predictive(single(yi, vi))
            limits[:, row] = found.quantile(0.025), found.quantile(0.975)
    return limits[0], limits[1]


METHODS: Final[tuple[Method, ...]] = (
    Method("mean", "Wald", {"ci": "wald"}),
    Method("mean", "Wald, DL", {"ci": "wald", "tau2": "DL"}),
    Method("mean", "t", {"ci": "t"}),
    Method("mean", "HK", {"ci": "hksj"}),
    Method("mean", "HK, DL", {"ci": "hksj", "tau2": "DL"}),
    Method("mean", "HK floor", {"ci": "hksj-floor"}),
    Method("mean", "HK if wider", {"ci": "hksj-if-wider"}),
    Method("mean", "IQWiG", {"ci": "hksj-iqwig"}),
    Method("mean", "KR", {"ci": "kenward-roger"}),
    Method("mean", "HC", {"ci": "henmi-copas"}, _SLOW),
    Method("mean", "PL", {"ci": "profile-likelihood"}, _SLOW),
    Method("new trial", "normal", {"pi": "normal"}),
    Method("new trial", "V", {"pi": "V"}),
    Method("new trial", "HTS", {"pi": "HTS"}),
    Method("new trial", "HK", {"pi": "HK"}),
    Method("new trial", "HK-PR", {"pi": "HK-PR"}),
    Method("new trial", "KR", {"pi": "KR"}),
    Method("new trial", "KR-PR", {"pi": "KR-PR"}),
    Method("new trial", "NNF", {"pi": "NNF"}, _SLOWEST),
    Method("tau2", "Q-profile", {"tau2_ci": "q-profile"}),
    Method("tau2", "Jackson", {"tau2_ci": "jackson"}, _SLOW),
    Method("tau2", "BJ", {"tau2_ci": "biggerstaff-jackson"}, _SLOW),
    Method("tau2", "PL", {"tau2_ci": "profile-likelihood"}),
    Method("tau2", "Wald", {"tau2_ci": "wald"}),
)
"""REML and its Wald interval unless the options say otherwise."""

QUICK: Final = tuple(method for method in METHODS if method.replicates == _EVERY)
