"""Bootstrap intervals of the pooled effect, the between-study variance and I²."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from equipoise.errors import MethodError
from equipoise.kernels import bootstrap as kernel
from equipoise.kernels.batches import Floats
from equipoise.kernels.heterogeneity import i2_from_q, i2_from_tau2, typical_variance
from equipoise.stats import printing
from equipoise.stats._engine import Core, fit_core, intervals
from equipoise.stats._requirements import at_least, inverse_variance_only, whole_number
from equipoise.stats.effects.effect_sizes import SCHEMA_VERSION
from equipoise.stats.effects.inputs import to_frame
from equipoise.stats.method_spec import MethodSpec
from equipoise.stats.notes import Note
from equipoise.stats.options import check_word
from equipoise.stats.resampling._refits import blocks, refit

if TYPE_CHECKING:
    from equipoise.kernels.intervals import Inference
    from equipoise.stats.results import MetaAnalysis

BootstrapKind = Literal["parametric", "nonparametric"]
BootstrapInterval = Literal["percentile", "basic", "bca", "studentised"]

_FEW: Final = 10
_ALL: Final = 100.0
_FEWEST: Final = 3
_FEWEST_ITERATIONS: Final = 199
_TOO_FEW = "too few iterations, or draws too one-sided, for limits at this level"
_NO_WIDTH = "resamples of one trial alone have no standard error, and there are too many of them"
_NO_SE = "a studentised interval needs a standard error in every resample: for the effect only"


@dataclass(frozen=True, slots=True)
class BootstrapTerm:
    """One quantity: its estimate, and the bias, standard error and limits that the draws give.

    ``term`` is ``estimate`` (the pooled effect, analysis scale), ``tau2`` or ``i2`` (percent).
    Limits are ``None`` where not defined, with the ``reason``; those of τ² and I² are cut at zero
    (and 100).
    """

    term: str
    estimate: float
    bias: float
    se: float
    ci_low: float | None
    ci_high: float | None
    reason: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrap:
    """Bootstrap intervals of ``fit``.

    ``draws`` holds the resampled values of each term, shape ``(iterations,)`` less the ``failed``
    resamples in which τ² did not converge.
    """

    fit: MetaAnalysis
    kind: BootstrapKind
    interval: BootstrapInterval
    iterations: int
    failed: int
    seed: int
    terms: tuple[BootstrapTerm, ...]
    draws: dict[str, Floats]
    caution: tuple[Note, ...]

    def term(self, name: str) -> BootstrapTerm:
        """Return one of the terms: ``estimate``, ``tau2``, ``i2``."""
        check_word("term", name, tuple(term.term for term in self.terms))
        return next(term for term in self.terms if term.term == name)

    def tidy(self) -> Any:
        """Return a row a term, as the user's kind of frame (else a dict of lists)."""
        columns = {name: [getattr(t, name) for t in self.terms] for name in _TERM_FIELDS}
        return to_frame(columns, self.fit.effects.backend)

    def to_dict(self) -> dict[str, Any]:
        """Return strict JSON data, without the draws."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "bootstrap",
            "bootstrap_kind": self.kind,
            "interval": self.interval,
            "level": self.fit.methods.level,
            "iterations": self.iterations,
            "failed": self.failed,
            "seed": self.seed,
            "terms": [{name: getattr(t, name) for name in _TERM_FIELDS} for t in self.terms],
            "caution": [note.to_dict() for note in self.caution],
        }

    def __str__(self) -> str:
        level = f"{100 * self.fit.methods.level:g}%"
        head = (
            f"{self.kind.capitalize()} bootstrap: {self.iterations} resamples of "
            f"{self.fit.effects.k} trials, seed {self.seed}"
        )
        rows = [("Quantity", "Estimate", "Bias", "SE", f"{level} {_INTERVAL_WORDS[self.interval]}")]
        rows += [_row(term) for term in self.terms]
        reasons = [
            f"  {_TERM_WORDS[t.term]}: no limits, {t.reason}" for t in self.terms if t.reason
        ]
        lines = [head, *printing.method_lines(self.fit.methods), "", *printing.table(rows)]
        cautions = [f"  Caution: {note.text}" for note in self.caution]
        return "\n".join([*lines, "  The effect is on the analysis scale", *reasons, *cautions])


_TERM_FIELDS: Final = ("term", "estimate", "bias", "se", "ci_low", "ci_high", "reason")
_TERM_WORDS: Final = {"estimate": "Effect", "tau2": "τ²", "i2": "I² (%)"}
_INTERVAL_WORDS: Final = {
    "percentile": "percentile CI",
    "basic": "basic CI",
    "bca": "BCa CI",
    "studentised": "studentised CI",
}


def bootstrap(
    fit: MetaAnalysis,
    kind: BootstrapKind = "parametric",
    *,
    iterations: int = 1999,
    interval: BootstrapInterval = "percentile",
    seed: int = 19_790_101,
) -> Bootstrap:
    r"""Resample the trials and pool again by the methods of ``fit``.

    ``parametric`` draws :math:`y_i \sim N(\hat\mu, v_i + \hat\tau^2)` in every trial's place, the
    sampling variances kept. ``nonparametric`` draws trials, estimate and variance together, with
    replacement, which needs many trials. The intervals are those of R's ``boot::boot.ci``; ``bca``
    takes its acceleration from leaving each trial out, and is for the nonparametric bootstrap.
    1999 resamples put the limits of a 95% interval on draws, without interpolation.

    The R calls are ``boot::boot(sim = "parametric")`` and ``"ordinary"`` around ``metafor::rma``,
    as in "Bootstrapping with Meta-Analytic Models" of metafor's own pages. Davison and Hinkley 1997,
    doi:10.1017/CBO9780511802843; Turner and others 2000,
    doi:10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L (parametric).

    Args:
        fit: The meta-analysis, by inverse variance.
        kind: How to resample.
        iterations: How often.
        interval: How the limits follow from the draws.
        seed: The seed of the draws.

    Raises:
        MethodError: For Mantel-Haenszel and Peto pooling, fewer than three trials, and options that
            do not exist or do not go together.

    Example:
        >>> from equipoise.stats import effect_sizes, pool
        >>> trials = effect_sizes("GENERIC", estimate=[0.2, 0.5, 0.1, 0.4], se=[0.1] * 4)
        >>> bootstrap(pool(trials)).term("estimate").ci_low > 0
        True
    """
    check_word("kind", kind, get_args(BootstrapKind))
    check_word("interval", interval, get_args(BootstrapInterval))
    inverse_variance_only(fit.methods, "the bootstrap")
    at_least(fit, _FEWEST, "the bootstrap")
    whole_number("iterations", iterations, _FEWEST_ITERATIONS)
    _check_together(fit, kind, interval)
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = _draw(fit, kind, iterations, generator)
    good = np.isfinite(drawn["estimate"])
    drawn = {name: values[good] for name, values in drawn.items()}
    jackknife = _jackknife(fit) if interval == "bca" else {}
    names = ("estimate", "i2") if fit.tau2 is None else ("estimate", "tau2", "i2")
    terms = tuple(_term(fit, name, interval, drawn, jackknife) for name in names)
    return Bootstrap(
        fit=fit,
        kind=kind,
        interval=interval,
        iterations=iterations,
        failed=int(np.count_nonzero(~good)),
        seed=seed,
        terms=terms,
        draws={name: drawn[name] for name in names},
        caution=_cautions(fit, kind),
    )


def _check_together(fit: MetaAnalysis, kind: str, interval: str) -> None:
    if interval == "bca" and kind == "parametric":
        raise MethodError(
            "bca limits are defined here for the nonparametric bootstrap; use "
            "kind='nonparametric', or interval='percentile'",
            spec="interval=bca, kind=parametric",
            reason="no acceleration",
        )
    if kind == "nonparametric" and fit.methods.tau2_weights is not None:
        raise MethodError(
            "tau2_weights belong to trials in their places, which a nonparametric bootstrap "
            "exchanges; use kind='parametric' or another estimator of tau2",
            spec=f"tau2={fit.methods.tau2}, kind={kind}",
            reason="weights cannot be resampled",
        )


def _draw(
    fit: MetaAnalysis, kind: str, iterations: int, generator: np.random.Generator
) -> dict[str, Floats]:
    """Return the resampled estimates, their standard errors, τ² and I²; ``nan`` where it failed."""
    effects = fit.effects
    if kind == "nonparametric":
        effects = effects.subset(effects.estimable)
    n = len(effects)
    parts: list[tuple[Floats, ...]] = []
    for part in blocks(iterations, n):
        rows = min(part.stop, iterations) - part.start
        vi: Floats | None = None
        if kind == "parametric":
            spread = np.sqrt(effects.vi + (fit.tau2 or 0.0))
            yi = fit.estimate + spread * generator.standard_normal((rows, n))
        else:
            index = generator.integers(0, n, size=(rows, n))
            yi, vi = effects.yi[index], effects.vi[index]
        parts.append(_quantities(*refit(effects, yi, vi, fit.methods), fit.methods))
    return _joined(parts)


def _quantities(core: Core, inference: Inference, spec: MethodSpec) -> tuple[Floats, ...]:
    if spec.model == "common" or spec.i2 == "q":
        i2 = i2_from_q(core.q, core.q_df.astype(np.float64))
    else:
        i2 = i2_from_tau2(core.tau2, typical_variance(core.batch))
    converged = np.ones(core.k.size, dtype=np.bool_)
    if core.between is not None:
        converged = core.between.converged
    return (np.where(converged, core.estimate, np.nan), inference.se, core.tau2, i2)


def _jackknife(fit: MetaAnalysis) -> dict[str, Floats]:
    """Return the quantities without each trial in turn."""
    effects, spec = fit.effects.subset(fit.effects.estimable), fit.methods
    keep = ~np.eye(len(effects), dtype=np.bool_)
    cores = (fit_core(effects, keep[part], spec) for part in blocks(*keep.shape))
    return _joined([_quantities(core, intervals(core, spec), spec) for core in cores])


def _joined(parts: list[tuple[Floats, ...]]) -> dict[str, Floats]:
    columns = (np.concatenate(column) for column in zip(*parts, strict=True))
    return dict(zip(("estimate", "se", "tau2", "i2"), columns, strict=True))


def _term(
    fit: MetaAnalysis,
    name: str,
    interval: str,
    drawn: dict[str, Floats],
    jackknife: dict[str, Floats],
) -> BootstrapTerm:
    estimate = float(getattr(fit, name))
    values, level = drawn[name], fit.methods.level
    reason: str | None = _TOO_FEW
    limits = (math.nan, math.nan)
    if interval == "percentile":
        limits = kernel.percentile(values, level)
    elif interval == "basic":
        limits = kernel.basic(estimate, values, level)
    elif interval == "bca":
        limits = kernel.bias_corrected(estimate, values, jackknife[name], level)
    elif name == "estimate":
        limits, reason = kernel.studentised(estimate, fit.se, values, drawn["se"], level), _NO_WIDTH
    else:
        reason = _NO_SE
    known = all(math.isfinite(limit) for limit in limits)
    if name != "estimate":
        low, high = (max(limit, 0.0) for limit in limits)
        limits = (low, high) if name == "tau2" else (min(low, _ALL), min(high, _ALL))
    return BootstrapTerm(
        term=name,
        estimate=estimate,
        bias=float(values.mean()) - estimate,
        se=float(values.std(ddof=1)),
        ci_low=limits[0] if known else None,
        ci_high=limits[1] if known else None,
        reason=None if known else reason,
    )


def _cautions(fit: MetaAnalysis, kind: str) -> tuple[Note, ...]:
    notes = []
    if kind == "nonparametric" and fit.effects.k < _FEW:
        text = (
            f"{fit.effects.k} trials: resampling so few of them underestimates the uncertainty; "
            "the parametric bootstrap or the permutation test is preferred"
        )
        notes.append(Note("few-trials", text))
    if fit.diagnostics.at_boundary:
        text = "τ² is estimated as zero, where its bootstrap interval is not valid: use Q-profile"
        notes.append(Note("tau2-at-zero", text))
    return tuple(notes)


def _row(term: BootstrapTerm) -> tuple[str, str, str, str, str]:
    digits = printing.decimals(term.se)
    numbers = (term.estimate, term.bias, term.se)
    estimate, bias, se = (printing.number(value, digits) for value in numbers)
    limits = "–"
    if term.ci_low is not None and term.ci_high is not None:
        ends = (printing.number(term.ci_low, digits), printing.number(term.ci_high, digits))
        limits = printing.interval(*ends)
    return (_TERM_WORDS[term.term], estimate, bias, se, limits)
