"""From the names of the options to the kernels of the between-study variance."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from equipoise.kernels import tau2_intervals, tau2_moments
from equipoise.kernels.batches import Batch, Floats
from equipoise.kernels.heterogeneity import Tau2Interval, q_profile
from equipoise.kernels.tau2 import (
    BetweenStudy,
    dersimonian_laird,
    maximum_likelihood,
    paule_mandel,
)
from equipoise.kernels.tau2_errors import general_q_se, tau2_se
from equipoise.stats._weights import one_each
from equipoise.stats.method_spec import MethodSpec

_ESTIMATORS: Final[dict[str, Callable[[Batch], BetweenStudy]]] = {
    "HE": tau2_moments.hedges_cochran,
    "SJ": tau2_moments.sidik_jonkman,
    "PM": paule_mandel,
    "EB": paule_mandel,
    "DLIT": paule_mandel,
    "SJIT": paule_mandel,
    "PMM": tau2_moments.median_paule_mandel,
    "ML": partial(maximum_likelihood, restricted=False),
    "REML": partial(maximum_likelihood, restricted=True),
}
_FROM_Q: Final[dict[str, Callable[[Batch, Floats], BetweenStudy]]] = {
    "DL": dersimonian_laird,
    "HS": partial(tau2_moments.hunter_schmidt, small_sample=False),
    "HSk": partial(tau2_moments.hunter_schmidt, small_sample=True),
}
_GENERAL_Q: Final = {
    "GENQ": tau2_moments.general_q,
    "GENQM": tau2_moments.median_general_q,
}


def between_study(batch: Batch, spec: MethodSpec, q: Floats) -> BetweenStudy:
    """Estimate the between-study variance as ``spec`` says; ``q`` is Cochran's Q."""
    if spec.tau2_value is not None:
        return tau2_moments.fixed(batch, spec.tau2_value)
    if spec.tau2_weights is not None:
        return _GENERAL_Q[str(spec.tau2)](batch, _weights(batch, spec))
    name = str(spec.tau2)
    return _FROM_Q[name](batch, q) if name in _FROM_Q else _ESTIMATORS[name](batch)


def standard_error(batch: Batch, tau2: Floats, spec: MethodSpec) -> Floats:
    """Return the standard error of τ²; ``nan`` for a fixed one."""
    if spec.tau2_weights is not None:
        return general_q_se(batch, tau2, _weights(batch, spec))
    return tau2_se(batch, tau2, str(spec.tau2))


def confidence_interval(batch: Batch, tau2: Floats, spec: MethodSpec) -> Tau2Interval | None:
    """Return the confidence interval of τ², ``None`` where none is asked for."""
    if spec.tau2_ci == "none":
        return None
    return _INTERVALS[spec.tau2_ci](batch, tau2, spec)


def _q_profile(batch: Batch, _: Floats, spec: MethodSpec) -> Tau2Interval:
    return q_profile(batch, spec.level)


def _wald(batch: Batch, tau2: Floats, spec: MethodSpec) -> Tau2Interval:
    return tau2_intervals.wald(tau2, standard_error(batch, tau2, spec), spec.level)


def _sidik_jonkman(batch: Batch, tau2: Floats, spec: MethodSpec) -> Tau2Interval:
    return tau2_intervals.sidik_jonkman(batch, tau2, spec.level)


def _profile_likelihood(batch: Batch, tau2: Floats, spec: MethodSpec) -> Tau2Interval:
    restricted = spec.tau2 == "REML"
    return tau2_intervals.profile_likelihood(batch, tau2, spec.level, restricted=restricted)


def _biggerstaff_jackson(batch: Batch, _: Floats, spec: MethodSpec) -> Tau2Interval:
    return tau2_intervals.general_q_interval(batch, 1.0 / batch.vi, spec.level)


def _jackson(batch: Batch, _: Floats, spec: MethodSpec) -> Tau2Interval:
    return tau2_intervals.general_q_interval(batch, 1.0 / np.sqrt(batch.vi), spec.level)


def _general_q(batch: Batch, _: Floats, spec: MethodSpec) -> Tau2Interval:
    return tau2_intervals.general_q_interval(batch, _weights(batch, spec), spec.level)


_INTERVALS: Final[dict[str, Callable[[Batch, Floats, MethodSpec], Tau2Interval]]] = {
    "q-profile": _q_profile,
    "biggerstaff-jackson": _biggerstaff_jackson,
    "jackson": _jackson,
    "general-q": _general_q,
    "profile-likelihood": _profile_likelihood,
    "sidik-jonkman": _sidik_jonkman,
    "wald": _wald,
}


def _weights(batch: Batch, spec: MethodSpec) -> Floats:
    """Return the user's weights, one a trial, for every row of the batch.

    Raises:
        MethodError: If there is not one weight for each trial.
    """
    weights = one_each("tau2_weights", spec.tau2_weights, batch)
    return np.asarray(np.broadcast_to(weights, batch.vi.shape))
